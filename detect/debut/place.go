package debut

import (
	"math"
	"math/bits"

	"frontfoot/detect/sketch"
)

// The measures.
const (
	machines = iota // that came there
	kib             // kibibytes that were sent
	calls           // connections
	measures
)

const farthest = 24 // steps

// A place is what an address or a domain came to on its first day.
type place struct {
	from  sketch.Crowd
	kib   uint32
	calls uint32
	begun uint32 // when it was seen first
	kind  uint8
	held  bool // it is of an open incident
	known bool // by a name that was there before
}

// over reports whether its first day is.
func (p *place) over(at uint32) bool { return at-min(at, p.begun) >= first }

// add counts a row, and reports whether it may have brought the place further: how many machines there are takes long to say.
func (p *place) add(c *Case) (further bool) {
	further = p.from.Add(c.From)
	if !c.Call {
		return further
	}
	before := bits.Len32(p.calls) + bits.Len32(p.kib)
	p.calls += min(1, math.MaxUint32-p.calls)
	p.kib += uint32(min(c.Bytes>>10+(c.Bytes&1023+1023)>>10, uint64(math.MaxUint32-p.kib)))
	return further || bits.Len32(p.calls)+bits.Len32(p.kib) > before
}

// much is how much it came to by a measure.
func (p *place) much(i int) uint32 {
	switch i {
	case machines:
		return p.from.Len()
	case kib:
		return p.kib
	}
	return p.calls
}

// steps is how far it came by each: halves of octaves of machines, of which there are few, octaves of the rest.
func (p *place) steps() (n [measures]uint8) {
	for i := range n {
		n[i] = step(i, p.much(i))
	}
	return n
}

// step is that of a count, 0 for none.
func step(i int, n uint32) uint8 {
	if i != machines || n < 2 {
		return uint8(bits.Len32(n))
	}
	octave := bits.Len32(n) - 1
	return uint8(2*octave) + uint8(n>>(octave-1)&1)
}

// most is the largest count of a step.
func most(i int, step uint8) uint32 {
	if i != machines || step < 2 {
		return uint32(uint64(1)<<step - 1)
	}
	return uint32(3+step&1)<<(step/2-1) - 1
}

// A curve is how far new places came by one measure.
type curve [farthest + 1]float32

func (c *curve) life() sketch.Life { return c[:] }

// A kind is of one service, or of all.
type kind struct {
	came [measures]curve
	made uint64 // places that were new
}

// halve makes the past count half.
func (k *kind) halve() {
	for i := range k.came {
		k.came[i].life().Halve()
	}
}
