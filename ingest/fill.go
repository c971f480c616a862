package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"frontfoot/ingest/ledger"
	"frontfoot/ingest/line"
	"frontfoot/ingest/spool"
)

// A filler makes batches of what is in a spool. It sees every frame, in order, and so it counts what came of which input: a note takes along what
// was counted since the one before, and what is counted meanwhile is kept with each acknowledgement, so that a crash changes no count.
type filler struct {
	p    *pipeline
	r    *spool.Reader
	b    batch     // what is being made
	desk *desk     // where it is made; nil while nothing is
	at   spool.Ack // what comes next

	received int64 // when the last lines came
}

func (f *filler) run(ctx context.Context, ended <-chan struct{}) error {
	defer close(f.p.full)
	defer f.r.Close()
	defer f.leave()
	if f.at = f.r.Last(); len(f.at.Kept) > 0 {
		var err error
		if f.p.rows.counts, err = readCounts(f.at.Kept); err != nil {
			f.p.logger.WarnContext(ctx, "counts of the last run cannot be read, counting anew", "err", err)
		}
	}
	for {
		changed := f.p.spool.Changed()
		if err := f.takeAll(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ended:
			return f.takeAll(ctx)
		case <-changed:
		}
		linger := time.NewTimer(f.p.linger) // what comes meanwhile is sent along
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ended:
			return f.takeAll(ctx)
		case <-linger.C:
		}
	}
}

// takeAll hands on everything that the spool holds by now.
func (f *filler) takeAll(ctx context.Context) error {
	for {
		if err := f.sit(ctx); err != nil {
			return err
		}
		frame, ok, err := f.r.Next()
		switch {
		case err != nil:
			return err
		case !ok:
			return f.hand(ctx)
		}
		if err := f.take(ctx, frame); err != nil {
			return err
		}
	}
}

// take puts a frame into batches.
func (f *filler) take(ctx context.Context, frame *spool.Frame) error {
	if frame.IsNote {
		return f.takeNote(ctx, frame)
	}
	if b := &f.b; frame.Epoch != b.epoch || frame.Seq+uint64(frame.Done) != b.seq+uint64(f.rows()) {
		if err := f.hand(ctx); err != nil {
			return err
		}
		b.epoch, b.seq = frame.Epoch, frame.Seq+uint64(frame.Done)
	}
	t := f.p.rows.begin(frame)
	defer t.end()
	var err error
	frame.Lines(func(i int, l line.Line) bool {
		if f.rows() > 0 && f.desk.rows.Size()+rowGrowth*len(l.Raw) > f.p.limit {
			t.end()
			f.reach(frame, i)
			if err = f.hand(ctx); err != nil {
				return false
			}
			f.b.epoch, f.b.seq = frame.Epoch, frame.Seq+uint64(i)
		}
		if err = f.sit(ctx); err != nil {
			return false
		}
		t.row(f.desk.rows, &l)
		return true
	})
	f.reach(frame, frame.N)
	return err
}

// reach says that the batch holds everything up to a line of a frame, or a note.
func (f *filler) reach(frame *spool.Frame, lines int) {
	f.at.At, f.at.Epoch, f.at.Seq, f.at.Note = frame.At, frame.Epoch, frame.Seq+uint64(lines), frame.NextNote
	if !frame.IsNote {
		f.received = frame.Received
	}
	if f.at.At.Line = uint32(lines); lines == frame.N {
		f.at.At = frame.End
	}
}

// takeNote sends what is there, and then the note with what was counted.
func (f *filler) takeNote(ctx context.Context, frame *spool.Frame) error {
	if err := f.hand(ctx); err != nil {
		return err
	}
	entries := f.p.rows.counts.entries()
	if len(frame.Entries) > 0 {
		more, err := ledger.Decode(frame.Entries)
		if err != nil {
			return fmt.Errorf("reading a note of the spool: %w", err)
		}
		entries = append(entries, more...)
	}
	if len(entries) == 0 { // the numbers of notes have no holes
		entries = []ledger.Entry{{Kind: ledger.Taken, First: f.received, Last: f.received}}
	}
	f.p.rows.counts = counts{}
	f.b.entries, f.b.epoch, f.b.seq, f.b.note = slices.Clip(entries), frame.Epoch, frame.Seq, frame.Note
	f.reach(frame, frame.N)
	return f.hand(ctx)
}

// hand gives the batch to be sent, unless there is nothing in it, and begins another.
func (f *filler) hand(ctx context.Context) error {
	if f.b.rows = f.rows(); f.b.rows > 0 {
		value, err := f.desk.encode()
		if err != nil {
			return err
		}
		f.b.value = value
	}
	f.leave()
	if f.b.rows == 0 && len(f.b.entries) == 0 {
		return nil
	}
	b := f.b
	f.b = batch{}
	b.ack = f.at
	b.ack.Kept = f.p.rows.counts.encode()
	select {
	case f.p.full <- &b:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// rows returns how many rows the batch has.
func (f *filler) rows() int {
	if f.desk == nil {
		return 0
	}
	return f.desk.rows.Rows()
}

// sit takes a desk, unless it has one.
func (f *filler) sit(ctx context.Context) error {
	if f.desk != nil {
		return nil
	}
	select {
	case f.desk = <-f.p.desks:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// leave gives the desk to the next.
func (f *filler) leave() {
	if f.desk == nil {
		return
	}
	f.desk.rows.Reset()
	f.p.desks <- f.desk
	f.desk = nil
}
