package meeting

import (
	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "meeting" }

// Begin does nothing: what the model asks of a batch is there or not row by row.
func (m *Model) Begin(*event.Batch) {}

// Take takes up a row in which a machine inside speaks to another, or tries to.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	m.taken = nil
	who, whom := r.Values[feature.SourceInside].Hash, r.Values[feature.DestinationInside].Hash
	if who == 0 || whom == 0 {
		return nil
	}
	v := m.Meet(who, whom, r.Now)
	if r.Learning || !m.trials.Tells(v.Bits) {
		return nil
	}
	return m.tell(r, &v)
}

// tell says how many it met. Whom it met is only named in words.
func (m *Model) tell(r *sequence.Row, v *Verdict) *sequence.Finding {
	by := r.Entity(m.layout, feature.SourceInside)
	within := sequence.Span(v.Window)
	f := &sequence.Finding{
		Bits:     m.trials.Worth(v.Bits, r.Daily),
		Busy:     float32(day) / float32(v.Window),
		Field:    by.Name,
		Value:    incident.Count(float32(v.Met)) + " within " + within,
		Hash:     sketch.Mix(by.Hash, by.Hash),
		Seen:     by.Text + " met " + incident.Count(float32(v.Met)) + " machines inside for the first time within " + within,
		Expected: "at most " + incident.Count(float32(v.Usual)) + " in " + within + " in the last two weeks",
		Tactic:   feature.LateralMovement,
		Side:     feature.Volume,
		Entities: []incident.Entity{by},
	}
	if v.Fresh {
		f.Expected = "nine in ten of those new here meet no more than " + incident.Count(float32(v.Usual)) + " in " + within
	}
	return f
}

// Learn remembers which machine is held.
func (m *Model) Learn(_ *sequence.Row, held bool) {
	if held && m.taken != nil {
		m.taken.Thing.odd = 1<<windows - 1
	}
}
