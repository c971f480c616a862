package variety

import "frontfoot/detect/sketch"

const week = 7 * 24 * 60 * 60 // seconds

// A tally is with how many different things one key is seen.
type tally struct {
	seen  [windows]sketch.Crowd // in the windows under way
	best  [2][windows]uint8     // the most they came to in this week and in the last, in steps
	ended [windows]uint8        // windows that are over, at most settled
	kind  uint8
	flags uint8 // a bit for each window under way that is of an open incident, and old
}

// old is the flag of what came in the beginning, when all was new.
const old = 1 << windows

// end ends the windows that are over at a time, when the key was seen last then: how far it came counts among what others do, and is its own past.
func (t *tally) end(last, at uint32, k *kind) {
	for w, span := range spans {
		if t.seen[w] == 0 || last/span == at/span {
			continue
		}
		weight := float32(1)
		if t.flags>>w&1 == 1 {
			weight = dim
		}
		far := reach(t.seen[w].Len())
		switch {
		case t.ended[w] < settled && t.flags&old == 0:
			k.of[w].fresh().Came(0, far, weight)
		case t.ended[w] == settled && far > alone:
			k.of[w].known().Came(0, 1+t.beyond(w, far), weight)
		}
		t.best[0][w] = max(t.best[0][w], far)
		t.seen[w], t.ended[w], t.flags = 0, min(t.ended[w]+1, settled), t.flags&^(1<<w)
	}
}

// turn begins a new week. Of what was away for more than that nothing is known any more.
func (t *tally) turn(last, at uint32) {
	switch at/week - last/week {
	case 0:
	case 1:
		t.best[0], t.best[1] = [windows]uint8{}, t.best[0]
	default:
		t.best, t.ended, t.flags = [2][windows]uint8{}, [windows]uint8{}, t.flags&^old
	}
}

// top is the most that a window of two weeks came to.
func (t *tally) top(w int) uint8 { return max(t.best[0][w], t.best[1][w]) }

// beyond is by how many steps a step is beyond that.
func (t *tally) beyond(w int, far uint8) uint8 { return far - min(far, t.top(w)) }

// bits is how improbable it is that a window comes to a step, and whether that is reckoned as of a key that is new: how likely others went on from where it was before.
func (t *tally) bits(w int, step uint8, of *curve) (bits float32, fresh bool) {
	life, from, to := of.known(), uint8(1), 1+t.beyond(w, step)
	if fresh = t.ended[w] < settled; fresh {
		life, from, to = of.fresh(), max(alone+1, t.top(w)), step
	}
	if life[1] < enough || fresh && t.flags&old != 0 {
		return 0, fresh
	}
	return life.Bits(from, to, 0, 0), fresh
}

// usual is the most that a window came to before, or one in ten of others when they were new.
func (t *tally) usual(w int, of *curve) uint32 {
	far := t.top(w)
	if t.ended[w] < settled {
		far = of.fresh().Usual()
	}
	return most(far)
}
