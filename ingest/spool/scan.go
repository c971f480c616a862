package spool

import (
	"bytes"
	"errors"
	"io"
)

// readBlock is how much is read of a segment at a time; a page is what is given up where the disk cannot read.
const (
	readBlock = 32 << 10
	page      = 4 << 10
)

// A scanner finds the whole frames of a segment between off and limit. What cannot be read is passed over: it goes on at the next place where
// the segment's mark stands and a frame is whole. It always moves forward.
type scanner struct {
	r     io.ReaderAt
	mark  [8]byte
	off   int64 // where the next frame is looked for, a multiple of 8
	limit int64 // nothing is read at or above it

	buf  []byte
	from int64 // buf holds the segment from here on
	err  error // the first of the disk; what it could not give was passed over
}

// found is a frame and where it stands.
type found struct {
	Frame
	at, end int64 // end is where the next may begin
	skipped int64 // bytes before at that hold no frame
}

// next returns the next whole frame, false where there is none below the limit; off then stays where it was, so that a higher limit may
// bring one. The frame's memory holds until the next call.
func (s *scanner) next() (found, bool) {
	for at := s.off; at >= 0; at = s.seek(at + frameAlign) {
		if f, end, ok := s.frame(at); ok {
			out := found{Frame: f, at: at, end: end, skipped: at - s.off}
			s.off = end
			return out, true
		}
	}
	return found{}, false
}

// frame reads the frame at a place.
func (s *scanner) frame(at int64) (Frame, int64, bool) {
	if at+frameHead > s.limit {
		return Frame{}, 0, false
	}
	n, ok := frameLength(s.at(at, frameHead), s.mark)
	if !ok || at+frameHead+int64(n) > s.limit {
		return Frame{}, 0, false
	}
	raw := s.at(at, frameHead+n)
	if !intact(raw) {
		return Frame{}, 0, false
	}
	f, err := decode(raw[16], raw[frameHead:])
	return f, align(at + frameHead + int64(n)), err == nil
}

// seek returns the next place from at on where the mark stands, -1 for none.
func (s *scanner) seek(at int64) int64 {
	for at+frameHead <= s.limit {
		window := s.at(at, int(min(readBlock, s.limit-at)))
		for i := 0; ; i += frameAlign {
			j := bytes.Index(window[i:], s.mark[:])
			if j < 0 {
				break
			}
			if i += j; i%frameAlign == 0 {
				return at + int64(i)
			}
			i &^= frameAlign - 1
		}
		if at += int64(len(window)-frameHead) &^ (frameAlign - 1); len(window) < readBlock {
			break
		}
	}
	return -1
}

// zeros reports whether nothing but zeros stands from off to the limit.
func (s *scanner) zeros() bool {
	for at := s.off; at < s.limit; {
		window := s.at(at, int(min(readBlock, s.limit-at)))
		if len(bytes.Trim(window, "\x00")) > 0 {
			return false
		}
		at += int64(len(window))
	}
	return true
}

// at returns n bytes of the segment below the limit.
func (s *scanner) at(off int64, n int) []byte {
	if off < s.from || off+int64(n) > s.from+int64(len(s.buf)) {
		size := int(min(max(int64(n), readBlock), s.limit-off))
		if cap(s.buf) < size || cap(s.buf) > 4*readBlock && size <= readBlock { // what a large frame took is given back
			s.buf = make([]byte, size)
		}
		s.buf = s.buf[:size]
		s.from = off
		s.fill()
	}
	return s.buf[off-s.from:][:n]
}

// fill reads the buffer. What the disk cannot give is zeros, which are no frame.
func (s *scanner) fill() {
	n, err := s.r.ReadAt(s.buf, s.from)
	if err == nil || errors.Is(err, io.EOF) {
		clear(s.buf[n:])
		return
	}
	for i := 0; i < len(s.buf); i += page {
		piece := s.buf[i:min(i+page, len(s.buf))]
		n, err := s.r.ReadAt(piece, s.from+int64(i))
		if err != nil {
			clear(piece[n:])
		}
		if s.err == nil && err != nil && !errors.Is(err, io.EOF) {
			s.err = err
		}
	}
}
