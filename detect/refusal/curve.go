package refusal

import "frontfoot/detect/sketch"

const (
	farthest  = 15 // one more than the highest octave
	maxKinds  = 24 // of refusal; the rest share the last place
	kindBytes = 8 + measures*4*(farthest+1)
)

// A curve is how far the actors of a kind came by one measure: to 2^(k-1) or more.
type curve struct{ n [farthest + 1]float32 }

func (c *curve) life() sketch.Life { return c.n[:] }

// bits is how improbable it is that one who came to two comes as far as this. Up to its best, the actor's own past counts first.
func (c *curve) bits(far, best, times uint8) float32 { return c.life().Bits(2, far, best, times) }

// usual is so many that one in ten comes to as many.
func (c *curve) usual() float32 { return sketch.Exp2(float32(c.life().Usual() - 1)) }

// A kind is a kind of refusal.
type kind struct {
	name   uint64
	curves [measures]curve
}

type kinds struct{ all []kind }

// of returns the number of a kind.
func (x *kinds) of(name uint64) int {
	for i := range x.all {
		if x.all[i].name == name {
			return i
		}
	}
	if len(x.all) < maxKinds {
		if x.all == nil {
			x.all = make([]kind, 0, maxKinds) // a step points into it
		}
		x.all = append(x.all, kind{name: name})
	}
	return len(x.all) - 1
}

// halve makes the past count half.
func (x *kinds) halve() {
	for i := range x.all {
		for j := range x.all[i].curves {
			x.all[i].curves[j].life().Halve()
		}
	}
}

func (x *kinds) bytes() int { return kindBytes * len(x.all) }
