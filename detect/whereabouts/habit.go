package whereabouts

import "frontfoot/detect/sketch"

const fastest = longest + 1 // steps

// A speed is a life table of how soon accounts come to a network that is new for them after they were elsewhere: of those that took less than so many seconds, how many took less than half.
type speed [fastest + 1]float32

func (s *speed) life() sketch.Life { return s[:] }

// A habit is where accounts come from, in logs of one kind.
type habit struct {
	arrivals float32
	firsts   float32               // of accounts that were never seen outside
	moves    float32               // of others at networks that were new for them
	placed   float32               // arrivals at new networks, the first ones too, in countries that are known
	from     [maxCountries]float32 // in each of them
	speeds   [ways]speed
}

// counts returns what is counted of all countries together.
func (h *habit) counts() [4]*float32 {
	return [...]*float32{&h.arrivals, &h.firsts, &h.moves, &h.placed}
}

// A lesson is what an arrival teaches.
type lesson struct {
	habit   *habit // nil where there is none
	country uint8
	first   bool // the account was never seen outside
	moved   bool // it is at a network that is new for it
	steps   [ways]uint8
}

func (l *lesson) learn(weight float32) {
	h := l.habit
	if h == nil {
		return
	}
	h.arrivals += weight
	if l.first {
		h.firsts += weight
	}
	if (l.first || l.moved) && l.country > 0 {
		h.placed += weight
		h.from[l.country-1] += weight
	}
	if !l.moved {
		return
	}
	h.moves += weight
	for way, step := range l.steps {
		h.speeds[way].life().Came(0, step, weight)
	}
}

// fade makes the past count half as a week begins, and every other week what is seldom: in its first weeks a site sees most accounts for the first time, which is no
// measure of how often that is.
func (h *habit) fade(fortnight bool) {
	h.arrivals, h.firsts, h.moves = h.arrivals/2, h.firsts/2, h.moves/2
	if !fortnight {
		return
	}
	h.placed /= 2
	for i := range h.from {
		h.from[i] /= 2
	}
	for i := range h.speeds {
		h.speeds[i].life().Halve()
	}
}
