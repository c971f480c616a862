package detect

import (
	"frontfoot/detect/burst"
	"frontfoot/detect/distance"
	"frontfoot/detect/feature"
	"frontfoot/detect/novelty"
	"frontfoot/detect/sketch"
)

// The sides that a panel looks at a row from.
const (
	surprising = iota // how surprising its values and pairs are one by one
	unheard           // how many of its pairs are new
	distant           // how far its sizes are from the usual ones together
	sides
)

// A panel is the judge of the rows of a table. Each side of a row is turned into the chance that a row shows as much, and the bits of these
// chances are summed, as in Fisher's method; what the sum is worth is read off its own past instead of a chi-squared table, because the sides
// depend on each other. A burst stands beside the sum, not in it: the score is the mean of both chances (the harmonic one: Wilson, PNAS 2019),
// so that a flood of ordinary rows does not hide a rarity, nor the other way round.
//
// The n-th row of a minute that joins the same two counts 1/n: for all that is learned a flood is a few rows, not a million.
type panel struct {
	sizes  *distance.Model
	bursts *burst.Model
	edges  []edge
	sides  [sides]sketch.Tail
	joint  sketch.Tail // of the sum of the sides' bits
	many   sketch.Tail // of bursts
	sum    sketch.Tail // of scores
	guard  guard
	alarm  sketch.Alarm
	rows   float64 // that came, as far as they counted
	seen   float32 // rows since the past last counted half
	next   float32 // after how many it does again

	without Part

	// of the row scored last
	row        *feature.Row
	keys       []uint64
	side       [sides]float32
	joined     float32
	burst      burst.Verdict
	flood      float32 // bits of the burst
	bits, tail float32
}

// poissonBits is log2(e)/2: so many bits times the square of its deviations an even flow of events has of a burst, and no flow more.
const poissonBits = 0.72134752

// A table counts its past half whenever it has doubled, from its first rows on: what it shows while all is new must not be what later rows are
// compared with.
const (
	doubled = 64
	longest = 1 << 23
)

func newPanel(layout *feature.Layout, without Part) *panel {
	p := &panel{without: without, sizes: distance.New(len(layout.Sizes)), edges: edgesOf(layout), alarm: sketch.NewAlarm(), next: doubled}
	p.bursts = burst.New(len(p.edges))
	p.keys = make([]uint64, len(p.edges))
	return p
}

func (p *panel) score(r *feature.Row, m *novelty.Model, _ *novelty.Verdict) float32 {
	p.row = r
	surprise, unseen := m.Together()
	p.side = [sides]float32{surprising: scale * surprise, unheard: scale * unseen, distant: p.sizes.Score(r.Sizes)}
	p.joined, p.flood, p.burst = 0, 0, burst.Verdict{Times: 1}
	for i := range p.side {
		if !p.without.lacks(sided(i)) {
			p.joined += scale * bitsOf(&p.sides[i], p.side[i])
		}
	}
	p.bits = bitsOf(&p.joint, p.joined)
	if r.Timed && len(p.edges) > 0 && !p.without.lacks(PartBursts) {
		p.bursts.Pass(r.Time)
		for i, e := range p.edges {
			p.keys[i] = e.key(r)
		}
		p.burst = p.bursts.Score(p.keys)
		d := p.burst.Deviations
		p.flood = min(bitsOf(&p.many, d), float32(d*d)*poissonBits)
		p.bits = max(0, sketch.Log2((sketch.Exp2(p.bits)+sketch.Exp2(p.flood))/2))
	}
	p.tail = p.sum.Bits(scale * p.bits)
	return p.bits
}

// bitsOf is -log2 of the chance of x or more. It goes on beyond the past as far again as the past reaches: from n rows a thing may be taken for
// one in n squared. What is beyond that is still rarer, by ever less.
func bitsOf(t *sketch.Tail, x float32) float32 {
	bits, most := t.Bits(x), 2*sketch.Log2(2+t.Total())
	if bits > most {
		return most + sketch.Log2(1+bits-most)
	}
	return bits
}

func (p *panel) alert(rate float64) bool {
	return p.sum.Total() >= youngest && p.alarm.Rings(p.tail, rate)
}

func (p *panel) learn(held bool, fade float32) float32 {
	l, sum := p.guard.admit(p.joined, 1/p.burst.Times, held), float32(1)
	if held {
		sum = l.model
	}
	if p.without.lacks(PartGuard) {
		l, sum = lesson{1, 1}, 1
	}
	l.model /= p.burst.Times
	p.rows += 1 / float64(p.burst.Times)
	l.past /= p.burst.Times
	p.take(l, sum, fade)
	return l.model
}

// came returns how many rows came, with this one, as far as they counted.
func (p *panel) came() uint64 { return uint64(p.rows) + 1 }

func (p *panel) trust(fade float32) {
	p.guard.anchored = true
	p.rows++
	p.take(lesson{1, 1}, 1, fade)
}

func (p *panel) take(l lesson, sum, fade float32) {
	p.sizes.Learn(p.row.Sizes, l.model*fade)
	if p.row.Timed && !p.without.lacks(PartBursts) {
		p.bursts.Learn(p.keys)
	}
	p.sum.Add(scale*p.bits, sum*fade)
	if p.guard.flooded() && !p.without.lacks(PartGuard) {
		return
	}
	w := l.past * fade
	for i := range p.side {
		p.sides[i].Add(p.side[i], w)
	}
	p.joint.Add(p.joined, w)
	p.many.Add(p.burst.Deviations, w)
	p.guard.past.Add(p.joined, w)
	if p.seen++; p.seen >= p.next {
		p.seen, p.next = 0, min(2*p.next, longest)
		p.age()
	}
}

func (p *panel) halve() {
	p.sizes.Halve()
	p.age()
}

// age makes what rows are compared with count half.
func (p *panel) age() {
	for _, t := range p.tails() {
		t.Scale(0.5)
	}
}

func (p *panel) tails() [sides + 4]*sketch.Tail {
	return [...]*sketch.Tail{&p.sides[surprising], &p.sides[unheard], &p.sides[distant], &p.joint, &p.many, &p.sum, &p.guard.past}
}

func (p *panel) bytes() int {
	return p.sizes.Bytes() + p.bursts.Bytes() + len(p.tails())*sketch.TailBytes
}
