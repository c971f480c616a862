// Package store keeps events, findings and incidents in ClickHouse, a server or the embedded engine alike. A Store writes what detection
// says, exactly once however often it is tried, and answers the questions that people ask most. The tables are in store/schema; any other
// question is SQL, and package query's business.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/prometheus/client_golang/prometheus"

	"frontfoot/store/schema"
)

// A Store is a database of frontfoot. Its methods may be called concurrently.
type Store struct {
	cfg      Config
	conn     driver.Conn
	logger   *slog.Logger
	metrics  *metrics
	outage   outage
	encoders sync.Pool            // of *encoder
	override atomic.Pointer[bool] // whether the server has the setting deduplicate_insert, once it was asked
}

// Open sets the Store up, with metrics in reg if that is not nil, without connecting: a database that is away is found by Ping, and waited for by Write. The Store is closed with Close.
func Open(_ context.Context, cfg Config, logger *slog.Logger, reg prometheus.Registerer) (*Store, error) {
	cfg = cfg.withDefaults()
	opts, err := cfg.options(cfg.Database)
	if err != nil {
		return nil, err
	}
	conn, err := clickhouse.Open(opts)
	if err != nil {
		return nil, fmt.Errorf("setting up the database client: %w", err)
	}
	s := &Store{cfg: cfg, conn: conn, logger: logger, metrics: newMetrics(reg)}
	s.encoders.New = func() any { return new(encoder) }
	return s, nil
}

// Close ends the connections. Calls that run fail.
func (s *Store) Close() error { return s.conn.Close() }

// Ping reports whether the database answers, be it that its tables are not made yet.
func (s *Store) Ping(ctx context.Context) error {
	err := s.conn.Ping(ctx)
	var ex *clickhouse.Exception
	if errors.As(err, &ex) && ex.Code == unknownDatabase {
		return nil
	}
	if err != nil {
		return fmt.Errorf("asking the database: %w", err)
	}
	return nil
}

// Migrate makes the database and brings its tables up to date. It can be run again after it was interrupted.
func (s *Store) Migrate(ctx context.Context) error {
	if err := s.createDatabase(ctx); err != nil {
		return err
	}
	opts, err := s.cfg.options(s.cfg.Database)
	if err != nil {
		return err
	}
	db := clickhouse.OpenDB(opts)
	defer db.Close()
	return schema.Up(ctx, db, s.logger)
}

// createDatabase goes through the database default, because a connection to one that is not there fails.
func (s *Store) createDatabase(ctx context.Context) error {
	opts, err := s.cfg.options("default")
	if err != nil {
		return err
	}
	conn, err := clickhouse.Open(opts)
	if err != nil {
		return fmt.Errorf("setting up the database client: %w", err)
	}
	defer conn.Close()
	if err := conn.Exec(ctx, "CREATE DATABASE IF NOT EXISTS "+s.cfg.Database); err != nil {
		return fmt.Errorf("creating database %s: %w", s.cfg.Database, err)
	}
	return nil
}
