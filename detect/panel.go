package detect

import (
	"frontfoot/detect/burst"
	"frontfoot/detect/feature"
	"frontfoot/detect/likeness"
	"frontfoot/detect/novelty"
	"frontfoot/detect/sketch"
)

// The sides that a panel looks at a row from.
const (
	surprising = iota // how surprising its values and pairs are one by one
	unheard           // how many of its pairs are new
	unlike            // how unlike it is, as a whole, each row that was ordinary
	departing         // how seldom others depart so from the row most like them
	sides
)

// A panel is the judge of the rows of a table. Each side of a row is turned into the chance that a row shows as much. The bits of its
// values, its pairs and how unlike it is are summed, as in Fisher's method; what the sum is worth is read off its own past instead of a chi-squared
// table, because the sides depend on each other. How unlike the row is stands beside the sum, too, and so do how it departs from the row most like it,
// which a sum drowns, and, where rows have times, a burst and how rare single values are: the score is the mean of the chances (the harmonic one: Wilson,
// PNAS 2019), so that what only one of them sees is told, and a flood of ordinary rows does not hide a rarity. The guard asks whether anything at all is
// unusual, and goes by the sum of all sides.
//
// The alarm goes by the score itself where that is a chance already, held against what the guard let in: an attack that is many of the rows does not
// raise the bar for itself. Where rows have times, or the first are known to be clean, scores are no such chances, and it goes by their past.
//
// Where the first rows are known to be clean, one side stands for all: how unlike these a row is. What it is worth is read off the clean rows for
// good, whatever comes after them.
//
// The n-th row of a minute that joins the same two counts 1/n: for all that is learned a flood is a few rows, not a million.
type panel struct {
	bursts *burst.Model
	like   *likeness.Model // to ordinary rows, or to those that are known to be clean; nil where there are neither these nor sizes
	clean  bool            // the first rows are known to be clean
	edges  []edge
	sides  [sides]sketch.Tail
	joint  sketch.Tail // of the sum of the bits of all sides but the departure
	tried  sketch.Tail // of how unlike the clean rows were when they came
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
	joined     float32 // what all sides but the departure are worth together
	odd        float32 // the bits of that
	alone      float32 // the bits of its words one by one
	all        float32 // what all sides are
	burst      burst.Verdict
	flood      float32 // bits of the burst among bursts
	bits, tail float32
}

// A table counts its past half whenever it has doubled, from its first rows on: what it shows while all is new must not be what later rows are
// compared with.
const (
	doubled = 64
	longest = 1 << 23
)

// So many rows are kept that others may be like, and so many a field where they are not known to be clean: what has few fields has few kinds.
const (
	likesMost   = 2048
	likesAField = 32
)

// newPanel returns a panel for rows of a layout; clean tells that the first of them are known to be.
func newPanel(layout *feature.Layout, clean bool, without Part) *panel {
	p := &panel{without: without, edges: edgesOf(layout), alarm: sketch.NewAlarm(1), next: doubled}
	p.bursts = burst.New(len(p.edges))
	p.keys = make([]uint64, len(p.edges))
	switch {
	case without.lacks(PartLikeness):
	case clean:
		p.clean, p.like = true, likeness.New(layout, likesMost)
	case len(layout.Sizes) > 0:
		p.like = likeness.New(layout, min(likesMost, likesAField*len(layout.Fields)))
	default: // what rows are as a whole, pairs of words tell well enough
		p.without |= PartLikeness
	}
	return p
}

func (p *panel) score(r *feature.Row, m *novelty.Model, _ *novelty.Verdict) float32 {
	p.row = r
	p.flood, p.burst = 0, burst.Verdict{Times: 1}
	if p.clean {
		p.joined = scale * p.like.Score(r)
		p.odd = bitsOf(&p.tried, p.joined)
	} else {
		p.join(m)
		p.odd = bitsOf(&p.joint, p.joined)
	}
	p.bits = p.odd
	if p.like != nil && !p.clean {
		p.bits = beside(p.odd, p.worth(unlike), p.worth(departing))
	}
	timed := r.Timed && len(p.edges) > 0
	if timed {
		p.pace(r)
	}
	if p.tail = p.bits; timed || p.clean {
		p.tail = p.sum.Bits(scale * p.bits)
	}
	if timed && !p.without.lacks(PartBursts) {
		p.tail = beside(p.tail, p.flood)
	}
	return p.bits
}

