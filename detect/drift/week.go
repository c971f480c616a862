package drift

import (
	"slices"

	"frontfoot/detect/sketch"
)

// end ends a week: what it was is learned, and what has grown too far for chance becomes the news. A kind of log that nothing came of had no week.
func (m *Model) end() {
	m.news = news{}
	all := uint32(0)
	for k := range m.kinds.All() {
		if all = more(all, k.n); k.n > 0 {
			k.known = min(k.known+1, weeks)
		}
	}
	m.all.end(all)
	for s := range m.sorts.All() {
		t := &s.Thing
		if m.kinds.Of(int(t.kind)).n > 0 {
			t.past.end(t.n)
		}
		t.grown, t.chosen = false, false
	}
	m.judge()
	for s := range m.sorts.All() {
		s.Thing.n, s.Thing.votes = 0, 0
	}
	for k := range m.kinds.All() {
		k.n = 0
	}
	if (m.ended+1)%slow == 0 {
		m.moves.Scale(0.5)
	}
}

// judge looks how far each sort of event has grown.
func (m *Model) judge() {
	asked, grew := m.grew()
	if len(asked) == 0 {
		return
	}
	most := max(0, median(slices.Clone(grew)))
	var best *tally
	for i, t := range asked {
		step := t.step(grew[i] - most)
		grew[i] = step
		bits := m.bits(step)
		if step < twice || !m.trials.Tells(bits) {
			continue
		}
		t.grown = true
		m.news.others++
		if best == nil || bits > m.news.bits || bits == m.news.bits && t.n > best.n {
			best, m.news.bits = t, bits
		}
	}
	for _, step := range grew {
		m.moves.Add(float32(step), 1)
	}
	if best != nil {
		best.chosen = true
		m.news.open = true
		m.news.who, m.news.part = best.mostly()
		m.news.others--
	}
}

// grew returns the sorts of events of which there are enough, and by how much each has grown.
func (m *Model) grew() (asked []*tally, parts []int) {
	for s := range m.sorts.All() {
		t := &s.Thing
		if min(t.past[0], t.past[1]) < perOctave {
			t.far = 0
			continue
		}
		m.trials.Make()
		if known := m.kinds.Of(int(t.kind)).known; known >= fast+fewest {
			asked, parts = append(asked, t), append(parts, t.past.growth(known))
		}
	}
	return asked, parts
}

// bits is how improbable a step is here. From so many steps, none can be told to be rarer than one in their square.
func (m *Model) bits(step int) float32 {
	return min(m.moves.Bits(float32(step)), 2*sketch.Log2(1+m.moves.Total()))
}

// tell says how far the chosen sort of event has grown. That, and what all others came to that have grown, is usual from now on.
func (m *Model) tell(t *tally, who uint64) Verdict {
	known := m.kinds.Of(int(t.kind)).known
	v := Verdict{
		Bits: m.news.bits, Weeks: int(known) - fast, Others: int(m.news.others),
		Was: share(t.past.usual(known), m.all.usual(known)), Is: min(share(t.past[0], m.all[0]), share(t.past[1], m.all[1])),
	}
	if m.news.who == uint32(who>>32) {
		v.ByOne = m.news.part
	}
	m.news = news{}
	for s := range m.sorts.All() {
		if s.Thing.grown {
			s.Thing.settle()
		}
	}
	return v
}
