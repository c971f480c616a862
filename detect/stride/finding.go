package stride

import (
	"cmp"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "stride" }

// Begin does nothing: what the model asks of a batch is there or not row by row.
func (m *Model) Begin(*event.Batch) {}

// Take takes up a row in which an account, or an inside address where none is named, opens a record here that has a number.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	m.lesson = lesson{}
	who := cmp.Or(r.Values[feature.User].Hash, r.Values[feature.SourceInside].Hash)
	if who == 0 || r.Values[feature.DestinationOutside].Hash != 0 || r.Refused() {
		return nil
	}
	name, _ := r.Opened()
	sort, place := m.read(name)
	if place == 0 {
		return nil
	}
	v := m.Open(who, sketch.Mix(r.Class, sort), place, r.Now)
	if r.Learning || !v.Fresh {
		return nil
	}
	return m.tell(r, &v)
}

// tell says how many records were close together.
func (m *Model) tell(r *sequence.Row, v *Verdict) *sequence.Finding {
	f := &sequence.Finding{
		Bits:     m.trials.Worth(v.Bits, r.Daily),
		Busy:     24 * 60 * 60 / quiet,
		Value:    incident.Count(float32(v.Short)) + " close together",
		Expected: "of records opened here one in 64 is within " + incident.Count(float32(v.Within)) + " of one of the four before",
		Tactic:   feature.Collection,
		Side:     feature.Volume,
	}
	for _, field := range [...]int{feature.User, feature.SourceInside} {
		if r.Values[field].Hash != 0 {
			f.Entities = append(f.Entities, r.Entity(m.layout, field))
		}
	}
	by := &f.Entities[0]
	f.Field, f.Hash = by.Name, sketch.Mix(by.Hash, by.Hash)
	f.Seen = by.Text + " opened " + incident.Count(float32(v.Short)) + " records whose numbers lie close together"
	return f
}

// Learn counts the stride taken last among those of others.
func (m *Model) Learn(_ *sequence.Row, held bool) {
	l := &m.lesson
	if l.kind == nil {
		return
	}
	if held {
		l.weight *= dim
		if s := m.walkers.Known(l.who); s != nil {
			s.Thing.held = true
		}
	}
	l.kind.strides[l.steps] += l.weight
	m.lesson = lesson{}
}
