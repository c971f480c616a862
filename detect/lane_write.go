package detect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v7"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/ledger"
)

const (
	closeAfter   = 10 * time.Second       // of idleness, a record without ranges says that the last insert succeeded
	insertPause  = 200 * time.Millisecond // between two attempts
	insertPauses = 5 * time.Second        // and the longest
)

// A writer is a lane's third stage. For each batch it commits the record that names the batch, then inserts it, for as long as it takes, and then
// goes on: the record of the next batch says that this one is there.
type writer struct {
	lane  *lane
	place checkpoint.Place // where the lane stands, all inserts before it having succeeded
	dirty bool             // the lane's record does not say so yet
	owed  bool             // the batch that a predecessor's record names is not inserted again yet: nothing may be committed before
}

func newWriter(l *lane) *writer {
	return &writer{lane: l, place: l.place.Settled(), dirty: l.place.Pending(), owed: l.place.Pending()}
}

func (w *writer) run(ctx context.Context, in <-chan scored) error {
	idle := time.NewTimer(closeAfter)
	defer idle.Stop()
	for {
		select {
		case s, more := <-in:
			if !more {
				return w.close(ctx)
			}
			if err := w.write(ctx, &s); err != nil {
				return err
			}
			if s.batch == nil {
				continue
			}
		case <-idle.C:
			if err := w.close(ctx); err != nil {
				return err
			}
		}
		idle.Reset(closeAfter)
	}
}

// close commits a record without ranges where the last one has some, or is behind.
func (w *writer) close(ctx context.Context) error {
	if !w.dirty || w.owed || ctx.Err() != nil {
		return nil
	}
	if err := w.commit(ctx, &w.place); err != nil {
		return err
	}
	failpoint.Hit("close_intent")
	w.dirty = false
	return nil
}

// write commits a batch's record and inserts it.
func (w *writer) write(ctx context.Context, s *scored) error {
	if w.owed && !s.again {
		return errors.New("a batch came before the one that the record names")
	}
	w.owed = false
	if s.batch == nil { // nothing to insert: what was read rides along with the next record
		w.settle(s)
		if len(s.spans) == 0 && (s.commit || !s.manifest.IsZero()) { // a checkpoint between batches
			return w.close(ctx)
		}
		return nil
	}
	intent := w.place
	intent.Sites = maps.Clone(w.place.Sites)
	maps.Copy(intent.Sites, s.spans)
	if !s.again {
		intent.Batch++
		if !failpoint.Off("intent") {
			if err := w.commit(ctx, &intent); err != nil {
				return err
			}
		}
	} else {
		w.lane.worker.metrics.reruns.Inc()
	}
	w.place.Batch = intent.Batch
	failpoint.Hit("after_intent")
	if err := w.insert(ctx, s, &intent); err != nil {
		return err
	}
	failpoint.Hit("after_insert")
	w.settle(s)
	if failpoint.Off("intent") {
		return w.commit(ctx, &w.place)
	}
	return nil
}

// settle takes a batch for done.
func (w *writer) settle(s *scored) {
	for site, span := range s.spans {
		w.place.Sites[site] = checkpoint.Span{Next: span.Next + span.Len, Ctl: span.Ctl + span.CtlLen}
		w.lane.mark(site, func(m *lag) { m.stored = span.Next + span.Len })
	}
	if !s.manifest.IsZero() {
		w.place.Manifest = s.manifest
	}
	w.lane.flight.Add(-s.bytes)
	w.lane.worker.flight.Add(-s.bytes)
	w.dirty = w.dirty || len(s.spans) > 0 || !s.manifest.IsZero() || s.batch != nil
}

// commit records a place for the lane. After an error nothing more may be inserted: the lane ends.
func (w *writer) commit(ctx context.Context, p *checkpoint.Place) error {
	l := w.lane
	text := p.Encode()
	if len(text) > bus.MaxMetadata {
		return fmt.Errorf("lane %d has too many sites: its record takes %d bytes of the %d that Kafka keeps: start anew with more lanes",
			l.number, len(text), bus.MaxMetadata)
	}
	err := l.lease.Commit(ctx, l.number, int64(p.Batch), text)
	switch {
	case errors.Is(err, bus.ErrFenced):
		l.worker.metrics.fenced.Inc()
		if !failpoint.Off("fence") {
			return err
		}
	case err != nil && !failpoint.Off("rejoin"):
		return err
	}
	l.worker.metrics.intents.Inc()
	if !p.Manifest.IsZero() && p.Manifest != l.place.Manifest {
		l.place.Manifest = p.Manifest
		l.offered.Store(false)
		l.rouse() // what was due meanwhile
		l.worker.trim.committed(ctx, l.number, p.Manifest)
	}
	return nil
}

