package spool

import (
	"fmt"
	"os"

	"frontfoot/ingest/ledger"
	"frontfoot/ingest/line"
)

// A Frame is what was appended at once: a chunk of lines, or a note. Its memory holds until the reader's next call.
type Frame struct {
	// Epoch, with Seq and Note, names the lines or the note.
	Epoch Epoch
	// Seq is the number of the first line; of a note, that of the line that comes after it.
	Seq uint64
	// N is how many lines there are; the first Done of them have been acknowledged.
	N, Done int
	// Received is when the lines were read, nanoseconds since 1970.
	Received int64
	// Input, Premises, Zone, Replay and Path are what was known of the source then.
	Input, Premises, Zone, Path []byte
	Replay                      bool

	// NextNote is the number of the note that comes after.
	NextNote uint64

	// IsNote says that it is a note, of that number, with those ledger entries, as JSON, or none. They can be decoded.
	IsNote  bool
	Note    uint64
	Entries []byte

	// At is where the frame stands, End where the next may.
	At, End Place

	kind     byte
	lines    []byte
	position line.Position
	anew     bool // of positions: there are no others but those that come now
	snapshot []line.Position
}

// Lines calls f with each line and its place in the frame, those that are done left out.
func (f *Frame) Lines(yield func(int, line.Line) bool) {
	d := decoder{b: f.lines}
	for i := range f.N {
		if l := d.line(); i >= f.Done && !yield(i, l) {
			return
		}
	}
}

// A Reader gives back what was committed, from the last acknowledgement on. It is for one goroutine; there is one of a spool.
type Reader struct {
	s    *Spool
	seg  *segment
	f    *os.File
	scan scanner

	skip      Place  // nothing before is given back
	epoch     Epoch  // of what was read last
	seq, note uint64 // the next ones expected of it
	lost      int64  // bytes that could not be read since the last frame
	lostAt    Place
}

// Reader returns the spool's reader, at the last acknowledgement.
func (s *Spool) Reader() *Reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.acked.last
	return &Reader{s: s, skip: a.At, epoch: a.Epoch, seq: a.Seq, note: a.Note}
}

// Last returns the last acknowledgement.
func (r *Reader) Last() Ack {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.s.acked.last
}

// Changed returns a channel that is closed when more was committed than when it was called.
func (s *Spool) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// Next returns the next frame of lines or note that is durable, false where there is none yet. What cannot be read is passed over and reported.
func (r *Reader) Next() (*Frame, bool, error) {
	for {
		fr, ok := r.scanNext()
		if !ok {
			more, err := r.advance()
			if err != nil || !more {
				r.scan.buf = nil // hundreds of sites may have nothing to read
				return nil, false, err
			}
			continue
		}
		if fr.skipped > 0 {
			r.lose(fr.at-fr.skipped, fr.skipped)
		}
		f := &fr.Frame
		f.Epoch = r.seg.epoch
		f.At, f.End = Place{r.seg.number, fr.at, 0}, Place{r.seg.number, fr.end, 0}
		if f.kind != typeLines && !f.IsNote {
			continue
		}
		if err := r.account(f); err != nil {
			return nil, false, err
		}
		if f.IsNote {
			if err := r.s.understand(f); err != nil {
				return nil, false, err
			}
		}
		if f.At.Segment == r.skip.Segment && f.At.Offset == r.skip.Offset {
			f.Done = min(int(r.skip.Line), f.N)
		}
		return f, true, nil
	}
}

// scanNext reads below what is durable by now.
func (r *Reader) scanNext() (found, bool) {
	if r.seg == nil {
		return found{}, false
	}
	r.s.mu.Lock()
	r.scan.limit = r.seg.end
	r.s.mu.Unlock()
	return r.scan.next()
}

