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
	next, other  uint32 // the places of the entries whose names come next most and second most often, from 1; 0 for none
	key, label   []byte // the name as it is, and as labels are called
}

// foretell learns from samples which name comes next.
func (t *table) foretell(samples []format.Sample, sep byte) {
	type step struct{ from, to uint32 }
	counts := map[step]int{}
	var order []step // so that of equals the first one stands
	p := &Parser{}
	for i := range samples {
		from := uint32(0)
		for c := (cursor{v: []byte(samples[i].Line), sep: sep}); ; {
			key, _, ok := p.next(&c)
			if !ok {
				break
			}
			to := t.known(key)
			if s := (step{from, to}); from > 0 && to > 0 {
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
		switch h := &t.entries[s.from-1].ahead; {
		case h.next == 0:
			h.next = s.to
		case h.other == 0 && h.next != s.to:
			h.other = s.to
		}
	}
}

// known returns the place of a name that can be foretold, from 1; 0 for others. Names of labels are entered, too, as far as there is room for them.
func (t *table) known(name []byte) uint32 {
	if !keyLike(name) || len(name) > maxAhead {
		return 0
	}
	if t.find(name) == nil {
		if 2*len(t.entries) >= len(t.slots) {
			return 0
		}
		t.add(string(name), nil)
	}
	n := uint32(slices.IndexFunc(t.entries, func(e entry) bool { return e.name == string(name) }) + 1)
	var text, mask [maxAhead + 1]byte
	text[copy(text[:], name)] = '='
	for i := range len(name) + 1 {
		mask[i] = 0xff
	}
	h := &t.entries[n-1].ahead
	h.key, h.label = event.Constant(string(name)), event.Constant(strings.ToLower(string(name)))
	h.a, h.b = binary.LittleEndian.Uint64(text[:]), binary.LittleEndian.Uint64(text[8:])
	h.aMask, h.bMask = binary.LittleEndian.Uint64(mask[:]), binary.LittleEndian.Uint64(mask[8:])
	return n
}

// foretold reads the pair that v begins with, behind one separator at most, where its name is one of those foretold behind another; e is nil where it is
// not. The value of most pairs is short, and stands from one place to the other; at is where what follows it begins. at is 0 for a value that is read
// otherwise: it may be long, or have backslashes or quotes in it. Of what stands at the end of a text it does not tell.
func (t *table) foretold(known *entry, v []byte, sep byte) (e *entry, from, to, at int) {
	const all = 1 + (maxAhead + 1) + 1 + shortValue + 1
	if len(v) < all || known.ahead.next == 0 {
		return nil, 0, 0, 0
	}
	if v[0] == ' ' || v[0] == sep {
		from = 1
	}
	w := v[from:]
	a, b := binary.LittleEndian.Uint64(w), binary.LittleEndian.Uint64(w[8:])
	if e = &t.entries[known.ahead.next-1]; !e.ahead.is(a, b) {
		if known.ahead.other == 0 {
			return nil, 0, 0, 0
		}
		if e = &t.entries[known.ahead.other-1]; !e.ahead.is(a, b) {
			return nil, 0, 0, 0
		}
	}
	from += e.n + 1
	ends, quotes := each(sep), uint64(0)
	if v[from] == '"' {
		ends, quotes = each('"'), 1
	}
	w = v[from+int(quotes):]
	a, b = binary.LittleEndian.Uint64(w), binary.LittleEndian.Uint64(w[8:])
	first, second := below(a^ends, 1), below(b^ends, 1)
	n := bits.TrailingZeros64(first) >> 3
	if first == 0 {
		n = 8 + bits.TrailingZeros64(second)>>3
	}
	if n == shortValue {
		return e, from, 0, 0
	}
	if quotes == 0 {
		return e, from, from + n, from + n
	}
	if next := w[n+1]; next != sep && next != ' ' || below(a^each('\\'), 1)|below(b^each('\\'), 1) != 0 {
		return e, from, 0, 0
	}
	return e, from + 1, from + 1 + n, from + n + 2
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
