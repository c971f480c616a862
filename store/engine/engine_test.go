package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"go.uber.org/goleak"
)

const password = "s3cret"

// shared is the one engine of the test process, nil without the library: a process has at most one.
var shared *Engine

func TestMain(m *testing.M) {
	os.Exit(testMain(m))
}

func testMain(m *testing.M) int {
	if part := os.Getenv(child); part != "" {
		return runChild(part, os.Getenv(child+"_DIR"))
	}
	lib := testLibrary()
	if lib == "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "frontfoot-engine-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	shared, err = Open(Config{Library: lib, DataDir: dir}, slog.New(slog.DiscardHandler))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	http.DefaultClient.CloseIdleConnections()
	if err := errors.Join(shared.Close(), goleak.Find()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// testLibrary is the library for tests, "" when it is not installed.
func testLibrary() string {
	path := os.Getenv("FRONTFOOT_LIBCHDB")
	if path == "" {
		path, _ = DefaultLibrary()
	}
	if checkLibrary(path) != nil {
		return ""
	}
	return path
}

// needEngine returns the shared engine or skips.
func needEngine(t testing.TB) *Engine {
	t.Helper()
	if shared == nil {
		t.Skip("libchdb absent: run frontfoot engine install")
	}
	return shared
}

// serve starts the endpoint on a port of its own.
func serve(t testing.TB) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(needEngine(t).Handler(password))
	t.Cleanup(s.Close)
	return s
}

// dial connects clickhouse-go to the endpoint, changed by each option.
func dial(t testing.TB, options ...func(*clickhouse.Options)) driver.Conn {
	t.Helper()
	o := &clickhouse.Options{
		Protocol: clickhouse.HTTP,
		Addr:     []string{strings.TrimPrefix(serve(t).URL, "http://")},
		Auth:     clickhouse.Auth{Username: "default", Password: password},
	}
	for _, f := range options {
		f(o)
	}
	conn, err := clickhouse.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// do sends a request and returns its status and body.
func do(t testing.TB, method, url string, body io.Reader, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("default", password)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

// ask runs a query on the engine and returns its answer as text.
func ask(t testing.TB, sql string) string {
	t.Helper()
	text, err := answerOf(t.Context(), Request{SQL: []byte(sql)})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return strings.TrimSpace(text)
}

func answerOf(ctx context.Context, req Request) (string, error) {
	r, err := shared.Query(ctx, req)
	if err != nil {
		return "", err
	}
	defer r.Close()
	var out bytes.Buffer
	for {
		b, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return out.String(), err
		}
		out.Write(b)
	}
}

// TestSessionThatCouldNotBeReplaced checks that a place in the pool without a session gets one when it is needed.
func TestSessionThatCouldNotBeReplaced(t *testing.T) {
	e := needEngine(t)
	for range cap(e.free) {
		s := <-e.free
		s.close()
		e.free <- nil
	}
	for range cap(e.free) {
		if got := ask(t, "SELECT 1"); got != "1" {
			t.Fatalf("got %q", got)
		}
	}
	for range cap(e.free) {
		s := <-e.free
		if s == nil {
			t.Error("a place in the pool is still without a session")
		}
		e.free <- s
	}
}
