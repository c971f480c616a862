package refusal

import "frontfoot/detect/sketch"

const (
	fewest = 256  // actors that there is room for
	slots  = 1024 // at most
)

// An actor is what is known of one who is refused, in one kind of refusal.
type actor struct {
	began [windows]uint32  // the windows under way
	n     [windows]float32 // refusals, as they fade
	met   [windows]uint32  // a bit for the hash of each target
	far   [measures]uint8  // reached in the windows under way, 0 for nothing
	past  [measures]uint8  // reached in windows before, and how often: four bits each
	kind  uint8
	odd   bool // too far for chance, or of an open incident, in a window under way
}

// pass lets the windows fade from the last refusal up to a time, after those that are over were closed.
func (a *actor) pass(last, at uint32) {
	for w, span := range spans {
		if a.n[w] == 0 {
			a.began[w] = at
			continue
		}
		a.n[w] = float32(a.n[w] * sketch.Exp2(-float32(at-last)/float32(span)))
		if turn := at / span; turn != last/span { // every other half of what was met is older than the window
			a.met[w] &= 0x55555555 << (turn & 1)
		}
	}
}

// over reports whether a window has been quiet for as long as it is, or has gone on for four times as long.
func (a *actor) over(w int, last, at uint32) (quiet, long bool) {
	return a.n[w] > 0 && at-last > spans[w], a.n[w] > 0 && at-a.began[w] > 4*spans[w]
}

// close ends the windows that are over at a time: how far the actor came is what it did before, and counts among what others do, once in each octave.
func (a *actor) close(last, at uint32, curves *kind) {
	for w := range spans {
		quiet, long := a.over(w, last, at)
		if !quiet && !long {
			continue
		}
		for i := w; i < measures; i += windows {
			a.learn(i, &curves[i])
			if quiet {
				a.far[i] = 0
			}
		}
		a.began[w] = at
		if quiet {
			a.n[w], a.met[w] = 0, 0
			a.odd = a.odd && a.n != [windows]float32{}
		}
	}
}

func (a *actor) learn(measure int, c *curve) {
	weight := float32(1)
	if a.odd {
		weight = dim
	}
	best, times := a.past[measure]>>4, a.past[measure]&15
	far := a.far[measure]
	c.life().Came(best, far, weight)
	switch {
	case far > best:
		best, times = far, 1
	case far == best:
		times = min(times+1, 15)
	case times > 1:
		times--
	default:
		best = far
	}
	a.past[measure] = best<<4 | times
}

// take counts a refusal and returns the measures with it.
func (a *actor) take(target uint64) (x [measures]float32) {
	for w := range spans {
		a.n[w]++
		a.met[w] |= 1 << (target >> 59)
		x[w], x[windows+w] = a.n[w], min(different(a.met[w]), a.n[w])
	}
	return x
}
