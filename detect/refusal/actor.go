package refusal

import "frontfoot/detect/sketch"

const (
	ways       = 8
	fewest     = 256  // actors that there is room for
	slots      = 1024 // at most
	actorBytes = 40
	stale      = 14 * 24 * 60 * 60 // seconds after which an actor is worth nothing
)

// An actor is what is known of one who is refused, in one kind of refusal.
type actor struct {
	tag   uint32           // the high bits of its hash
	last  uint32           // refusal, in seconds of the model
	began uint32           // with which the window of an hour began
	n     [windows]float32 // refusals, as they fade
	met   [windows]uint32  // a bit for the hash of each target
	far   [measures]uint8  // reached in the windows under way, 0 for nothing
	past  [measures]uint8  // reached in windows before, and how often: four bits each
	keep  uint8            // worth keeping by so much
}

// pass lets the windows fade up to a time, and ends those in which nothing came for as long as they are.
func (a *actor) pass(at uint32) {
	at = max(at, a.last)
	quiet := at - a.last
	for w, span := range spans {
		switch {
		case a.n[w] == 0 || quiet > span:
			a.end(w)
			if w == 0 {
				a.began = at
			}
		default:
			a.n[w] = float32(a.n[w] * sketch.Exp2(-float32(quiet)/float32(span)))
			if turn := at / span; turn != a.last/span { // every other half of what was met is older than the window
				a.met[w] &= 0x55555555 << (turn & 1)
			}
		}
	}
	a.last = at
}

// end closes a window: how far the actor came in it is what it did before.
func (a *actor) end(w int) {
	for i := w; i < measures; i += windows {
		best, times := a.past[i]>>4, a.past[i]&15
		switch far := a.far[i]; {
		case far > best:
			best, times = far, 1
		case far == best:
			times = min(times+1, 15)
		case times > 1:
			times--
		default:
			best = far
		}
		a.past[i] = best<<4 | times
		a.far[i] = 0
	}
	a.n[w], a.met[w] = 0, 0
}

// take counts a refusal and returns the measures with it.
func (a *actor) take(target uint64) (x [measures]float32) {
	a.keep = min(a.keep, 254) + 1
	for w := range spans {
		a.n[w]++
		a.met[w] |= 1 << (target >> 59)
		x[w], x[windows+w] = a.n[w], different(a.met[w])
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
// without the dice) and takes its place when that is used up, so that a flood of those who are refused once only puts out itself. The table doubles when it has worn down as many
// as it holds that were refused more than once.
type table struct {
	actors []actor // nil until the first refusal
	worn   int
}

// find returns the place of an actor; nil where there is no room.
func (x *table) find(key uint64, at uint32) *actor {
	if x.actors == nil {
		x.actors = make([]actor, fewest)
	}
	tag := uint32(key >> 32)
	b := x.bucket(tag)
	low := 0
	for i := range b {
		if b[i].tag == tag && b[i].keep > 0 {
			return &b[i]
		}
		if w, least := b[i].worth(at), b[low].worth(at); w < least || w == least && b[i].last < b[low].last {
			low = i
		}
	}
	a := &b[low]
	if a.worth(at) > 1 {
		if x.worn++; x.worn >= len(x.actors) && len(x.actors) < slots {
			x.grow()
			return x.find(key, at)
		}
		a.keep--
		return nil
	}
	*a = actor{tag: tag, last: at}
	return a
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

func (x *table) bytes() int { return actorBytes * len(x.actors) }
