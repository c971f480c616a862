package refusal

import (
	"fmt"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// The kinds of finding.
const (
	often   = iota // somebody is refused
	at             // all who try are, at one account
	entered        // somebody who was refused is let in
)

// manner is how it was refused.
type manner uint64

const (
	denied manner = iota + 1 // a firewall or a rule stopped it
	failed                   // the source says that it failed
	answer                   // a web server says so
)

// words are the hashes by which a refusal is known.
type words struct{ failure, success, denied uint64 }

func newWords(key sketch.Key) words {
	return words{
		failure: key.Hash(feature.Outcome+1, "failure"), success: key.Hash(feature.Outcome+1, "success"), denied: key.Hash(feature.EventType+1, "denied"),
	}
}

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "refusal" }

// Begin does nothing: what the model asks of a batch is there or not row by row.
func (m *Model) Begin(*event.Batch) {}

// Take takes up a row that says that somebody was refused, or was let in who was refused before.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	m.taken = m.taken[:0]
	var how manner
	switch outcome := r.Values[feature.Outcome].Hash; {
	case outcome == m.words.success:
		return m.enters(r)
	case outcome == m.words.failure:
		how = failed
	case r.Values[feature.EventType].Hash == m.words.denied:
		how = denied
	case outcome == 0 && r.Values[feature.HTTPStatus].Number >= 400:
		how = answer
	default:
		return nil
	}
	who := feature.SourceInside
	if r.Values[who].Hash == 0 {
		who = feature.SourceOutside
	}
	user := r.Values[feature.User].Hash
	var found *sequence.Finding
	if source := r.Values[who].Hash; source != 0 {
		c := Case{Who: source, At: m.target(r, how), Kind: kindOf(r.Class, how, who), Now: r.Now, Known: r.Learning}
		if v := m.Refuse(&c); !r.Learning && m.tells(&v) {
			if how == failed {
				m.hot.add(&suspect{who: source, class: r.Class, kind: c.Kind, until: m.trials.Now() + day, bits: v.Bits})
			}
			found = m.tell(r, often, who, how, &v)
		}
	}
	if how == failed && user != 0 {
		c := Case{Who: user, At: sketch.Mix(r.Values[who].Hash^1, r.Values[feature.Host].Hash^1), Kind: kindOf(r.Class, how, feature.User), Now: r.Now, Known: r.Learning}
		if v := m.Refuse(&c); !r.Learning && m.tells(&v) && found == nil {
			found = m.tell(r, at, feature.User, how, &v)
		}
	}
	return found
}

func account(user uint64) uint64 { return sketch.Mix(user, user) }

func (m *Model) tells(v *Verdict) bool { return m.trials.Tells(v.Bits) }

func kindOf(class uint64, how manner, who int) uint64 {
	return sketch.Mix(class, uint64(how)<<8|uint64(who))
}

// target is what was refused: an account where there is one, a path of the web, or a service at an address.
func (m *Model) target(r *sequence.Row, how manner) uint64 {
	if user := r.Values[feature.User].Hash; how == failed && user != 0 {
		return account(user)
	}
	if how == answer {
		if path := r.Text(event.URLPath); path != "" {
			return m.key.Hash(uint64(event.NumColumns), path)
		}
	}
	to := r.Values[feature.DestinationInside].Hash
	if to == 0 {
		to = r.Values[feature.DestinationOutside].Hash
	}
	return m.key.Number(to, r.Uint(event.DestinationPort))
}

// tell says how far somebody got.
func (m *Model) tell(r *sequence.Row, kind, who int, how manner, v *Verdict) *sequence.Finding {
	by := r.Entity(m.layout, who)
	times := incident.Times(v.Times)
	f := &sequence.Finding{
		Kind:     kind,
		Bits:     m.trials.Worth(v.Bits, r.Daily),
		Busy:     float32(day) / float32(v.Window),
		Field:    by.Name,
		Value:    times + " within " + sequence.Span(v.Window),
		Hash:     sketch.Mix(by.Hash, by.Hash),
		Seen:     fmt.Sprintf("%s was refused %s within %s, %s", by.Text, times, within(v), places(kind, how, v.Targets)),
		Expected: fmt.Sprintf("one in ten of the others comes to %s in %s", incident.Count(v.Usual), sequence.Span(v.Window)),
		Tactic:   tactic(who, how),
		Side:     feature.Volume,
		Entities: []incident.Entity{by},
	}
	if kind == at {
		f.Seen = fmt.Sprintf("logins as %s were refused %s within %s, %s", by.Text, times, within(v), places(kind, how, v.Targets))
	}
	return f
}

func within(v *Verdict) string {
	if v.Since < v.Window {
		return incident.Span(v.Since)
	}
	return sequence.Span(v.Window)
}

func places(kind int, how manner, n float32) string {
	what := "place"
	switch {
	case kind == at:
		what = "source"
	case how == failed:
		what = "account"
	case how == answer:
		what = "page"
	}
	if n < 1.5 {
		return "at one " + what
	}
	return "at about " + incident.Count(n) + " " + what + "s"
}

func tactic(who int, how manner) feature.Hint {
	switch {
	case how == failed:
		return feature.CredentialAccess
	case who == feature.SourceInside:
		return feature.Discovery
	}
	return feature.Reconnaissance
}

// Learn remembers of whom it is held.
func (m *Model) Learn(_ *sequence.Row, held bool) {
	if !held {
		return
	}
	for _, key := range m.taken {
		if s := m.actors.Known(key); s != nil {
			s.Thing.odd = true
		}
	}
}
