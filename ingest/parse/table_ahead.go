package parse

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"

	"frontfoot/ingest/event"
	"frontfoot/ingest/parse/format"
)

// maxAhead is how long a name may be that is foretold: with "=" behind it it is compared as two numbers.
const maxAhead = 15

// An ahead is how a name is foretold: which names stand behind which most often in a format's samples. Where a line has one of them there, it is neither
// searched for its end nor looked up.
type ahead struct {
	a, b         uint64 // the name and "=", in 16 bytes
	aMask, bMask uint64 // which of them these are
	next, other  *entry // whose names come next most and second most often; nil for none
	key, label   []byte // the name as it is, and as labels are called
}

// foretell learns from samples which name comes next.
func (t *table) foretell(samples []format.Sample, sep byte) {
	type step struct{ from, to *entry }
	counts := map[step]int{}
	var order []step // so that of equals the first one stands
	p := &Parser{}
	for i := range samples {
		var from *entry
		for c := (cursor{v: []byte(samples[i].Line), sep: sep}); ; {
			key, _, ok := p.next(&c)
			if !ok {
				break
			}
			to := t.known(key)
			if s := (step{from, to}); from != nil && to != nil {
				if counts[s] == 0 {
					order = append(order, s)
				}
				counts[s]++
			}
			from = to
		}
	}
	slices.SortStableFunc(order, func(a, b step) int { return counts[b] - counts[a] })
	for _, s := range order {
		switch h := &s.from.ahead; {
		case h.next == nil:
			h.next = s.to
		case h.other == nil && h.next != s.to:
			h.other = s.to
		}
	}
}

// known returns the entry of a name that can be foretold, nil for others. Names of labels are entered, too, as far as there is room for them.
func (t *table) known(name []byte) *entry {
	if !keyLike(name) || len(name) > maxAhead {
		return nil
	}
	if t.find(name) == nil && 2*len(t.entries) < len(t.slots) {
		t.add(string(name), nil)
	}
	e := t.find(name)
	if e == nil || e.ahead.key != nil {
		return e
	}
	var text, mask [maxAhead + 1]byte
	text[copy(text[:], name)] = '='
	for i := range len(name) + 1 {
		mask[i] = 0xff
	}
	h := &e.ahead
	h.key, h.label = event.Constant(e.name), event.Constant(strings.ToLower(e.name))
	h.a, h.b = sixteen(text[:])
	h.aMask, h.bMask = sixteen(mask[:])
	return e
}

// foretold reads the pair at the cursor, behind one separator at most, where its name is one of those foretold behind another; e is nil where it is
// not. The value of most pairs is short, and stands from one place to the other. It is nil for one that is to be read otherwise, from the cursor on: it
// may be long, or have backslashes or quotes in it. Of what stands at the end of a text it does not tell.
func (c *cursor) foretold() (e *entry, value []byte) {
	const all = 1 + (maxAhead + 1) + 1 + shortValue + 1
	v := c.v[c.at:]
	if len(v) < all || c.known == nil || c.known.ahead.next == nil {
		return nil, nil
	}
	from := 0
	if v[0] == ' ' || v[0] == c.sep {
		from = 1
	}
	a, b := sixteen(v[from:])
	if e = c.known.ahead.next; !e.ahead.is(a, b) {
		if e = c.known.ahead.other; e == nil || !e.ahead.is(a, b) {
			return nil, nil
		}
	}
	c.e, c.known = e, e
	from += e.n + 1
	c.at += from
	quoted := v[from] == '"'
	ends := each(c.sep)
	if quoted {
		from++
		ends = each('"')
	}
	a, b = sixteen(v[from:])
	n := ended(a^ends, b^ends)
	if n == shortValue {
		return e, nil
	}
	if !quoted {
		c.at += n
		return e, v[from : from+n]
	}
	if next := v[from+n+1]; next != c.sep && next != ' ' || below(a^each('\\'), 1)|below(b^each('\\'), 1) != 0 {
		return e, nil
	}
	c.at += n + 2
	return e, v[from : from+n]
}

// sixteen returns the first 16 bytes of v, which has as many.
func sixteen(v []byte) (a, b uint64) {
	w := (*[16]byte)(v)
	return binary.LittleEndian.Uint64(w[:8]), binary.LittleEndian.Uint64(w[8:])
}

// ended returns where the first zero stands in 16 bytes, 16 where none does.
func ended(a, b uint64) int {
	if first := below(a, 1); first != 0 {
		return bits.TrailingZeros64(first) >> 3
	}
	return 8 + bits.TrailingZeros64(below(b, 1))>>3
}

// shortValue is how long a value may be that is read together with its name.
const shortValue = 16

// is reports whether 16 bytes begin with the name and "=".
func (h *ahead) is(a, b uint64) bool { return (a^h.a)&h.aMask|(b^h.b)&h.bMask == 0 }

// find looks a name up in the cursor's table. Behind a name that it does not have, what was foretold may still come.
func (c *cursor) find(name []byte) {
	if c.e = c.table.find(name); c.e != nil {
		c.known = c.e
	}
}
