package surge

import (
	"math"
	"slices"

	"frontfoot/detect/sketch"
)

const (
	perOctave = 8              // parts
	highest   = 28 * perOctave // level of the most that is counted
	few       = 16             // events a day are as good as none: chance alone makes that of them
	perBit    = 4              // parts of a stake
	richest   = math.MaxUint8
	weeks     = 3  // under way, and two that are whole
	fortnight = 14 // days
)

// level is a count in parts of octaves: 0 for none, 8 for 16, 16 for 48.
func level(n uint32) uint8 {
	return uint8(float32(perOctave*sketch.Log2(1+float32(n)/few)) + 0.5)
}

// number is about the count of a level.
func number(level uint8) uint32 {
	return uint32(few*(sketch.Exp2(float32(level)/perOctave)-1) + 0.5)
}

func more(n uint32) uint32 { return n + min(1, math.MaxUint32-n) }

// beyond is by how much a level is above another.
func beyond(level, other uint8) uint8 { return level - min(level, other) }

// A series is what comes in days.
type series struct {
	n    uint32       // today
	held uint32       // of them by who is in an open incident
	best [weeks]uint8 // levels of the busiest day of each week, this one first
	days uint8        // that are known, at most week
	won  uint8        // the stake, in parts of bits
	last uint8        // days since it began to win
	far  uint8        // steps beyond the busiest day to which it came
	told uint8        // bits that were told, 0 for none
}

// top is the level of the busiest day.
func (x *series) top() uint8 { return slices.Max(x.best[:]) }

// stake is what the days before today have won, in bits.
func (x *series) stake() float32 { return float32(x.won) / perBit }

// step is how far beyond its busiest day so many come, where there are enough to say so.
func (x *series) step(n uint32) uint8 {
	if far := level(n); far >= perOctave {
		return beyond(far, x.top())
	}
	return 0
}

// turn begins so many new weeks. What was usual before is asked for until a run has ended; of what was away for all of them nothing is known any more.
func (x *series) turn(n uint32) {
	if x.won == 0 {
		for range min(n, weeks) {
			copy(x.best[1:], x.best[:])
			x.best[0] = 0
		}
	}
	if n >= weeks || x.top() == 0 {
		*x = series{}
	}
}

// end ends a day of a series, when the site was by so much busier than ever. What was held is no part of it, and what was told counts little among what others do.
func (x *series) end(busier uint8, l *life) {
	n := x.n - x.held
	x.n, x.held = 0, 0
	if x.days < week {
		x.best[0] = max(x.best[0], level(n))
		x.days++
		return
	}
	step := beyond(x.step(n), busier)
	x.won = uint8(min(max(0, perBit*(x.stake()+bet(l.bits(step)))), richest))
	if max(level(n), x.top()) >= perOctave {
		l.learn(grade(x.far), grade(step), x.told > 0)
	}
	x.far = max(x.far, step)
	if x.won == 0 || x.last >= fortnight {
		x.best[0] = max(x.best[0], level(n), x.top()+x.far)
		x.won, x.last, x.far, x.told = 0, 0, 0, 0
		return
	}
	x.last++
}
