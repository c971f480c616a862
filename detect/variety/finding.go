package variety

import (
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "variety" }

// Take counts a row in each relation that it has, and tells of the one that shows most.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	m.taken, m.sight = m.taken[:0], sight{r.Refused(), m.page(r)}
	var best Verdict
	which, about := 0, uint64(0)
	for i := range m.relations {
		key, thing := m.relations[i].of(m, r)
		if key == 0 || thing == 0 {
			continue
		}
		of := uint64(i) + 1
		if m.relations[i].apart {
			of = sketch.Mix(r.Class, of)
		}
		if v := m.Count(key, thing, of, r.Now); v.Bits > best.Bits {
			best, which, about = v, i, key
		}
	}
	if r.Learning || !m.trials.Tells(best.Bits) {
		return nil
	}
	return m.tell(r, which, about, &best)
}

// tell says with how many things a key was seen.
func (m *Model) tell(r *sequence.Row, which int, key uint64, v *Verdict) *sequence.Finding {
	x, span := &m.relations[which], sequence.Span(v.Window)
	many := incident.Count(float32(v.With)) + " different " + x.things + " within " + span
	f := &sequence.Finding{
		Kind:     which,
		Bits:     m.trials.Worth(v.Bits, r.Daily),
		Busy:     float32(day) / float32(v.Window),
		Hash:     sketch.Mix(key, uint64(which)),
		Value:    many,
		Seen:     x.name(m, r) + " " + x.does + " " + many,
		Expected: "at most " + incident.Count(float32(v.Usual)) + " in " + span + " in the last two weeks",
		Tactic:   x.tactic,
		Side:     x.side,
	}
	if v.Fresh {
		f.Expected = "nine in ten of those new here come to no more than " + incident.Count(float32(v.Usual)) + " in " + span
	}
	for _, field := range x.about {
		if r.Values[field].Hash != 0 {
			f.Entities = append(f.Entities, r.Entity(m.layout, field))
		}
	}
	f.Field = f.Entities[0].Name
	return f
}

// Learn remembers of whom it is held.
func (m *Model) Learn(_ *sequence.Row, held bool) {
	if !held {
		return
	}
	for _, key := range m.taken {
		if s := m.tallies.Known(key); s != nil {
			s.Thing.flags |= old - 1
		}
	}
}
