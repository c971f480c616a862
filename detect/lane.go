package detect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v7"
	"github.com/sourcegraph/conc/pool"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/ledger"
)

// drainTime bounds what a lane still does after it was told to stop.
const drainTime = 20 * time.Second

// A lane runs one batch after the other through three stages. The first and the last batch of a lease are special: the first is the one that the
// lane's record names, over exactly the recorded ranges, because nobody knows whether its insert succeeded; after the last a record without ranges
// says that it did.
type lane struct {
	worker *Worker
	lease  Lease
	number int
	lanes  int // in all
	logger *slog.Logger

	place checkpoint.Place    // as committed before the lane ran; only its manifest changes then, by the writing stage
	sites map[string]*siteRun // owned by the scoring stage once the lane runs

	saveAt   time.Time            // not before then is a checkpoint tried again; owned by the scoring stage
	unposted map[string]time.Time // by site: when its dead-letter topic last would not take a letter; owned by the writing stage

	offered atomic.Bool  // a manifest is saved and not yet committed
	flight  atomic.Int64 // bytes that were read and are not yet in the store

	mu      sync.Mutex
	reports []report       // what the next batch has to tell beside its own
	refused []rejection    // what the store would not take
	marks   map[string]lag // by site
	wake    chan struct{}  // tells the scoring stage that there is something to save or to tell; room for one
}

// A report is an entry of the loss ledger that comes from no message.
type report struct {
	site  string
	entry ledger.Entry
}

type rejection struct {
	site, epoch string
	seq, n      uint64
}

// lag is where a site's log ends and how much of it is in the store.
type lag struct{ end, stored int64 }

// A fetched batch is what the log held: the messages of each site in order.
type fetched struct {
	sites []siteMessages // sorted by name
	rows  int
	again bool // it is the batch that the lane's record names
}

// siteMessages is what a batch holds of a site, or a move of the site's place without messages.
type siteMessages struct {
	site     string
	from, to int64  // offset range of the raw topic
	lost     string // why offsets of the range have no message, "" where it is not known
	check    uint32 // of the message at from
	bytes    int
	records  []record
	ctlFrom  int64 // and of the control topic
	ctlTo    int64
	controls []bus.Message
	replaced bool // the log was made anew: the state's offsets mean nothing any more
	rows     int
	counted  int64 // of bytes, those that the lane's flight counts
}

func (m *siteMessages) span() checkpoint.Span {
	return checkpoint.Span{Next: m.from, Len: m.to - m.from, Check: m.check, Ctl: m.ctlFrom, CtlLen: m.ctlTo - m.ctlFrom}
}

// A scored batch is ready to be written.
type scored struct {
	batch    *Batch // nil where nothing is to be written
	again    bool
	bytes    int64
	spans    map[string]checkpoint.Span
	letters  []letter
	commit   bool           // what is done is to be recorded at once
	manifest checkpoint.Ref // of the states after this batch, zero where no checkpoint was made
}

// run works on the lane until ctx ends, and then writes what has been fetched, unless the lease has ended.
func (l *lane) run(ctx context.Context) error {
	began := time.Now()
	if err := l.restore(ctx); err != nil {
		return err
	}
	fetch := make(chan fetched, 1)
	write := make(chan scored) // without room: a batch is 32 MiB
	defer func() { l.worker.flight.Add(-l.flight.Load()) }()
	defer l.unmark()
	reader := l.newReader()
	again, err := reader.recorded(ctx)
	if err != nil {
		return err
	}
	l.worker.metrics.takeover.Observe(time.Since(began).Seconds())
	// The later stages outlive ctx, until the earlier one has closed their channel.
	drain, cancel := drainContext(ctx)
	defer cancel()
	p := pool.New().WithContext(drain).WithCancelOnError().WithFirstError()
	p.Go(func(pctx context.Context) error {
		defer close(fetch)
		stop, cancel := context.WithCancel(pctx)
		defer cancel()
		defer context.AfterFunc(ctx, cancel)()
		return reader.run(stop, pctx, fetch)
	})
	p.Go(func(ctx context.Context) error {
		defer close(write)
		return l.score(ctx, again, fetch, write)
	})
	p.Go(func(ctx context.Context) error { return newWriter(l).run(ctx, write) })
	if err := p.Wait(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("lane %d: %w", l.number, err)
	}
	return context.Cause(ctx)
}

// drainContext returns a context that ends drainTime after ctx, and with it where the lease has ended: then nothing more may be written.
func drainContext(ctx context.Context) (context.Context, context.CancelFunc) {
	drain, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if errors.Is(context.Cause(ctx), bus.ErrFenced) && !failpoint.Off("fence") {
			cancel()
			return
		}
		t := time.AfterFunc(drainTime, cancel)
		context.AfterFunc(drain, func() { t.Stop() })
	})
	return drain, func() { stop(); cancel() }
}

func send[T any](ctx context.Context, out chan<- T, v T) error {
	select {
	case out <- v:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// siteRun returns a site of the lane, new where it has not been seen.
func (l *lane) siteRun(site string) (*siteRun, error) {
	if run := l.sites[site]; run != nil {
		return run, nil
	}
	run := &siteRun{name: site, savedAt: failpoint.Now()}
	if err := l.fresh(run); err != nil {
		return nil, err
	}
	l.sites[site] = run
	return run, nil
}

// names returns the lane's sites in order.
func (l *lane) names() []string { return slices.Sorted(maps.Keys(l.sites)) }

// report puts an entry into the next batch.
func (l *lane) report(site string, e ledger.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reports = append(l.reports, report{site, e})
}

// rouse lets the scoring stage look at what has come up beside the messages.
func (l *lane) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// mark notes where a site's log ends, or how much of it is stored, and shows the difference.
func (l *lane) mark(site string, change func(*lag)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := l.marks[site]
	change(&m)
	l.marks[site] = m
	l.worker.metrics.lag.WithLabelValues(site).Set(float64(max(0, m.end-m.stored)))
}

// unmark shows nothing any more of sites that somebody else may have by now.
func (l *lane) unmark() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for site := range l.marks {
		l.worker.metrics.lag.DeleteLabelValues(site)
	}
}

// persist tries op, which is needed to go on, until it succeeds, ctx ends, or the error is not that Kafka is away. That it waits is told once.
func (l *lane) persist(ctx context.Context, what string, op func() error) error {
	told := false
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := op()
		if err != nil && !errors.Is(err, bus.ErrUnavailable) {
			return struct{}{}, backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithMaxElapsedTime(0), backoff.WithNotify(func(err error, _ time.Duration) {
		if !told {
			told = true
			l.logger.WarnContext(ctx, "the lane waits for Kafka", "for", what, "err", err)
		}
	}))
	if r := backoff.AsRetryError(err); r != nil {
		return r.LastErr
	}
	return err
}
