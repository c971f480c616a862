package opening

import (
	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "opening" }

// Begin does nothing: what the model asks of a batch is there or not row by row.
func (m *Model) Begin(*event.Batch) {}

// Take takes up a row in each relation that it has, and tells of the one that shows most.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	m.taken = m.taken[:0]
	var best Verdict
	which := 0
	for i := range m.relations {
		who, thing := m.relations[i].of(r)
		if who == 0 || thing == 0 {
			continue
		}
		if v := m.Meet(who, thing, uint64(i)+1, r.Now); v.Bits > best.Bits {
			best, which = v, i
		}
	}
	if r.Learning || !m.trials.Tells(best.Bits) {
		return nil
	}
	return m.tell(r, which, &best)
}

// tell says what a machine began.
func (m *Model) tell(r *sequence.Row, which int, v *Verdict) *sequence.Finding {
	x := &m.relations[which]
	who, what := r.Entity(m.layout, x.who), r.Entity(m.layout, x.thing)
	f := &sequence.Finding{
		Kind:     which,
		Bits:     m.trials.Worth(v.Bits, r.Daily),
		Busy:     float32(day) / float32(hour),
		Field:    who.Name + " + " + what.Name,
		Value:    who.Text + ", " + what.Text,
		Hash:     sketch.Mix(who.Hash^uint64(which), what.Hash),
		Seen:     who.Text + " " + x.does + " " + what.Text + " for the first time",
		Expected: "nothing new in the last " + incident.Count(float32(v.Closed)) + " hours in which it did so",
		Tactic:   x.tactic,
		Side:     x.side,
		Entities: []incident.Entity{who},
	}
	if f.Side == feature.Peer {
		f.Entities = append(f.Entities, what)
	}
	return f
}

// Learn remembers of which machines the row is held.
func (m *Model) Learn(_ *sequence.Row, is bool) {
	if !is {
		return
	}
	for _, who := range m.taken {
		if s := m.circles.Known(who); s != nil {
			s.Thing.flags |= held
		}
	}
}
