package line

import (
	"bytes"
	"io"
)

// A Window is the part of a stream that is in memory. Fill reads at its end; Line, Count and Rest cut records off its front.
// Of a record that is longer than max only the first max bytes are kept, so that no sender decides how much memory is used.
// What was cut holds until the next Fill. A Window is for one goroutine.
type Window struct {
	block, max int
	buf        []byte
	from, to   int // buf[from:to] was read and not cut yet
	scan       int // buf[from:scan] was searched for an end
	lost       int // bytes of the record at the front that were dropped after its first max
}

// NewWindow returns a Window that reads up to about block bytes at a time and keeps up to limit bytes of a record.
func NewWindow(block, limit int) *Window {
	return &Window{block: block, max: limit, buf: make([]byte, block)}
}

// Fill reads once. Cut all there is to cut before.
func (w *Window) Fill(r io.Reader) (int, error) {
	if w.from > 0 {
		w.to = copy(w.buf, w.buf[w.from:w.to])
		w.scan -= w.from
		w.from = 0
	}
	if largest := w.max + w.block; w.to > len(w.buf)/2 && len(w.buf) < largest {
		grown := make([]byte, min(2*len(w.buf), largest))
		copy(grown, w.buf[:w.to])
		w.buf = grown
	}
	n, err := r.Read(w.buf[w.to:])
	w.to += n
	return n, err
}

// Peek returns what was read and not cut.
func (w *Window) Peek() []byte { return w.buf[w.from:w.to] }

// Skip drops n bytes that Peek has shown.
func (w *Window) Skip(n int) {
	w.from += n
	w.scan = max(w.scan, w.from)
}

// A Cut is a record taken off a stream.
type Cut struct {
	// Raw is the record without LF.
	Raw []byte
	// Len is how many bytes of the stream it took, dropped ones and the LF included.
	Len int
	// Flags are Truncated and Partial where they apply.
	Flags Flags
	// LF reports whether an LF ended it.
	LF bool
}

// Line cuts a record that ends with LF, or, where nul is set, with a NUL before "<" that no NUL follows, as one does in UTF-16. It reports false when more must be read.
func (w *Window) Line(nul bool) (Cut, bool) {
	data := w.buf[w.scan:w.to]
	end := bytes.IndexByte(data, '\n')
	if nul {
		if end >= 0 {
			data = data[:end]
		}
		if i := endNUL(data); i >= 0 {
			end = i
		}
	}
	if end >= 0 {
		return w.cut(w.scan+end, 1), true
	}
	keep := 0
	if nul {
		keep = 2 // of a NUL there what follows tells whether it is an end
	}
	w.shorten(keep)
	w.scan = max(w.from, w.to-keep)
	return Cut{}, false
}

// endNUL returns where a NUL ends a record, -1 where none does for certain.
func endNUL(data []byte) int {
	for from := 0; ; {
		i := bytes.Index(data[from:], []byte("\x00<"))
		next := from + i + 2
		if i < 0 || next == len(data) {
			return -1
		}
		if data[next] != 0 {
			return next - 2
		}
		from = next
	}
}

// Count cuts a record of n bytes. It reports false when more must be read.
func (w *Window) Count(n int) (Cut, bool) {
	if have := w.lost + w.to - w.from; have >= n {
		return w.cut(w.to-(have-n), 0), true
	}
	w.shorten(0)
	return Cut{}, false
}

// Rest cuts the record that the end of the stream left unfinished. It reports false when there is none.
func (w *Window) Rest() (Cut, bool) {
	if w.to == w.from {
		return Cut{}, false
	}
	c := w.cut(w.to, 0)
	c.Flags |= Partial
	return c, true
}

// Reset forgets everything read.
func (w *Window) Reset() { w.from, w.to, w.scan, w.lost = 0, 0, 0, 0 }

// shorten drops what is over max of the record at the front, but for the last bytes that were read.
func (w *Window) shorten(keep int) {
	if over := w.to - w.from - w.max - keep; over > 0 {
		copy(w.buf[w.from+w.max:], w.buf[w.to-keep:w.to])
		w.lost += over
		w.to -= over
	}
}

// cut takes the record up to end and skips its terminator.
func (w *Window) cut(end, terminator int) Cut {
	c := Cut{Raw: w.buf[w.from:end], Len: w.lost + end - w.from + terminator, LF: terminator > 0 && w.buf[end] == '\n'}
	if w.lost > 0 || len(c.Raw) > w.max {
		c.Raw = c.Raw[:w.max]
		c.Flags = Truncated
	}
	w.from = end + terminator
	w.scan, w.lost = w.from, 0
	return c
}
