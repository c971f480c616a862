package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/sourcegraph/conc/pool"

	"frontfoot/detect"
	"frontfoot/ingest"
	"frontfoot/ingest/broker"
	"frontfoot/ingest/bus"
	"frontfoot/store"
)

// A role says which stages a process runs.
type role uint8

const (
	everything role = iota // the command up
	collecting             // the command collect
	working                // the command work
)

func (r role) collects() bool { return r != working }
func (r role) works() bool    { return r != collecting }

// An instance is the stages of a role in one process, on one data folder. Broker and database are embedded unless the configuration names others.
type instance struct {
	role     role
	cfg      *Config
	folder   folder
	logger   *slog.Logger
	registry *prometheus.Registry
	info     runtimeInfo

	broker    *broker.Broker // nil with an external one
	bus       *bus.Client
	producers map[string]*bus.Client // by site
	store     *store.Store           // nil where nobody works
	collector *ingest.Collector      // nil where nobody collects
	worker    *detect.Worker         // nil where nobody works
	admin     *admin

	closers []func() error // in the order of opening
}

// memory is the limit of Go's share of a process: the engine of up has its own, and what a worker's sites know comes on top where it is more.
func (r role) memory() int64 {
	switch r {
	case collecting:
		return 160 << 20 // half of it lives with 400 sites; what is not of Go takes 30 MiB, and a burst goes beyond for a moment
	case working:
		return 384 << 20
	case everything:
	}
	return 768 << 20
}

// tuneGC trades memory for throughput, unless the environment says otherwise: a batch is garbage a moment after it was written, and collecting
// when the heap has grown fourfold instead of twofold gives the chain an eighth more events a second. The limit keeps Go's share of a modest server bounded.
func tuneGC(r role) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(r.memory())
	}
}

// newInstance opens the stages in the order of the data flow, without starting them. What it opened, Close closes, also after an error.
func newInstance(ctx context.Context, r role, cfg *Config, logger *slog.Logger) (*instance, error) {
	i := &instance{role: r, cfg: cfg, folder: folder{cfg.Data}, logger: logger, registry: prometheus.NewRegistry()}
	tuneGC(r)
	i.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	release, err := i.folder.lock()
	if err != nil {
		return nil, err
	}
	i.closers = append(i.closers, release)
	stages := []func(context.Context) error{i.openBus}
	if r.works() {
		stages = append(stages, i.openStore, i.openWorker)
	}
	if r.collects() {
		stages = append(stages, i.openCollector)
	}
	if r == everything {
		stages = append(stages, i.tellDecoys)
	}
	for _, open := range append(stages, i.openAdmin) {
		if err := open(ctx); err != nil {
			return nil, errors.Join(err, i.Close())
		}
	}
	return i, nil
}

// Close closes what is open, last opened first.
func (i *instance) Close() error {
	var errs []error
	for _, closer := range slices.Backward(i.closers) {
		errs = append(errs, closer())
	}
	i.closers = nil
	return errors.Join(errs...)
}

// Run works until ctx ends, then lets what was taken flow through, stage by stage, and returns nil.
func (i *instance) Run(ctx context.Context) error {
	if err := i.folder.setRuntime(i.info); err != nil {
		return err
	}
	defer i.folder.clearRuntime()
	// The worker is stopped when the collector has flushed; the admin server when the worker is done.
	workCtx, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	adminCtx, stopAdmin := context.WithCancel(context.WithoutCancel(ctx))
	defer stopAdmin()
	collectCtx, stopCollect := context.WithCancel(ctx)
	defer stopCollect()

	p := pool.New().WithErrors().WithFirstError()
	p.Go(func() error {
		defer stopWork()
		if i.collector != nil {
			if err := i.collector.Run(collectCtx); err != nil {
				return err
			}
		}
		<-collectCtx.Done() // inputs may come to an end; the others go on
		return nil
	})
	p.Go(func() error {
		defer stopAdmin()
		defer stopCollect() // without a worker there is nobody to collect for
		if i.worker == nil {
			<-workCtx.Done()
			return nil
		}
		return i.worker.Run(workCtx)
	})
	p.Go(func() error {
		defer stopCollect()
		return i.admin.Run(adminCtx)
	})
	return p.Wait()
}
