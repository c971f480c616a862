package excess

import (
	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// The kinds of finding.
const (
	within = iota // with a machine inside
	out           // with all that is outside
	in            // of one outside with us
)

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "excess" }

// Begin makes the model ready for the rows of b.
func (m *Model) Begin(b *event.Batch) {
	m.sized = b.Filled(event.SourceBytes) || b.Filled(event.DestinationBytes)
}

// Take takes up a row that is a connection whose size is known. What was refused is none.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	if m.taken = nil; !m.sized || r.Values[feature.EventType].Text == "denied" {
		return nil
	}
	sent, is := r.Batch.Uint(event.SourceBytes, r.Index)
	got, too := r.Batch.Uint(event.DestinationBytes, r.Index)
	if !is && !too {
		return nil
	}
	c, how := Case{Now: r.Now, Bytes: got, Who: r.Values[feature.SourceOutside].Hash, At: outside}, in
	if source := r.Values[feature.SourceInside].Hash; source != 0 {
		c.Who, how = source, within
		if user := r.Values[feature.User].Hash; user != 0 {
			c.Who = user
		}
		if c.At = r.Values[feature.DestinationInside].Hash; c.At == 0 {
			c.At, c.Bytes, how = outside, sent, out
		}
	}
	if c.Who == 0 {
		return nil
	}
	c.Kind = sketch.Mix(r.Class, uint64(how))
	v := m.Count(&c)
	if r.Learning || v.Bits < m.trials.Bar() {
		return nil
	}
	return m.tell(r, how, &c, &v)
}

// outside stands for all that is outside.
const outside = 1

// tell says how much somebody did. The one it was done with did nothing, and is
// only named in words.
func (m *Model) tell(r *sequence.Row, how int, c *Case, v *Verdict) *sequence.Finding {
	f := &sequence.Finding{
		Kind:   how,
		Bits:   m.trials.Worth(v.Bits, r.Daily),
		Busy:   float32(day) / float32(v.Window),
		Hash:   sketch.Mix(c.Who, c.At),
		Tactic: [...]feature.Hint{within: feature.LateralMovement, out: feature.Exfiltration, in: feature.InitialAccess}[how],
		Side:   feature.Volume,
	}
	for _, field := range [...]int{feature.SourceInside, feature.SourceOutside, feature.User} {
		if r.Values[field].Hash != 0 {
			f.Entities = append(f.Entities, r.Entity(m.layout, field))
		}
	}
	f.Field = f.Entities[0].Name
	much, usual := incident.Times(float32(v.Times)), incident.Times(v.Usual)
	if v.Moved {
		much, usual = feature.Size(float64(v.Bytes)), feature.Size(float64(v.Usual))
	}
	f.Value = much + " within " + sequence.Span(v.Window)
	to := m.layout.Fields[feature.DestinationInside].Format(r.Values[feature.DestinationInside])
	f.Seen = f.Entities[0].Text + " " + did(how, v.Moved, to, much) + " within " + sequence.Span(v.Window)
	f.Expected = usual + " in " + sequence.Span(v.Window) + " at most in two weeks"
	if v.Fresh {
		f.Expected = "one in ten of those new here comes to " + usual + " in " + sequence.Span(v.Window)
	}
	return f
}

// did says what was done, and how much of it.
func did(how int, moved bool, to, much string) string {
	switch {
	case how == within && moved:
		return "drew " + much + " from " + to
	case how == within:
		return "came to " + to + " " + much
	case how == out && moved:
		return "sent " + much + " to places outside"
	case how == out:
		return "called places outside " + much
	case moved:
		return "was sent " + much
	}
	return "came " + much
}

// Learn remembers of whom it is held.
func (m *Model) Learn(_ *sequence.Row, held bool) {
	if held && m.taken != nil {
		m.taken.Thing.odd = 1<<windows - 1
	}
}
