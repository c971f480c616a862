package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"frontfoot/query"
	"frontfoot/store"
)

// A connector finds the database that a command asks: the running instance's, or the data folder's, opened for this command alone.
type connector struct {
	globals *globals
	stderr  io.Writer
}

func (g *globals) connector(stderr io.Writer) query.Connector { return &connector{g, stderr} }

// Connect returns the store and what to call when it is no longer needed.
func (c *connector) Connect(ctx context.Context) (query.Store, func() error, error) {
	cfg, err := c.globals.load()
	if err != nil {
		return nil, nil, err
	}
	if cfg.Store.URL != "" {
		db, err := openDatabase(ctx, cfg, folder{}, nil)
		if err != nil {
			return nil, nil, err
		}
		return c.open(ctx, db.store, db.Close)
	}
	f := folder{cfg.Data}
	if f.isEmpty() {
		return nil, nil, hinted{fmt.Errorf("there is no data in %s yet", f.path), "start 'frontfoot up' or 'frontfoot demo', or name the data folder with --data"}
	}
	release, err := f.lock()
	switch {
	case errors.Is(err, errInUse):
		return c.running(ctx, f)
	case err != nil:
		return nil, nil, err
	}
	db, err := openDatabase(ctx, cfg, f, newLogger(c.stderr, LogConfig{Level: "warn", Format: cfg.Log.Format}))
	if err != nil {
		return nil, nil, errors.Join(err, release())
	}
	return c.open(ctx, db.store, func() error { return errors.Join(db.Close(), release()) })
}

// running connects to the instance that has the folder.
func (c *connector) running(ctx context.Context, f folder) (query.Store, func() error, error) {
	info, err := f.runtime()
	if err != nil {
		return nil, nil, hinted{fmt.Errorf("finding the running instance: %w", err), "it may be starting: try again in a moment"}
	}
	password, err := f.password()
	if err != nil {
		return nil, nil, err
	}
	return c.open(ctx, store.Config{URL: info.Database, User: engineUser, Password: password}, func() error { return nil })
}

func (c *connector) open(ctx context.Context, cfg store.Config, done func() error) (query.Store, func() error, error) {
	s, err := store.Open(ctx, cfg, newLogger(c.stderr, LogConfig{Level: "warn"}), nil)
	if err != nil {
		return nil, nil, errors.Join(err, done())
	}
	return s, func() error { return errors.Join(s.Close(), done()) }, nil
}
