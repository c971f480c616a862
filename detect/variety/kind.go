package variety

import "frontfoot/detect/sketch"

const (
	farthest = 16 // steps
	beyond   = 7  // steps, and one
	maxKinds = 24 // the rest share the last place
)

// A curve is how many different things those of a kind are seen with in a window: when they were new, and beyond the most they came to before.
type curve struct {
	new  [farthest + 1]float32
	more [beyond + 1]float32
}

func (c *curve) fresh() sketch.Life { return c.new[:] }
func (c *curve) known() sketch.Life { return c.more[:] }

// A kind is of one relation in one sort of log.
type kind struct {
	of   [windows]curve
	made uint64 // windows with several things
}

// halve makes the past count half.
func (k *kind) halve() {
	for w := range k.of {
		k.of[w].fresh().Halve()
		k.of[w].known().Halve()
	}
}

func (k *kind) encode(e *sketch.Encoder) {
	for w := range k.of {
		e.Floats(k.of[w].fresh())
		e.Floats(k.of[w].known())
	}
	e.Uint(k.made)
}

func (k *kind) decode(d *sketch.Decoder) {
	for w := range k.of {
		d.Floats(k.of[w].fresh())
		d.Floats(k.of[w].known())
	}
	k.made = d.Uint()
}
