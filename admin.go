package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/sourcegraph/conc"

	"frontfoot/ingest/hint"
)

// AdminConfig says where a machine's own monitoring finds frontfoot.
type AdminConfig struct {
	// Listen is the loopback address of /metrics, /healthz, /readyz and /debug/pprof; port 0 takes any free port.
	Listen string `yaml:"listen"`
}

const (
	readyTimeout    = 2 * time.Second // for all of /readyz
	adminStopWithin = 5 * time.Second // for requests under way
)

// A check tells whether one stage can do its work now. ready returns nil when it can and why not otherwise; it is called by many
// goroutines at once and heeds its context.
type check struct {
	name  string
	ready func(context.Context) error
}

// admin is the HTTP server for operators. It asks nobody for a password, so it listens on loopback alone.
type admin struct {
	listener net.Listener
	server   *http.Server
	logger   *slog.Logger
}

// newAdmin takes the address; Run serves. The metrics shown are those of reg.
func newAdmin(cfg AdminConfig, reg *prometheus.Registry, checks []check, logger *slog.Logger) (*admin, error) {
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		err = fmt.Errorf("listening for the admin address: %w", err)
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, &hint.Error{Err: err, Hint: "another program has " + cfg.Listen + "; set admin.listen to another port, or to 127.0.0.1:0 for any"}
		}
		return nil, err
	}
	return &admin{
		listener: listener,
		logger:   logger,
		server: &http.Server{
			Handler:           adminHandler(reg, checks),
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       10 * time.Second,
			WriteTimeout:      2 * time.Minute, // a profile of 60 s fits
			IdleTimeout:       time.Minute,
			MaxHeaderBytes:    16 << 10,
			ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
		},
	}, nil
}

// address returns host:port.
func (a *admin) address() string { return a.listener.Addr().String() }

// Run serves until ctx ends, then lets requests under way finish for a few seconds. It returns nil when ctx ended it.
func (a *admin) Run(ctx context.Context) error {
	var wg conc.WaitGroup
	defer wg.Wait()
	serving, stop := context.WithCancel(ctx)
	defer stop()
	wg.Go(func() {
		<-serving.Done()
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), adminStopWithin)
		defer cancel()
		if err := a.server.Shutdown(limit); err != nil {
			a.logger.WarnContext(ctx, "admin requests cut short", "error", err)
			a.server.Close()
		}
	})
	if err := a.server.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the admin address: %w", err)
	}
	return nil
}

func adminHandler(reg *prometheus.Registry, checks []check) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{Registry: reg}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { answerReady(w, r, checks) })
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// answerReady writes a line for each stage, and 503 when one of them is not ready.
func answerReady(w http.ResponseWriter, r *http.Request, checks []check) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	status := http.StatusOK
	var text strings.Builder
	for _, c := range checks {
		if err := c.ready(ctx); err != nil {
			status = http.StatusServiceUnavailable
			fmt.Fprintf(&text, "%s: not ready: %v\n", c.name, err)
		} else {
			fmt.Fprintf(&text, "%s: ready\n", c.name)
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text.String()) // whoever asked may have gone
}
