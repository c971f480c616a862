package detect

import (
	"frontfoot/detect/novelty"
	"frontfoot/detect/sketch"
)

// views is how many sides an event is looked at from: the rarity of its values together, its single most surprising feature, and how many
// pairs are new. A sum sees many slightly odd things, a maximum one wild thing; neither sees the other's.
const views = 3

// maxClasses is how many datasets a site's scores are compared within; the rest share the last place.
const maxClasses = 16

// scale spreads the scores over the bins of a Tail.
const scale = 16

// A fusion makes one score in bits of the views of an event. Each view is laid on a straight scale of bits on which what it shows once in a
// hundred events of the same dataset is log2(100), and the score is the mean of the two largest: one may be large by chance, and all three
// would drown what one cannot see. Where a view falls off exponentially, ten bits are about once in a thousand.
//
// The share of the past with such a score, the tail, decides what is a finding, because only it keeps the rate that was asked for. It is no
// score, because it follows each burst: the second wave of an attack would rank below ordinary rarities.
type fusion struct {
	names   []uint64 // hash of each dataset
	classes []*class
}

type class struct {
	views [views]sketch.Tail
	sum   sketch.Tail
	alarm alarm
}

// An alarm keeps the rate of findings at what was asked for while scores drift: each finding raises the bar by a step, and each event lowers
// it by so much that at the asked rate it stays (adaptive conformal inference, Gibbs and Candès 2021). The bar moves by two bits down and
// one up at most, so that neither a quiet month nor a flood changes what is rare.
type alarm struct {
	bar float32 // bits above the lowest bar, 0 to barMost
}

const (
	barStep  = 1.0 / 8
	barStart = 2
	barMost  = 3
)

// rings reports whether a tail of so many bits is a finding at a rate, and moves the bar.
func (a *alarm) rings(tail float32, rate float64) bool {
	hit := tail >= float32(-sketch.Log2(float32(rate))+(a.bar-barStart))
	a.bar -= float32(barStep * rate)
	if hit {
		a.bar += barStep
	}
	a.bar = min(max(0, a.bar), barMost)
	return hit
}

// blend is what a fusion says of one event.
type blend struct {
	class int
	view  [views]float32
	bits  float32 // the score
	tail  float32 // -log2 of the share of the past at or above this
}

// of returns the number of a dataset.
func (f *fusion) of(name uint64) int {
	for i, n := range f.names {
		if n == name {
			return i
		}
	}
	if len(f.names) < maxClasses {
		f.names = append(f.names, name)
		f.classes = append(f.classes, &class{alarm: alarm{bar: barStart}})
	}
	return len(f.names) - 1
}

// score tells how unusual a verdict is within its dataset.
func (f *fusion) score(dataset uint64, v *novelty.Verdict) blend {
	b := blend{class: f.of(dataset), view: [views]float32{v.Values, 0, v.Never}}
	if len(v.Loud) > 0 {
		b.view[1] = v.Loud[0].Bits
	}
	c := f.classes[b.class]
	var first, second float32
	for i := range b.view {
		switch x := b.view[i] / max(1, c.views[i].At(guardBits)); {
		case x > first:
			first, second = x, first
		case x > second:
			second = x
		}
	}
	b.bits = guardBits * (first + second) / 2
	b.tail = c.sum.Bits(scale * b.bits)
	return b
}

// learn counts an event: with weight view in what the views are compared with, and sum in what their sum is.
func (f *fusion) learn(b *blend, view, sum float32) {
	c := f.classes[b.class]
	for i := range b.view {
		c.views[i].Add(b.view[i], view)
	}
	c.sum.Add(scale*b.bits, sum)
}

// alert reports whether an event is a finding at a rate of its dataset's events. The first events of a dataset cannot tell.
func (f *fusion) alert(b *blend, rate float64) bool {
	c := f.classes[b.class]
	return c.sum.Total() >= youngest && c.alarm.rings(b.tail, rate)
}

func (f *fusion) bytes() int { return len(f.classes) * (views + 1) * sketch.TailBytes }

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
		e.Float(c.alarm.bar)
	}
}

func (f *fusion) decode(d *sketch.Decoder) {
	n := d.Count(maxClasses)
	f.names, f.classes = nil, nil
	for range n {
		c := new(class)
		f.names = append(f.names, d.Fixed64())
		f.classes = append(f.classes, c)
		for j := range c.views {
			_ = c.views[j].Decode(d) // d keeps the first error
		}
		_ = c.sum.Decode(d)
		c.alarm.bar = d.Float()
	}
}
