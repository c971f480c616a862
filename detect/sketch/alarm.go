package sketch

// An Alarm keeps the rate of findings at what was asked for while scores drift: each finding raises the bar by a step, and each event lowers
// it by so much that at the asked rate it stays (adaptive conformal inference, Gibbs and Candès 2021). The bar moves by two bits down and
// a few up at most, so that neither a quiet month nor a flood changes what is rare.
//
// Where less than one in a thousand is asked for, the bar is learned from what is as rare as that: of the findings of one dataset there are too few in a month
// to learn anything from. How much rarer than that a finding has to be is known by a Pace.
type Alarm struct {
	bar  float32 // bits above the lowest bar, 0 to most
	most float32
}

const (
	barStep  = 1.0 / 8
	barStart = 2
	barRate  = 1.0 / 1024 // the least rate that the bar is learned at
)

// NewAlarm returns an Alarm whose bar is where the asked rate has it, and rises by so many bits at most.
func NewAlarm(up float32) Alarm { return Alarm{bar: barStart, most: barStart + up} }

// Rings reports whether a tail of so many bits is a finding at a rate, and moves the bar. Where the rate is too seldom for it, the pace has a say; nil has none.
func (a *Alarm) Rings(tail float32, rate float64, pace *Pace) bool {
	if rate >= barRate {
		return a.learn(tail, rate)
	}
	var hit bool
	if pace == nil {
		hit = a.clears(tail, rate)
	} else {
		hit = a.clears(tail-pace.bits, rate)
		pace.keep(hit, rate)
	}
	a.learn(tail, barRate)
	return hit
}

// learn reports whether a tail clears the bar for a rate that it is learned at, and moves it.
func (a *Alarm) learn(tail float32, rate float64) bool {
	hit := a.clears(tail, rate)
	a.bar -= float32(barStep * rate)
	if hit {
		a.bar += barStep
	}
	a.bar = min(max(0, a.bar), a.most)
	return hit
}

// clears reports whether a tail of so many bits lies above the bar for a rate.
func (a *Alarm) clears(tail float32, rate float64) bool {
	return tail >= float32(-Log2(float32(rate))+(a.bar-barStart))
}

// Encode appends the bar to e.
func (a *Alarm) Encode(e *Encoder) { e.Float(a.bar) }

// Decode reads what Encode wrote.
func (a *Alarm) Decode(d *Decoder) { a.bar = min(d.Float(), a.most) }
