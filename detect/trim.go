package detect

import (
	"context"
	"sync"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
)

// A trimmer shortens the logs of an embedded broker, which keeps what it is not told to forget: of a site below its last snapshot, of the
// checkpoints below the oldest that a lane needs. Nothing is trimmed from the checkpoints before every lane of the lease has said what it needs.
type trimmer struct {
	dep Dependencies

	mu      sync.Mutex
	lanes   int                     // of the lease
	oldest  map[int]int64           // lane to the first offset on ff.ckpt that its manifest needs
	offered map[checkpoint.Ref]need // manifests saved and not yet committed
}

// need is what a manifest refers to.
type need struct {
	sites  map[string]int64 // site to the first offset of its topic still needed
	oldest int64            // on ff.ckpt
}

func newTrimmer(dep Dependencies) *trimmer {
	return &trimmer{dep: dep, offered: map[checkpoint.Ref]need{}}
}

// begin forgets what the lanes of an earlier lease needed and what they never committed.
func (t *trimmer) begin(lanes int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lanes, t.oldest = lanes, make(map[int]int64, lanes)
	clear(t.offered)
}

func needOf(ref checkpoint.Ref, m checkpoint.Manifest) need {
	n := need{sites: make(map[string]int64, len(m.Sites)), oldest: ref.Offset}
	for site, s := range m.Sites {
		n.sites[site] = s.At
		n.oldest = min(n.oldest, s.Ref.Offset)
	}
	return n
}

// restored says what a lane's manifest needs as the lane begins; a zero ref needs nothing.
func (t *trimmer) restored(lane int, ref checkpoint.Ref, m checkpoint.Manifest) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !ref.IsZero() {
		t.oldest[lane] = needOf(ref, m).oldest
		return
	}
	t.oldest[lane] = 1<<63 - 1
}

// saved remembers what a manifest needs until it is committed.
func (t *trimmer) saved(ref checkpoint.Ref, m checkpoint.Manifest) {
	if t.dep.Trim == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.offered[ref] = needOf(ref, m)
}

// committed trims what no lane needs any more. Its errors are logged: the next one makes up for it.
func (t *trimmer) committed(ctx context.Context, lane int, ref checkpoint.Ref) {
	if t.dep.Trim == nil {
		return
	}
	n, oldest, all := t.settle(lane, ref)
	for site, at := range n.sites {
		t.run(ctx, bus.RawTopic(site), at)
	}
	if all {
		t.run(ctx, bus.Checkpoint, oldest)
	}
}

// settle makes a saved manifest the lane's, and returns the oldest checkpoint that any lane needs and whether all lanes are known.
func (t *trimmer) settle(lane int, ref checkpoint.Ref) (n need, oldest int64, all bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n = t.offered[ref]
	delete(t.offered, ref)
	t.oldest[lane] = n.oldest
	oldest = n.oldest
	for _, at := range t.oldest {
		oldest = min(oldest, at)
	}
	for _, other := range t.offered { // saved, and the next that its lane commits
		oldest = min(oldest, other.oldest)
	}
	return n, oldest, len(t.oldest) == t.lanes
}

func (t *trimmer) run(ctx context.Context, topic string, before int64) {
	if err := t.dep.Trim(ctx, topic, before); err != nil {
		t.dep.Logger.WarnContext(ctx, "trimming the embedded broker's log", "topic", topic, "err", err)
	}
}
