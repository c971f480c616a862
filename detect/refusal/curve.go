package refusal

import "frontfoot/detect/sketch"

const (
	farthest = 15 // one more than the highest octave
	maxKinds = 24 // of refusal; the rest share the last place
)

// A curve is how far the actors of a kind came by one measure: to 2^(k-1) or more.
type curve struct{ n [farthest + 1]float32 }

func (c *curve) life() sketch.Life { return c.n[:] }

// bits is how improbable it is that one who came to two comes as far as this. Up to its best, the actor's own past counts first.
func (c *curve) bits(far, best, times uint8) float32 { return c.life().Bits(2, far, best, times) }

// usual is so many that one in ten comes to as many.
func (c *curve) usual() float32 { return sketch.Exp2(float32(c.life().Usual() - 1)) }

// A kind is a kind of refusal: how far its actors came by each measure.
type kind [measures]curve

// halve makes the past count half.
func (k *kind) halve() {
	for i := range k {
		k[i].life().Halve()
	}
}

func (k *kind) encode(e *sketch.Encoder) {
	for i := range k {
		e.Floats(k[i].n[:])
	}
}

func (k *kind) decode(d *sketch.Decoder) {
	for i := range k {
		d.Floats(k[i].n[:])
	}
}
