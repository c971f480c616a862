package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v7"

	"frontfoot/detect"
	"frontfoot/ingest"
	"frontfoot/ingest/broker"
	"frontfoot/ingest/bus"
	"frontfoot/store"
)

// openBus starts the embedded broker, or reaches the external one, and makes the topics.
func (i *instance) openBus(ctx context.Context) error {
	who := ""
	if i.role == collecting && i.cfg.Kafka.bySite() {
		who = i.cfg.sites()[0] // any of them can tell whether Kafka is there
	}
	cfg := i.cfg.Kafka.client(who)
	if len(cfg.Brokers) == 0 {
		b, err := broker.Start(broker.Config{
			Dir: i.folder.join("broker"), Listen: i.cfg.Kafka.Listen, MaxLogBytes: int64(i.cfg.Kafka.MaxLogMiB) << 20,
		}, i.logger.With("component", "broker"))
		if err != nil {
			return fmt.Errorf("starting the embedded broker: %w", err)
		}
		i.broker = b
		i.closers = append(i.closers, b.Close)
		cfg = bus.Config{Brokers: []string{b.Addr()}, Local: true}
	}
	i.info.Broker = cfg.Brokers[0]
	client, err := bus.New(cfg, i.logger.With("component", "bus"), i.registry)
	if err != nil {
		return fmt.Errorf("connecting to Kafka: %w", err)
	}
	i.bus = client
	i.closers = append(i.closers, client.Close)
	return i.makeTopics(ctx)
}

// makeTopics makes the topics of the role that are not there yet.
func (i *instance) makeTopics(ctx context.Context) error {
	var specs []bus.TopicSpec
	if i.role.works() {
		specs = bus.SharedSpecs(bus.Lanes)
	}
	if i.role.collects() {
		for _, site := range i.cfg.sites() {
			specs = append(specs, bus.SiteSpecs(site)...)
		}
	}
	return i.outlast(ctx, "Kafka", func() error {
		err := i.bus.EnsureTopics(ctx, specs...)
		if i.role == collecting && errors.Is(err, bus.ErrForbidden) {
			i.logger.InfoContext(ctx, "topics are left to whoever runs kafka", "err", err)
			return nil
		}
		if err != nil && !errors.Is(err, bus.ErrUnavailable) {
			return backoff.Permanent(fmt.Errorf("making topics: %w", err))
		}
		return err
	})
}

// outlast tries until it works, ctx ends, or the error is a permanent one. It says once that it waits, and for what.
func (i *instance) outlast(ctx context.Context, what string, try func() error) error {
	said := false
	_, err := backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, try() }, backoff.WithMaxElapsedTime(0),
		backoff.WithNotify(func(err error, _ time.Duration) {
			if !said {
				i.logger.Warn("waiting for "+what+", trying until it answers", "err", err) //nolint:sloglint // two words, not data
				said = true
			}
		}))
	if r := backoff.AsRetryError(err); r != nil {
		return r.LastErr
	}
	return err
}

// openStore starts the embedded engine behind its endpoint, or reaches the external server, and brings the tables up to date.
func (i *instance) openStore(ctx context.Context) error {
	db, err := openDatabase(ctx, i.cfg, i.folder, i.logger)
	if err != nil {
		return err
	}
	i.closers = append(i.closers, db.Close)
	i.info.Database = db.store.URL
	s, err := store.Open(ctx, db.store, i.logger.With("component", "store"), i.registry)
	if err != nil {
		return fmt.Errorf("opening the store: %w", err)
	}
	i.store = s
	i.closers = append(i.closers, s.Close)
	return i.outlast(ctx, "the database", func() error {
		err := s.Migrate(ctx)
		if store.Refused(err) { // it is there, and does not want us
			return backoff.Permanent(fmt.Errorf("bringing the tables up to date: %w", err))
		}
		return err
	})
}

