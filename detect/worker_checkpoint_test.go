package detect_test

import (
	"context"
	"testing"
	"time"

	"github.com/sourcegraph/conc"

	"frontfoot/detect"
	"frontfoot/ingest/bus"
)

// running runs a worker until the test ends.
func (r *region) running(ctx context.Context, t *testing.T, cfg detect.WorkerConfig) {
	t.Helper()
	ctx, stop := context.WithCancel(ctx)
	var wg conc.WaitGroup
	wg.Go(func() {
		if err := detect.NewWorker(cfg, r.dep).Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); wg.Wait() })
}

// awaitTrim waits until one of the topics begins at an offset or above.
func (r *region) awaitTrim(ctx context.Context, t *testing.T, least int64, topics ...string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		for _, topic := range topics {
			first, _, err := r.bus.Offsets(ctx, topic)
			if err == nil && first >= least {
				return
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("none of %v was trimmed up to offset %d", topics, least)
		}
	}
}

// A site that stands still must not keep the checkpoints of all others from being trimmed, nor may its lane.
func TestIdleSiteDoesNotPinCheckpoints(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	r := newRegion(t, "ashford", "northmoor")
	r.produce(t, "ashford", 0, 1)
	r.produce(t, "northmoor", 0, 1)
	cfg := detect.DefaultWorkerConfig()
	cfg.BatchAge, cfg.CheckpointAge = 10*time.Millisecond, 20*time.Millisecond
	r.running(ctx, t, cfg)
	r.sink.await(ctx, t, 20)
	r.awaitTrim(ctx, t, 10, bus.Checkpoint)
	r.produce(t, "northmoor", 10, 1)
	r.sink.await(ctx, t, 30)
	r.sink.check(t, 30)
}

// Sites that each have less unsaved than the bound, and together more, must not keep the log from being trimmed.
func TestManySitesTogetherMakeACheckpointDue(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	r := newRegion(t, "northmoor", "saltmarsh") // both on lane 3
	r.produce(t, "northmoor", 0, 3)
	r.produce(t, "saltmarsh", 0, 3)
	got, err := r.bus.Fetch(ctx, bus.RawTopic("northmoor"), 0, bus.FetchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cfg := detect.DefaultWorkerConfig()
	cfg.BatchAge = 10 * time.Millisecond
	cfg.CheckpointAge, cfg.CheckpointBytes = time.Hour, 4*int64(len(got.Messages[0].Value))
	r.running(ctx, t, cfg)
	r.awaitTrim(ctx, t, 1, bus.RawTopic("northmoor"), bus.RawTopic("saltmarsh"))
}
