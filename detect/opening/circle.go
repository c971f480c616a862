package opening

import (
	"math"
	"math/bits"

	"frontfoot/detect/sketch"
)

const (
	words    = 4  // of 32 bits each
	octaves  = 17 // of closed hours
	strength = 16 // that what is known of one octave is worth at most as the prior of the next
)

// Flags of a circle.
const (
	awake  = 1 << iota // it was seen in this hour
	opened             // and something was new
	held               // it is of an open incident
	young              // it was seen for the first time in this hour, when all is new
	flags
)

// A circle is all that a machine ever had to do with in one relation.
type circle struct {
	known  [words]uint32 // bits of it
	closed uint16        // hours it was awake in since it last opened
	opens  uint8         // how often it did
	kind   uint8
	flags  uint8
}

// add puts a thing into the circle and reports whether it is new there.
func (c *circle) add(thing uint64) bool {
	word, bit := thing>>62, uint32(1)<<(thing>>56&31)
	was := c.known[word]
	c.known[word] |= bit
	return was&bit == 0
}

// full reports whether half of the bits are set: that is no circle, and what is seldom new to it is no measure for others.
func (c *circle) full() bool {
	n := 0
	for _, w := range c.known {
		n += bits.OnesCount32(w)
	}
	return n > 16*words
}

// end ends an hour in which the machine was awake: whether the circle opened counts among those that were closed for as long.
func (c *circle) end(k *kind) {
	if c.flags&awake == 0 {
		return
	}
	weight := float32(1)
	if c.flags&held != 0 {
		weight = dim
	}
	row := &k.hours[c.octave()]
	switch {
	case c.flags&young != 0 || c.full():
	case c.flags&opened != 0:
		row.all += weight
		row.opened += weight
		c.closed, c.opens = 0, c.opens+min(1, math.MaxUint8-c.opens)
	default:
		row.all += weight
		c.closed += min(1, math.MaxUint16-c.closed)
	}
	c.flags = 0
}

// octave is where hours are counted: by how long the circle was closed for each time that it opened, so that one who keeps to a few places is no match for one who
// only rests.
func (c *circle) octave() int { return bits.Len16(c.closed / (uint16(c.opens) + 1)) }

// A row is how many hours circles had been closed for so long before, and in how many of them they opened.
type row struct{ all, opened float32 }

// A kind is what is known of the circles of one relation.
type kind struct {
	hours [octaves]row
	made  uint64 // trials
}

// bits is how improbable it is that a circle of such an octave opens in the next hour. Each octave's share is the mean of a beta distribution whose
// prior is the share of the octave before: where little is known nothing is improbable. Where no circle of several octaves ever opened it falls from each to the next,
// which is bolder than all of their hours together would be.
func (k *kind) bits(octave int) float32 {
	share, prior := float32(0.5), float32(1)
	for i := range octave + 1 {
		r := &k.hours[i]
		share = (float32(share*prior) + r.opened) / (prior + r.all)
		prior = max(1, min(r.all, strength))
	}
	return -sketch.Log2(share)
}

// halve makes the past count half.
func (k *kind) halve() {
	for i := range k.hours {
		k.hours[i].all /= 2
		k.hours[i].opened /= 2
	}
}
