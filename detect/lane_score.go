package detect

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sourcegraph/conc/panics"
	"github.com/sourcegraph/conc/pool"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/ledger"
)

// score is the second stage: it scores each site of a batch in a goroutine of its own and makes checkpoints. again is the batch that the lane's
// record names; it comes before everything else.
func (l *lane) score(ctx context.Context, again fetched, in <-chan fetched, out chan<- scored) error {
	if again.again {
		if err := l.scoreNext(ctx, again, out); err != nil {
			return err
		}
	}
	quiet := time.NewTicker(l.worker.cfg.CheckpointAge) // checkpoints are due also where nothing comes
	defer quiet.Stop()
	early := time.NewTimer(l.worker.cfg.BatchAge) // and what the restoring found is told soon
	defer early.Stop()
	for {
		var err error
		select {
		case f, more := <-in:
			if !more {
				return l.finish(ctx, out)
			}
			err = l.scoreNext(ctx, f, out)
		case <-l.wake:
			err = l.scoreNext(ctx, fetched{}, out)
		case <-early.C:
			if l.hasReports() {
				err = l.scoreNext(ctx, fetched{}, out)
			}
		case <-quiet.C:
			if l.hasReports() {
				err = l.scoreNext(ctx, fetched{}, out)
			} else {
				err = l.checkpointAlone(ctx, out, false)
			}
		}
		if err != nil {
			return err
		}
	}
}

// finish makes the last checkpoint, once the last batch is written and what the store said of it is known.
func (l *lane) finish(ctx context.Context, out chan<- scored) error {
	if err := send(ctx, out, scored{}); err != nil { // taken when the writer is done with what it had
		return err
	}
	if l.hasReports() {
		if err := l.scoreNext(ctx, fetched{}, out); err != nil {
			return err
		}
	}
	return l.checkpointAlone(ctx, out, true)
}

func (l *lane) hasReports() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.reports)+len(l.refused) > 0
}

func (l *lane) scoreNext(ctx context.Context, f fetched, out chan<- scored) error {
	if f.controlled() {
		if err := l.settle(ctx, out); err != nil {
			return err
		}
	}
	began := time.Now()
	s, err := l.scoreBatch(ctx, f)
	if err != nil {
		return err
	}
	l.worker.metrics.score.Observe(time.Since(began).Seconds())
	if f.controlled() {
		s.manifest, err = l.checkpointSurely(ctx)
	} else {
		s.manifest, err = l.checkpoint(ctx, false)
	}
	if err != nil {
		return err
	}
	return send(ctx, out, s)
}

// controlled reports whether a batch has control records. Where they stand among the messages follows from the batch alone, so nothing that
// comes after may need to be scored again from a state before: the states are saved with the batch, in a manifest of its own.
func (f *fetched) controlled() bool {
	for i := range f.sites {
		if len(f.sites[i].controls) > 0 {
			return true
		}
	}
	return false
}

// settle has the manifest that is under way committed, so that there is room for the next.
func (l *lane) settle(ctx context.Context, out chan<- scored) error {
	if !l.offered.Load() {
		return nil
	}
	if err := send(ctx, out, scored{commit: true}); err != nil {
		return err
	}
	return send(ctx, out, scored{}) // taken when the writer is done with it
}

// checkpointAlone makes a checkpoint between batches.
func (l *lane) checkpointAlone(ctx context.Context, out chan<- scored, force bool) error {
	manifest, err := l.checkpoint(ctx, force)
	if err != nil || manifest.IsZero() {
		return err
	}
	return send(ctx, out, scored{manifest: manifest})
}

func (l *lane) scoreBatch(ctx context.Context, f fetched) (scored, error) {
	s := scored{again: f.again, spans: make(map[string]checkpoint.Span, len(f.sites))}
	outputs := make([]Output, len(f.sites))
	letters := make([][]letter, len(f.sites))
	if !f.again { // the rows of a batch that is run again are settled
		l.takeBack()
	}
	runs := make([]*siteRun, len(f.sites))
	for i := range f.sites {
		var err error
		if runs[i], err = l.siteRun(f.sites[i].site); err != nil {
			return s, err
		}
	}
	p := pool.New().WithErrors()
	for i := range f.sites {
		m := &f.sites[i]
		s.spans[m.site] = m.span()
		s.bytes += m.counted
		p.Go(func() (err error) {
			letters[i], err = l.scoreSite(ctx, runs[i], m, &outputs[i])
			return err
		})
	}
	if err := p.Wait(); err != nil {
		return s, err
	}
	for i, bytes := 0, 0; i < len(runs) && bytes < keepBytes; i++ {
		if runs[i].state.keep(runs[i].next, &outputs[i]); outputs[i].Kept != nil {
			bytes += len(outputs[i].Kept.Snapshot)
		}
	}
	b := &Batch{}
	if !f.again {
		outputs = l.withReports(outputs)
	}
	for i := range outputs {
		if !outputs[i].Empty() {
			b.Sites = append(b.Sites, outputs[i])
		}
	}
	for i := range letters {
		s.letters = append(s.letters, letters[i]...)
	}
	if len(b.Sites) > 0 || f.again {
		s.batch = b
	}
	return s, nil
}

