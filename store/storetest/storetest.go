// Package storetest runs the embedded engine for tests of packages that need a real ClickHouse. A test process can have one engine, so
// tests share it and use a database each. It is for tests alone.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"frontfoot/store/engine"
)

// A Server is a running engine behind its HTTP interface.
type Server struct {
	URL      string
	User     string
	Password string

	engine *engine.Engine
	http   *httptest.Server
	dir    string
}

// Start starts the engine in a folder of its own; it returns nil where the engine's library is not installed.
func Start() (*Server, error) {
	library, err := library()
	if err != nil || library == "" {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "frontfoot-storetest-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the engine: %w", err)
	}
	e, err := engine.Open(engine.Config{Library: library, DataDir: dir}, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s := &Server{User: "frontfoot", Password: "test", engine: e, dir: dir}
	s.http = httptest.NewServer(e.Handler(s.Password))
	s.URL = s.http.URL
	return s, nil
}

// library returns the path of the engine's library, "" where it is not installed.
func library() (string, error) {
	path := os.Getenv("FRONTFOOT_LIBCHDB")
	if path == "" {
		var err error
		if path, err = engine.DefaultLibrary(); err != nil {
			return "", err
		}
	}
	if _, err := os.Stat(path); err != nil {
		return "", nil //nolint:nilerr // without the library there is no server, and Need says so
	}
	return path, nil
}

// Main runs a package's tests with a server, for its TestMain: set is called with it first, or with nil.
// In a process that StartProcess made it serves that engine instead.
func Main(m *testing.M, set func(*Server)) (code int) {
	if os.Getenv(childDir) != "" {
		return serveChild()
	}
	s, err := Start()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	set(s)
	if s != nil {
		defer s.Close()
	}
	return m.Run()
}

// Close ends the server and removes its folder.
func (s *Server) Close() {
	s.http.Close()
	_ = s.engine.Close()
	_ = os.RemoveAll(s.dir)
}

// Need skips the test where the engine is not installed.
func (s *Server) Need(t testing.TB) {
	t.Helper()
	if s == nil {
		t.Skip("libchdb absent: run frontfoot engine install")
	}
}

var notName = regexp.MustCompile(`[^a-z0-9]+`)

// Database returns the name of a database for this test alone, which is dropped at its end. It skips the test where there is no engine.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	s.Need(t)
	name := "t_" + notName.ReplaceAllString(strings.ToLower(t.Name()), "_")
	t.Cleanup(func() {
		r, err := s.engine.Query(context.Background(), engine.Request{SQL: []byte("DROP DATABASE IF EXISTS " + name)})
		if err != nil {
			t.Errorf("dropping database %s: %v", name, err)
			return
		}
		_ = r.Close()
	})
	return name
}
