package store

import (
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"frontfoot/ingest/hint"
	"frontfoot/store/storetest"
)

// server is the engine that the tests of this package share, nil where it is not installed.
var server *storetest.Server

func TestMain(m *testing.M) {
	os.Exit(storetest.Main(m, func(s *storetest.Server) { server = s }))
}

// open returns a store with fresh tables.
func open(t testing.TB) *Store {
	t.Helper()
	s := openWith(t, Config{
		Database: server.Database(t), URL: server.URL, User: server.User, Password: server.Password,
		RetentionDays: 10_000, // so that rows of a fixed day do not expire
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func openWith(t testing.TB, cfg Config) *Store {
	t.Helper()
	return openLogging(t, cfg, slog.New(slog.DiscardHandler))
}

func openLogging(t testing.TB, cfg Config, logger *slog.Logger) *Store {
	t.Helper()
	s, err := Open(t.Context(), cfg, logger, prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestPing(t *testing.T) {
	fresh := openWith(t, Config{Database: server.Database(t), URL: server.URL, User: server.User, Password: server.Password})
	if err := fresh.Ping(t.Context()); err != nil {
		t.Errorf("before there are tables: %v", err)
	}
	wrong := openWith(t, Config{URL: server.URL, User: server.User, Password: "wrong"})
	if err := wrong.Ping(t.Context()); err == nil {
		t.Error("a wrong password was taken")
	}
	s := open(t)
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Errorf("migrating again: %v", err)
	}
}

// Who asks before anybody has made the tables is told to start what makes them, and not what ClickHouse says of a question of ours.
func TestQuestionsBeforeTheTables(t *testing.T) {
	s := openWith(t, Config{Database: server.Database(t), URL: server.URL, User: server.User, Password: server.Password})
	ask := func(when string) {
		t.Helper()
		_, err := s.Sites(t.Context())
		hinted, ok := errors.AsType[*hint.Error](err)
		if !ok || !errors.Is(err, errNoTables) || !strings.Contains(hinted.HintText(), "frontfoot up") {
			t.Errorf("%s: got %v, want an error with a hint", when, err)
		}
	}
	ask("without a database")
	if err := s.createDatabase(t.Context()); err != nil {
		t.Fatal(err)
	}
	ask("with an empty one")
}
