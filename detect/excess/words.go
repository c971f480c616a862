package excess

import (
	"cmp"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// tell says how much somebody did. The one it was done with did nothing, and is
// only named in words.
func (m *Model) tell(r *sequence.Row, how int, c *Case, v *Verdict) *sequence.Finding {
	f := &sequence.Finding{
		Kind:   how,
		Bits:   m.trials.Worth(v.Bits, r.Daily),
		Busy:   float32(day) / float32(v.Window),
		Hash:   sketch.Mix(c.Who, c.At),
		Tactic: tactic(how),
		Side:   feature.Volume,
	}
	for _, field := range about(how) {
		if r.Values[field].Hash != 0 {
			f.Entities = append(f.Entities, r.Entity(m.layout, field))
		}
	}
	f.Field = f.Entities[0].Name
	much, usual, span := say(v.What, v.Much), say(v.What, v.Usual), sequence.Span(v.Window)
	f.Value = much + " within " + span
	f.Seen = m.did(r, how, v.What, f.Entities[0].Text, much) + " within " + span
	switch {
	case v.Fresh:
		f.Expected = "nine in ten of those new here come to no more than " + usual + " in " + span
	case v.Usual == 0:
		f.Expected = "nothing in " + span + " in the last two weeks"
	default:
		f.Expected = "at most " + usual + " in " + span + " in the last two weeks"
	}
	return f
}

func tactic(how int) feature.Hint {
	switch how {
	case within:
		return feature.LateralMovement
	case out:
		return feature.Exfiltration
	case asked:
		return feature.Collection
	case page, login:
		return feature.CredentialAccess
	case stopped: // a flood and a search look alike
		return ""
	}
	return feature.InitialAccess
}

// about returns the fields of those a finding is about: those who act, or what all come to.
func about(how int) []int {
	switch how {
	case stopped:
		return []int{feature.DestinationInside, feature.DestinationOutside, feature.Host, feature.Dataset}
	case page, port, login:
		return []int{feature.DestinationInside, feature.Host, feature.Dataset}
	}
	return []int{feature.SourceInside, feature.SourceOutside, feature.User}
}

// did says who did what, and how much of it; name is of the first that it is about.
func (m *Model) did(r *sequence.Row, how, what int, name, much string) string {
	to := cmp.Or(m.name(r, feature.DestinationInside), m.name(r, feature.Host))
	asked := " was asked from outside "
	if what == kib {
		asked = " gave to places outside "
	}
	switch how {
	case page:
		return name + feature.Clip(r.Text(event.URLPath)) + asked + much
	case port:
		return "port " + m.name(r, feature.Probed) + " of " + name + asked + much
	case stopped:
		return "what came from outside for " + name + " was stopped " + much
	case login:
		return "logins at " + name + " were refused from outside " + much
	}
	return name + " " + one(how, what, to, much)
}

// name is what a field of a row names, "" for nothing.
func (m *Model) name(r *sequence.Row, field int) string {
	return m.layout.Fields[field].Format(r.Values[field])
}

// say writes an amount of a quantity.
func say(what int, n float32) string {
	switch what {
	case kib:
		return feature.Size(float64(n))
	case longest:
		return incident.Span(time.Duration(n) * time.Second)
	}
	return incident.Times(n)
}

// one says what one who acts did.
func one(how, what int, to, much string) string {
	switch {
	case what == longest && how == out:
		return "held a connection to a place outside for " + much
	case what == longest && how == in:
		return "held a connection for " + much
	case what == longest:
		return "held a connection to " + to + " for " + much
	case how == within && what == kib, how == asked && what == kib:
		return "downloaded " + much + " from " + to
	case how == asked:
		return "asked " + to + " " + much
	case how == within:
		return "came to " + to + " " + much
	case how == out && what == kib:
		return "sent " + much + " to places outside"
	case how == out:
		return "called places outside " + much
	case what == kib:
		return "was sent " + much
	}
	return "came " + much
}
