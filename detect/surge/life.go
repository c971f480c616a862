package surge

import "frontfoot/detect/sketch"

const (
	enough = 4     // days beyond from which it is known how far series go
	dim    = 0.125 // the weight of a day that was told of
	grades = 17
)

// A life is how far beyond their busiest day series went: how many days came to each grade.
type life [grades + 1]float32

func (l *life) table() sketch.Life { return l[:] }

// grade is 1 for a day as others, 2 for one beyond by half an octave at most, and so on.
func grade(step uint8) uint8 { return 1 + (step+perOctave/2-1)/(perOctave/2) }

// learn counts a day that came to a grade, when its run had come to another.
func (l *life) learn(from, to uint8, told bool) {
	weight := float32(1)
	if told {
		weight = dim
	}
	l.table().Came(0, 1, weight)
	l.table().Came(from, to, weight)
}

// bits is how improbable a step is.
func (l *life) bits(step uint8) float32 {
	if l[2] < enough {
		return 0
	}
	return l.table().Bits(1, grade(step), 0, 0)
}

// bet is by how many bits a day of so many changes a stake: of all bets that are fair where nothing has changed the mean, which is 1/2 for a day like any.
func bet(bits float32) float32 {
	if bits < 0.25 {
		return -1
	}
	p, nats := sketch.Exp2(-bits), float32(bits*0.6931472)
	return sketch.Log2(1-p-float32(p*nats)) + bits - 2*sketch.Log2(nats)
}
