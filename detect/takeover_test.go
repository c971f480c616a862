package detect_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/sourcegraph/conc"

	"frontfoot/detect"
	"frontfoot/ingest/bus"
)

// A stalledSink does not answer its first batch until the caller gives up; what it was given may land later.
type stalledSink struct {
	*sink
	begun chan struct{}
	late  atomic.Pointer[detect.Batch]
}

func (s *stalledSink) Write(ctx context.Context, b *detect.Batch) ([]detect.Rejection, error) {
	if !s.late.CompareAndSwap(nil, b) {
		return s.sink.Write(ctx, b)
	}
	close(s.begun)
	<-ctx.Done()
	return nil, context.Cause(ctx)
}

// counters returns the sum of a counter's series.
func counters(t *testing.T, reg prometheus.Gatherer, name string) (sum float64) {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			for _, m := range f.GetMetric() {
				sum += m.GetCounter().GetValue()
			}
		}
	}
	return sum
}

// A worker that loses its lease in the middle of an insert lets go of it; who follows inserts the same batch, and what the first had under way
// and lands late doubles nothing.
func TestLeaseIsLostInTheMiddleOfAnInsert(t *testing.T) {
	r := newRegion(t, "northmoor")
	r.produce(t, "northmoor", 0, 20)
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	cfg := detect.DefaultWorkerConfig()
	cfg.BatchAge = 10 * time.Millisecond
	stalled := &stalledSink{sink: r.sink, begun: make(chan struct{})}
	run := func(ctx context.Context, wg *conc.WaitGroup, sink detect.Sink, client *bus.Client) *prometheus.Registry {
		reg := prometheus.NewRegistry()
		dep := r.dep
		dep.Sink, dep.Bus, dep.Registerer, dep.Trim = sink, client, reg, nil
		wg.Go(func() {
			if err := detect.NewWorker(cfg, dep).Run(ctx); err != nil {
				t.Error(err)
			}
		})
		return reg
	}
	var wg conc.WaitGroup
	defer wg.Wait()
	defer stop()
	registries := []prometheus.Gatherer{run(ctx, &wg, stalled, r.bus)}
	select {
	case <-stalled.begun:
	case <-ctx.Done():
		t.Fatal("the first worker never wrote")
	}
	// The others take lanes until one of them has the one that is stuck.
	for i := range 3 {
		c, err := bus.New(bus.Config{Brokers: []string{r.broker.Addr()}, ClientID: fmt.Sprint("other", i)}, slog.New(slog.DiscardHandler), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() }) // after the workers have ended
		registries = append(registries, run(ctx, &wg, r.sink, c))
	}
	r.sink.await(ctx, t, 200)
	if _, err := r.sink.Write(ctx, stalled.late.Load()); err != nil {
		t.Error(err)
	}
	r.produce(t, "northmoor", 200, 5)
	r.sink.await(ctx, t, 250)
	r.sink.check(t, 250)
	reruns := 0.0
	for _, reg := range registries {
		reruns += counters(t, reg, "frontfoot_detect_reruns_total")
	}
	if reruns == 0 {
		t.Error("nobody inserted the batch again")
	}
}
