package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"frontfoot/detect"
	"frontfoot/ingest/broker"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/hint"
	"frontfoot/query"
)

// ConnectLog returns Kafka and what to call when it is no longer needed: the configuration's, the running instance's, or the data folder's embedded
// broker, started for this command alone.
func (c *connector) ConnectLog(ctx context.Context) (query.Log, func() error, error) {
	cfg, err := c.globals.load()
	if err != nil {
		return nil, nil, err
	}
	if len(cfg.Kafka.Brokers) > 0 {
		return c.openLog(cfg.Kafka.client(""), func() error { return nil })
	}
	f := folder{cfg.Data}
	if f.lacks("broker", "database") {
		return nil, nil, errNoData(f)
	}
	release, err := c.own(ctx, f)
	switch {
	case errors.Is(err, errInUse):
		info, err := f.runtime()
		if err != nil {
			return nil, nil, errStarting(err)
		}
		if info.Broker == "" {
			return nil, nil, &hint.Error{Err: fmt.Errorf("what runs on %s is the database engine alone, without a log", f.path), Hint: "name the Kafka of the region in kafka.brokers"}
		}
		return c.openLog(bus.Config{Brokers: []string{info.Broker}, Local: true}, func() error { return nil })
	case err != nil:
		return nil, nil, err
	}
	b, err := broker.Start(broker.Config{Dir: f.join("broker"), MaxLogBytes: int64(cfg.Kafka.MaxLogMiB) << 20}, newLogger(c.stderr, LogConfig{Level: "warn"}))
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("starting the embedded broker: %w", err), release())
	}
	log, done, err := c.openLog(bus.Config{Brokers: []string{b.Addr()}, Local: true}, func() error { return errors.Join(b.Close(), release()) })
	return unreadLog{log, c.globals.command(), f.isDemo()}, done, err
}

// An unreadLog is the log of a folder on which no instance runs.
type unreadLog struct {
	query.Log
	command string // how the user calls frontfoot on the folder
	demo    bool
}

// Unread says when it is read.
func (l unreadLog) Unread() (what, hint string) {
	if l.demo {
		return "It is recorded, and that is all: the demo has ended, and detection reads its folder no more.",
			"'" + l.command + " demo --stay' plays the week anew and goes on serving: say it then"
	}
	return "It is recorded, and takes effect when frontfoot runs on this data: nothing runs there now.", "start '" + l.command + " up'"
}

func (c *connector) openLog(cfg bus.Config, done func() error) (query.Log, func() error, error) {
	client, err := bus.New(cfg, newLogger(c.stderr, LogConfig{Level: "warn"}), nil)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("connecting to Kafka: %w", err), done())
	}
	return client, func() error { return errors.Join(client.Close(), done()) }, nil
}

// NewSite returns a site that has learned nothing, with its own key and the configuration's settings. It makes no keys.
func (c *connector) NewSite(_ context.Context, site string) (*detect.Site, error) {
	cfg, err := c.globals.load()
	if err != nil {
		return nil, err
	}
	if cfg.Detect.KeyFile != "" {
		region, err := readRegionKey(cfg.Detect.KeyFile)
		if err != nil {
			return nil, err
		}
		return detect.NewSite(site, region.site(site), cfg.Detect.settings()), nil
	}
	f := folder{cfg.Data}
	if _, err := os.Stat(f.siteKeyPath(site)); errors.Is(err, fs.ErrNotExist) {
		return nil, &hint.Error{Err: fmt.Errorf("site %s has no key in %s", site, f.path), Hint: "'frontfoot sites' lists the sites; workers of a region have their key in detect.key_file"}
	}
	key, err := f.siteKey(site)
	if err != nil {
		return nil, err
	}
	return detect.NewSite(site, key, cfg.Detect.settings()), nil
}
