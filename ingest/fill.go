package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"frontfoot/ingest/event"
	"frontfoot/ingest/ledger"
	"frontfoot/ingest/line"
	"frontfoot/ingest/spool"
)

// A filler makes batches of what is in a spool. It sees every frame, in order, and so it counts what came of which input: a note takes along what
// was counted since the one before, and what is counted meanwhile is kept with each acknowledgement, so that a crash changes no count.
type filler struct {
	p   *pipeline
	r   *spool.Reader
	b   *batch
	at  spool.Ack   // what comes next
	due *time.Timer // runs from a batch's first line on

	received int64 // when the last lines came
}

func (f *filler) run(ctx context.Context, ended <-chan struct{}) error {
	defer close(f.p.full)
	defer f.r.Close()
	f.due.Stop()
	defer f.due.Stop()
	f.b = <-f.p.free
	if f.at = f.r.Last(); len(f.at.Kept) > 0 {
		if err := json.Unmarshal(f.at.Kept, &f.p.rows.counts); err != nil {
			f.p.logger.WarnContext(ctx, "counts of the last run cannot be read, counting anew", "err", err)
		}
	}
	for last := false; ; {
		changed := f.p.spool.Changed()
		frame, ok, err := f.r.Next()
		switch {
		case err != nil:
			return err
		case ok:
			if err := f.take(ctx, frame); err != nil {
				return err
			}
			continue
		case last:
			return f.hand(ctx)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-changed:
		case <-f.due.C:
			err = f.hand(ctx)
		case <-ended:
			last, ended = true, nil
		}
		if err != nil {
			return err
		}
	}
}

// take puts a frame into batches.
func (f *filler) take(ctx context.Context, frame *spool.Frame) error {
	select {
	case <-f.due.C:
		if err := f.hand(ctx); err != nil {
			return err
		}
	default:
	}
	if frame.IsNote {
		return f.takeNote(ctx, frame)
	}
	if b := f.b; frame.Epoch != b.epoch || frame.Seq+uint64(frame.Done) != b.seq+uint64(b.size()) {
		if err := f.hand(ctx); err != nil {
			return err
		}
		f.b.epoch, f.b.seq = frame.Epoch, frame.Seq+uint64(frame.Done)
	}
	t := f.p.rows.begin(frame)
	defer t.end()
	var err error
	frame.Lines(func(i int, l line.Line) bool {
		b := f.b
		if b.size() > 0 && b.rows.Size()+rowGrowth*len(l.Raw) > f.p.limit {
			t.end()
			f.reach(frame, i)
			if err = f.hand(ctx); err != nil {
				return false
			}
			b = f.b
			b.epoch, b.seq = frame.Epoch, frame.Seq+uint64(i)
		}
		if b.rows == nil {
			b.rows, _ = f.p.builders.Get().(*event.Builder)
		}
		t.row(b.rows, &l)
		if b.rows.Rows() == 1 {
			f.due.Reset(f.p.linger)
		}
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

// hand gives the batch to be sent, unless there is nothing in it, and takes an empty one.
func (f *filler) hand(ctx context.Context) error {
	b := f.b
	if b.empty() {
		return nil
	}
	f.due.Stop()
	b.ack = f.at
	b.ack.Kept = f.p.rows.counts.encode()
	select {
	case f.p.full <- b:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case f.b = <-f.p.free:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
