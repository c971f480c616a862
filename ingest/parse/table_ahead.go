package parse

import (
	"encoding/binary"
	"slices"

	"frontfoot/ingest/parse/format"
)

// maxAhead is how long a name may be that is foretold: with "=" behind it it is compared as two numbers.
const maxAhead = 15

// An ahead is how a name is foretold: which name stands behind which in most of a format's samples. Where a line has it there, it is neither searched for
// its end nor looked up.
type ahead struct {
	a, b         uint64 // the name and "=", in 16 bytes
	aMask, bMask uint64 // which of them these are
	next         uint32 // the place of the entry whose name comes next, from 1; 0 for none
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
		if e := &t.entries[s.from-1]; e.ahead.next == 0 {
			e.ahead.next = s.to
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
	h.a, h.b = binary.LittleEndian.Uint64(text[:]), binary.LittleEndian.Uint64(text[8:])
	h.aMask, h.bMask = binary.LittleEndian.Uint64(mask[:]), binary.LittleEndian.Uint64(mask[8:])
	return n
}

// after returns the entry that is foretold behind one, nil for none.
func (t *table) after(e *entry) *entry {
	if e.ahead.next == 0 {
		return nil
	}
	return &t.entries[e.ahead.next-1]
}

// begins reports whether v begins with the name and "=". Of what has fewer than 16 bytes it does not tell.
func (h *ahead) begins(v []byte) bool {
	return len(v) >= 16 && (binary.LittleEndian.Uint64(v)^h.a)&h.aMask|(binary.LittleEndian.Uint64(v[8:16])^h.b)&h.bMask == 0
}
