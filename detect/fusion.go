package detect

import (
	"frontfoot/detect/feature"
	"frontfoot/detect/novelty"
	"frontfoot/detect/sketch"
)

// The sides that an event is looked at from: the rarity of its values together, and how many of its pairs are new.
const (
	rareValues = iota
	newPairs
	views
)

// maxClasses is how many datasets a site's scores are compared within; the rest share the last place.
const maxClasses = 16

// scale spreads the scores over the bins of a Tail.
const scale = 16

const (
	rareBits   = 6.643856 // log2(100): what the most unusual hundredth of a dataset shows
	rareWeight = 0.125    // is learned at this weight
	youngest   = 200      // events of a dataset before one of them can be a finding
)

// A fusion is the judge of log events. It makes one score in bits of the views of an event. Each view is laid on a straight scale of bits on which what it shows once in a
// hundred events of the same dataset is log2(100), and the score is the mean of both. Where a view falls off exponentially, ten bits are about once in a thousand.
// What is loudest about an event was a third view once: it found nothing that these do not, and made three false incidents of ten.
//
// The share of the past with such a score, the tail, decides what is a finding, because only it keeps the rate that was asked for. It is no
// score, because it follows each burst: the second wave of an attack would rank below ordinary rarities.
type fusion struct {
	names   []uint64 // hash of each dataset
	classes []*class
	pace    sketch.Pace // of the findings of all datasets
	now     blend       // of the event scored last
	without Part
}

type class struct {
	views [views]sketch.Tail
	sum   sketch.Tail
	alarm sketch.Alarm
}

// blend is what a fusion says of one event.
type blend struct {
	class int
	view  [views]float32
	bits  float32 // the score
	tail  float32 // -log2 of the share of the past at or above this
}

// alarmUp is how far the bar of findings may rise. What is unusual is learned slowly, so that even on a quiet site two or three times as much as was asked
// for lies above where the models' past has it.
const alarmUp = 3

func newClass() *class { return &class{alarm: sketch.NewAlarm(alarmUp)} }

// of returns the number of a dataset.
func (f *fusion) of(name uint64) int {
	for i, n := range f.names {
		if n == name {
			return i
		}
	}
	if len(f.names) < maxClasses {
		f.names = append(f.names, name)
		f.classes = append(f.classes, newClass())
	}
	return len(f.names) - 1
}

func (f *fusion) score(r *feature.Row, _ *novelty.Model, v *novelty.Verdict) float32 {
	b := blend{class: f.of(r.Class), view: [views]float32{rareValues: v.Values, newPairs: v.Never}}
	c, sum, n := f.classes[b.class], float32(0), float32(0)
	for i := range b.view {
		if !f.without.lacks(fused(i)) {
			sum, n = sum+b.view[i]/max(1, c.views[i].At(rareBits)), n+1
		}
	}
	b.bits = rareBits * sum / n
	b.tail = c.sum.Bits(scale * b.bits)
	f.now = b
	return b.bits
}

// whole is how rare it is here that so much about an event is unusual at once: -log2 of the share of the site's events that are of its dataset and look as
// unusual in it. It is 0 where too little is known.
func (f *fusion) whole() float32 {
	own, all := f.classes[f.now.class].sum.Total(), float32(0)
	if own < youngest {
		return 0
	}
	for _, c := range f.classes {
		all += c.sum.Total()
	}
	return f.now.tail + sketch.Log2(all/own)
}

// learn counts what is unusual, or held, less, so that an attack does not become normal by lasting. How seldom scores are is learned of all
// events alike unless they are held: otherwise the rate of findings would not be what was asked for.
func (f *fusion) learn(held bool, fade float32) float32 {
	weight, sum := float32(1), float32(1)
	if f.now.tail >= rareBits {
		weight = rareWeight
	}
	if held {
		weight, sum = rareWeight, rareWeight
	}
	if f.without.lacks(PartGuard) {
		weight, sum = 1, 1
	}
	f.take(weight*fade, sum*fade)
	return weight
}

func (f *fusion) trust(fade float32) { f.take(fade, fade) }

func (f *fusion) take(view, sum float32) {
	c := f.classes[f.now.class]
	for i := range f.now.view {
		c.views[i].Add(f.now.view[i], view)
	}
	c.sum.Add(scale*f.now.bits, sum)
}

func (f *fusion) alert(rate float64) bool {
	c := f.classes[f.now.class]
	return c.sum.Total() >= youngest && c.alarm.Rings(f.now.tail, rate, &f.pace)
}

func (f *fusion) bytes() (n int) {
	for _, c := range f.classes {
		for i := range c.views {
			n += c.views[i].Bytes()
		}
		n += c.sum.Bytes()
	}
	return n
}

func (f *fusion) halve() {
	for _, c := range f.classes {
		for i := range c.views {
			c.views[i].Scale(0.5)
		}
		c.sum.Scale(0.5)
	}
}

func (f *fusion) encode(e *sketch.Encoder) {
	e.Uint(uint64(len(f.names)))
	for i, c := range f.classes {
		e.Fixed64(f.names[i])
		for j := range c.views {
			c.views[j].Encode(e)
		}
		c.sum.Encode(e)
		c.alarm.Encode(e)
	}
	f.pace.Encode(e)
}

// decode reads what encode wrote.
func (f *fusion) decode(d *sketch.Decoder) error {
	n := d.Count(maxClasses)
	f.names, f.classes = nil, nil
	for range n {
		c := newClass()
		f.names = append(f.names, d.Fixed64())
		f.classes = append(f.classes, c)
		for j := range c.views {
			_ = c.views[j].Decode(d) // d keeps the first error
		}
		_ = c.sum.Decode(d)
		c.alarm.Decode(d)
	}
	f.pace.Decode(d)
	return d.Err()
}
