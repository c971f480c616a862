package spool

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"
)

// reserveBytes is enough for some thousand notes. With many positions it is more.
const reserveBytes = 1 << 20

// room makes the active segment one that has room for a frame of n bytes. It returns ErrFull where there is none for it.
func (s *Spool) room(n int, note bool) error {
	if seg := s.active(); seg != nil && (note || !seg.notes) && seg.written+int64(n) <= seg.size {
		return nil
	}
	err := s.roll(int64(n))
	if full := errors.Is(err, ErrFull); full != s.full && (err == nil || full) {
		s.setFull(full)
	}
	if errors.Is(err, ErrFull) && note {
		return s.useReserve(int64(n))
	}
	return err
}

// setAside makes the reserve where there is none of that size and there is room for it. It is made by itself, and not only beside a segment: after a
// start on a full spool, or when a reserve was used up, losses must not have to wait until there is room for lines.
func (s *Spool) setAside(size int64) error {
	if s.reserve >= size {
		return nil
	}
	if s.bytes+size-s.reserve > s.set.MaxBytes || time.Now().Before(s.retryAt) {
		return ErrFull
	}
	old := s.reserve
	s.bytes, s.reserve = s.bytes-old, 0 // make writes over it, and leaves none behind where it fails
	if err := s.make(reserveName, size, nil); err != nil {
		return err
	}
	s.bytes, s.reserve = s.bytes+size, size
	s.metrics.Bytes.Set(float64(s.bytes))
	return nil
}

func (s *Spool) setFull(full bool) {
	s.full = full
	if full {
		s.metrics.Full.Set(1)
		s.logger.Warn("spool is full: inputs wait, datagrams are dropped and counted", "dir", s.set.Dir, "bytes", s.bytes)
		return
	}
	s.metrics.Full.Set(0)
	s.logger.Info("spool has room again", "dir", s.set.Dir)
}

// drop removes the segments that are wholly acknowledged, except the newest, which knows the positions. Where the acknowledgement cannot be made
// durable because the disk is full they stay: roll tries again.
func (s *Spool) drop() error {
	for len(s.segments) > 1 && s.segments[0].number < s.acked.last.At.Segment {
		if err := s.settleAck(); full(err) {
			s.retryAt = time.Now().Add(retryFull)
			break
		} else if err != nil {
			return err
		}
		seg := s.segments[0]
		if err := errors.Join(seg.close(), remove(seg.path)); err != nil {
			return fmt.Errorf("removing a segment of the spool: %w", err)
		}
		s.bytes -= seg.size
		s.segments = s.segments[1:]
	}
	s.metrics.Bytes.Set(float64(s.bytes))
	return nil
}

// settleAck makes the last acknowledgement durable. On a disk that is full it takes the place of the reserve: without it nothing is ever given back.
func (s *Spool) settleAck() error {
	err := s.acked.sync()
	if !full(err) || s.reserve == 0 {
		return err
	}
	if err := s.giveUpReserve(); err != nil {
		return err
	}
	return s.acked.sync()
}

// roll begins a segment with room for a frame of n bytes.
func (s *Spool) roll(n int64) error {
	if time.Now().Before(s.retryAt) {
		return ErrFull
	}
	if err := s.drop(); err != nil {
		return s.fail(err)
	}
	unused := int64(0)
	if seg := s.active(); seg != nil {
		unused = seg.size - seg.written
	}
	if s.bytes+s.set.SegmentBytes-unused > s.set.MaxBytes { // each datagram that is refused asks
		return ErrFull
	}
	h := s.newHead()
	first := s.opening(h)
	size := max(s.set.SegmentBytes, align(int64(len(first))+n))
	reserve := s.reserveSize(int64(len(first)))
	need := size + max(reserve-s.reserve, 0) - unused
	if s.bytes+need > s.set.MaxBytes || time.Now().Before(s.retryAt) {
		return ErrFull
	}
	if err := s.setAside(reserve); err != nil {
		return err
	}
	if err := s.make(newName, size, first); err != nil {
		return err
	}
	return s.begin(newName, &segment{head: h, size: size, written: int64(len(first))})
}

// useReserve turns the reserve into a segment for notes.
func (s *Spool) useReserve(n int64) error {
	h := s.newHead()
	first := s.opening(h)
	if err := s.setAside(s.reserveSize(int64(len(first)))); err != nil && !full(err) {
		return err
	}
	size := s.reserve
	if int64(len(first))+n > size {
		return ErrFull
	}
	err := s.overwrite(reserveName, first)
	switch {
	case noSpace(err), errors.Is(err, fs.ErrNotExist): // a file system that cannot keep what it has set aside, or somebody removed it
		s.retryAt = time.Now().Add(retryFull)
		if err := s.giveUpReserve(); err != nil {
			return s.fail(err)
		}
		return ErrFull
	case err != nil:
		return s.fail(fmt.Errorf("writing the reserve of the spool: %w", err))
	}
	s.reserve = 0
	s.bytes -= size // begin adds it again
	return s.begin(reserveName, &segment{head: h, size: size, written: int64(len(first)), notes: true})
}

// overwrite makes a file begin with first.
func (s *Spool) overwrite(name string, first []byte) error {
	f, err := os.OpenFile(s.path(name), os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if _, err = s.set.writeAt(f, first, 0); err == nil {
		err = s.set.sync(f)
	}
	return errors.Join(err, f.Close())
}

// giveUpReserve gives the room of the reserve to what needs it more.
func (s *Spool) giveUpReserve() error {
	if err := remove(s.path(reserveName)); err != nil {
		return fmt.Errorf("giving up the reserve of the spool: %w", err)
	}
	s.bytes, s.reserve = s.bytes-s.reserve, 0
	return nil
}

// reserveSize is how large the reserve must be for segments that begin with first bytes.
func (s *Spool) reserveSize(first int64) int64 {
	return max(min(reserveBytes, s.set.SegmentBytes), align(2*first))
}

func (s *Spool) newHead() head {
	h := head{number: s.number, epoch: s.epoch, seq: s.seq, note: s.note, createdNano: time.Now().UnixNano()}
	_, _ = rand.Read(h.mark[:])
	return h
}

// opening is what a segment begins with: its head, and the positions of all sources, twice. The order of their keys decides where a frame ends, so that
// the same positions always take the same room.
func (s *Spool) opening(h head) []byte {
	b := h.block()
	if len(s.positions) == 0 {
		return b
	}
	keys := slices.Sorted(maps.Keys(s.positions))
	for range 2 {
		from := len(b)
		b = append(beginFrame(b), 1)
		for _, key := range keys {
			if len(b)-from > maxPayload/4 {
				b = endFrame(b, from, h.mark, typePositions)
				from = len(b)
				b = append(beginFrame(b), 0)
			}
			b = appendText(appendText(b, key), s.positions[key])
		}
		b = endFrame(b, from, h.mark, typePositions)
	}
	return b
}