// pace sets beside what a row is that somebody comes more often than usual, and, where there are no clean rows to compare it with, how rare its values
// are one by one. Neither is read off its own past: where floods come, most of that is theirs, and what is rare would be worth less for them. Each is
// a chance by itself already, and is held against how many there are of its kind. What a burst is worth beside all bursts says whether to tell it.
func (p *panel) pace(r *feature.Row) {
	all, n := [3]float32{p.bits}, 1
	if !p.clean && !p.without.lacks(PartRarity) {
		all[n] = p.alone
		n++
	}
	if !p.without.lacks(PartBursts) {
		p.bursts.Pass(r.Time)
		for i, e := range p.edges {
			p.keys[i] = e.key(r)
		}
		p.burst = p.bursts.Score(p.keys)
		p.flood = bitsOf(&p.many, p.burst.Over)
		all[n] = sketch.Log2(p.burst.Over / float32(len(p.edges)))
		n++
	}
	p.bits = beside(all[:n]...)
}

// beside is what chances that stand beside each other are worth together.
func beside(bits ...float32) float32 {
	sum := float32(0)
	for _, b := range bits {
		sum += sketch.Exp2(b)
	}
	return max(0, sketch.Log2(sum/float32(len(bits))))
}

// worth is the bits of a side of the row scored last.
func (p *panel) worth(side int) float32 {
	if p.without.lacks(sided(side)) {
		return 0
	}
	return bitsOf(&p.sides[side], p.side[side])
}

// join sums what the sides of a row are worth.
func (p *panel) join(m *novelty.Model) {
	surprise, unseen, alone := m.Together()
	p.alone = alone
	p.side = [sides]float32{surprising: scale * surprise, unheard: scale * unseen}
	if p.like != nil {
		p.side[unlike] = scale * p.like.Score(p.row)
		p.side[departing] = scale * p.like.Departure()
	}
	p.joined = scale * (p.worth(surprising) + p.worth(unheard) + p.worth(unlike))
	p.all = p.joined + scale*p.worth(departing)
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
	return p.sum.Total() >= youngest && p.alarm.Rings(p.tail, rate, nil)
}

func (p *panel) learn(held bool, fade float32) float32 {
	l, sum := p.lesson(held), float32(1)
	if held {
		sum = l.model
	}
	if p.without.lacks(PartGuard) {
		l, sum = lesson{1, 1}, 1
	}
	switch {
	case p.like == nil:
	case p.clean && !p.without.lacks(PartGuard):
		p.like.Learn(p.joined / scale)
	case l.model == 1:
		p.like.Trust()
	default:
		p.like.Pass()
	}
	l.model /= p.burst.Times
	p.rows += 1 / float64(p.burst.Times)
	l.past /= p.burst.Times
	p.take(l, sum, fade)
	return l.model
}

// lesson says how much of the row scored last is learned. What is unlike the clean rows brings its distance along instead of a place in a budget.
func (p *panel) lesson(held bool) lesson {
	if !p.clean {
		return p.guard.admit(p.all, 1/p.burst.Times, held)
	}
	share := countsOf(p.odd)
	if held {
		share = min(share, guardShare)
	}
	return lesson{share, share}
}

// came returns how many rows came, with this one, as far as they counted.
func (p *panel) came() uint64 { return uint64(p.rows) + 1 }

func (p *panel) trust(fade float32) {
	if p.like != nil {
		p.like.Trust()
	}
	if p.clean {
		p.tried.Add(p.joined, fade)
	}
	p.rows++
	p.take(lesson{1, 1}, 1, fade)
}

func (p *panel) take(l lesson, sum, fade float32) {
	if p.row.Timed && !p.without.lacks(PartBursts) {
		p.bursts.Learn(p.keys)
	}
	p.sum.Add(scale*p.bits, sum*fade)
	w := l.past * fade
	p.many.Add(p.burst.Over, w)
	if !p.clean {
		for i := range p.side {
			p.sides[i].Add(p.side[i], w)
		}
		p.joint.Add(p.joined, w)
		if p.like != nil {
			p.like.Ordinary(w)
		}
		p.guard.past.Add(p.all, w)
	}
	if p.seen++; p.seen >= p.next {
		p.seen, p.next = 0, min(2*p.next, longest)
		p.age()
	}
}

func (p *panel) halve() {
	if p.like != nil {
		p.like.Halve()
	}
	p.age()
}

// age makes what rows are compared with count half.
func (p *panel) age() {
	for _, t := range p.tails() {
		t.Scale(0.5)
	}
}

func (p *panel) tails() [sides + 4]*sketch.Tail {
	return [...]*sketch.Tail{&p.sides[surprising], &p.sides[unheard], &p.sides[unlike], &p.sides[departing], &p.joint, &p.many, &p.sum, &p.guard.past}
}

func (p *panel) bytes() int {
	n := p.bursts.Bytes() + p.tried.Bytes()
	for _, t := range p.tails() {
		n += t.Bytes()
	}
	if p.like != nil {
		n += p.like.Bytes()
	}
	return n
}
