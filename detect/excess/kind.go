package excess

import "frontfoot/detect/sketch"

const (
	farthest = 32 // steps
	beyond   = 15 // octaves, and one
	maxKinds = 24 // the rest share the last place
)

// A curve is how far those of a kind came by one measure: when they were new, and beyond the most they came to before.
type curve struct {
	new  [farthest + 1]float32
	more [beyond + 1]float32
}

func (c *curve) fresh() sketch.Life { return c.new[:] }
func (c *curve) known() sketch.Life { return c.more[:] }

// A kind is of one sort of log, and of who acts with whom: with a machine inside, with all that is outside, or from there.
type kind struct {
	of   [measures]curve
	made uint64 // windows begun
}

// halve makes the past count half.
func (k *kind) halve() {
	for i := range k.of {
		k.of[i].fresh().Halve()
		k.of[i].known().Halve()
	}
}

func (k *kind) encode(e *sketch.Encoder) {
	for i := range k.of {
		e.Floats(k.of[i].fresh())
		e.Floats(k.of[i].known())
	}
	e.Uint(k.made)
}

func (k *kind) decode(d *sketch.Decoder) {
	for i := range k.of {
		d.Floats(k.of[i].fresh())
		d.Floats(k.of[i].known())
	}
	k.made = d.Uint()
}
