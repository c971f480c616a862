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

// seldom is how many bits a look must have beyond what a day's looks show by chance: the like of it is once in eight days.
const seldom = 3

// Take takes up a row in which a machine inside speaks to another, or tries to.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	m.taken = nil
	who, whom := r.Values[feature.SourceInside].Hash, r.Values[feature.DestinationInside].Hash
	if who == 0 || whom == 0 {
		return nil
	}
	v := m.Meet(who, whom, r.Now)
	if r.Learning || v.Bits < sketch.Log2(m.Daily())+seldom {
		return nil
	}
	return m.tell(r, &v)
}

// tell says how many it met. A test that is made seldom counts for more than one that every event is. Whom it met is only named in words.
func (m *Model) tell(r *sequence.Row, v *Verdict) *sequence.Finding {
	by := r.Entity(m.layout, feature.SourceInside)
	f := &sequence.Finding{
		Bits:     v.Bits + max(0, sketch.Log2(r.Daily/m.Daily())),
		Busy:     float32(day) / float32(v.Window),
		Field:    by.Name,
		Value:    incident.Count(float32(v.Met)) + " within " + span(v),
		Hash:     sketch.Mix(by.Hash, by.Hash),
		Seen:     by.Text + " met " + incident.Count(float32(v.Met)) + " machines inside for the first time within " + span(v),
		Expected: incident.Count(float32(v.Usual)) + " in " + span(v) + " at most in two weeks",
		Tactic:   feature.LateralMovement,
		Side:     feature.Volume,
		Entities: []incident.Entity{by},
	}
	if v.Fresh {
		f.Expected = "one in ten of those new here meets " + incident.Count(float32(v.Usual)) + " in " + span(v)
	}
	return f
}

func span(v *Verdict) string {
	if v.Window == day {
		return "a day"
	}
	return "an hour"
}

// Learn remembers which machine is held.
func (m *Model) Learn(_ *sequence.Row, held bool) {
	if held && m.taken != nil {
		m.taken.Thing.odd = 1<<windows - 1
	}
}