// takeBack tells the states what the store would not take.
func (l *lane) takeBack() {
	l.mu.Lock()
	refused := l.refused
	l.refused = nil
	l.mu.Unlock()
	for _, r := range refused {
		if run := l.sites[r.site]; run != nil {
			run.state.Refused(r.epoch, r.seq, r.n)
			run.unsaved = max(run.unsaved, l.worker.cfg.CheckpointBytes)
		}
	}
}

// withReports adds what is to be told beside the messages.
func (l *lane) withReports(outputs []Output) []Output {
	l.mu.Lock()
	reports := l.reports
	l.reports = nil
	l.mu.Unlock()
	for _, r := range reports {
		i := slices.IndexFunc(outputs, func(o Output) bool { return o.Site == r.site })
		if i < 0 {
			i = len(outputs)
			outputs = append(outputs, Output{Site: r.site})
		}
		outputs[i].Ledger = append(outputs[i].Ledger, r.entry)
	}
	return outputs
}

// scoreSite moves the state of one site forward over its messages. An event that the models do not survive is left out: the state is made anew
// from before the batch, and the batch is scored again without the event, which is stored unscored and goes to the dead-letter topic.
func (l *lane) scoreSite(ctx context.Context, run *siteRun, m *siteMessages, out *Output) ([]letter, error) {
	var letters []letter
	var before []byte // the state before the batch, once it was made anew

	run.state.keeping.now = false // what was due in a replay is kept already
	controls, err := l.hear(ctx, run.state, m)
	if err != nil {
		return nil, err
	}
	for {
		*out, letters = Output{Site: m.site}, nil
		try := panics.Try
		if failpoint.Off("guard") {
			try = func(f func()) *panics.Recovered { f(); return nil }
		}
		thrown := try(func() { letters = l.takeAll(run.state, m, controls, out) })
		if thrown == nil {
			break
		}
		if err := l.poison(ctx, run, thrown); err != nil {
			return nil, err
		}
		if before != nil && run.state.Restore(before) == nil {
			continue
		}
		if err := l.rebuild(ctx, run, run.next); err != nil {
			return nil, err
		}
		run.state.keeping.now = false
		before = run.state.Snapshot()
		run.unsaved = l.worker.cfg.CheckpointBytes // what was left out should not be met again by a replay
	}
	if len(run.skip) > 0 {
		panicked, err := panickedLetters(out, run.skip)
		if err != nil {
			return nil, err
		}
		letters = append(letters, panicked...)
	}
	run.next = m.to
	run.unsaved += int64(m.bytes)
	if m.ctlTo > run.ctl {
		run.ctl = m.ctlTo
	}
	if m.replaced || len(m.controls) > 0 {
		run.unsaved = max(run.unsaved, l.worker.cfg.CheckpointBytes)
	}
	l.worker.metrics.count(m.site, out)
	return letters, nil
}

// takeAll gives a state all that a batch has of a site, control records first.
func (l *lane) takeAll(s *Site, m *siteMessages, controls []heard, out *Output) (letters []letter) {
	for i := range controls {
		c := &controls[i]
		if err := s.told(c, m.from, out); err != nil {
			x := newLetter(m.site, letterUnreadable, err.Error(), c.offset, c.raw)
			x.msg.Headers = append(x.msg.Headers, bus.Header{Key: "control"})
			letters = append(letters, x)
			out.Ledger = append(out.Ledger, ledger.Entry{Kind: ledger.DeadLetter, Reason: short("control record: " + err.Error()), First: s.clock.now, Last: s.clock.now})
		}
	}
	at := m.from
	for i := range m.records {
		r := &m.records[i]
		if r.offset > at {
			s.Lost(at, r.offset, m.whyLost(), out)
		}
		at = r.next
		r.take(s, out)
		if r.broken != nil {
			letters = append(letters, newLetter(m.site, letterUnreadable, r.broken.Reason, r.offset, r.raw))
		}
	}
	if at < m.to {
		s.Lost(at, m.to, m.whyLost(), out)
	}
	return letters
}

func (m *siteMessages) whyLost() string {
	if m.lost != "" {
		return m.lost
	}
	return "the log had dropped them when they were due"
}

// mostSkips is how many events of one message are left out one by one; each costs that its batch is scored once more. Then it is the whole message.
const mostSkips = 8

func (*lane) skipped(run *siteRun, offset int64) (n int) {
	for p := range run.skip {
		if p.offset == offset {
			n++
		}
	}
	return n
}

// poison notes at which event the models of a site panicked. Where it was not the event, the lane is given up rather than turned in circles.
func (l *lane) poison(ctx context.Context, run *siteRun, thrown *panics.Recovered) error {
	l.worker.metrics.panics.WithLabelValues(run.name).Inc()
	at := run.state.at
	if run.skip == nil {
		run.skip = map[position]string{}
	}
	if _, again := run.skip[at]; again {
		return fmt.Errorf("site %s panics at offset %d, row %d even without that event: %w", run.name, at.offset, at.row, thrown.AsError())
	}
	if l.skipped(run, at.offset) >= mostSkips {
		at.row = wholeMessage
	}
	run.skip[at] = fmt.Sprint("detection panicked: ", thrown.Value)
	l.logger.ErrorContext(ctx, "detection panicked, event set aside", "site", run.name, "offset", at.offset, "row", at.row, "err", thrown.AsError())
	return nil
}
