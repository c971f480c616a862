package parse

import (
	"bytes"
	"math"
	"strings"

	"frontfoot/ingest/event"
	"frontfoot/ingest/parse/format"
)

// A condition is a compiled format.Condition: it looks at a slot, at a column, or at the header's tag. Words are in lower case.
type condition struct {
	lengths                    uint64 // of the values for which it may hold; see lengthBit
	slot                       uint8
	col                        event.Column // where slot is 0 and program false
	program                    bool
	same                       uint8 // of the value that must be the same
	is, not, begins, ends, has [][]byte
}

// lengthBit returns the bit that stands for v's length. The last one is for all of 63 bytes and more.
func lengthBit(v []byte) uint64 { return 1 << min(len(v), 63) }

// Any length, and none of 0.
const (
	anyLength uint64 = math.MaxUint64
	noneEmpty        = anyLength &^ 1
)

func (c *compiler) conditions(when []format.Condition) []condition {
	var out []condition
	for _, w := range when {
		k := condition{is: lowerWords(w.Is), not: lowerWords(w.Not), begins: lowerWords(w.Begins), ends: lowerWords(w.Ends), has: lowerWords(w.Has), same: c.slots[w.Same]}
		k.lengths = k.possible(w.Present)
		col, ok := c.column(w.Name)
		switch {
		case w.Name == programName && c.slots[programName] == 0:
			k.program = true
		case ok && col.Spec().Kind != event.Text:
			c.report(w.At, "when: %s is a number: compare the source's own value", w.Name)
		case ok:
			k.col = col
		default:
			k.slot = c.slots[w.Name]
		}
		out = append(out, k)
	}
	return out
}

func lowerWords(list []string) [][]byte {
	var out [][]byte
	for _, v := range list {
		out = append(out, []byte(strings.ToLower(v)))
	}
	return out
}

// possible returns the lengths of the values for which the condition may hold: they spare most values a closer look.
func (c *condition) possible(present *bool) uint64 {
	out := anyLength
	switch {
	case present == nil:
	case *present:
		out = noneEmpty
	default:
		out &^= noneEmpty
	}
	if c.is != nil {
		out &= lengthsOf(c.is)
	}
	for _, words := range [][][]byte{c.begins, c.ends, c.has} {
		if words != nil {
			shortest := lengthsOf(words)
			out &= -(shortest & -shortest) // that bit and all above it
		}
	}
	return out
}

func lengthsOf(words [][]byte) uint64 {
	var out uint64
	for _, w := range words {
		out |= lengthBit(w)
	}
	return out
}

// lengthOnly reports whether a value's length alone tells whether the condition holds.
func (c *condition) lengthOnly() bool {
	return c.same == 0 && c.is == nil && c.not == nil && c.begins == nil && c.ends == nil && c.has == nil
}

// holds reports whether all conditions hold.
func (p *Parser) holds(when []condition) bool {
	for i := range when {
		if !p.condition(&when[i]) {
			return false
		}
	}
	return true
}

func (p *Parser) condition(c *condition) bool {
	var v []byte
	switch {
	case c.program:
		v = p.head.app
	case c.slot > 0:
		v = p.slots[c.slot]
	default:
		v = p.b.TextOf(c.col)
	}
	return c.lengths&lengthBit(v) != 0 && (c.same == 0 || bytes.Equal(v, p.slots[c.same])) &&
		(c.is == nil || one(c.is, v, equalLower)) && (c.begins == nil || one(c.begins, v, beginsLower)) && (c.ends == nil || one(c.ends, v, endsLower)) &&
		(c.has == nil || one(c.has, p.loweredOnce(v), bytes.Contains)) && (c.not == nil || !one(c.not, v, equalLower))
}

// loweredOnce returns v in lower case. Rules ask for several words in the same value, one after the other.
func (p *Parser) loweredOnce(v []byte) []byte {
	if len(v) == 0 {
		return v
	}
	if len(v) != len(p.cased) || &v[0] != &p.cased[0] {
		p.cased, p.low = v, p.lowered(v)
	}
	return p.low
}

// one reports whether one of the words fits v.
func one(words [][]byte, v []byte, fits func(v, word []byte) bool) bool {
	for _, w := range words {
		if fits(v, w) {
			return true
		}
	}
	return false
}

// equalLower reports whether v in lower case is the word.
func equalLower(v, word []byte) bool { return len(v) == len(word) && beginsLower(v, word) }

// endsLower reports whether v in lower case ends in the word.
func endsLower(v, word []byte) bool {
	return len(v) >= len(word) && beginsLower(v[len(v)-len(word):], word)
}

// beginsLower reports whether v in lower case begins with the word. It makes no copy in lower case: most words differ in the first byte.
func beginsLower(v, word []byte) bool {
	if len(v) < len(word) {
		return false
	}
	for i, w := range word {
		if c := v[i]; c != w && (c-'A' > 'Z'-'A' || c|0x20 != w) {
			return false
		}
	}
	return true
}
