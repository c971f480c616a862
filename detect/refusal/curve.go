package refusal

import "frontfoot/detect/sketch"

const (
	farthest  = 15 // one more than the highest octave
	maxKinds  = 24 // of refusal; the rest share the last place
	kindBytes = 8 + measures*4*(farthest+1)
	strongest = 16        // actors that the prior of an octave's share is worth at most
	steeper   = 1.4142135 // power of an octave's share that the next one is expected to be: √2, of a tail that falls off as the root of the count
)

// A curve is a life table: n[k] actors came to 2^(k-1) or more.
type curve struct{ n [farthest + 1]float32 }

// bits is how improbable it is that one who came to two comes as far as this. Up to its best, the actor's own past counts first.
func (c *curve) bits(far, best, times uint8) (sum float32) {
	share, strength := float32(0.5), float32(1)
	for k := uint8(1); k < far; k++ {
		passed, came := c.n[k+1], max(c.n[k], c.n[k+1])
		yes, all := float32(share*strength)+passed, strength+came
		if k > 1 {
			p := yes / all
			if k < best {
				p = (float32(times) + p) / (float32(times) + 1)
			}
			sum -= sketch.Log2(p)
		}
		share, strength = sketch.Exp2(float32(steeper*sketch.Log2((yes+1)/(all+1)))), min(all+1, strongest)
	}
	return max(0, sum)
}

// usual is so many that one in ten comes to as many.
func (c *curve) usual() float32 {
	k := 1
	for k < farthest && c.n[k+1]*10 > c.n[1] {
		k++
	}
	return sketch.Exp2(float32(k - 1))
}

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
			c := &x.all[i].curves[j]
			for k := range c.n {
				c.n[k] /= 2
			}
		}
	}
}

func (x *kinds) bytes() int { return kindBytes * len(x.all) }
