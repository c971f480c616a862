// Package novelty says how unusual the values of an event are, and their pairs, against what a site has shown before. Use it to score
// one event at a time, then teach it the event. It neither knows what an event is nor decides what is worth telling.
//
// Each feature (a field, or a pair of fields) has a rank for every event: how often the value was seen so far on a scale of half octaves,
// with "never" on top. How seldom this feature shows such a rank or a higher one is its surprise in bits: a new address in a field where
// new addresses come every minute is worth little, a new destination port where none came in a week is worth much.
//
// A pair (a, b) is ranked by the lesser of n(a) / n(a,b) f(a) and n(b) / n(a,b) f(b), where f(x) is how many different values x has come with:
// how long each of the two has been known without the other, and how settled its company is. A pair whose one half is new is thus no
// surprise by itself (the value's own field tells that already), nor is one more visitor of what everybody visits.
package novelty

import (
	"slices"

	"frontfoot/detect/feature"
	"frontfoot/detect/sketch"
)

// Never is the rank of a value that was never seen.
const Never = sketch.Classes - 1

// newBelow is the count below which a value is taken as never seen: it was learned at a guarded weight at most.
const newBelow = 0.5

// settled is how many bits it must be worth that one field of two comes in other company, if they tell the same: once in 64 events.
const settled = 6

// newPair is the count below which a pair is new whatever its halves are: once may be learned by mistake.
const newPair = 2

// A stat is what is known of one feature.
type stat struct {
	ranks sketch.Hist
	kinds float32 // values it has, as far as they were new when they came
}

// A Measure is how one feature of the current event stands.
type Measure struct {
	Feature int
	Key     uint64
	Rank    int     // half octaves of rarity, Never on top
	Raw     float32 // -log2 of the share of this value, of this pair given its scarcer half
	Bits    float32 // -log2 of the chance that this feature is as rare as this or rarer here
	Count   float32 // how often it was seen, decayed
	way     int8    // to its count
	known   bool    // whether both halves of a pair have been seen before
}

// A Verdict is how an event as a whole stands.
type Verdict struct {
	Values  float32   // sum of the raw bits of all fields
	Never   float32   // how many pairs are new though both halves are known
	Loudest int       // the most surprising feature, -1 where none has a bit
	Bits    float32   // of that one
	Loud    []Measure // the most surprising features, at most MaxLoud, loudest first: Name fills them in
}

// Model is what is known of a site's values and pairs.
type Model struct {
	layout *feature.Layout
	counts *sketch.Counts
	stats  []stat
	weight float32 // what an event adds now: rises instead of everything else falling

	company company
	hours   []bool // which fields are hours

	// of the event scored last
	now  []Measure
	here []int32 // features that it has, in order
}

// New returns a Model that knows nothing. Its counts take at most maxBytes, and begin with a 16th of that.
func New(layout *feature.Layout, maxBytes int) *Model {
	n := layout.Features()
	m := &Model{layout: layout, counts: sketch.NewCounts(maxBytes/16, maxBytes), stats: make([]stat, n), now: make([]Measure, n), weight: 1}
	m.company = newCompany(layout)
	m.here = make([]int32, 0, n+1)
	m.hours = make([]bool, len(layout.Fields))
	for i := range layout.Fields {
		m.hours[i] = layout.Fields[i].Kind == feature.Hour
	}
	for i := range m.now {
		m.now[i].Feature = i
	}
	return m
}

// Score fills v with how unusual r is, all but Loud. It changes nothing that is known.
func (m *Model) Score(r *feature.Row, v *Verdict) {
	*v = Verdict{Loudest: -1, Bits: 1, Loud: v.Loud[:0]}
	fields := len(m.hours)
	m.here = m.has(r.Values[:fields])
	values := len(m.here)
	for _, h := range m.here {
		m.find(int(h), r.Values[h].Hash)
	}
	for j := range m.company.of(m.here) {
		p, i := m.company.pairs[j], fields+j
		m.here = append(m.here, int32(i))
		m.find(i, sketch.Mix(m.now[p.a].Key^uint64(i), m.now[p.b].Key))
	}
	for _, h := range m.here[:values] {
		i := int(h)
		me, s := &m.now[i], &m.stats[i]
		if m.hours[i] {
			me.Rank = 0 // every hour is new once: only who is active in it tells something
			continue
		}
		me.Raw = sketch.Log2((s.ranks.Total() + 0.5*(s.kinds+m.weight)) / (me.Count + 0.5*m.weight))
		m.rank(i, me, s)
		v.Values += me.Raw
		v.hear(me)
	}
	for _, h := range m.here[values:] {
		i := int(h)
		p, me := m.company.pairs[i-fields], &m.now[i]
		a, b, n := &m.now[p.a], &m.now[p.b], me.Count
		me.Raw = max(0, sketch.Log2((min(a.Count, b.Count)+m.weight)/(n+m.weight)))
		if me.Raw >= askFirsts {
			if me.Raw = max(0, m.alone(i, 0, a, n)); me.Raw > 0 {
				me.Raw = max(0, min(me.Raw, m.alone(i, 1, b, n)))
			}
		}
		me.known = min(a.Count, b.Count) > 0
		m.rank(i, me, &m.stats[i])
		if n < newBelow*m.weight && a.Rank != Never && b.Rank != Never {
			v.Never++
		}
		v.hear(me)
	}
}

// has returns which fields have a value, without a branch for each, as nothing tells which do.
func (m *Model) has(values []feature.Value) []int32 {
	here, n := m.here[:cap(m.here)], 0
	for i := range values {
		h := values[i].Hash
		here[n] = int32(i)
		n += int((h | -h) >> 63)
	}
	return here[:n]
}

