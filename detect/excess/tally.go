package excess

import (
	"math"
	"time"
)

const period = 7 * 24 * 60 * 60 // seconds

// A tally is what one who acts does with one other. Most do nothing at the moment, so what they do is kept apart.
type tally struct {
	best  [2][measures]uint8 // the most its windows came to in this week and in the last, in steps
	ended [windows]uint8     // windows that are over, at most settled
	kind  uint8
	odd   uint8  // a bit for each window under way that is of an open incident
	doing uint16 // number of what it does in the windows under way, 0 for nothing
}

// doing is so much of each quantity.
type doing [measures]uint32

// end ends the windows that are over at a time, when it acted last then: how far it came counts among what others do, and is its own past.
func (t *tally) end(n *doing, last, at uint32, k *kind) {
	for w, span := range spans {
		if n[w] == 0 || last/span == at/span {
			continue
		}
		weight := float32(1)
		if t.odd>>w&1 == 1 {
			weight = dim
		}
		for i := w; i < measures; i += windows {
			far := reach(n[i])
			if t.ended[w] < settled {
				k.of[i].fresh().Came(0, far, weight)
			} else {
				k.of[i].known().Came(0, 1+t.beyond(i, far), weight)
			}
			t.best[0][i] = max(t.best[0][i], far)
			n[i] = 0
		}
		t.ended[w] = min(t.ended[w]+1, settled)
		t.odd &^= 1 << w
	}
}

// turn begins a new week. Of one who was away for more than that nothing is known any more.
func (t *tally) turn(last, at uint32) {
	switch at/period - last/period {
	case 0:
	case 1:
		t.best[0], t.best[1] = [measures]uint8{}, t.best[0]
	default:
		t.best, t.ended = [2][measures]uint8{}, [windows]uint8{}
	}
}

// add counts a connection.
func (d *doing) add(c *Case) {
	much := [quantities]uint64{times: 1, kib: c.Bytes>>10 + (c.Bytes&1023+1023)>>10, longest: c.Long / uint64(time.Second)}
	for i := range d {
		n := &d[i]
		if what := i / windows; what == longest {
			*n = max(*n, uint32(min(much[what], math.MaxUint32)))
		} else {
			*n += uint32(min(much[what], uint64(math.MaxUint32-*n)))
		}
	}
}

// top is the most that a measure came to in two weeks.
func (t *tally) top(i int) uint8 { return max(t.best[0][i], t.best[1][i]) }

// beyond is by how many octaves a step is beyond that.
func (t *tally) beyond(i int, far uint8) uint8 { return far - min(far, t.top(i)) }

// bits is how improbable it is that a measure comes to a step, and whether that is reckoned as of one who is new: how likely others went on from where it was before.
func (t *tally) bits(i int, step uint8, k *kind) (bits float32, fresh bool) {
	life, from, to := k.of[i].known(), uint8(1), 1+t.beyond(i, step)
	if fresh = t.ended[i%windows] < settled; fresh {
		life, from, to = k.of[i].fresh(), max(1, t.top(i)), step
	}
	if life[1] < enough {
		return 0, fresh
	}
	return life.Bits(from, to, 0, 0), fresh
}

// usual is the most that a measure came to before, or one in ten of others when they were new.
func (t *tally) usual(i int, k *kind) float32 {
	far := t.top(i)
	if t.ended[i%windows] < settled {
		far = k.of[i].fresh().Usual()
	}
	return amount(i, uint32(uint64(1)<<far-1))
}

// amount is so much of a measure in connections, bytes or seconds.
func amount(i int, n uint32) float32 {
	if i/windows == kib {
		return float32(n) * 1024
	}
	return float32(n)
}
