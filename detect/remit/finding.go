package remit

import (
	"strings"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

const (
	telling = 2 // bits from which a side is told
	changes = 1 // domain of hashes
)

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "remit" }

// Begin makes the model ready for the rows of b.
func (m *Model) Begin(b *event.Batch) {
	m.use = b.Filled(event.EventCategory) && b.Filled(event.UserName)
}

// Take takes up a row in which a named account changed something.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	m.taken = 0
	if !m.use || !changed(r) {
		return nil
	}
	who := r.Values[feature.User].Hash
	c := Case{Who: who, Deed: m.key.Hash(changes, sortOf(r)), Kind: r.Class, Known: r.Counts.Get(who), There: -1, Now: r.Now}
	for _, pair := range m.from {
		if key := m.layout.Key(pair, r.Row); key != 0 {
			c.There = r.Counts.Get(key)
		}
	}
	v := m.Change(&c)
	if r.Learning || !m.trials.Tells(v.Bits) {
		return nil
	}
	return m.tell(r, &v)
}

// changed reports whether a row tells that a named account changed what devices or accounts are set to.
func changed(r *sequence.Row) bool {
	if r.Values[feature.User].Hash == 0 {
		return false
	}
	switch r.Values[feature.EventType].Text {
	case "change", "creation", "deletion", "admin":
	default:
		return false
	}
	category := r.Text(event.EventCategory)
	return (category == "configuration" || category == "iam") && !r.Refused()
}

// sortOf is what sort of change it is: the source's word and number, and the first two words of what it says, which name what is done to what kind of thing where the others name the thing.
func sortOf(r *sequence.Row) string {
	return r.Values[feature.Action].Text + "\x00" + r.Text(event.EventCode) + "\x00" + begins(r.Message)
}

// begins is the first two words of a text.
func begins(text string) string {
	if first := strings.IndexByte(text, ' '); first >= 0 {
		if second := strings.IndexByte(text[first+1:], ' '); second >= 0 {
			return text[:first+1+second]
		}
	}
	return text
}

// tell says who changed what.
func (m *Model) tell(r *sequence.Row, v *Verdict) *sequence.Finding {
	by := r.Entity(m.layout, feature.User)
	what := feature.Clip(begins(r.Message))
	if what == "" {
		what = r.Entity(m.layout, feature.Action).Text
	}
	f := &sequence.Finding{
		Bits:     m.trials.Worth(v.Bits, r.Daily),
		Busy:     1,
		Field:    by.Name + " + event.action",
		Value:    by.Text + ", " + what,
		Hash:     sketch.Mix(by.Hash, r.Values[feature.Action].Hash),
		Seen:     by.Text + " changed settings or accounts (" + what + ")" + strange(v),
		Expected: "unlike " + incident.Count(v.Visits) + " earlier visits of those who do",
		Tactic:   feature.Persistence,
		Side:     feature.Rights,
		Entities: []incident.Entity{by},
	}
	for _, field := range [...]int{feature.SourceInside, feature.SourceOutside} {
		if r.Values[field].Hash != 0 {
			f.Entities = append(f.Entities, r.Entity(m.layout, field))
		}
	}
	return f
}

// strange says what is unusual about the visit.
func strange(v *Verdict) string {
	said := [sides]string{
		stranger: "an account that is hardly known here", novice: "which it hardly ever did", place: "from where it is hardly known", sort: "a change that is seldom made",
		moment: "at an unusual time of day",
	}
	var out strings.Builder
	for side, bits := range v.Sides {
		if bits >= telling {
			out.WriteString(", " + said[side])
		}
	}
	return out.String()
}

// Learn remembers whether the visit is held.
func (m *Model) Learn(_ *sequence.Row, held bool) {
	if !held || m.taken == 0 {
		return
	}
	if s := m.visits.Known(m.taken); s != nil {
		s.Thing.held = true
	}
}
