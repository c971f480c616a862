package spool

import (
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"time"

	"frontfoot/ingest/ledger"
)

// recover reads the folder and begins the new epoch.
func (s *Spool) recover() error {
	for _, name := range []string{newName, reserveName} { // a reserve is made anew: nobody knows whether it was begun
		if err := remove(s.path(name)); err != nil {
			return fmt.Errorf("clearing the folder: %w", err)
		}
	}
	s.acked.fsync, s.acked.writeAt = s.set.sync, s.set.writeAt
	if err := s.acked.open(s.path(ackName)); err != nil {
		return err
	}
	if err := s.load(); err != nil {
		return err
	}
	ended := map[Epoch]bool{}
	torn := make([]hole, len(s.segments))
	for i, seg := range s.segments {
		var err error
		if torn[i], err = s.read(seg, ended); err != nil {
			return err
		}
	}
	losses, err := s.settle(torn)
	if err != nil {
		return err
	}
	if a := &s.acked.last; a.Epoch != (Epoch{}) {
		s.ends[a.Epoch] = max(s.ends[a.Epoch], a.Seq)
	}
	s.mistrust()
	s.number = max(s.number, s.acked.last.At.Segment) + 1
	for _, epoch := range s.epochs() {
		if !ended[epoch] {
			losses = append(losses, s.entry(ledger.EpochEnd, "the collector was started anew", epoch, s.ends[epoch]))
		}
	}
	s.countBacklog()
	if err := s.drop(); err != nil {
		return err
	}
	return s.start(losses)
}

// start begins the new epoch's first segment and writes down how the one before ended. On a disk that is full both wait.
func (s *Spool) start(losses []ledger.Entry) error {
	err := s.room(headBlock, false)
	if full(err) { // the losses of this run must find the room that those of the last one did not use
		err = s.setAside(s.reserveSize(int64(len(s.opening(head{})))))
	}
	if err != nil && !full(err) {
		return err
	}
	if len(losses) > 0 {
		if _, err := s.appendNote(losses); err != nil {
			return err
		}
	}
	if err := s.Commit(); err != nil {
		return err
	}
	if len(s.pending) > 0 { // what a crash left half written was not reported yet: the next start must see it
		return nil
	}
	for _, seg := range s.segments {
		if !seg.sealed {
			continue
		}
		if err := s.trim(seg); err != nil {
			return err
		}
	}
	return nil
}

// trim cuts off what stands behind the last frame of a segment of an earlier run, unless the disk is so full that even this needs room.
func (s *Spool) trim(seg *segment) error {
	if seg.size <= seg.end {
		return nil
	}
	err := os.Truncate(seg.path, seg.end)
	if noSpace(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cutting off the end of a segment: %w", err)
	}
	s.bytes -= seg.size - seg.end
	seg.size = seg.end
	s.metrics.Bytes.Set(float64(s.bytes))
	return nil
}

// settle decides about what stands behind the last whole frame of each segment. Of the last segment it is what a crash may leave: it is reported and
// then cut off. Of another one it is damage as in its middle: the reader meets it, unless it was acknowledged, and tells how many lines it held. What
// was reported is cut off.
func (s *Spool) settle(torn []hole) (losses []ledger.Entry, err error) {
	for i, seg := range s.segments {
		switch h := torn[i]; {
		case h.Bytes == 0 || s.reported[h.identity()]:
			if err := s.trim(seg); err != nil {
				return nil, err
			}
		case i == len(torn)-1:
			losses = append(losses, s.damaged(h))
		default:
			seg.end, seg.written = seg.size, seg.size
		}
	}
	return losses, nil
}

// read goes over a segment of an earlier run: how far it is whole, where its sources were, and what was reported already. It returns what is
// neither a frame nor zeros behind the last frame.
func (s *Spool) read(seg *segment, ended map[Epoch]bool) (hole, error) {
	f, err := os.OpenFile(seg.path, os.O_RDWR, 0)
	if err != nil {
		return hole{}, unreadable(seg.path, err)
	}
	defer f.Close()
	if err := s.set.sync(f); err != nil { // what a killed process wrote is read from memory: it must not be gone after the next crash
		return hole{}, fmt.Errorf("making a segment durable: %w", err)
	}
	sc := scanner{r: s.reader(f), mark: seg.mark, off: headBlock, limit: seg.size}
	next := seg.seq
	for {
		fr, ok := sc.next()
		if !ok {
			break
		}
		seg.end = fr.end
		if fr.anew {
			clear(s.positions)
		}
		for _, p := range fr.snapshot {
			s.setPosition(p)
		}
		s.setPosition(fr.position)
		switch {
		case fr.IsNote:
			s.readNote(&fr.Frame, ended)
			next = max(next, fr.Seq)
		case fr.kind == typeLines:
			next = max(next, fr.Seq+uint64(fr.N))
			if s.after(seg.number, fr.at) {
				seg.lines += uint64(fr.N)
			}
		}
	}
	torn := hole{}
	if seg.size > seg.end && !sc.zeros() {
		torn = hole{segment: seg.number, at: seg.end, Bytes: seg.size - seg.end, epoch: seg.epoch, seq: next, tail: true}
	}
	if sc.err != nil {
		return hole{}, unreadable(seg.path, sc.err)
	}
	seg.end = min(seg.end, seg.size)
	seg.written = seg.end
	s.ends[seg.epoch] = max(s.ends[seg.epoch], next)
	return torn, nil
}

