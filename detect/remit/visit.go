package remit

import (
	"math/bits"

	"frontfoot/detect/sketch"
)

// The sides of a visit.
const (
	stranger = iota // how well the site knows the account
	novice          // how often it came before
	place           // how well the site knows it at its source
	sort            // how often the like of what it changes was changed
	moment          // the quarter of the day
	sides
)

const (
	steps    = 16 // octaves of a count, or quarters of a day
	quarters = 4
	none     = steps // the step of a side that a visit has not shown
	chosen   = 1     // bits: the more telling of two sides, of which the one follows from the other, is chosen
)

// A deed is a sort of change.
type deed struct{ times uint16 }

// A visit is what an account changes now, or did when it came last: the strangest that each of its sides showed.
type visit struct {
	shown  [sides]uint8 // steps, none where there is nothing
	before uint16       // visits
	began  uint32       // seconds since a midnight
	kind   uint8
	open   bool
	held   bool // it is of an open incident
}

// begin begins a visit at a time, in seconds since a midnight.
func (v *visit) begin(at uint32) {
	v.began = at
	v.open, v.shown = true, [sides]uint8{none, octave(float32(v.before)), none, none, uint8(at / (24 * 60 * 60 / quarters) % quarters)}
}

// show takes up a change of a sort that was made so often before, and reports whether a side shows more by it.
func (v *visit) show(c *Case, times uint16) bool {
	was := v.shown
	v.shown[stranger] = min(v.shown[stranger], octave(c.Known))
	v.shown[sort] = min(v.shown[sort], octave(float32(times)))
	if c.There >= 0 {
		v.shown[place] = min(v.shown[place], octave(c.There))
	}
	return v.shown != was
}

// end learns a visit of one who came last at a time, if it is over.
func (v *visit) end(last, at uint32, k *kind) {
	if !v.open || at-last < pause && at-v.began < longest {
		return
	}
	weight := float32(1)
	if v.held {
		weight = dim
	} else {
		v.before += min(1, 1<<16-1-v.before)
	}
	for side, step := range v.shown {
		if step < none {
			k.sides[side][step] += weight
		}
	}
	if k.visits += weight; k.visits >= past {
		k.halve()
	}
	v.open, v.held = false, false
}

// octave is the step of a count.
func octave(n float32) uint8 {
	return uint8(min(bits.Len32(uint32(min(max(0, n), 1<<24))), steps-1))
}

// A kind is what visits in logs of one kind have shown.
type kind struct {
	sides  [sides][steps]float32
	visits float32
	made   uint64 // trials
}

// judge says how improbable what a visit has shown is.
func (k *kind) judge(v *visit) Verdict {
	out := Verdict{Visits: k.visits}
	for side, step := range v.shown {
		if step < none {
			out.Sides[side] = k.bits(side, step)
		}
	}
	s := &out.Sides
	out.Bits = max(0, max(s[stranger], s[novice])-chosen) + s[place] + s[sort] + s[moment]
	return out
}

// bits is how much less often visits showed such a step or a lower one, or of the moments just this, than if nothing were known: then the one would be as likely as the other,
// and each quarter as likely as any.
func (k *kind) bits(side int, step uint8) float32 {
	all, seen, cells := float32(0), float32(0), float32(2)
	if side == moment {
		cells = quarters
	}
	for i, n := range k.sides[side] {
		all += n
		if i == int(step) || i < int(step) && side != moment {
			seen += n
		}
	}
	return max(0, sketch.Log2((all+cells/2)/(cells*(seen+0.5))))
}

// halve makes the past count half.
func (k *kind) halve() {
	k.visits /= 2
	for side := range k.sides {
		for step := range k.sides[side] {
			k.sides[side][step] /= 2
		}
	}
}