// insert writes a batch until the sink has it, or ctx ends.
func (w *writer) insert(ctx context.Context, s *scored, intent *checkpoint.Place) error {
	l := w.lane
	s.batch.Token = token(l.number, intent, s.spans)
	if failpoint.Off("token") {
		s.batch.Token = ""
	}
	for i := range s.letters {
		if err := l.post(ctx, &s.letters[i]); err != nil {
			return err
		}
	}
	if len(s.batch.Sites) == 0 {
		return nil
	}
	began := time.Now()
	rejections, err := w.persist(ctx, s.batch)
	if err != nil {
		return err
	}
	l.worker.metrics.write.Observe(time.Since(began).Seconds())
	l.worker.metrics.batches.Inc()
	told, err := l.reject(ctx, rejections)
	if err != nil || len(told) == 0 {
		return err
	}
	failpoint.Hit("before_rejected")
	// Before the batch is acknowledged: one that is run again is rejected again.
	_, err = w.persist(ctx, &Batch{Token: s.batch.Token + "/rejected", Sites: told})
	return err
}

// persist gives a batch to the sink until that has it. One call may take as long as it needs: a sink that halves what the store refuses would begin
// anew with the whole, for ever. What one who has lost the lease may still have under way ends with ctx.
func (w *writer) persist(ctx context.Context, b *Batch) ([]Rejection, error) {
	wait := &backoff.ExponentialBackOff{
		InitialInterval: insertPause, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: insertPauses,
	}
	rejections, err := backoff.Retry(ctx, func() ([]Rejection, error) {
		if ctx.Err() != nil { // the lease has ended: a successor inserts it
			return nil, backoff.Permanent(context.Cause(ctx))
		}
		return w.lane.worker.dep.Sink.Write(ctx, b)
	}, backoff.WithBackOff(wait), backoff.WithMaxElapsedTime(0), backoff.WithNotify(func(err error, _ time.Duration) {
		w.lane.worker.metrics.retries.Inc()
		w.lane.logger.WarnContext(ctx, "the store did not confirm a batch, trying the same again", "err", err)
	}))
	if ctx.Err() != nil && err != nil {
		return nil, context.Cause(ctx)
	}
	return rejections, err
}

// reject sets aside what the store will never take, and returns what is to be told of it.
func (l *lane) reject(ctx context.Context, rejections []Rejection) (told []Output, err error) {
	now := failpoint.Now().UnixNano() // beside the log, so the machine's clock may stand here
	for i := range rejections {
		r := &rejections[i]
		l.worker.metrics.rejected.WithLabelValues(r.Site).Inc()
		l.logger.ErrorContext(ctx, "the store rejects rows", "site", r.Site, "events", r.Message != nil, "err", r.Err)
		letter, ok, err := rejectedLetter(r)
		if err != nil {
			return nil, err
		}
		e := ledger.Entry{Kind: ledger.DeadLetter, Reason: short(fmt.Sprint("rejected by the store: ", r.Err)), First: now, Last: now}
		if ok {
			if err := l.post(ctx, &letter); err != nil {
				return nil, err
			}
			m := r.Message
			n := uint64(m.Events.Rows())
			e.Epoch, e.Seq, e.Rows = m.Epoch, m.Seq0, n
			e.First, e.Last = firstReceived(&m.Message), firstReceived(&m.Message)
			l.mu.Lock()
			l.refused = append(l.refused, rejection{r.Site, m.Epoch, m.Seq0, n})
			l.mu.Unlock()
		}
		told = append(told, Output{Site: r.Site, Ledger: []ledger.Entry{e}})
	}
	if len(rejections) > 0 {
		l.rouse() // the holes are in no log: they must be saved soon
	}
	return told, nil
}

// token names a batch: the lane and its record's nonce, the batch's number, and the exact ranges. It does not depend on what the log still holds of them.
func token(lane int, intent *checkpoint.Place, spans map[string]checkpoint.Span) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d/%x/%d", lane, intent.Nonce, intent.Batch)
	for _, site := range slices.Sorted(maps.Keys(spans)) {
		if s := spans[site]; s.Len > 0 || s.CtlLen > 0 {
			fmt.Fprintf(h, ",%s:%d+%d;%d+%d", site, s.Next, s.Len, s.Ctl, s.CtlLen)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func firstReceived(m *Message) int64 {
	if m.Events.Rows() == 0 {
		return 0
	}
	return m.Events.Time(event.Received, 0)
}
