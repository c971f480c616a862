package meeting

import (
	"math"

	"frontfoot/detect/sketch"
)

const (
	farthest   = 17                     // steps
	curveBytes = 2 * 4 * (farthest + 1) // of a curve
	words      = 8                      // of 32 bits each
	week       = 7 * 24 * 60 * 60       // seconds
)

// A curve is how many machines a window of one that is new, or known, adds to a circle.
type curve [2][farthest + 1]float32

func (c *curve) fresh() sketch.Life { return c[0][:] }
func (c *curve) known() sketch.Life { return c[1][:] }

// A circle is what is known of one machine.
type circle struct {
	known [words]uint32     // bits of those it ever met
	met   [windows]uint16   // for the first time in the windows under way
	best  [2][windows]uint8 // the most it met in this week and in the last, in steps
	days  uint8             // that are over, at most settled
	awake uint8             // a bit for each window under way in which it spoke
	odd   uint8             // and for each that is of an open incident
}

// meet puts a machine into the circle and reports whether it is new there.
func (c *circle) meet(whom uint64) bool {
	word, bit := whom>>61, uint32(1)<<(whom>>56&31)
	if c.known[word]&bit != 0 {
		return false
	}
	c.known[word] |= bit
	for w := range c.met {
		c.met[w] += min(1, math.MaxUint16-c.met[w])
	}
	return true
}

// end ends the windows that are over at a time, when the machine spoke last then: how many it met counts among what others do, and is its own past once
// it is known.
func (c *circle) end(last, at uint32, curves *[windows]curve) {
	for w, span := range spans {
		if c.awake>>w&1 == 0 || last/span == at/span {
			continue
		}
		weight := float32(1)
		if c.odd>>w&1 == 1 {
			weight = dim
		}
		far := reach(c.met[w])
		if c.days < settled {
			curves[w].fresh().Came(0, far, weight)
		} else {
			curves[w].known().Came(0, far, weight)
			c.best[0][w] = max(c.best[0][w], far)
		}
		c.met[w], c.awake, c.odd = 0, c.awake&^(1<<w), c.odd&^(1<<w)
		if w == daily {
			c.days = min(c.days+1, settled)
		}
	}
}

// turn begins a new week.
func (c *circle) turn(last, at uint32) {
	switch at/week - last/week {
	case 0:
	case 1:
		c.best[0], c.best[1] = [windows]uint8{}, c.best[0]
	default:
		c.best = [2][windows]uint8{}
	}
}

// top is the most that it met in a window of two weeks.
func (c *circle) top(w int) uint8 { return max(1, c.best[0][w], c.best[1][w]) }

// bits is how improbable it is that a window comes to a step, and whether that is reckoned as of one that is new.
func (c *circle) bits(w int, step uint8, of *curve) (bits float32, fresh bool) {
	life := of.known()
	if fresh = c.days < settled; fresh {
		life = of.fresh()
	}
	if life[1] < enough || step <= c.top(w) {
		return 0, fresh
	}
	return life.Bits(1, step, 0, 0), fresh
}

// usual is the most that it met before, or one in ten of others when they were new.
func (c *circle) usual(w int, of *curve) uint16 {
	far := c.top(w)
	if c.days < settled {
		far = of.fresh().Usual()
	}
	return 1<<(far-1) - 1
}
