package spool

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/ledger"
	"frontfoot/ingest/line"
)

// retryFull is how often a disk that is full is tried again.
const retryFull = time.Second

// maxEntries are how many entries a note has; who reads it may add some.
const maxEntries = ledger.MaxEntries - 100

// A Source says how lines are to be read later, whatever the configuration is then.
type Source struct {
	Input, Premises string
	Zone            string // of stamps that name none
	Replay          bool   // every stamp is kept
}

// A Count is how much of a chunk was taken.
type Count struct{ Lines, Bytes, Empty int }

// Append writes a chunk's lines, those that are not empty, and its position, in one frame. They are durable at the next
// commit. It blocks while there is no room, until ctx ends; a chunk that is Droppable is refused with ErrFull instead, and its Count. After any other error
// nothing is taken any more. Nothing is ever taken in part.
func (s *Spool) Append(ctx context.Context, src Source, c *line.Chunk) (Count, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		n, err := s.tryAppend(src, c)
		if err == nil || !full(err) {
			return n, err
		}
		if errors.Is(err, ErrFull) && failpoint.Off("backpressure") {
			return Count{}, nil
		}
		if errors.Is(err, ErrFull) && c.Droppable {
			return n, err
		}
		if err := s.wait(ctx); err != nil {
			return Count{}, err
		}
	}
}

// wait gives the lock away until something has changed, or long enough to try a full disk again.
func (s *Spool) wait(ctx context.Context) error {
	changed := s.changed
	s.mu.Unlock()
	defer s.mu.Lock()
	again := time.NewTimer(retryFull)
	defer again.Stop()
	select {
	case <-changed:
	case <-again.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

func (s *Spool) tryAppend(src Source, c *line.Chunk) (Count, error) {
	if s.failed != nil {
		return Count{}, s.failed
	}
	if s.unsynced >= maxUnsynced {
		return Count{}, errBusy
	}
	count := count(c)
	if count.Lines == 0 && c.Position.Key == "" {
		return count, nil
	}
	frame := s.encodeChunk(src, c, count)
	if len(frame) > maxPayload {
		return Count{}, fmt.Errorf("spooling a chunk of %d bytes: more than the %d that a frame holds", len(frame), maxPayload)
	}
	if err := s.room(int(align(int64(len(frame)))), false); err != nil {
		return count, err
	}
	// The segment is known by now, and with it the mark.
	kind := byte(typeLines)
	if count.Lines == 0 {
		kind = typePosition
	}
	var err error
	if kind == typeLines && failpoint.Off("fsync") {
		err = s.holdBack(frame, c)
	} else {
		err = s.write(endFrame(frame, 0, s.active().mark, kind))
	}
	if err != nil {
		return Count{}, err
	}
	s.seq += uint64(count.Lines)
	s.setPosition(c.Position)
	s.metrics.Backlog.Add(float64(count.Lines))
	return count, nil
}

func count(c *line.Chunk) Count {
	var n Count
	for i := range c.Lines {
		if c.Lines[i].Empty() {
			n.Empty++
			continue
		}
		n.Lines++
		n.Bytes += len(c.Lines[i].Raw)
	}
	return n
}

// encodeChunk writes a chunk's frame into the scratch memory, without its head.
func (s *Spool) encodeChunk(src Source, c *line.Chunk, n Count) []byte {
	b := beginFrame(s.scratch[:0])
	if n.Lines == 0 {
		b = appendText(appendText(b, c.Position.Key), c.Position.Value)
		s.keepScratch(b)
		return b
	}
	b = binary.BigEndian.AppendUint64(b, s.seq)
	b = binary.BigEndian.AppendUint32(b, uint32(n.Lines))
	b = binary.BigEndian.AppendUint64(b, uint64(c.Received.UnixNano()))
	replay := byte(0)
	if src.Replay {
		replay = 1
	}
	b = append(b, replay)
	b = appendText(appendText(appendText(appendText(b, src.Input), src.Premises), src.Zone), c.Path)
	b = appendText(appendText(b, c.Position.Key), c.Position.Value)
	for i := range c.Lines {
		l := &c.Lines[i]
		if l.Empty() {
			continue
		}
		peer := l.Peer.AsSlice()
		b = append(b, byte(l.Flags), byte(len(peer)))
		b = append(b, peer...)
		b = appendText(b, l.Raw)
	}
	s.keepScratch(b)
	return b
}

// keepScratch keeps the memory of a frame for the next one, unless it is much.
func (s *Spool) keepScratch(b []byte) {
	if cap(b) <= 2<<20 {
		s.scratch = b[:0]
	} else {
		s.scratch = nil
	}
}

func (s *Spool) setPosition(p line.Position) {
	switch {
	case p.Key == "":
	case len(p.Value) == 0:
		delete(s.positions, p.Key)
	default:
		s.positions[p.Key] = append([]byte(nil), p.Value...)
	}
}

// AppendNote writes ledger entries, or none, as the next note. Entries that are of a loss are never lost: where there is no room for lines they go
// to the reserve, and where that is used up they are kept in memory and written with the next note. It never blocks; it reports whether the note
// was written.
func (s *Spool) AppendNote(entries ...ledger.Entry) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.appendNote(entries)
}

func (s *Spool) appendNote(entries []ledger.Entry) (bool, error) {
	if s.failed != nil {
		return false, s.failed
	}
	if err := s.writeHeld(); err != nil {
		return false, err
	}
	all := slices.Concat(s.pending, entries)
	value := []byte(nil)
	if len(all) > 0 {
		var err error
		if value, err = ledger.Encode(all[:min(len(all), maxEntries)]); err != nil {
			return false, err
		}
	}
	b := beginFrame(nil)
	b = binary.BigEndian.AppendUint64(b, s.note)
	b = binary.BigEndian.AppendUint64(b, s.seq)
	b = append(b, value...)
	err := s.room(int(align(int64(len(b)))), hasLoss(all))
	if err == nil {
		err = s.write(endFrame(b, 0, s.active().mark, typeNote))
	}
	if full(err) { // also where the file system could not reserve what it promised
		for _, e := range entries {
			s.keep(e)
		}
		return false, nil
	}
	if err != nil {
		return false, err
	}
	s.note++
	s.pending = append(s.pending[:0], all[min(len(all), maxEntries):]...)
	return true, nil
}

func hasLoss(entries []ledger.Entry) bool {
	for i := range entries {
		if k := entries[i].Kind; k.Loss() || k == ledger.EpochEnd {
			return true
		}
	}
	return false
}

// keep remembers an entry of a loss until there is room to write it down, added to an earlier one of its kind.
func (s *Spool) keep(e ledger.Entry) {
	if !hasLoss([]ledger.Entry{e}) {
		return
	}
	for i := range s.pending {
		p := &s.pending[i]
		if p.Kind != e.Kind || p.Input != e.Input || p.Epoch != e.Epoch || p.Reason != e.Reason && len(s.pending) < maxEntries/2 {
			continue
		}
		p.First, p.Last = min(p.First, e.First), max(p.Last, e.Last)
		p.Rows += e.Rows
		p.Bytes += e.Bytes
		return
	}
	s.pending = append(s.pending, e)
}

// Owes reports whether losses wait for room to be written down; AppendNote tries.
func (s *Spool) Owes() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pending) > 0
}

// Full reports whether there was no room for lines when it was last needed.
func (s *Spool) Full() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.full
}
