package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"

	"frontfoot/ingest/hint"
	"frontfoot/store"
	"frontfoot/store/engine"
)

// engineUser is the only user of the embedded endpoint.
const engineUser = "frontfoot"

// A database is where the store is: the embedded engine behind its HTTP endpoint, or a server elsewhere.
type database struct {
	store  store.Config
	engine *engine.Engine // nil with a server elsewhere
	stop   context.CancelFunc
	served chan error // how serving ended
}

// openDatabase starts the embedded engine on the data folder, unless the configuration names a server.
func openDatabase(ctx context.Context, cfg *Config, f folder, logger *slog.Logger) (*database, error) {
	if cfg.Store.URL != "" {
		password, err := passwordFrom(cfg.Store.PasswordFile)
		if err != nil {
			return nil, err
		}
		return &database{store: cfg.Store.at(cfg.Store.URL, cfg.Store.User, password)}, nil
	}
	library, err := libraryOf(cfg)
	if err != nil {
		return nil, err
	}
	password, err := f.password()
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Engine.Listen)
	if err != nil {
		err = fmt.Errorf("opening the database endpoint: %w", err)
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, &hint.Error{Err: err, Hint: "another program has " + cfg.Engine.Listen + "; set engine.listen to another port, or to 127.0.0.1:0 for any"}
		}
		return nil, err
	}
	e, err := engine.Open(engine.Config{
		Library: library, DataDir: f.join("database"), MaxMemory: int64(cfg.Engine.MaxMemoryMiB) << 20,
	}, logger.With("component", "engine"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database engine: %w", err), listener.Close())
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx)) // until Close: the last stage to stop still writes
	db := &database{
		store:  cfg.Store.at("http://"+listener.Addr().String(), engineUser, password),
		engine: e, stop: stop, served: make(chan error, 1),
	}
	go func() { db.served <- e.Serve(serving, listener, password) }()
	return db, nil
}

// libraryOf returns the path of the engine's library.
func libraryOf(cfg *Config) (string, error) {
	if cfg.Engine.Library != "" {
		return cfg.Engine.Library, nil
	}
	return engine.DefaultLibrary()
}

// passwordFrom reads a password file; no file is no password.
func passwordFrom(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the database password: %w", err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// Close ends the endpoint, then the engine.
func (d *database) Close() error {
	if d.engine == nil {
		return nil
	}
	d.stop()
	return errors.Join(<-d.served, d.engine.Close())
}
