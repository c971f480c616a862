package rhythm

import (
	"math/bits"
	"time"

	"frontfoot/detect/sketch"
)

// A pair is what is known of one machine's calls to one place.
type pair struct {
	last       int64   // call
	sum, logs  float32 // of the intervals, in seconds, and of their binary logarithms
	size, sway float32 // octaves of the last call's bytes; sum of the steps between two in a row
	bits       float32 // when it was looked at last
	tag        uint32  // the high bits of its hash
	n, sized   uint16  // intervals and steps
	calls      uint8   // worth keeping by so much
	who        uint8   // some bits of the machine
	known      bool    // there already when all was taken for usual
	old        bool    // so long that some of it is forgotten
}

func (p *pair) begin(c *Call, known bool) {
	p.last, p.calls, p.known = c.At, 1, known
	if c.Sized {
		p.size = octaves(c.Size)
	}
}

func octaves(size uint64) float32 { return sketch.Log2(1 + float32(size)) }

// take adds a later call, and reports whether its interval counts: after a night, or where calls were missed, it does not.
func (p *pair) take(c *Call) (counts bool) {
	interval := c.At - p.last
	p.last = c.At
	p.calls = min(p.calls, 254) + 1
	if interval > slowest {
		return false
	}
	if p.n >= 4 && interval > missed*int64(p.every()) {
		return false
	}
	if p.n == most {
		p.old = true
		p.n, p.sum, p.logs = most/2, p.sum/2, p.logs/2
		p.sized, p.sway = p.sized/2, p.sway/2
	}
	beyond := max(float32(interval-apart)/1e9, shortest) // chance alone makes intervals after the shortest that counts, not from nothing
	p.n++
	p.sum += beyond
	p.logs += sketch.Log2(beyond)
	return true
}

// step returns how far the size of a call that counts is from the last one's, where both are known.
func (p *pair) step(c *Call) (step float32, sized bool) {
	if !c.Sized {
		return 0, false
	}
	was := p.size
	p.size = octaves(c.Size)
	if was == 0 {
		return 0, false
	}
	if step = p.size - was; step < 0 {
		step = -step
	}
	p.sized++
	p.sway += step
	return step, true
}

// due reports whether the pair is to be looked at: from eight intervals on each time that there are about an eighth more, eight times an octave.
func (p *pair) due() bool {
	return p.n >= least && p.n&(1<<(bits.Len16(p.n)-4)-1) == 0
}

// every is the usual interval.
func (p *pair) every() time.Duration {
	if p.n == 0 {
		return 0
	}
	return time.Duration(apart + int64(p.sum/float32(p.n)*1e9))
}

// even is how improbable so even intervals, or so even intervals and sizes, are by chance, in bits. Sway is the usual step between sizes.
func (p *pair) even(sway float32) float32 {
	n := float32(p.n)
	uneven := max(0, sketch.Log2(p.sum/n)-p.logs/n) // log2 of the ratio of the means
	bartlett := 1 + (n+1)/(6*n)
	by := below((n-1)/2, float32(2*n*uneven)*0.6931472/(float32(bartlett)*(n-1)))
	if p.sized < least/2 || sway == 0 {
		return by
	}
	k := float32(p.sized)
	sizes := min(by, below(k/2, p.sway/k/sway)) // steps in a row share a size: half of them are news
	if both := together(by, sizes); both > by {
		return both
	}
	return by
}

// below is -log2 of the chance, at most, that the mean of so many exponential things is below z of what is expected (Chernoff's bound of a gamma
// variable of that shape, and so of a chi-squared one of twice the degrees).
func below(shape, z float32) float32 {
	if z >= 1 {
		return 0
	}
	z = max(finest, z)
	return max(0, float32(shape*(float32((z-1)*1.442695)-sketch.Log2(z))))
}

// together is the evidence of two chances in bits (Fisher's method).
func together(a, b float32) float32 {
	return a + b - sketch.Log2(1+float32((a+b)*0.6931472))
}
