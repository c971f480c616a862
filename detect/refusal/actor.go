package refusal

import "frontfoot/detect/sketch"

const (
	ways       = 8
	fewest     = 256  // actors that there is room for
	slots      = 1024 // at most
	actorBytes = 44
	stale      = 14 * 24 * 60 * 60 // seconds after which an actor is worth nothing
)

// An actor is what is known of one who is refused, in one kind of refusal.
type actor struct {
	tag   uint32           // the high bits of its hash
	last  uint32           // refusal, in seconds of the model
	began [windows]uint32  // the windows under way
	n     [windows]float32 // refusals, as they fade
	met   [windows]uint32  // a bit for the hash of each target
	far   [measures]uint8  // reached in the windows under way, 0 for nothing
	past  [measures]uint8  // reached in windows before, and how often: four bits each
	kind  uint8
	keep  uint8 // worth keeping by so much
	odd   bool  // too far for chance, or of an open incident, in a window under way
}

// pass lets the windows fade up to a time, after those that are over were closed.
func (a *actor) pass(at uint32) {
	for w, span := range spans {
		if a.n[w] == 0 {
			a.began[w] = at
			continue
		}
		a.n[w] = float32(a.n[w] * sketch.Exp2(-float32(at-a.last)/float32(span)))
		if turn := at / span; turn != a.last/span { // every other half of what was met is older than the window
			a.met[w] &= 0x55555555 << (turn & 1)
		}
	}
	a.last = at
}

// over reports whether a window has been quiet for as long as it is, or has gone on for four times as long.
func (a *actor) over(w int, at uint32) (quiet, long bool) {
	return a.n[w] > 0 && at-a.last > spans[w], a.n[w] > 0 && at-a.began[w] > 4*spans[w]
}

// close ends the windows that are over at a time: how far the actor came is what it did before, and counts among what others do, once in each octave.
func (a *actor) close(at uint32, curves *[measures]curve) {
	for w := range spans {
		quiet, long := a.over(w, at)
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
	for k := best + 1; k <= far; k++ {
		c.n[k] += weight
	}
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
	a.keep = min(a.keep, 254) + 1
	for w := range spans {
		a.n[w]++
		a.met[w] |= 1 << (target >> 59)
		x[w], x[windows+w] = a.n[w], min(different(a.met[w]), a.n[w])
	}
	return x
}

// worth is how much an actor is worth keeping.
func (a *actor) worth(at uint32) uint8 {
	if at > a.last && at-a.last > stale {
		return 0
	}
	return a.keep
}

// A table keeps actors in bounded memory. A new one wears down the one of its bucket that is worth least (as in HeavyKeeper, Yang et al. 2019,
// without the dice) and takes its place when that is used up, so that a flood of those who are refused once only puts out itself. The table doubles
// when it has worn down as many as it holds that were refused more than once.
type table struct {
	actors []actor // nil until the first refusal
	worn   int
	kinds  kinds
}

// find returns the place of an actor of a kind; nil where there is no room.
func (x *table) find(key uint64, kind int, at uint32) *actor {
	if x.actors == nil {
		x.actors = make([]actor, fewest)
	}
	if a := x.known(key); a != nil {
		return a
	}
	tag := uint32(key >> 32)
	b, low := x.bucket(tag), 0
	for i := range b {
		if w, least := b[i].worth(at), b[low].worth(at); w < least || w == least && b[i].last < b[low].last {
			low = i
		}
	}
	a := &b[low]
	if a.worth(at) > 1 {
		if x.worn++; x.worn >= len(x.actors) && len(x.actors) < slots {
			x.grow()
			return x.find(key, kind, at)
		}
		a.keep--
		return nil
	}
	if a.keep > 0 {
		a.close(1<<32-1, &x.kinds.all[a.kind].curves)
	}
	*a = actor{tag: tag, last: at, kind: uint8(kind)}
	return a
}

// known returns an actor that is there, else nil.
func (x *table) known(key uint64) *actor {
	if x.actors == nil {
		return nil
	}
	tag := uint32(key >> 32)
	b := x.bucket(tag)
	for i := range b {
		if b[i].tag == tag && b[i].keep > 0 {
			return &b[i]
		}
	}
	return nil
}

// bucket is where an actor is kept: the low bits of its tag say it.
func (x *table) bucket(tag uint32) []actor {
	i := int(tag) & (len(x.actors)/ways - 1) * ways
	return x.actors[i : i+ways : i+ways]
}

// grow doubles the buckets; what was in one goes to two.
func (x *table) grow() {
	old := x.actors
	x.worn = 0
	x.actors = make([]actor, 2*len(old))
	for i := range old {
		b := x.bucket(old[i].tag)
		for j := range b {
			if old[i].keep > 0 && b[j].keep == 0 {
				b[j] = old[i]
				break
			}
		}
	}
}

// close ends the windows that are over.
func (x *table) close(at uint32) {
	for i := range x.actors {
		if a := &x.actors[i]; a.keep > 0 {
			a.close(at, &x.kinds.all[a.kind].curves)
		}
	}
}

func (x *table) bytes() int { return actorBytes*len(x.actors) + x.kinds.bytes() }