// advance goes to the next segment where this one is read to its end, and reports whether there is one.
func (r *Reader) advance() (bool, error) {
	s := r.s
	s.mu.Lock()
	var next *segment
	for _, seg := range s.segments {
		if r.seg == nil && seg.number >= r.skip.Segment || r.seg != nil && seg.number > r.seg.number {
			next = seg
			break
		}
	}
	done := r.seg == nil || r.seg.sealed && r.seg.end == r.seg.written && r.scan.limit == r.seg.end
	s.mu.Unlock()
	if next == nil || !done {
		return false, nil
	}
	if r.seg != nil && r.scan.off < r.scan.limit {
		r.lose(r.scan.off, r.scan.limit-r.scan.off)
	}
	f, err := os.Open(next.path)
	if err != nil {
		return false, fmt.Errorf("reading a segment of the spool: %w", err)
	}
	r.Close()
	off := int64(headBlock)
	if next.number == r.skip.Segment {
		off = max(off, r.skip.Offset)
	}
	r.seg, r.f = next, f
	r.scan = scanner{r: s.reader(f), mark: next.mark, off: align(off), buf: r.scan.buf[:0]}
	return true, r.meet(next.epoch, next.seq, next.note, Place{Segment: next.number, Offset: off})
}

// account compares a frame's number with the one that was due.
func (r *Reader) account(f *Frame) error {
	note := r.note
	if f.IsNote {
		note = f.Note
	}
	if err := r.meet(f.Epoch, f.Seq, note, f.At); err != nil {
		return err
	}
	r.seq, r.note = f.Seq+uint64(f.N), note
	if f.IsNote {
		r.note++
	}
	f.NextNote = r.note
	return nil
}

// meet reports what is missing before the numbers that come now.
func (r *Reader) meet(epoch Epoch, seq, note uint64, at Place) error {
	if epoch != r.epoch {
		if err := r.missing(r.s.ends[r.epoch], r.note, at); err != nil {
			return err
		}
		known := r.epoch != (Epoch{})
		r.epoch, r.seq, r.note = epoch, 0, 0
		if !known { // where nobody knows what was acknowledged, the first that is there is the first
			r.seq, r.note = seq, note
		}
	}
	return r.missing(seq, note, at)
}

// missing reports what is missing of an epoch before a number.
func (r *Reader) missing(seq, note uint64, at Place) error {
	h := hole{segment: at.Segment, at: at.Offset, Bytes: r.lost, epoch: r.epoch, seq: r.seq}
	if r.lost > 0 {
		h.segment, h.at = r.lostAt.Segment, r.lostAt.Offset
	}
	if seq > r.seq {
		h.rows = seq - r.seq
	}
	lost := r.lost > 0 || seq > r.seq || note > r.note
	r.seq, r.note, r.lost = max(r.seq, seq), max(r.note, note), 0
	if !lost {
		return nil
	}
	return r.s.report(h)
}

// lose remembers what cannot be read until a frame tells which lines it held.
func (r *Reader) lose(at, n int64) {
	if r.lost == 0 {
		r.lostAt = Place{Segment: r.seg.number, Offset: at}
	}
	r.lost += n
}

// report writes damage down, once.
func (s *Spool) report(h hole) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reported[h.identity()] {
		return nil
	}
	_, err := s.appendNote([]ledger.Entry{s.damaged(h)})
	return err
}

// understand puts an entry of damage in the place of entries that are whole and mean nothing, as another version may have written them: the note
// keeps its number, and what follows is read.
func (s *Spool) understand(f *Frame) error {
	if len(f.Entries) == 0 {
		return nil
	}
	if _, err := ledger.Decode(f.Entries); err == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	f.Entries, err = ledger.Encode([]ledger.Entry{s.damaged(hole{
		segment: f.At.Segment, at: f.At.Offset, Bytes: f.End.Offset - f.At.Offset, epoch: f.Epoch, seq: f.Seq, note: true,
	})})
	return err
}

// Close releases the file that is being read.
func (r *Reader) Close() {
	if r.f != nil {
		_ = r.f.Close()
		r.f = nil
	}
}

// Acknowledge says that everything before a place is elsewhere, so that its room may be used again. It must be called in order.
func (s *Spool) Acknowledge(a Ack, lines int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return s.failed
	}
	if err := s.acked.set(a); err != nil {
		return s.fail(err)
	}
	s.metrics.Backlog.Sub(float64(lines))
	before := len(s.segments)
	if err := s.drop(); err != nil {
		return s.fail(err)
	}
	if len(s.segments) < before {
		s.broadcast()
	}
	return nil
}
