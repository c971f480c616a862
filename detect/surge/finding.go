package surge

import (
	"cmp"
	"fmt"
	"strings"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// The kinds of finding, which are kinds of series.
const (
	sort    = iota // what a kind of log says was done
	outside        // what those outside ask of a service of ours
	inside         // what those inside ask of it
)

// parts are the fields of which a sort of event is made, in the order in which they are named.
var parts = [...]int{feature.Action, feature.EventType, feature.Outcome, feature.HTTPStatus, feature.Process}

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "surge" }

// Begin does nothing: what the model asks of a batch is there or not row by row.
func (m *Model) Begin(*event.Batch) {}

// Take takes up a row.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	m.taken = m.taken[:0]
	m.pass(r.Now)
	m.all.n = more(m.all.n)
	if r.Class == 0 { // it is of no kind of log, so nobody could say what came
		return nil
	}
	name := r.Class
	for _, field := range parts {
		name = sketch.Mix(name^uint64(field), r.Values[field].Hash^1)
	}
	how, v := sort, m.Count(name, r.Now)
	if service, asked := m.service(r); service != 0 {
		if of := m.Count(service, r.Now); m.trials.Tells(of.Bits) { // the sort is told of another time
			how, name, v = asked, service, of
		}
	}
	if r.Learning || !m.trials.Tells(v.Bits) {
		return nil
	}
	m.tell(name, v.Bits)
	return m.words(r, how, name, &v)
}

// service returns the name of the service that the row's source asked for something, 0 where it asked for none.
func (m *Model) service(r *sequence.Row) (name uint64, how int) {
	if r.Values[feature.EventType].Text == "denied" {
		return 0, 0
	}
	switch {
	case r.Values[feature.SourceOutside].Hash != 0:
		how = outside
	case r.Values[feature.SourceInside].Hash != 0:
		how = inside
	default:
		return 0, 0
	}
	what := r.Values[asked(how)].Hash
	if method := r.Values[feature.HTTPMethod].Text; method != "" {
		what = r.Values[feature.HTTPMethod].Hash
		if method != "GET" && method != "HEAD" {
			what = m.key.Hash(what, r.Text(event.URLPath))
		}
	} else if r.Values[feature.User].Hash != 0 && r.Values[feature.Outcome].Text == "failure" {
		what = r.Values[feature.Outcome].Hash
	}
	host := cmp.Or(r.Values[feature.DestinationInside].Hash, r.Values[feature.Host].Hash)
	if host == 0 || what == 0 {
		return 0, 0
	}
	return sketch.Mix(sketch.Mix(r.Class^uint64(how), host), what), how
}

// words says what there was too much of. It came from many, so nobody acts in it.
func (m *Model) words(r *sequence.Row, how int, name uint64, v *Verdict) *sequence.Finding {
	f := &sequence.Finding{Kind: how, Bits: m.trials.Worth(v.Bits, r.Daily), Busy: 1, Hash: name, Side: feature.Volume, Tactic: tactic(r, how)}
	what := m.thing(r, how, f)
	f.Field = f.Entities[0].Name
	f.Value = incident.Times(float32(v.Much)) + " within a day"
	f.Seen = fmt.Sprintf("%s came %s within a day", what, incident.Times(float32(v.Much)))
	if v.Days > 1 {
		f.Seen += fmt.Sprintf(", on the last of %d days with more than usual", v.Days)
	}
	f.Expected = "at most " + incident.Count(float32(v.Usual)) + " in a day in the two weeks before"
	return f
}

// thing says what came, and of what the finding is.
func (m *Model) thing(r *sequence.Row, how int, f *sequence.Finding) string {
	if how == sort {
		f.Entities = append(f.Entities, r.Entity(m.layout, feature.Dataset))
		var said []string
		for _, field := range parts {
			if x := &m.layout.Fields[field]; r.Values[field].Hash != 0 {
				said = append(said, x.Say+" "+x.Format(r.Values[field]))
			}
		}
		if len(said) == 0 {
			said = []string{"no action"}
		}
		return "events of " + f.Entities[0].Text + " with " + strings.Join(said, ", ")
	}
	for _, field := range [...]int{feature.DestinationInside, feature.Host} {
		if r.Values[field].Hash != 0 {
			f.Entities = append(f.Entities, r.Entity(m.layout, field))
		}
	}
	from := " from outside"
	if how == inside {
		from = " from inside"
	}
	name := f.Entities[0].Text
	switch method := r.Values[feature.HTTPMethod].Text; {
	case method == "GET" || method == "HEAD":
		return "requests to " + name + from
	case method != "":
		return method + " requests to " + name + feature.Clip(r.Text(event.URLPath)) + from
	case r.Values[feature.User].Hash != 0 && r.Values[feature.Outcome].Text == "failure":
		return "refused logins at " + name + from
	}
	return "connections to port " + m.layout.Fields[asked(how)].Format(r.Values[asked(how)]) + " of " + name + from
}

// asked is the field of the port that was asked for.
func asked(how int) int {
	if how == outside {
		return feature.Probed
	}
	return feature.DestinationPort
}

func tactic(r *sequence.Row, how int) feature.Hint {
	switch {
	case r.Values[feature.Outcome].Text == "failure":
		return feature.CredentialAccess
	case how == inside:
		return feature.Collection
	}
	return feature.InitialAccess
}

// Learn takes what is held out of what is learned.
func (m *Model) Learn(_ *sequence.Row, held bool) {
	if !held {
		return
	}
	for _, name := range m.taken {
		if s := m.series.Known(name); s != nil {
			s.Thing.held = min(more(s.Thing.held), s.Thing.n)
		}
	}
}
