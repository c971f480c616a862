package silence

import (
	"math/bits"
	"time"

	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

const (
	farthest = 22 // steps: a fortnight
	grains   = 8  // half octaves of minutes: what is shorter than a quarter of an hour is a restart, and no silence
	beyond   = 15 // half octaves, and one
	paces    = 4  // of four octaves of minutes a week
	period   = 7 * daylong
)

// A source is a machine that sends logs.
type source struct {
	hash    uint64
	name    string
	column  uint8          // that names it
	last    sequence.Place // of its last line
	far     uint8          // the longest silence that ended today, in steps
	best    [2]uint8       // and in this week and in the last
	minutes [2]uint16      // in which it spoke, of this week and of the last
	days    uint8          // on which it spoke, at most settled
	spoke   bool           // a day is under way
	odd     bool           // and is of an open incident
	told    bool           // that it is silent
}

// step is how long a silence is: half octaves from a quarter of an hour on.
func step(seconds uint32) uint8 {
	n := uint64(seconds / 60)
	k := 2 * bits.Len64(n)
	if 2*n*n < 1<<k { // below √2 of its octave
		k--
	}
	return uint8(min(max(0, k-grains), farthest))
}

// longest is the length of the longest silence of a step.
func longest(step uint8) time.Duration {
	return time.Duration(sketch.Exp2(float32(step+grains)/2) * float32(time.Minute))
}

// end ends a day on which it spoke: by how much its longest silence was beyond those before counts among the others', and is its own past.
func (s *source) end(l *life) {
	if !s.spoke {
		return
	}
	if s.days > 1 {
		weight := float32(1)
		if s.odd {
			weight = dim
		}
		l.table().Came(0, 1+s.far-min(s.far, s.past()), weight)
	}
	s.best[0] = max(s.best[0], s.far)
	s.days = min(s.days+1, settled)
	s.far, s.spoke, s.odd = 0, false, false
}

// turn begins a new week. Of one who was away for more than that nothing is known any more.
func (s *source) turn(last, at uint32) {
	switch at/period - last/period {
	case 0:
	case 1:
		s.best[0], s.best[1] = 0, s.best[0]
		s.minutes[0], s.minutes[1] = 0, s.minutes[0]
	default:
		s.best, s.minutes, s.days = [2]uint8{}, [2]uint16{}, 0
	}
}

// past is the longest silence of two weeks without today, top with it.
func (s *source) past() uint8 { return max(s.best[0], s.best[1]) }
func (s *source) top() uint8  { return max(s.past(), s.far) }

// pace is how often it speaks.
func (s *source) pace() int { return min(bits.Len16(max(s.minutes[0], s.minutes[1]))/4, paces-1) }

// known reports whether it is known how long it is silent.
func (s *source) known(last, at uint32) bool {
	return s.days == settled && at-last < uint32(fortnight/time.Second)
}

// A life is by how many steps those of a pace went beyond their longest silence, one for not at all.
type life [beyond + 1]float32

const lifeBytes = paces * (beyond + 1) * 4

func (l *life) table() sketch.Life { return l[:] }

// bits is how improbable it is to go so many steps beyond; 0 where little is known.
func (l *life) bits(steps uint8) float32 {
	if l[1] < enough {
		return 0
	}
	return l.table().Bits(1, 1+steps, 0, 0)
}
