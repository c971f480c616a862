package detect

import (
	"frontfoot/detect/feature"
	"frontfoot/detect/novelty"
)

// A judge makes one score of what the models say of an event, tells which scores are findings, and how much of an event is to be learned. There
// are two: a fusion for log events, whose fields are known and chosen, and a panel for tables, of whose columns only the kind is known. A judge
// speaks of the event scored last; score it, ask alert at most once, then learn or trust it.
type judge interface {
	// score returns the bits of an event that the novelty model scored last, with this verdict. Nothing is learned.
	score(r *feature.Row, m *novelty.Model, v *novelty.Verdict) float32
	// alert reports whether the event is one of that share of its dataset's events that looks most unusual.
	alert(rate float64) bool
	// learn counts the event and returns the weight, 0 to 1, at which the novelty model is to learn it. Fade is what one event adds now.
	learn(held bool, fade float32) float32
	// trust counts the event as known to be clean.
	trust(fade float32)
	// halve makes the past count half.
	halve()
	bytes() int
}
