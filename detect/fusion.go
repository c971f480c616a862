package detect

import (
	"frontfoot/detect/novelty"
	"frontfoot/detect/sketch"
)

// views is how many sides an event is looked at from: rarity of its values together, surprise of all features together, the loudest
// single feature, and how many pairs are new. A sum sees many slightly odd things, a maximum one wild thing; neither sees the other's.
const views = 4

// maxClasses is how many datasets a site's scores are compared within; the rest share the last place.
const maxClasses = 16

// A fusion makes one score in bits of the views of an event. Each view is turned into bits by the past of its dataset, the bits are added
// (Fisher's method), and the sum is turned into bits once more, because the views depend on each other: the result is -log2 of the share
// of this dataset's events that looked as unusual as this one.
type fusion struct {
	names   []uint64 // hash of each dataset
	classes []*class
}

type class struct {
	views [views]sketch.Tail
	sum   sketch.Tail
}

// blend is what a fusion says of one event.
type blend struct {
	class int
	view  [views]float32
	sum   float32
	bits  float32
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
		f.classes = append(f.classes, new(class))
	}
	return len(f.names) - 1
}

// score tells how unusual a verdict is within its dataset.
func (f *fusion) score(dataset uint64, v *novelty.Verdict) blend {
	b := blend{class: f.of(dataset), view: [views]float32{v.Values, v.Excess, 0, v.Never}}
	if len(v.Loud) > 0 {
		b.view[2] = v.Loud[0].Bits
	}
	c := f.classes[b.class]
	for i := range b.view {
		b.sum += c.views[i].Bits(b.view[i])
	}
	b.bits = c.sum.Bits(b.sum)
	return b
}

// learn counts an event with weight w.
func (f *fusion) learn(b *blend, w float32) {
	c := f.classes[b.class]
	for i := range b.view {
		c.views[i].Add(b.view[i], w)
	}
	c.sum.Add(b.sum, w)
}

// total returns the weight of the events of the blend's dataset.
func (f *fusion) total(b *blend) float32 { return f.classes[b.class].sum.Total() }

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
			c.views[j].Decode(d)
		}
		c.sum.Decode(d)
	}
}