func (i *instance) openWorker(context.Context) error {
	keys, err := i.siteKeys()
	if err != nil {
		return err
	}
	dep := detect.Dependencies{
		Bus: i.bus, Sink: i.store, HasRows: i.store.HasEvents, State: i.store.State, Logger: i.logger.With("component", "detect"), Registerer: i.registry,
		NewSite: func(site string) (*detect.Site, error) {
			key, err := keys(site)
			if err != nil {
				return nil, err
			}
			return detect.NewSite(site, key, i.cfg.Detect.settings()), nil
		},
	}
	if i.broker != nil {
		dep.Trim = i.broker.Trim
	}
	cfg := detect.DefaultWorkerConfig()
	cfg.CheckpointBytes = min(cfg.CheckpointBytes, int64(i.cfg.Kafka.MaxLogMiB)<<20) // a log that is full until the next checkpoint stands still
	i.worker = detect.NewWorker(cfg, dep)
	return nil
}

// siteKeys returns where the secret keys of the sites come from: the region's secret where there is one, or else the data folder.
func (i *instance) siteKeys() (func(site string) ([16]byte, error), error) {
	if i.cfg.Detect.KeyFile != "" {
		region, err := readRegionKey(i.cfg.Detect.KeyFile)
		if err != nil {
			return nil, err
		}
		return func(site string) ([16]byte, error) { return region.site(site), nil }, nil
	}
	for _, site := range i.cfg.sites() {
		if _, err := i.folder.siteKey(site); err != nil { // better now than when its first line has come
			return nil, err
		}
	}
	return i.folder.siteKey, nil
}

// connectSites makes what sends the messages of each site: a client with the site's own credential, where sites have one.
func (i *instance) connectSites() error {
	i.producers = map[string]*bus.Client{}
	for _, site := range i.cfg.sites() {
		if i.producers[site] = i.bus; len(i.cfg.Kafka.Brokers) == 0 || !i.cfg.Kafka.bySite() {
			continue
		}
		client, err := bus.New(i.cfg.Kafka.client(site), i.logger.With("component", "bus", "site", site), nil)
		if err != nil {
			return fmt.Errorf("connecting to Kafka for site %s: %w", site, err)
		}
		i.closers = append(i.closers, client.Close)
		i.producers[site] = client
	}
	return nil
}

func (i *instance) openCollector(context.Context) error {
	if err := i.connectSites(); err != nil {
		return err
	}
	c, err := ingest.New(i.cfg.Ingest, func(site string) ingest.Producer { return i.producers[site] }, i.folder.path, i.logger.With("component", "ingest"), i.registry)
	if err != nil {
		return fmt.Errorf("setting up the collector: %w", err)
	}
	i.collector = c
	i.closers = append(i.closers, c.Close)
	return nil
}

func (i *instance) openAdmin(context.Context) error {
	checks := []check{{"kafka", i.kafkaReady}}
	if i.role.works() {
		checks = append(checks, check{"store", i.store.Ping}, check{"detect", func(context.Context) error { return i.worker.Ready() }})
	}
	a, err := newAdmin(i.cfg.Admin, i.registry, checks, i.logger.With("component", "admin"))
	if err != nil {
		return err
	}
	i.admin = a
	i.info.Admin, i.info.PID = a.address(), os.Getpid()
	return nil
}

// kafkaReady returns why Kafka is not there, or takes none of what there is to send: it may answer and have no room.
func (i *instance) kafkaReady(ctx context.Context) error {
	err := cmp.Or(i.bus.Ping(ctx), i.bus.Refused())
	for _, site := range slices.Sorted(maps.Keys(i.producers)) {
		err = cmp.Or(err, i.producers[site].Refused())
	}
	return err
}

// sites returns the sites of the inputs, sorted, each once.
func (c *Config) sites() []string {
	var sites []string
	for i := range c.Ingest.Inputs {
		sites = append(sites, c.Ingest.Inputs[i].Site)
	}
	slices.Sort(sites)
	return slices.Compact(sites)
}
