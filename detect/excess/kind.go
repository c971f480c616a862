package excess

import "frontfoot/detect/sketch"

const (
	farthest  = 32 // steps
	beyond    = 15 // octaves, and one
	maxKinds  = 12 // the rest share the last place
	kindBytes = 8 + measures*4*(farthest+beyond+2)
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
	name uint64
	of   [measures]curve
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
		x.all = append(x.all, kind{name: name})
	}
	return len(x.all) - 1
}

// halve makes the past count half.
func (x *kinds) halve() {
	for i := range x.all {
		for j := range x.all[i].of {
			x.all[i].of[j].fresh().Halve()
			x.all[i].of[j].known().Halve()
		}
	}
}

func (x *kinds) bytes() int { return kindBytes * len(x.all) }
