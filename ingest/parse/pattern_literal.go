package parse

import (
	"bytes"
	"encoding/binary"
)

// A literalText is a text of a pattern, which mostly is short: eight bytes are compared at once.
type literalText struct {
	text       []byte
	head, mask uint64 // its first eight bytes, and which of them these are
}

func newLiteralText(text []byte) literalText {
	var head, mask [8]byte
	for i := range copy(head[:], text) {
		mask[i] = 0xff
	}
	return literalText{text, binary.LittleEndian.Uint64(head[:]), binary.LittleEndian.Uint64(mask[:])}
}

// first returns its first byte; 0 for none.
func (l *literalText) first() byte { return byte(l.head) }

// begins reports whether v begins with it.
func (l *literalText) begins(v []byte) bool {
	if len(v) >= 8 {
		if (binary.LittleEndian.Uint64(v)^l.head)&l.mask != 0 {
			return false
		}
		if len(l.text) <= 8 {
			return true
		}
	}
	return bytes.HasPrefix(v, l.text)
}

// index returns where it first stands in v, -1 where it does not.
func (l *literalText) index(v []byte) int {
	if len(l.text) == 1 {
		return bytes.IndexByte(v, l.first())
	}
	return bytes.Index(v, l.text)
}

// lastIndex returns where it last stands in v, -1 where it does not.
func (l *literalText) lastIndex(v []byte) int {
	i := bytes.LastIndexByte(v, l.first())
	for i >= 0 && !l.begins(v[i:]) {
		i = bytes.LastIndexByte(v[:i], l.first())
	}
	return i
}
