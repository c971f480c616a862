package novelty

import (
	"iter"
	"math/bits"

	"frontfoot/detect/feature"
)

// word is how many pairs are looked at together.
const word = 64

// company finds the pairs of which an event has both halves. Most events lack most fields, so it goes over neither all fields nor all pairs.
type company struct {
	pairs []pair   // those of the layout, without the words about them
	in    []uint64 // pairs that each field is a half of, a bit each: as many words a field as there are in one
	one   []uint64 // pairs of which the event has a half
	both  []uint64 // and the other, too
}

// A pair is two fields.
type pair struct{ a, b int32 }

func newCompany(l *feature.Layout) company {
	words := (len(l.Pairs) + word - 1) / word
	c := company{in: make([]uint64, words*len(l.Fields)), one: make([]uint64, words), both: make([]uint64, words)}
	for j, p := range l.Pairs {
		c.pairs = append(c.pairs, pair{int32(p.A), int32(p.B)})
		c.in[p.A*words+j/word] |= 1 << (j % word)
		c.in[p.B*words+j/word] |= 1 << (j % word)
	}
	return c
}

// of goes over the pairs of some fields, in order.
func (c *company) of(fields []int32) iter.Seq[int] {
	clear(c.one)
	clear(c.both)
	for _, field := range fields {
		in := c.in[int(field)*len(c.one):]
		for i := range c.one {
			c.both[i] |= c.one[i] & in[i]
			c.one[i] |= in[i]
		}
	}
	return func(yield func(int) bool) {
		for i, left := range c.both {
			for ; left != 0; left &= left - 1 {
				if !yield(i*word + bits.TrailingZeros64(left)) {
					return
				}
			}
		}
	}
}

func (c *company) bytes() int { return 8*len(c.pairs) + 8*(len(c.in)+len(c.one)+len(c.both)) }