// after reports whether a frame was not wholly acknowledged.
func (s *Spool) after(number uint64, at int64) bool {
	a := s.acked.last.At
	return number > a.Segment || number == a.Segment && at >= a.Offset
}

// readNote remembers what has been written down already.
func (s *Spool) readNote(f *Frame, ended map[Epoch]bool) {
	entries, err := ledger.Decode(f.Entries)
	if err != nil {
		return
	}
	for i := range entries {
		e := &entries[i]
		switch e.Kind {
		case ledger.Damaged:
			s.reported[identity(e)] = true
		case ledger.EpochEnd:
			var epoch Epoch
			if name, err := hex.DecodeString(e.Epoch); err == nil && len(name) == len(epoch) {
				copy(epoch[:], name)
				ended[epoch] = true
				s.ends[epoch] = max(s.ends[epoch], e.Seq) // known then, whatever is damaged by now
			}
		default: // says nothing of the spool itself
		}
	}
}

// mistrust forgets an acknowledgement that does not belong to these segments.
func (s *Spool) mistrust() {
	a := &s.acked.last
	for _, seg := range s.segments {
		if seg.number == a.At.Segment && seg.epoch != a.Epoch {
			s.logger.Warn("acknowledgements are not of this spool, sending everything again", "dir", s.set.Dir)
			*a = Ack{}
		}
	}
}

// epochs returns those of the folder, in their order, each once.
func (s *Spool) epochs() []Epoch {
	var all []Epoch
	if a := s.acked.last; a.Epoch != (Epoch{}) {
		all = append(all, a.Epoch)
	}
	for _, seg := range s.segments {
		if !slices.Contains(all, seg.epoch) {
			all = append(all, seg.epoch)
		}
	}
	return all
}

func (s *Spool) countBacklog() {
	lines := uint64(0)
	for _, seg := range s.segments {
		lines += seg.lines
	}
	s.metrics.Backlog.Add(float64(lines - min(lines, uint64(s.acked.last.At.Line))))
}

func (s *Spool) entry(kind ledger.Kind, reason string, epoch Epoch, seq uint64) ledger.Entry {
	now := time.Now().UnixNano()
	return ledger.Entry{Kind: kind, Reason: reason, First: now, Last: now, Epoch: hex.EncodeToString(epoch[:]), Seq: seq}
}

// A hole is a part of the spool that cannot be read.
type hole struct {
	segment uint64
	at      int64
	Bytes   int64
	epoch   Epoch
	seq     uint64 // the first number missing
	rows    uint64 // 0 where nobody can tell
	tail    bool   // nothing follows: it may be what a crash left half written
	note    bool   // it is a whole note that means nothing
}

func (h *hole) reason() string {
	switch {
	case h.tail:
		return fmt.Sprintf("the end of segment %d of the spool was cut off at byte %d: half written in a crash, and not acknowledged, or damaged", h.segment, h.at)
	case h.note:
		return fmt.Sprintf("a note in segment %d of the spool at byte %d cannot be understood: what it told is lost", h.segment, h.at)
	case h.Bytes == 0:
		return fmt.Sprintf("lines are missing in the spool before segment %d, byte %d", h.segment, h.at)
	default:
		return fmt.Sprintf("segment %d of the spool cannot be read from byte %d on", h.segment, h.at)
	}
}

func (h *hole) identity() string {
	e := ledger.Entry{Reason: h.reason(), Epoch: hex.EncodeToString(h.epoch[:]), Seq: h.seq}
	return identity(&e)
}

// identity tells whether damage was written down before; it does not count twice.
func identity(e *ledger.Entry) string { return fmt.Sprintf("%s %s %d", e.Reason, e.Epoch, e.Seq) }

// damaged makes an entry of a hole, counts and logs it.
func (s *Spool) damaged(h hole) ledger.Entry {
	s.reported[h.identity()] = true
	s.metrics.Damaged.Inc()
	e := s.entry(ledger.Damaged, h.reason(), h.epoch, h.seq)
	e.Rows, e.Bytes = h.rows, uint64(h.Bytes)
	s.logger.Error("part of the spool cannot be read", "dir", s.set.Dir, "segment", h.segment, "offset", h.at, "bytes", h.Bytes, "lines", h.rows)
	return e
}
