package schema

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sourcegraph/conc/pool"
)

// Workers of a new region start at once: each migration is run by one of them, and nothing of the lock is left.
func TestManyMigrateAtOnce(t *testing.T) {
	db := database(t)
	p := pool.New().WithErrors()
	for range 6 {
		p.Go(func() error { return Up(t.Context(), db, quiet()) })
	}
	if err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, more := range list(t, db, "SELECT toString(version_id) FROM goose_db_version WHERE version_id > 0 GROUP BY version_id HAVING count() > 1") {
		t.Errorf("migration %s was run more than once", more)
	}
	if left := list(t, db, "SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'migrating%'"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A process that died while it migrated holds up the others for a minute, one that lives for as long as it takes.
func TestLockIsTakenOfTheDead(t *testing.T) {
	db := database(t)
	exec(t, db, "CREATE TABLE migrating ENGINE = Memory AS SELECT now() - 3600 AS at")
	if err := UpTo(t.Context(), db, quiet(), 1); err != nil {
		t.Fatal(err)
	}
	exec(t, db, "CREATE TABLE migrating ENGINE = Memory AS SELECT now() - 30 AS at")
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := Up(ctx, db, quiet()); err == nil {
		t.Error("a lock that is held is taken")
	}
	if diff := cmp.Diff([]string{"1"}, list(t, db, "SELECT toString(max(version_id)) FROM goose_db_version")); diff != "" {
		t.Error(diff)
	}
	exec(t, db, "DROP TABLE migrating")
	if err := Up(t.Context(), db, quiet()); err != nil {
		t.Error(err)
	}
}
