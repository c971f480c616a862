package spelling

import (
	"math"

	"frontfoot/detect/sketch"
)

// The classes of characters: the edge of a label, 26 letters, digits, all else.
const (
	edge    = 0
	digit   = 27
	other   = 28
	classes = 29
)

const digitBits = 3.3219281 // log2(10): which of the digits it is

// class is the class of a byte. Letters of either case are one.
func class(c byte) int {
	switch {
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 1
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 1
	case c >= '0' && c <= '9':
		return digit
	}
	return other
}

// A chain is how likely each character is after the two before it: counts of three in a row, of two and of one, each giving way to the
// shorter as far as it is known little of (interpolation as of Witten and Bell, IEEE Trans. Inf. Theory 1991, with a fixed weight). Chains of
// this kind tell names of algorithms from names of people with few errors (Yadav et al., IMC 2010).
type chain struct {
	three [classes * classes * classes]uint8
	two   [classes * classes]uint16
	one   [classes]uint32
	all   uint32
}

// shorter is what the shorter context weighs, in characters seen.
const shorter = 2

// learn counts a label. When a count is full, the past counts half.
func (c *chain) learn(label string) {
	a, b := edge, edge
	for i := 0; i <= len(label); i++ {
		x := edge
		if i < len(label) {
			x = class(label[i])
		}
		n := &c.three[(a*classes+b)*classes+x]
		if *n == math.MaxUint8 {
			c.halve()
		}
		*n++
		c.two[b*classes+x]++
		c.one[x]++
		c.all++
		a, b = b, x
	}
}

// halve makes all counts half, and the shorter ones the sums of the longer.
func (c *chain) halve() {
	c.two, c.one, c.all = [classes * classes]uint16{}, [classes]uint32{}, 0
	for i, n := range c.three {
		n /= 2
		c.three[i] = n
		c.two[i%(classes*classes)] += uint16(n)
		c.one[i%classes] += uint32(n)
		c.all += uint32(n)
	}
}

// bits is how much a label says: minus the binary logarithm of its probability.
func (c *chain) bits(label string) float32 {
	var sum float32
	a, b := edge, edge
	for i := range len(label) {
		x := class(label[i])
		p := (float32(c.one[x]) + 1) / (float32(c.all) + classes)
		p = (float32(c.two[b*classes+x]) + float32(shorter*p)) / (float32(c.one[b]) + shorter)
		before := float32(c.two[a*classes+b])
		if i == 0 {
			before = float32(c.one[edge]) // as many labels began as ended
		}
		p = (float32(c.three[(a*classes+b)*classes+x]) + float32(shorter*p)) / (before + shorter)
		sum -= sketch.Log2(p)
		if x == digit {
			sum += digitBits
		}
		a, b = b, x
	}
	return sum
}

func (c *chain) encode(e *sketch.Encoder) {
	for i := 0; i < len(c.three); i++ { // a run of zeros is two numbers
		zeros := 0
		for i+zeros < len(c.three) && c.three[i+zeros] == 0 {
			zeros++
		}
		if e.Uint(uint64(zeros)); i+zeros < len(c.three) {
			e.Byte(c.three[i+zeros])
		}
		i += zeros
	}
	for _, n := range c.two {
		e.Uint(uint64(n))
	}
	for _, n := range c.one {
		e.Uint(uint64(n))
	}
	e.Uint(uint64(c.all))
}

func (c *chain) decode(d *sketch.Decoder) {
	clear(c.three[:])
	for i := 0; i < len(c.three); i++ {
		if i += d.Count(len(c.three) - i); i < len(c.three) {
			c.three[i] = d.Byte()
		}
	}
	for i := range c.two {
		c.two[i] = uint16(d.Count(math.MaxUint16))
	}
	for i := range c.one {
		c.one[i] = uint32(d.Count(math.MaxUint32))
	}
	c.all = uint32(d.Count(math.MaxUint32))
}

const chainBytes = classes*classes*classes + 2*classes*classes + 4*(classes+1)
