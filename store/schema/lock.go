package schema

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/sourcegraph/conc"
)

// Codes of ClickHouse.
const (
	tableExists  = 57
	tableUnknown = 60
)

const (
	lockTable   = "migrating"
	lockRenewal = 15 * time.Second
	lockLost    = time.Minute // without a renewal: its holder has died
)

// A tableLock lets one process at a time migrate a database. ClickHouse has no locks, but only one of many can make a table: whoever does has the
// lock, and renews it until the table is dropped. It implements lock.Locker of goose.
type tableLock struct {
	logger *slog.Logger
	taken  string // a lock that somebody left behind, under the name that only one could give it
	renew  conc.WaitGroup
	stop   context.CancelFunc // ends renew
}

// Lock waits for the lock.
func (l *tableLock) Lock(ctx context.Context, db *sql.DB) error {
	for waiting := false; ; waiting = true {
		_, err := db.ExecContext(ctx, "CREATE TABLE "+lockTable+" ENGINE = Memory AS SELECT now() AS at")
		if err == nil {
			var held context.Context
			held, l.stop = context.WithCancel(context.WithoutCancel(ctx))
			l.renew.Go(func() { l.keep(held, db) })
			return nil
		}
		if code(err) != tableExists {
			return fmt.Errorf("locking the database for migrations: %w", err)
		}
		if err := l.takeLeft(ctx, db); err != nil {
			return fmt.Errorf("locking the database for migrations: %w", err)
		}
		if !waiting {
			l.logger.InfoContext(ctx, "waiting for another process that brings the tables up to date")
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Second / 4):
		}
	}
}

// takeLeft moves the lock of a process that has died out of the way. Its new name is made of when it was renewed last: of two who find it dead the
// second cannot move what the first has made since.
func (l *tableLock) takeLeft(ctx context.Context, db *sql.DB) error {
	var at uint32
	var left bool
	err := db.QueryRowContext(ctx, `SELECT toUnixTimestamp(if(count() = 0, (SELECT metadata_modification_time FROM system.tables WHERE database = currentDatabase() AND name = ?), max(at))) AS renewed,
		renewed < toUnixTimestamp(now()) - ? FROM `+lockTable, lockTable, int(lockLost.Seconds())).Scan(&at, &left)
	if err == nil && left {
		taken := fmt.Sprintf("%s_%d", lockTable, at)
		if _, err = db.ExecContext(ctx, "RENAME TABLE "+lockTable+" TO "+taken); err == nil {
			l.taken = taken
			l.logger.WarnContext(ctx, "a process died while it brought the tables up to date, going on where it was")
		}
	}
	if c := code(err); c == tableExists || c == tableUnknown {
		return nil // somebody else was quicker
	}
	return err
}

// keep renews the lock until it is released.
func (l *tableLock) keep(ctx context.Context, db *sql.DB) {
	tick := time.NewTicker(lockRenewal)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if _, err := db.ExecContext(ctx, "INSERT INTO "+lockTable+" SELECT now()"); err != nil && ctx.Err() == nil {
			l.logger.WarnContext(ctx, "renewing the lock for migrations", "err", err)
		}
	}
}

// Unlock releases the lock.
func (l *tableLock) Unlock(ctx context.Context, db *sql.DB) error {
	l.stop()
	l.renew.Wait()
	var errs []error
	for _, table := range []string{lockTable, l.taken} {
		if table == "" {
			continue
		}
		_, err := db.ExecContext(context.WithoutCancel(ctx), "DROP TABLE IF EXISTS "+table)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// code returns the code of an answer of the database, 0 where it is none.
func code(err error) int32 {
	if ex, ok := errors.AsType[*clickhouse.Exception](err); ok {
		return ex.Code
	}
	return 0
}
