// Package schema is the store's tables: numbered SQL migrations for ClickHouse, a server and the embedded engine alike. Up brings a
// database to the newest version. What the columns of events mean is frontfoot/ingest/event's business; a test holds the two together.
package schema

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"log/slog"

	"github.com/pressly/goose/v3"
)

//go:embed *.sql
var migrations embed.FS

// Up runs the migrations that db, connected to the database that holds the tables, has not had yet, in order. It can be run again after it
// was interrupted. Of several processes that run it on a database the others wait for the first.
func Up(ctx context.Context, db *sql.DB, logger *slog.Logger) error {
	return UpTo(ctx, db, logger, 0)
}

// UpTo is Up to a version, which tests of old versions need; 0 is the newest.
func UpTo(ctx context.Context, db *sql.DB, logger *slog.Logger, version int64) error {
	p, err := goose.NewProvider(goose.DialectClickHouse, db, migrations, goose.WithDisableGlobalRegistry(true), goose.WithLocker(&tableLock{logger: logger}))
	if err != nil {
		return fmt.Errorf("reading migrations: %w", err)
	}
	if version == 0 {
		sources := p.ListSources()
		version = sources[len(sources)-1].Version
	}
	if now, _, err := p.GetVersions(ctx); err == nil && now >= version {
		return nil // every start asks, and most find nothing to do
	}
	done, err := p.UpTo(ctx, version)
	if err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	for _, m := range done {
		logger.InfoContext(ctx, "database migrated", "migration", m.Source.Path, "took", m.Duration)
	}
	return nil
}
