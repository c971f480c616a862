package detect

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"sync"
	"sync/atomic"
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
		CheckpointAge: 15 * time.Minute, CheckpointBytes: 64 << 20, Refresh: 3 * time.Second,
	}
}

// Dependencies are what a worker works with.
type Dependencies struct {
	Bus  *bus.Client
	Sink Sink
	// NewSite makes the empty state of a site.
	NewSite func(site string) (*Site, error)
	// HasRows reports whether the store has events of a site. A worker refuses to begin a site that its group knows nothing of where the store does;
	// nil does not ask.
	HasRows func(ctx context.Context, site string) (bool, error)
	// State returns the snapshot of a site that was kept with a time and an offset, or an error that wraps ErrNoState where the store has none; with nil
	// there is none.
	State func(ctx context.Context, site string, time, offset int64) ([]byte, error)
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
	log     Log
	metrics *metrics
	trim    *trimmer
	loads   chan struct{} // sites being restored
	flight  atomic.Int64  // bytes that lanes have read and not yet stored

	mu      sync.Mutex
	refused error // why it must not go on
}

// NewWorker returns a worker that does nothing until Run.
func NewWorker(cfg WorkerConfig, dep Dependencies) *Worker {
	return newWorker(cfg, dep, dep.Bus)
}

func newWorker(cfg WorkerConfig, dep Dependencies, log Log) *Worker {
	return &Worker{
		cfg: cfg, dep: dep, log: log, metrics: newMetrics(dep.Registerer), trim: newTrimmer(dep), loads: make(chan struct{}, workerLoads),
	}
}

// Run works until ctx ends; then it finishes what it has begun, within drainTime, and returns nil. An error says
// that it must not work before a person has decided something.
func (w *Worker) Run(ctx context.Context) error {
	if err := w.dep.Bus.RunGroup(ctx, Group, w.work); err != nil {
		return fmt.Errorf("working on lanes: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.refused
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
	// A lane that fails ends the others at once: they must not write for long what the next lease has to wait for.
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	p := pool.New().WithContext(ctx).WithFirstError()
	for _, n := range lease.Lanes() {
		p.Go(func(ctx context.Context) error {
			err := w.newLane(lease, n, lanes).run(ctx)
			if ctx.Err() == nil {
				end(bus.ErrFenced)
			}
			return err
		})
	}
	err = p.Wait()
	if refused := (*refusedError)(nil); errors.As(err, &refused) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.refused = err
		return nil // leave for good
	}
	return err
}

func (w *Worker) newLane(lease Lease, number, lanes int) *lane {
	return &lane{
		worker: w, lease: lease, number: number, lanes: lanes,
		logger: w.dep.Logger.With("lane", number), sites: map[string]*siteRun{}, marks: map[string]lag{}, unposted: map[string]time.Time{},
		wake: make(chan struct{}, 1),
	}
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
	ctl   int64 // and of the first control record

	saved   checkpoint.Snapshot
	savedAt time.Time
	unsaved int64 // bytes scored since

	skip map[position]string // events that the models did not survive, and what they said
	lost bool                // the manifest that would name its snapshot cannot be used
	told bool                // that its state was lost is told
}
