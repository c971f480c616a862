package rhythm

import (
	"math/bits"
	"time"

	"frontfoot/detect/sketch"
)

// A pair is one machine and one place that it called. Most pairs call once: what two calls show is its beat, which is kept apart.
type pair struct {
	last  int64   // call
	size  float32 // octaves of its bytes
	tag   uint32  // the high bits of the pair's hash
	beat  uint16  // number of its beat, 0 where it has none
	calls uint8   // worth keeping by so much
	who   uint8   // some bits of the machine
	known bool    // there already when all was taken for usual
}

// A beat is what is known of a pair's intervals, of which there is one at least.
type beat struct {
	sum, logs float32 // of the intervals, in seconds, and of their binary logarithms
	sway      float32 // sum of the steps between the octaves of two sizes in a row
	bits      float32 // when it was looked at last
	n, sized  uint8   // intervals and steps
	old       bool    // so long that some of it is forgotten
}

func (p *pair) begin(c *Call, known bool) {
	p.last, p.calls, p.known = c.At, 1, known
	if c.Sized {
		p.size = octaves(c.Size)
	}
}

func octaves(size uint64) float32 { return sketch.Log2(1 + float32(size)) }

// follow moves a pair to a later call and returns the interval.
func (p *pair) follow(c *Call) (interval int64) {
	interval = c.At - p.last
	p.last = c.At
	p.calls = min(p.calls, 254) + 1
	return interval
}

// counts reports whether an interval does: after a night, or where calls were missed, it does not. There may be no beat yet.
func (b *beat) counts(interval int64) bool {
	return interval <= slowest && (b == nil || b.n < 4 || interval <= missed*int64(b.every()))
}

// add takes up an interval that counts.
func (b *beat) add(interval int64) {
	if b.n == most {
		b.old = true
		b.n, b.sum, b.logs = most/2, b.sum/2, b.logs/2
		b.sized, b.sway = b.sized/2, b.sway/2
	}
	beyond := max(float32(interval-apart)/1e9, shortest) // chance alone makes intervals after the shortest that counts, not from nothing
	b.n++
	b.sum += beyond
	b.logs += sketch.Log2(beyond)
}

// step takes up the size of a call that counts and returns how far it is from the last one's, where both are known.
func (b *beat) step(p *pair, c *Call) (step float32, sized bool) {
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
	b.sized++
	b.sway += step
	return step, true
}

// due reports whether the beat is to be looked at: from eight intervals on each time that there are about an eighth more, eight times an octave.
func (b *beat) due() bool {
	return b.n >= least && b.n&(1<<(bits.Len8(b.n)-4)-1) == 0
}

// every is the usual interval.
func (b *beat) every() time.Duration {
	return time.Duration(apart + int64(b.sum/float32(b.n)*1e9))
}

// even is how improbable so even intervals, or so even intervals and sizes, are by chance, in bits. Sway is the usual step between sizes.
func (b *beat) even(sway float32) float32 {
	n := float32(b.n)
	uneven := max(0, sketch.Log2(b.sum/n)-b.logs/n) // log2 of the ratio of the means
	bartlett := 1 + (n+1)/(6*n)
	by := below((n-1)/2, float32(2*n*uneven)*0.6931472/(float32(bartlett)*(n-1)))
	if b.sized < least/2 || sway == 0 {
		return by
	}
	k := float32(b.sized)
	sizes := min(by, below(k/2, b.sway/k/sway)) // steps in a row share a size: half of them are news
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
