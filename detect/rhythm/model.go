package rhythm

import (
	"fmt"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "rhythm" }

// Begin does nothing: what the model asks of a batch is there or not row by row.
func (m *Model) Begin(*event.Batch) {}

// Take takes up a row that is a call from inside to a place outside. It tells of a pair when that was looked at and is seldom as even by chance.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	who, to := r.Values[feature.SourceInside].Hash, r.Values[feature.DestinationOutside].Hash
	place := feature.DestinationOutside
	if to == 0 {
		place = feature.WebDomain
		to = r.Values[place].Hash
	}
	if m.has = false; who == 0 || to == 0 {
		return nil
	}
	m.Pass(r.Now)
	c := Call{Who: who, To: to, Log: r.Class, At: min(r.Time, r.Now), Known: r.Learning}
	if length := r.Uint(event.EventDuration); length < uint64(week) { // what is logged at its end began before
		c.At -= int64(length)
	}
	c.Size, c.Sized = r.Batch.Uint(event.SourceBytes, r.Index)
	v := m.Score(&c)
	if !v.Fresh || !m.trials.Tells(v.Bits) {
		return nil
	}
	return m.tell(r, place, &v)
}

// tell says what a pair shows.
func (m *Model) tell(r *sequence.Row, place int, v *Verdict) *sequence.Finding {
	from, to := r.Entity(m.layout, feature.SourceInside), r.Entity(m.layout, place)
	every := v.Every.Round(time.Second)
	seen := fmt.Sprintf("%s called %s %d times, about every %s", from.Text, to.Text, v.Calls, every)
	if v.Size > 0 {
		seen += " with about " + feature.Size(float64(v.Size))
	}
	return &sequence.Finding{
		Bits:     m.trials.Worth(v.Bits, r.Daily),
		Busy:     r.Daily / m.places.All(), // what one machine has of a day's events
		Field:    from.Name + " + " + to.Name,
		Value:    from.Text + " + " + to.Text,
		Hash:     sketch.Mix(from.Hash, to.Hash),
		Seen:     seen,
		Expected: "by chance calls are as even in one of " + odds(v.Bits) + " such pairs",
		Tactic:   feature.CommandControl,
		Side:     feature.Moment,
		Entities: []incident.Entity{from, to},
	}
}

// Learn counts what the row taken last showed.
func (m *Model) Learn(_ *sequence.Row, held bool) {
	if held {
		m.learn(dim)
		return
	}
	m.learn(1)
}

// odds says in how many cases the like comes by chance; beyond a billion nobody reads the digits, and no model is that exact.
func odds(bits float32) string {
	const surest = 30
	if bits > surest {
		return "more than a billion"
	}
	return incident.Count(sketch.Exp2(bits))
}
