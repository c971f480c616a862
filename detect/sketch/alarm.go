package sketch

// An Alarm keeps the rate of findings at what was asked for while scores drift: each finding raises the bar by a step, and each event lowers
// it by so much that at the asked rate it stays (adaptive conformal inference, Gibbs and Candès 2021). The bar moves by two bits down and
// a few up at most, so that neither a quiet month nor a flood changes what is rare.
type Alarm struct {
	bar  float32 // bits above the lowest bar, 0 to most
	most float32
}

const (
	barStep  = 1.0 / 8
	barStart = 2
)

// NewAlarm returns an Alarm whose bar is where the asked rate has it, and rises by so many bits at most.
func NewAlarm(up float32) Alarm { return Alarm{bar: barStart, most: barStart + up} }

// Rings reports whether a tail of so many bits is a finding at a rate, and moves the bar.
func (a *Alarm) Rings(tail float32, rate float64) bool {
	hit := tail >= float32(-Log2(float32(rate))+(a.bar-barStart))
	a.bar -= float32(barStep * rate)
	if hit {
		a.bar += barStep
	}
	a.bar = min(max(0, a.bar), a.most)
	return hit
}

// Encode appends the bar to e.
func (a *Alarm) Encode(e *Encoder) { e.Float(a.bar) }

// Decode reads what Encode wrote.
func (a *Alarm) Decode(d *Decoder) { a.bar = min(d.Float(), a.most) }
