package novelty

import (
	"iter"
	"math/bits"

	"frontfoot/detect/feature"
)

// word is how many pairs are looked at together.
const word = 64

// company finds the pairs of which an event has both halves. Most events lack most fields, so it does not go over all pairs.
type company struct {
	of   []uint64 // pairs that each field is a half of, a bit each: as many words a field as lack has
	lack []uint64 // pairs that the event lacks
	n    int      // pairs
}

func newCompany(l *feature.Layout) company {
	words := (len(l.Pairs) + word - 1) / word
	c := company{of: make([]uint64, words*len(l.Fields)), lack: make([]uint64, words), n: len(l.Pairs)}
	for j, p := range l.Pairs {
		c.of[p.A*words+j/word] |= 1 << (j % word)
		c.of[p.B*words+j/word] |= 1 << (j % word)
	}
	return c
}

func (c *company) begin() { clear(c.lack) }

// lacks says that the event lacks a field.
func (c *company) lacks(field int) {
	pairs := c.of[field*len(c.lack):]
	for i := range c.lack {
		c.lack[i] |= pairs[i]
	}
}

// pairs goes over the pairs that the event has, in order.
func (c *company) pairs() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, lack := range c.lack {
			for left := ^lack; left != 0; left &= left - 1 {
				if j := i*word + bits.TrailingZeros64(left); j >= c.n || !yield(j) {
					return
				}
			}
		}
	}
}

func (c *company) bytes() int { return 8 * (len(c.of) + len(c.lack)) }
