package ingest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/ledger"
	"frontfoot/ingest/spool"
)

const (
	// noteEvery is how often is told what came, canaryEvery how often is shown that the path works, and idleAfter after how long without a line
	// that the site is not cut off.
	noteEvery   = time.Minute
	canaryEvery = time.Hour
	idleAfter   = 10 * time.Second
	// lossEvery is how soon a loss is told, fullEvery while the spool has little room for it.
	lossEvery = time.Second
	fullEvery = time.Minute
)

// notes puts what the ledger must know of a site's inputs into the spool, between the lines. It may be used concurrently.
type notes struct {
	spool *spool.Spool
	came  atomic.Int64 // when the last line was taken, nanoseconds since 1970
	some  atomic.Bool  // some were taken since the last note

	mu     sync.Mutex
	live   map[string]bool // inputs with a live clock that run now
	losses []ledger.Entry

	noted, ticked, canary, lost time.Time // when the last note of each was written; run's alone
}

func newNotes(s *spool.Spool) *notes { return &notes{spool: s, live: map[string]bool{}} }

// taken remembers that lines came.
func (n *notes) taken(at time.Time) {
	n.came.Store(at.UnixNano())
	n.some.Store(true)
}

// running says that an input runs, or does not. For those with a replayed clock nobody vouches: the time is not theirs.
func (n *notes) running(in *Input, yes bool) {
	if in.Clock == ClockReplay {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if yes {
		n.live[in.Name] = true
	} else {
		delete(n.live, in.Name)
	}
}

// loss counts lines that were lost before they could be taken.
func (n *notes) loss(kind ledger.Kind, reason, input string, at time.Time, rows, bytes uint64) {
	ns := at.UnixNano()
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range n.losses {
		if e := &n.losses[i]; e.Kind == kind && e.Input == input {
			e.First, e.Last = min(e.First, ns), max(e.Last, ns)
			e.Rows += rows
			e.Bytes += bytes
			return
		}
	}
	n.losses = append(n.losses, ledger.Entry{Kind: kind, Reason: reason, Input: input, First: ns, Last: ns, Rows: rows, Bytes: bytes})
}

// run writes notes until ctx ends, and what is left then.
func (n *notes) run(ctx context.Context) error {
	tick := time.NewTicker(lossEvery)
	defer tick.Stop()
	n.noted, n.ticked = failpoint.Now(), failpoint.Now()
	for {
		if err := n.step(failpoint.Now(), false); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return n.step(failpoint.Now(), true)
		case <-tick.C:
		}
	}
}

// step writes a note where one is due.
func (n *notes) step(now time.Time, last bool) error {
	entries, canary := n.due(now, last)
	some := n.some.Load() && (last || now.Sub(n.noted) >= noteEvery)
	if len(entries) == 0 && !some && !n.spool.Owes() {
		return nil
	}
	if some || len(entries) > 0 {
		n.some.Store(false)
	}
	written, err := n.spool.AppendNote(entries...)
	if err != nil {
		return err
	}
	if !written { // no room: losses are kept by the spool
		n.some.Store(n.some.Load() || some)
		return nil
	}
	n.noted = now
	if canary {
		n.canary = now
	}
	return nil
}

// due returns the entries that are due.
func (n *notes) due(now time.Time, last bool) (entries []ledger.Entry, canary bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	wait := lossEvery
	if n.spool.Full() {
		wait = fullEvery
	}
	if len(n.losses) > 0 && (last || now.Sub(n.lost) >= wait) {
		entries, n.losses, n.lost = n.losses, nil, now
	}
	if last {
		return entries, false
	}
	ns := now.UnixNano()
	if canary = len(n.live) > 0 && now.Sub(n.canary) >= canaryEvery; canary {
		for _, input := range slices.Sorted(maps.Keys(n.live)) {
			entries = append(entries, ledger.Entry{Kind: ledger.Canary, Input: input, First: ns, Last: ns})
		}
	}
	idle := now.Sub(time.Unix(0, n.came.Load())) >= idleAfter && now.Sub(n.ticked) >= idleAfter
	if idle && len(n.live) > 0 {
		n.ticked = now
		entries = append(entries, ledger.Entry{Kind: ledger.Tick, First: ns, Last: ns})
	}
	return entries, canary
}

// cmpEntries orders entries by input and kind.
func cmpEntries(a, b *ledger.Entry) int {
	return cmp.Or(cmp.Compare(a.Input, b.Input), cmp.Compare(a.Kind, b.Kind))
}
