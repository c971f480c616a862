package stride

import (
	"math"

	"frontfoot/detect/sketch"
)

// A walker is one who opens records of a sort.
type walker struct {
	places [kept]uint64 // of the records opened last, the latest first; 0 is none
	bits   float32      // that the bet on his strides has won
	past   [2]uint16    // strides before the bet, and short ones among them
	fresh  [2]uint16    // since it began
	told   uint16       // short ones when it was told last
	held   bool         // some of the bet is of an open incident
}

// stride takes up a place and returns the octave of how far it is from the nearest one before; 0 where there is none, or the record is one of those.
func (w *walker) stride(place uint64) uint8 {
	nearest := uint64(math.MaxUint64)
	for _, p := range w.places {
		if p != 0 {
			nearest = min(nearest, max(p, place)-min(p, place))
		}
	}
	if nearest == 0 {
		return 0
	}
	first := w.places[0] == 0
	copy(w.places[1:], w.places[:])
	w.places[0] = place
	if first {
		return 0
	}
	return octave(nearest)
}

// play bets on a stride, where those up to an octave are short.
func (w *walker) play(short bool, limit uint8, bar float32) Verdict {
	chance := w.chance()
	count(&w.fresh[0])
	won := sketch.Log2(0.5 / (1 - chance))
	if short {
		count(&w.fresh[1])
		won = sketch.Log2(0.5 / chance)
	}
	if w.bits = min(w.bits+won, richest); w.bits <= 0 {
		w.rest()
		return Verdict{}
	}
	v := Verdict{Bits: w.bits, Short: uint32(w.fresh[1]), Within: 1<<limit - 1}
	if v.Fresh = short && v.Bits >= bar && 2*uint32(w.fresh[1]) >= 3*uint32(w.told); v.Fresh {
		w.told = w.fresh[1]
	}
	return v
}

// chance is that of a short stride: one in 64, or more where more of his own were. He has no more than an even bet.
func (w *walker) chance() float32 {
	own := (float32(w.past[1]) + 1) / (float32(w.past[0]) + rarest)
	return min(0.5, max(1./rarest, own))
}

// rest ends the bet: its strides are his past from now on, unless they are of an open incident.
func (w *walker) rest() {
	if !w.held {
		if w.past[0] > math.MaxUint16/2 {
			w.past[0], w.past[1] = w.past[0]/2, w.past[1]/2
		}
		w.past[0] += min(w.fresh[0], math.MaxUint16/2)
		w.past[1] += min(w.fresh[1], math.MaxUint16/2)
	}
	w.bits, w.fresh, w.told, w.held = 0, [2]uint16{}, 0, false
}

func count(n *uint16) { *n += min(1, math.MaxUint16-*n) }