// find finds the count of a feature of the event. That of all of them is found before any is judged: memory answers to many at a time where none of the
// questions hangs on an answer.
func (m *Model) find(i int, key uint64) {
	me := &m.now[i]
	me.Key = key
	me.Count, me.way = m.counts.Find(key)
}

// Together returns how surprising all fields and pairs of the event scored last are together, log2 of the sum of the inverses of their chances,
// and how many of its pairs were seen less than twice, whatever their halves. Alone is how surprising its words, addresses and ports are one by one:
// log2 of the mean of the inverses of their chances.
func (m *Model) Together() (surprise, unseen, alone float32) {
	fields := len(m.hours)
	chances, words, n := float32(1), float32(0), float32(0)
	for _, h := range m.here {
		i := int(h)
		me := &m.now[i]
		if i < fields && m.hours[i] {
			continue
		}
		chance := sketch.Exp2(me.Bits)
		chances += chance
		switch {
		case i < fields && m.layout.Fields[i].Kind != feature.Numeric:
			words += chance
			n++
		case i >= fields && me.Count < newPair*m.weight:
			unseen++
		}
	}
	return sketch.Log2(chances), unseen, max(0, sketch.Log2(words/max(1, n)))
}

// askFirsts is the raw surprise of a pair from which it matters how many others each half has come with.
const askFirsts = 2

// alone is the surprise of a pair from the side of one half: -log2 of the share of this pair among all its events, less what it has shown of
// new company before. An address that somebody else comes from every day is no news for one more.
func (m *Model) alone(i, side int, half *Measure, n float32) float32 {
	firsts := m.counts.Get(firstsKey(i, side, half.Key))
	return sketch.Log2((half.Count+m.weight)/(n+m.weight)) - sketch.Log2((firsts+m.weight)/m.weight)
}

// firstsKey is what new company of a value is counted by.
func firstsKey(i, side int, key uint64) uint64 { return sketch.Mix(key, uint64(2*i+side+1)<<32) }

// rank sets the rank and the bits of a measure.
func (m *Model) rank(i int, me *Measure, s *stat) {
	me.Rank = max(0, min(int(2*me.Raw), Never-1))
	if i < len(m.hours) && me.Count < newBelow*m.weight {
		me.Rank = Never
	}
	me.Bits = s.ranks.Bits(me.Rank)
}

// Learn counts the event scored last with a weight of at most 1.
func (m *Model) Learn(weight float32) {
	w := weight * m.weight
	fields := len(m.hours)
	for _, h := range m.here {
		i := int(h)
		me, s := &m.now[i], &m.stats[i]
		if me.Count == 0 {
			s.kinds += w
		}
		s.ranks.Add(me.Rank, w)
		switch {
		case i < fields:
			m.counts.AddTo(me.Key, me.way, w)
		case me.known: // pairs of others say nothing, and would fill the memory with every address that passes by once
			m.counts.AddTo(me.Key, me.way, w)
			if me.Count < newBelow*m.weight {
				p := m.company.pairs[i-fields]
				m.counts.Add(firstsKey(i, 0, m.now[p.a].Key), w)
				m.counts.Add(firstsKey(i, 1, m.now[p.b].Key), w)
			}
		}
	}
}

// Halve makes the past count half, and forgets what has been seen too seldom to matter.
func (m *Model) Halve() {
	m.counts.Scale(0.5, 1.0/16)
	for i := range m.stats {
		s := &m.stats[i]
		s.ranks.Scale(0.5)
		s.kinds *= 0.5
	}
}

// SetWeight sets what one event adds from now on, 1 to 2: between two calls of Halve it rises so that the past fades smoothly.
func (m *Model) SetWeight(w float32) { m.weight = w }

// Known returns the weight of the events that had a feature, and about how many different values they had.
func (m *Model) Known(feature int) (events, values float32) {
	s := &m.stats[feature]
	return s.ranks.Total() / m.weight, s.kinds / m.weight
}

// Alike returns the first field that tells the same as a field: the two hardly ever come in other company. It is the field itself where none does.
func (m *Model) Alike(field int) int {
	for j, p := range m.layout.Pairs {
		if p.B == field && p.A < field && m.stats[len(m.layout.Fields)+j].ranks.Bits(1) >= settled {
			return m.Alike(p.A)
		}
	}
	return field
}

// Count returns how often the value was seen that the event scored last has in a field, decayed.
func (m *Model) Count(field int) float32 {
	if !slices.Contains(m.here, int32(field)) {
		return 0
	}
	return m.now[field].Count / m.weight
}

// Counts returns how often each value was seen, and each pair. It is to be read.
func (m *Model) Counts() *sketch.Counts { return m.counts }

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int {
	return m.counts.Bytes() + len(m.stats)*(sketch.Classes*8+16) + len(m.now)*32 + cap(m.here)*4 + len(m.hours) + m.company.bytes()
}

// Encode appends the model to e.
func (m *Model) Encode(e *sketch.Encoder) {
	e.Float(m.weight)
	e.Uint(uint64(len(m.stats)))
	for i := range m.stats {
		s := &m.stats[i]
		s.ranks.Encode(e)
		e.Float(s.kinds)
	}
	m.counts.Encode(e)
}

// Decode reads what Encode wrote of a model with the same layout.
func (m *Model) Decode(d *sketch.Decoder) error {
	m.weight = d.Float()
	if n := d.Uint(); n != uint64(len(m.stats)) {
		return sketch.ErrShort
	}
	for i := range m.stats {
		s := &m.stats[i]
		if err := s.ranks.Decode(d); err != nil {
			return err
		}
		s.kinds = d.Float()
	}
	return m.counts.Decode(d)
}
