package literal

import "math"

// Counts are how often sequences of four bytes stand in some lines, roughly: sequences of the same hash are counted together. The zero value has
// seen no line.
type Counts struct {
	of    [1 << 16]uint32
	bytes [256]uint32
}

// Add counts what stands in a line.
func (c *Counts) Add(line string) {
	for i := range len(line) {
		c.bytes[line[i]]++
	}
	for i := 0; i+Least <= len(line); i++ {
		c.of[hash(fourOf([]byte(line[i:i+Least])))>>16]++
	}
}

// Of returns how often the rarest four bytes of a text were counted; of shorter texts nothing is known, and they count as everywhere.
func (c *Counts) Of(text string) uint32 {
	if len(text) < Least {
		return math.MaxUint32
	}
	at := c.rarest([]byte(text))
	return c.of[hash(fourOf([]byte(text[at:at+Least])))>>16]
}

// rarest returns where in a text its rarest four bytes stand.
func (c *Counts) rarest(text []byte) int {
	best := 0
	for i := 1; i+Least <= len(text); i++ {
		if c.of[hash(fourOf(text[i:]))>>16] < c.of[hash(fourOf(text[best:]))>>16] {
			best = i
		}
	}
	return best
}
