package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/cenkalti/backoff/v7"

	"frontfoot/ingest/hint"
	"frontfoot/query"
	"frontfoot/store"
)

// A connector finds the database and the log that a command asks: the running instance's, or the data folder's, opened for this command alone.
type connector struct {
	globals *globals
	stderr  io.Writer
}

func errNoData(f folder) error {
	return &hint.Error{Err: fmt.Errorf("there is no data in %s yet", f.path), Hint: "start 'frontfoot up' or 'frontfoot demo', or name the data folder with --data"}
}

func errStarting(err error) error {
	return &hint.Error{Err: fmt.Errorf("finding the running instance: %w", err), Hint: "it may be starting, or another command has the folder: try again in a moment"}
}

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
	if f.lacks("database") {
		return nil, nil, errNoData(f)
	}
	release, err := c.own(ctx, f)
	switch {
	case errors.Is(err, errInUse):
		return c.running(ctx, cfg, f)
	case err != nil:
		return nil, nil, err
	}
	db, err := openDatabase(ctx, cfg, f, newLogger(c.stderr, LogConfig{Level: "warn", Format: cfg.Log.Format}))
	if err != nil {
		return nil, nil, errors.Join(err, release())
	}
	return c.open(ctx, db.store, func() error { return errors.Join(db.Close(), release()) })
}

// ownWithin is how long a command waits for a folder that another command has, or an instance that is starting.
const ownWithin = 10 * time.Second

// own locks the folder. Its error is errInUse as soon as there is an instance to ask, or when the time is over.
func (c *connector) own(ctx context.Context, f folder) (release func() error, err error) {
	release, err = backoff.Retry(ctx, func() (func() error, error) {
		release, err := f.lock()
		if _, absent := f.runtime(); errors.Is(err, errInUse) && absent != nil {
			return nil, err
		}
		if err != nil {
			return nil, backoff.Permanent(err)
		}
		return release, nil
	}, backoff.WithBackOff(&backoff.ConstantBackOff{Interval: ownWithin / 50}), backoff.WithMaxElapsedTime(ownWithin))
	if retry := backoff.AsRetryError(err); retry != nil && ctx.Err() == nil {
		err = retry.LastErr
	}
	return release, err
}

// running connects to the instance that has the folder.
func (c *connector) running(ctx context.Context, cfg *Config, f folder) (query.Store, func() error, error) {
	info, err := f.runtime()
	if err != nil {
		return nil, nil, errStarting(err)
	}
	password, err := f.password()
	if err != nil {
		return nil, nil, err
	}
	return c.open(ctx, cfg.Store.at(info.Database, engineUser, password), func() error { return nil })
}

func (c *connector) open(ctx context.Context, cfg store.Config, done func() error) (query.Store, func() error, error) {
	s, err := store.Open(ctx, cfg, newLogger(c.stderr, LogConfig{Level: "warn"}), nil)
	if err != nil {
		return nil, nil, errors.Join(err, done())
	}
	return s, func() error { return errors.Join(s.Close(), done()) }, nil
}
