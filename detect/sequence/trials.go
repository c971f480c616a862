package sequence

import (
	"math"
	"time"

	"frontfoot/detect/sketch"
)

// rare is how many bits what is told must have beyond what a day's trials show by chance: the like of it is once in eight days.
const rare = 3

// Trials are the tests that a model makes: what each shows is held against how many there are a day. They keep the model's time.
type Trials struct {
	made       uint64
	began, now int64
}

// Pass moves the time forward to at, and reports whether that is the first. Then it began from that moment on.
func (t *Trials) Pass(at, from int64) (first bool) {
	if first = t.now == 0; first { // not began: that is 0 through all of the first day of 1970
		t.began, t.now = from, at
	}
	t.now = max(t.now, at)
	return first
}

// Turn is Pass, and reports whether an hour and whether a fortnight of the site's time ended by it. By the first nothing does.
func (t *Trials) Turn(at, from int64) (hour, fortnight bool) {
	before := t.now
	if t.Pass(at, from) || t.now == before {
		return false, false
	}
	ended := func(span int64) bool { return t.now/span > before/span }
	return ended(int64(time.Hour)), ended(14 * 24 * int64(time.Hour))
}

// Now is the model's time.
func (t *Trials) Now() int64 { return t.now }

// Seconds is how much of it has passed.
func (t *Trials) Seconds() uint32 {
	return uint32(min(max(0, t.now-t.began)/int64(time.Second), math.MaxUint32))
}

// Make counts a trial.
func (t *Trials) Make() { t.made++ }

// Daily returns how many are made a day.
func (t *Trials) Daily() float32 {
	return max(1, float32(t.made)/max(1, float32(t.now-t.began)/float32(24*time.Hour)))
}

// Bar is so many bits that a trial seldom has by chance.
func (t *Trials) Bar() float32 { return sketch.Log2(t.Daily()) + rare }

// Tells reports whether so many bits are told of.
func (t *Trials) Tells(bits float32) bool { return bits >= rare && bits >= t.Bar() }

// Share returns the bits by which the evidence of one of several kinds of trials is worth more than that of any, where so many were made of it: half of
// the chances are each trial's in equal parts, and half each kind's, so that what there is little of is not lost in the crowd. It is -1 at least.
func (t *Trials) Share(made uint64, kinds int) float32 {
	return sketch.Log2((1 + float32(t.made)/(float32(max(1, made))*float32(max(1, kinds)))) / 2)
}

// Worth is what so many bits are worth where a site has so many events a day: a trial that is made seldom counts for more than one that every event is.
func (t *Trials) Worth(bits, daily float32) float32 {
	return bits + max(0, sketch.Log2(daily/t.Daily()))
}

// Span says how long a window of an hour or of a day is.
func Span(d time.Duration) string {
	if d == time.Hour {
		return "an hour"
	}
	return "a day"
}

// Encode appends the trials to e.
func (t *Trials) Encode(e *sketch.Encoder) {
	e.Uint(t.made)
	e.Int(t.began)
	e.Int(t.now)
}

// Decode reads what Encode wrote.
func (t *Trials) Decode(d *sketch.Decoder) error {
	t.made, t.began, t.now = d.Uint(), d.Int(), d.Int()
	return d.Err()
}
