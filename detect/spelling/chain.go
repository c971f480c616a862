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

const threes = classes * classes * classes // of characters in a row

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
	three [classes * classes]uint16 // number of what came after each two, 0 for nothing
	after sketch.Pool[[classes]uint8]
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
		number := &c.three[a*classes+b]
		if row := c.after.At(*number); row != nil && row[x] == math.MaxUint8 {
			c.halve()
		}
		if *number == 0 {
			*number = c.after.Take()
		}
		c.after.At(*number)[x]++
		c.two[b*classes+x]++
		c.one[x]++
		c.all++
		a, b = b, x
	}
}

// halve makes all counts half, and the shorter ones the sums of the longer.
func (c *chain) halve() {
	c.two, c.one, c.all = [classes * classes]uint16{}, [classes]uint32{}, 0
	for i, number := range c.three {
		if number == 0 {
			continue
		}
		row := c.after.At(number)
		for x := range row {
			row[x] /= 2
			c.two[i%classes*classes+x] += uint16(row[x])
			c.one[x] += uint32(row[x])
			c.all += uint32(row[x])
		}
		if *row == [classes]uint8{} {
			c.after.Give(number)
			c.three[i] = 0
		}
	}
}

// followed is how often two characters were followed by a third.
func (c *chain) followed(a, b, x int) uint8 {
	if row := c.after.At(c.three[a*classes+b]); row != nil {
		return row[x]
	}
	return 0
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
		p = (float32(c.followed(a, b, x)) + float32(shorter*p)) / (before + shorter)
		sum -= sketch.Log2(p)
		if x == digit {
			sum += digitBits
		}
		a, b = b, x
	}
	return sum
}

func (c *chain) encode(e *sketch.Encoder) {
	zeros := uint64(0) // a run of them is one number
	for i := range threes {
		n := c.followed(i/classes/classes, i/classes%classes, i%classes)
		if n == 0 {
			zeros++
			continue
		}
		e.Uint(zeros)
		e.Byte(n)
		zeros = 0
	}
	if zeros > 0 {
		e.Uint(zeros)
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
	c.three, c.after = [classes * classes]uint16{}, sketch.Pool[[classes]uint8]{}
	for i := 0; i < threes; i++ {
		if i += d.Count(threes - i); i == threes {
			break
		}
		number := &c.three[i/classes]
		if *number == 0 {
			*number = c.after.Take()
		}
		c.after.At(*number)[i%classes] = d.Byte()
	}
	for i := range c.two {
		c.two[i] = uint16(d.Count(math.MaxUint16))
	}
	for i := range c.one {
		c.one[i] = uint32(d.Count(math.MaxUint32))
	}
	c.all = uint32(d.Count(math.MaxUint32))
}

func (c *chain) size() int { return 4*classes*classes + c.after.Bytes() + 4*(classes+1) }
