package detect

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/sourcegraph/conc/pool"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
)

// Group is the consumer group whose members are workers.
const Group = "ff.detect"

// WorkerConfig says how a worker batches.
type WorkerConfig struct {
	// BatchRows is the most events in one insert.
	BatchRows int
	// BatchBytes is about the most bytes of events, decompressed, in one insert.
	BatchBytes int
	// BatchAge is how long the first event of a batch waits for more.
	BatchAge time.Duration
	// CheckpointAge and CheckpointBytes are how much of the log, by time for a site and by decompressed bytes for a lane, a restart may have to
	// replay, and so how much a log that is trimmed keeps at least.
	CheckpointAge   time.Duration
	CheckpointBytes int64
	// Refresh is how often the worker looks for new sites.
	Refresh time.Duration
}

// DefaultWorkerConfig returns the settings used everywhere.
func DefaultWorkerConfig() WorkerConfig {
	return WorkerConfig{
		BatchRows: 50_000, BatchBytes: 32 << 20, BatchAge: 400 * time.Millisecond,
		CheckpointAge: 15 * time.Minute, CheckpointBytes: 256 << 20, Refresh: 3 * time.Second,
	}
}

// Dependencies are what a worker works with.
type Dependencies struct {
	Bus  *bus.Client
	Sink Sink
	// NewSite makes the empty state of a site.
	NewSite func(site string) (*Site, error)
	// Trim forgets the log of a topic before an offset that nobody will read again; nil where the broker's retention does.
	Trim       func(ctx context.Context, topic string, before int64) error
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// A Worker scores the events of the sites on the lanes it is given and writes them to the sink. Each lane runs by itself: a stage that fetches,
// one that scores and one that writes, so that the next batch is scored while the last is being written.
type Worker struct {
	cfg     WorkerConfig
	dep     Dependencies
	metrics *metrics
	trim    *trimmer
}

// NewWorker returns a worker that does nothing until Run.
func NewWorker(cfg WorkerConfig, dep Dependencies) *Worker {
	return &Worker{cfg: cfg, dep: dep, metrics: newMetrics(dep.Registerer), trim: newTrimmer(dep)}
}

// Run works until ctx ends; then it finishes what it has begun, within drainTime, and returns nil.
func (w *Worker) Run(ctx context.Context) error {
	if err := w.dep.Bus.RunGroup(ctx, Group, w.work); err != nil {
		return fmt.Errorf("working on lanes: %w", err)
	}
	return nil
}

// Ready reports whether the worker holds lanes.
func (w *Worker) Ready() error {
	if w.metrics.working.Load() == 0 {
		return errors.New("no lanes assigned yet")
	}
	return nil
}

// work runs the lanes of one lease.
func (w *Worker) work(ctx context.Context, lease *bus.Lease) error {
	lanes, err := w.dep.Bus.Lanes(ctx)
	if err != nil {
		return err
	}
	w.metrics.working.Store(int64(len(lease.Lanes())))
	w.trim.begin(len(lease.Lanes()))
	defer w.metrics.working.Store(0)
	p := pool.New().WithContext(ctx).WithCancelOnError().WithFirstError()
	for _, n := range lease.Lanes() {
		p.Go(func(ctx context.Context) error {
			l := &lane{
				worker: w, lease: lease, number: n, lanes: lanes,
				logger: w.dep.Logger.With("lane", n), sites: map[string]*siteRun{},
			}
			return l.run(ctx)
		})
	}
	return p.Wait()
}

// laneOf spreads sites over a fixed number of lanes by rendezvous hashing: the lane with the highest hash of lane and site has it.
func laneOf(site string, lanes int) int {
	best, at := uint64(0), 0
	for n := range lanes {
		h := fnv.New64a()
		fmt.Fprintf(h, "%d/%s", n, site)
		sum := h.Sum64()
		sum ^= sum >> 33 // FNV alone leaves the high bits of such similar texts alike
		sum *= 0xff51afd7ed558ccd
		sum ^= sum >> 33
		if sum >= best {
			best, at = sum, n
		}
	}
	return at
}

// A siteRun is a site on a lane: its state, how far the log has been scored into it, and what was last saved of it.
type siteRun struct {
	name  string
	state *Site
	next  int64 // offset of the first message that is not in state

	saved   checkpoint.Snapshot
	savedAt time.Time
	unsaved int64 // bytes scored since
}
