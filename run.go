package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v7"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/sourcegraph/conc/pool"

	"frontfoot/detect"
	"frontfoot/ingest"
	"frontfoot/ingest/broker"
	"frontfoot/ingest/bus"
	"frontfoot/store"
)

// An instance is all stages in one process, on one data folder. Broker and database are embedded unless the configuration names others.
type instance struct {
	cfg      *Config
	folder   folder
	logger   *slog.Logger
	registry *prometheus.Registry
	info     runtimeInfo

	broker    *broker.Broker // nil with an external one
	bus       *bus.Client
	store     *store.Store
	collector *ingest.Collector
	worker    *detect.Worker
	admin     *admin

	closers []func() error // in the order of opening
}

// lanes is how many lanes a new installation gets: how many sites can be worked on side by side, once there are many workers.
const lanes = 4

// tuneGC trades memory for throughput, unless the environment says otherwise: a batch is garbage a moment after it was written, and collecting
// when the heap has grown fourfold instead of twofold gives the chain an eighth more events a second. The limit keeps Go's share of a modest server bounded.
func tuneGC() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(768 << 20)
	}
}

// newInstance opens the stages in the order of the data flow, without starting them. What it opened, Close closes, also after an error.
func newInstance(ctx context.Context, cfg *Config, logger *slog.Logger) (*instance, error) {
	i := &instance{cfg: cfg, folder: folder{cfg.Data}, logger: logger, registry: prometheus.NewRegistry()}
	tuneGC()
	i.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	release, err := i.folder.lock()
	if err != nil {
		return nil, err
	}
	i.closers = append(i.closers, release)
	for _, open := range []func(context.Context) error{i.openBus, i.openStore, i.openWorker, i.openCollector, i.openAdmin} {
		if err := open(ctx); err != nil {
			return nil, errors.Join(err, i.Close())
		}
	}
	return i, nil
}

// Close closes what is open, last opened first.
func (i *instance) Close() error {
	var errs []error
	for _, closer := range slices.Backward(i.closers) {
		errs = append(errs, closer())
	}
	i.closers = nil
	return errors.Join(errs...)
}

// Run works until ctx ends, then lets what was taken flow through, stage by stage, and returns nil.
func (i *instance) Run(ctx context.Context) error {
	if err := i.folder.setRuntime(i.info); err != nil {
		return err
	}
	defer i.folder.clearRuntime()
	// The worker is stopped when the collector has flushed; the admin server when the worker is done.
	workCtx, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	adminCtx, stopAdmin := context.WithCancel(context.WithoutCancel(ctx))
	defer stopAdmin()
	collectCtx, stopCollect := context.WithCancel(ctx)
	defer stopCollect()

	p := pool.New().WithErrors().WithFirstError()
	p.Go(func() error {
		defer stopWork()
		if err := i.collector.Run(collectCtx); err != nil {
			return err
		}
		<-collectCtx.Done() // inputs may come to an end; the others go on
		return nil
	})
	p.Go(func() error {
		defer stopAdmin()
		defer stopCollect() // without a worker there is nobody to collect for
		return i.worker.Run(workCtx)
	})
	p.Go(func() error {
		defer stopCollect()
		return i.admin.Run(adminCtx)
	})
	return p.Wait()
}

// openBus starts the embedded broker, or reaches the external one, and makes the topics.
func (i *instance) openBus(ctx context.Context) error {
	brokers := i.cfg.Kafka.Brokers
	if len(brokers) == 0 {
		b, err := broker.Start(broker.Config{
			Dir: i.folder.join("broker"), Listen: i.cfg.Kafka.Listen, MaxLogBytes: int64(i.cfg.Kafka.MaxLogMiB) << 20,
		}, i.logger.With("component", "broker"))
		if err != nil {
			return fmt.Errorf("starting the embedded broker: %w", err)
		}
		i.broker = b
		i.closers = append(i.closers, b.Close)
		brokers = []string{b.Addr()}
	}
	i.info.Broker = brokers[0]
	client, err := bus.New(bus.Config{Brokers: brokers, Local: i.broker != nil}, i.logger.With("component", "bus"), i.registry)
	if err != nil {
		return fmt.Errorf("connecting to Kafka: %w", err)
	}
	i.bus = client
	i.closers = append(i.closers, client.Close)
	specs := bus.SharedSpecs(lanes)
	for _, site := range i.cfg.sites() {
		specs = append(specs, bus.SiteSpecs(site)...)
	}
	return i.outlast(ctx, "Kafka", func() error {
		err := client.EnsureTopics(ctx, specs...)
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
	for _, site := range i.cfg.sites() {
		if _, err := i.folder.siteKey(site); err != nil { // better now than when its first line has come
			return err
		}
	}
	dep := detect.Dependencies{
		Bus: i.bus, Sink: i.store, Logger: i.logger.With("component", "detect"), Registerer: i.registry,
		NewSite: func(site string) (*detect.Site, error) {
			key, err := i.folder.siteKey(site)
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

func (i *instance) openCollector(context.Context) error {
	c, err := ingest.New(i.cfg.Ingest, i.bus, i.folder.join("positions"), i.logger.With("component", "ingest"), i.registry)
	if err != nil {
		return fmt.Errorf("setting up the collector: %w", err)
	}
	i.collector = c
	i.closers = append(i.closers, c.Close)
	return nil
}

func (i *instance) openAdmin(context.Context) error {
	checks := []check{
		{"kafka", i.bus.Ping},
		{"store", i.store.Ping},
		{"detect", func(context.Context) error { return i.worker.Ready() }},
	}
	a, err := newAdmin(i.cfg.Admin, i.registry, checks, i.logger.With("component", "admin"))
	if err != nil {
		return err
	}
	i.admin = a
	i.info.Admin, i.info.PID = a.address(), os.Getpid()
	return nil
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
