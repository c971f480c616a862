package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
)

func TestAdmin(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	reg := prometheus.NewRegistry()
	lines := prometheus.NewCounter(prometheus.CounterOpts{Name: "frontfoot_lines_total", Help: "Lines read."})
	reg.MustRegister(lines)
	lines.Add(42)
	ready := func(context.Context) error { return nil }
	away := func(context.Context) error { return errors.New("no broker answers") }

	tests := []struct {
		name, path string
		checks     []check
		status     int
		want       string
	}{
		{"alive though not ready", "/healthz", []check{{"bus", away}}, 200, "ok\n"},
		{"nothing to wait for", "/readyz", nil, 200, ""},
		{"ready", "/readyz", []check{{"bus", ready}, {"store", ready}}, 200, "bus: ready\nstore: ready\n"},
		{"one away", "/readyz", []check{{"bus", away}, {"store", ready}}, 503, "bus: not ready: no broker answers\nstore: ready\n"},
		{"metric value", "/metrics", nil, 200, "frontfoot_lines_total 42\n"},
		{"profiles", "/debug/pprof/", nil, 200, "goroutine"},
		{"unknown path", "/nothing", nil, 404, "404"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := startAdmin(t, reg, tt.checks)
			status, body := get(t, "http://"+a.address()+tt.path)
			if status != tt.status || !strings.Contains(body, tt.want) {
				t.Errorf("got %d %q, want %d with %q", status, body, tt.status, tt.want)
			}
		})
	}
}

func TestAdminReadyHeedsItsLimit(t *testing.T) {
	deadline := make(chan bool, 1)
	a := startAdmin(t, prometheus.NewRegistry(), []check{{"slow", func(ctx context.Context) error {
		_, limited := ctx.Deadline()
		deadline <- limited
		return nil
	}}})
	get(t, "http://"+a.address()+"/readyz")
	if !<-deadline {
		t.Error("the check has no deadline")
	}
}

func TestAdminTakenPort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, err = newAdmin(AdminConfig{Listen: taken.Addr().String()}, prometheus.NewRegistry(), nil, slog.New(slog.DiscardHandler))
	if !errors.Is(err, syscall.EADDRINUSE) {
		t.Fatalf("got %v, want address in use", err)
	}
	var stderr bytes.Buffer
	if code := report(t.Context(), &stderr, err); code != exitError {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(stderr.String(), "hint: another program has "+taken.Addr().String()) {
		t.Errorf("no hint in %q", stderr.String())
	}
}

// startAdmin serves until the test ends, and then sees that Run ends without an error.
func startAdmin(t *testing.T, reg *prometheus.Registry, checks []check) *admin {
	t.Helper()
	a, err := newAdmin(AdminConfig{Listen: "127.0.0.1:0"}, reg, checks, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("stopping: %v", err)
		}
	})
	return a
}

// get asks without keeping the connection, so that no goroutine of the client outlives the test.
func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}
