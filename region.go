package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"frontfoot/ingest/hint"
)

type collectCommand struct{}

// Run collects the logs of one or more sites for the Kafka of a region until the process is told to stop.
func (collectCommand) Run(ctx context.Context, g *globals, t *terminal) error {
	return runRegional(ctx, g, t, collecting)
}

type workCommand struct{}

// Run scores and stores the events of a region until the process is told to stop.
func (workCommand) Run(ctx context.Context, g *globals, t *terminal) error {
	return runRegional(ctx, g, t, working)
}

// runRegional runs a part of a region, whose Kafka and database are elsewhere.
func runRegional(ctx context.Context, g *globals, t *terminal, r role) error {
	cfg, err := g.load()
	if err != nil {
		return err
	}
	if err := cfg.checkRegional(r); err != nil {
		return err
	}
	logger := newLogger(t.err, cfg.Log)
	i, err := newInstance(ctx, r, cfg, logger)
	if err != nil {
		return err
	}
	at := []any{"version", version, "kafka", cfg.Kafka.Brokers, "admin", "http://" + i.info.Admin}
	if r == collecting {
		logger.InfoContext(ctx, "collecting", append(at, "sites", cfg.sites())...)
	} else {
		logger.InfoContext(ctx, "working", at...)
	}
	defer context.AfterFunc(ctx, func() {
		logger.InfoContext(ctx, "stopping, finishing what was begun; a second signal ends it at once")
	})()
	return errors.Join(i.Run(ctx), i.Close())
}

// checkRegional reports what a part of a region cannot do without.
func (c *Config) checkRegional(r role) error {
	switch {
	case len(c.Kafka.Brokers) == 0:
		return &hint.Error{Err: errors.New("no Kafka is configured"), Hint: "name the region's brokers in kafka.brokers; 'frontfoot up' brings a broker of its own"}
	case r == working && c.Store.URL == "":
		return &hint.Error{Err: errors.New("no database is configured"), Hint: "name the region's ClickHouse in store.url; 'frontfoot up' brings an engine of its own"}
	case r == working && c.Detect.KeyFile == "":
		return &hint.Error{
			Err:  errors.New("no key of the region is configured"),
			Hint: "make one with 'openssl rand -hex 32 > region.key && chmod 600 region.key', give every worker a copy, and name it in detect.key_file",
		}
	}
	return nil
}

// A regionKey is the secret of which the keys of all sites are made, so that every worker of a region has the same.
type regionKey [32]byte

// readRegionKey reads a file of 32 bytes in hex that its owner alone may read.
func readRegionKey(path string) (regionKey, error) {
	var key regionKey
	info, err := os.Stat(path)
	if err != nil {
		return key, fmt.Errorf("reading the region's key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return key, &hint.Error{Err: fmt.Errorf("reading the region's key: others may read %s", path), Hint: "chmod 600 " + path}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return key, fmt.Errorf("reading the region's key: %w", err)
	}
	digits := strings.TrimSpace(string(text))
	if len(digits) != hex.EncodedLen(len(key)) {
		return key, &hint.Error{Err: fmt.Errorf("reading the region's key: %s holds %d characters, not %d bytes in hex", path, len(digits), len(key)), Hint: "copy it from another worker"}
	}
	if _, err := hex.Decode(key[:], []byte(digits)); err != nil {
		return key, &hint.Error{Err: fmt.Errorf("reading the region's key: %s is not hex: %w", path, err), Hint: "copy it from another worker"}
	}
	return key, nil
}

// site returns a site's key: the first half of HMAC-SHA256 of its name under the region's.
func (k regionKey) site(name string) (key [16]byte) {
	mac := hmac.New(sha256.New, k[:])
	mac.Write([]byte(name))
	copy(key[:], mac.Sum(nil))
	return key
}
