package parse

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string; w.at is at its quote. It looks at eight bytes at a time: most names and values are as short, and nobody can foretell where they end.
func (w *walker) text() ([]byte, error) {
	doc, from := w.doc, w.at+1
	i := from
	for ; len(doc)-i >= 8; i += 8 {
		x := binary.LittleEndian.Uint64(doc[i:])
		if found := below(x^each('"'), 1) | below(x^each('\\'), 1) | below(x, ' '); found != 0 {
			i += bits.TrailingZeros64(found) / 8
			break
		}
	}
	for ; i < len(doc); i++ {
		switch c := doc[i]; {
		case c == '"':
			w.at = i + 1
			return doc[from:i], nil
		case c == '\\':
			w.at = i
			return w.escaped(from)
		case c < ' ':
			w.at = i
			return nil, errJSON
		}
	}
	w.at = len(doc)
	return nil, errJSONEnd
}

// each returns eight times the same byte.
func each(c byte) uint64 { return uint64(c) * 0x0101010101010101 }

// below sets the highest bit of the bytes of x that are less than n, which is 128 at most; what it sets behind the first of them means nothing.
func below(x uint64, n byte) uint64 { return (x - each(n)) &^ x & each(0x80) }

// escaped reads the rest of a string that has escapes; w.at is at the first of them.
func (w *walker) escaped(from int) ([]byte, error) {
	start := len(w.mem)
	w.mem = append(w.mem, w.doc[from:w.at]...)
	for w.at < len(w.doc) {
		switch c := w.doc[w.at]; {
		case c == '"':
			w.at++
			return w.mem[start:len(w.mem):len(w.mem)], nil
		case c == '\\':
			if err := w.escape(); err != nil {
				return nil, err
			}
		case c < ' ':
			return nil, errJSON
		default:
			w.mem = append(w.mem, c)
			w.at++
		}
	}
	return nil, errJSONEnd
}

// escape reads one escape; w.at is at its backslash.
func (w *walker) escape() error {
	if w.at+1 >= len(w.doc) {
		w.at = len(w.doc)
		return errJSONEnd
	}
	c := w.doc[w.at+1]
	w.at += 2
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		r, err := w.hex4()
		if err != nil {
			return err
		}
		w.mem = utf8.AppendRune(w.mem, w.pair(r))
		return nil
	default:
		return errJSON
	}
	w.mem = append(w.mem, c)
	return nil
}

// pair returns the character of a surrogate pair whose first half is r, and r itself where it is no surrogate.
func (w *walker) pair(r rune) rune {
	if !utf16.IsSurrogate(r) {
		return r
	}
	if bytes.HasPrefix(w.doc[w.at:], []byte(`\u`)) {
		at := w.at
		w.at += 2
		if low, err := w.hex4(); err == nil {
			if full := utf16.DecodeRune(r, low); full != utf8.RuneError {
				return full
			}
		}
		w.at = at // the second escape stands for itself, or is the fault that the reader will find again
	}
	return utf8.RuneError
}

func (w *walker) hex4() (rune, error) {
	var r rune
	for range 4 {
		if w.at >= len(w.doc) {
			return 0, errJSONEnd
		}
		c := w.doc[w.at]
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, errJSON
		}
		r = r<<4 | rune(c)
		w.at++
	}
	return r, nil
}
