package schema

import (
	"database/sql"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/go-cmp/cmp"

	"frontfoot/ingest/event"
	"frontfoot/store/storetest"
)

// server is the engine that the tests of this package share, nil where it is not installed.
var server *storetest.Server

func TestMain(m *testing.M) {
	os.Exit(storetest.Main(m, func(s *storetest.Server) { server = s }))
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// database returns a connection to an empty database of the test's own.
func database(t *testing.T) *sql.DB {
	t.Helper()
	name := server.Database(t)
	connect := func(database string) *sql.DB {
		db := clickhouse.OpenDB(&clickhouse.Options{
			Protocol: clickhouse.HTTP, Addr: []string{strings.TrimPrefix(server.URL, "http://")},
			Auth: clickhouse.Auth{Database: database, Username: server.User, Password: server.Password},
		})
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	exec(t, connect("default"), "CREATE DATABASE "+name)
	return connect(name)
}

func exec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// list returns the rows of a query of text columns, joined by spaces.
func list(t *testing.T, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEventsMatchTheSchema(t *testing.T) {
	db := database(t)
	if err := Up(t.Context(), db, quiet()); err != nil {
		t.Fatal(err)
	}
	var want []string
	for i := range event.NumColumns {
		s := event.Column(i).Spec()
		want = append(want, s.Name+" "+s.ClickHouse)
	}
	want = append(want, "expires Date")
	got := list(t, db, "SELECT name || ' ' || type FROM system.columns WHERE database = currentDatabase() AND table = 'events' ORDER BY position")
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("columns of events, got against want:\n%s", diff)
	}
}

// Who may read a site's rows may learn the values of the tables' order: no person and no address may be among them.
func TestOrderNamesNobody(t *testing.T) {
	db := database(t)
	if err := Up(t.Context(), db, quiet()); err != nil {
		t.Fatal(err)
	}
	got := list(t, db, "SELECT table || ' ' || name FROM system.columns WHERE database = currentDatabase() AND is_in_primary_key ORDER BY table, position")
	want := []string{
		"events time", "events site", "events dataset",
		"events_by_hour site", "events_by_hour premises", "events_by_hour hour", "events_by_hour dataset", "events_by_hour model", "events_by_hour expires", "findings run", "findings site", "findings time",
		"goose_db_version version_id", "incident_versions run", "incident_versions id", "incident_versions site", "incident_versions number",
		"ingest_ledger site", "ingest_ledger kind", "ingest_ledger received", "lessons site", "lessons day", "sites name", "states site", "states time", "verdicts site", "verdicts incident", "verdicts time",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got against want:\n%s", diff)
	}
}

const shape = `SELECT arrayStringConcat([table, name, type, default_expression, compression_codec], ' ') FROM system.columns
	WHERE database = currentDatabase() ORDER BY table, position`

// A database of each older version, with a row in it, ends as a fresh one does, and keeps the row.
func TestUpFromEachVersion(t *testing.T) {
	fresh := func(t *testing.T) []string {
		db := database(t)
		if err := Up(t.Context(), db, quiet()); err != nil {
			t.Fatal(err)
		}
		return list(t, db, shape)
	}
	var want []string
	t.Run("fresh", func(t *testing.T) { want = fresh(t) })
	files, err := migrations.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		t.Run(f.Name(), func(t *testing.T) {
			db := database(t)
			if err := UpTo(t.Context(), db, quiet(), int64(i+1)); err != nil {
				t.Fatal(err)
			}
			exec(t, db, "INSERT INTO events (received, raw, expires) VALUES ('2026-03-02 00:00:00', 'a line', '2100-01-01')")
			for range 2 { // the second time there is nothing to do
				if err := Up(t.Context(), db, quiet()); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(list(t, db, shape), want); diff != "" {
				t.Errorf("got against a fresh database:\n%s", diff)
			}
			if got := list(t, db, "SELECT toString(sum(events)) || ' ' || toString(sum(bytes)) FROM events_by_hour"); got[0] != "1 6" {
				t.Errorf("the roll-up has %s events and bytes, want 1 6", got[0])
			}
			if got := list(t, db, "SELECT raw FROM events"); len(got) != 1 || got[0] != "a line" {
				t.Errorf("got rows %q, want the line that was there", got)
			}
		})
	}
}

// release writes testdata/VERSION.sql: go test ./store/schema -run Releases -release 0.2 makes that of 0.2.
var release = flag.String("release", "", "write the tables of this release to testdata")

// What a release made is what the migrations start from: testdata holds the tables of each.
func TestUpFromReleases(t *testing.T) {
	db := database(t)
	if err := Up(t.Context(), db, quiet()); err != nil {
		t.Fatal(err)
	}
	want := tables(t, db)
	if *release != "" {
		dump := want + "INSERT INTO goose_db_version (version_id, is_applied) VALUES (" + strings.Join(list(t, db, "SELECT toString(version_id) FROM goose_db_version ORDER BY version_id"), ", 1), (") + ", 1)\n"
		if err := os.WriteFile("testdata/"+*release+".sql", []byte(dump), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob("testdata/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no releases in testdata: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			db := database(t)
			dump, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for statement := range strings.SplitSeq(string(dump), ";\n\n") {
				exec(t, db, statement)
			}
			if err := Up(t.Context(), db, quiet()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tables(t, db), want); diff != "" {
				t.Errorf("got against a fresh database:\n%s", diff)
			}
		})
	}
}

var qualified = regexp.MustCompile(`\bt_[a-z0-9_]+\.`)

// tables returns the statements that make all tables and views, without the database's name.
func tables(t *testing.T, db *sql.DB) string {
	t.Helper()
	made := list(t, db, "SELECT create_table_query FROM system.tables WHERE database = currentDatabase() ORDER BY engine = 'View', name")
	return qualified.ReplaceAllString(strings.Join(made, ";\n\n")+";\n\n", "")
}
