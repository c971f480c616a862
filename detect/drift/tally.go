package drift

import (
	"math"
	"slices"

	"frontfoot/detect/sketch"
)

const (
	perOctave = 8  // parts
	few       = 16 // events a week are as good as none: chance alone makes that of them
)

// level is a count in parts of octaves: 0 for none, 8 for 16, 16 for 48.
func level(n uint32) uint8 {
	return uint8(float32(perOctave*sketch.Log2(1+float32(n)/few)) + 0.5)
}

// number is about the count of a level.
func number(level uint8) float32 { return few * (sketch.Exp2(float32(level)/perOctave) - 1) }

// share is about what part of one level another is.
func share(level, of uint8) float32 { return number(level) / max(1, number(of)) }

// A history is the level of each ended week, the last first.
type history [weeks]uint8

// end takes up a week.
func (h *history) end(n uint32) {
	copy(h[1:], h[:weeks-1])
	h[0] = level(n)
}

// usual is the slow baseline, where so many weeks are known.
func (h *history) usual(known uint8) uint8 {
	past := *h
	return median(past[fast:known])
}

// growth is by how much the fast baseline is above the slow one.
func (h *history) growth(known uint8) int { return int(slices.Min(h[:fast])) - int(h.usual(known)) }

// median orders what it is given.
func median[T int | uint8](all []T) T {
	slices.Sort(all)
	return all[len(all)/2]
}

// A kind is a kind of log.
type kind struct {
	known uint8 // weeks in which it came, at most weeks
	n     uint32
}

// A tally is a sort of event.
type tally struct {
	past   history
	n      uint32 // of the week under way
	who    uint32 // who may have brought most of it: a majority vote (Boyer and Moore 1981)
	votes  uint32 // by how many that one is ahead
	far    uint8  // how far it had grown already
	kind   uint8
	grown  bool // too far for chance
	chosen bool // and the most of all
}

// more is a sum that stays at the most there can be.
func more(a, b uint32) uint32 { return a + min(b, math.MaxUint32-a) }

// count counts an event that somebody brought.
func (t *tally) count(who uint32) {
	t.n = more(t.n, 1)
	switch {
	case t.votes == 0:
		t.who, t.votes = who, 1
	case t.who == who:
		t.votes = more(t.votes, 1)
	default:
		t.votes--
	}
}

// mostly is the one who brought the most of it, and what part at least; 0 where that is less than a quarter.
func (t *tally) mostly() (who uint32, part float32) {
	if t.who == 0 || t.votes < t.n/4 {
		return 0, 0
	}
	return t.who, float32(t.votes) / float32(t.n)
}

// step is how far it has grown where that is further than it had already, else 0.
func (t *tally) step(parts int) int {
	if parts <= int(t.far) {
		if parts <= 0 {
			t.far = 0
		}
		return 0
	}
	t.far = uint8(parts)
	return parts
}

// settle makes what it came to its past.
func (t *tally) settle() {
	is := slices.Min(t.past[:fast])
	for i := range t.past {
		t.past[i] = max(t.past[i], is)
	}
	t.far, t.grown, t.chosen = 0, false, false
}
