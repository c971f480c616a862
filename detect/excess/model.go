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

// The kinds of finding.
const (
	within = iota // with a machine inside
	out           // with all that is outside
	in            // of one outside with us
	asked         // of one who asks a web server of ours
	crowd         // of all outside with one service of ours
)

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "excess" }

// Begin makes the model ready for the rows of b.
func (m *Model) Begin(b *event.Batch) {
	m.sized = b.Filled(event.SourceBytes) || b.Filled(event.DestinationBytes)
	m.web = b.Filled(event.HTTPStatus)
}

// Take takes up a row that is a connection whose size is known, or a request that a web server answered. What was refused is none.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	m.taken = m.taken[:0]
	c := Case{Now: r.Now, Long: r.Uint(event.EventDuration)}
	how, is := m.connection(r, &c)
	if !is {
		how, is = asked, m.web && m.request(r, &c)
	}
	var found *sequence.Finding
	if is && c.Who != 0 {
		found = m.count(r, how, &c)
	}
	if r.Values[feature.SourceOutside].Hash != 0 && m.service(r, &c) {
		found = cmp.Or(found, m.count(r, crowd, &c))
	}
	return found
}

func (m *Model) count(r *sequence.Row, how int, c *Case) *sequence.Finding {
	v := m.Count(c)
	if r.Learning || v.Bits < m.trials.Bar() {
		return nil
	}
	return m.tell(r, how, c, &v)
}

// service fills in what all outside ask for together: a port of ours, a page that takes something, or to be let in at a machine.
func (m *Model) service(r *sequence.Row, c *Case) bool {
	c.At, c.Long, c.Kind = outside, 0, sketch.Mix(r.Class, crowd)
	host := cmp.Or(r.Values[feature.DestinationInside].Hash, r.Values[feature.Host].Hash, r.Class)
	switch method := r.Values[feature.HTTPMethod].Text; {
	case method != "" && method != "GET" && method != "HEAD":
		c.Who = m.key.Hash(host, r.Text(event.URLPath))
	case r.Values[feature.Probed].Hash != 0 && c.Bytes > handshake && r.Values[feature.EventType].Text != "denied":
		c.Who = sketch.Mix(host, r.Values[feature.Probed].Hash)
	case r.Values[feature.User].Hash != 0 && r.Values[feature.Outcome].Text == "failure":
		c.Who, c.Bytes = sketch.Mix(host, host), 0
	default:
		return false
	}
	return true
}

// connection fills in who moved how much by a connection, and says with whom.
func (m *Model) connection(r *sequence.Row, c *Case) (how int, is bool) {
	if !m.sized || r.Values[feature.EventType].Text == "denied" {
		return 0, false
	}
	sent, is := r.Batch.Uint(event.SourceBytes, r.Index)
	got, too := r.Batch.Uint(event.DestinationBytes, r.Index)
	if !is && !too {
		return 0, false
	}
	to := r.Values[feature.DestinationInside].Hash
	if source := r.Values[feature.SourceInside].Hash; source == 0 { // those outside are held against who comes to the same machine
		c.Who, c.At, c.Bytes, c.Kind = r.Values[feature.SourceOutside].Hash, outside, got, sketch.Mix(r.Class, to^in)
		return in, true
	} else if c.Who = r.Values[feature.User].Hash; c.Who == 0 {
		c.Who = source
	}
	if to == 0 {
		c.At, c.Bytes, c.Kind = outside, sent, sketch.Mix(r.Class, out)
		return out, true
	}
	c.At, c.Bytes, c.Kind = to, got, sketch.Mix(r.Class, within)
	return within, true
}

// request fills in who asked a web server here for how much.
func (m *Model) request(r *sequence.Row, c *Case) bool {
	if status := r.Values[feature.HTTPStatus].Number; status == 0 || status >= 400 {
		return false
	}
	if c.At = r.Values[feature.DestinationInside].Hash; c.At == 0 {
		c.At = r.Values[feature.Host].Hash
	}
	who := feature.SourceInside
	if c.Who = r.Values[who].Hash; c.Who == 0 {
		who = feature.SourceOutside
		c.Who = r.Values[who].Hash
	}
	c.Bytes = max(r.Uint(event.HTTPBytes), r.Uint(event.NetworkBytes))
	c.Kind = sketch.Mix(r.Class, asked<<8|uint64(who))
	return c.At != 0 && r.Values[feature.DestinationOutside].Hash == 0
}

// handshake is the most bytes that come back, headers included, where nothing but a connection was made or refused.
const handshake = 256

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
		Tactic: [...]feature.Hint{within: feature.LateralMovement, out: feature.Exfiltration, in: feature.InitialAccess, asked: feature.Collection, crowd: feature.CredentialAccess}[how],
		Side:   feature.Volume,
	}
	for _, field := range about(how) {
		if r.Values[field].Hash != 0 {
			f.Entities = append(f.Entities, r.Entity(m.layout, field))
		}
	}
	f.Field = f.Entities[0].Name
	much, usual := say(v.What, v.Much), say(v.What, v.Usual)
	f.Value = much + " within " + sequence.Span(v.Window)
	f.Seen = m.who(r, how, f.Entities[0].Text) + " " + did(how, v.What, m.to(r), much) + " within " + sequence.Span(v.Window)
	f.Expected = usual + " in " + sequence.Span(v.Window) + " at most in two weeks"
	if v.Fresh {
		f.Expected = "one in ten of those new here comes to " + usual + " in " + sequence.Span(v.Window)
	}
	return f
}

// about returns the fields of those a finding is about: those who act, or what a crowd comes to.
func about(how int) []int {
	if how == crowd {
		return []int{feature.DestinationInside, feature.Host, feature.Dataset}
	}
	return []int{feature.SourceInside, feature.SourceOutside, feature.User}
}

func (m *Model) to(r *sequence.Row) string {
	for _, field := range [...]int{feature.DestinationInside, feature.Host} {
		if r.Values[field].Hash != 0 {
			return m.layout.Fields[field].Format(r.Values[field])
		}
	}
	return ""
}

func (m *Model) who(r *sequence.Row, how int, name string) string {
	switch {
	case how != crowd:
		return name
	case r.Values[feature.HTTPMethod].Hash != 0:
		return name + r.Text(event.URLPath)
	case r.Values[feature.Probed].Hash != 0:
		return "port " + m.layout.Fields[feature.Probed].Format(r.Values[feature.Probed]) + " of " + name
	}
	return "login at " + name
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

// did says what was done, and how much of it.
func did(how, what int, to, much string) string {
	switch {
	case what == longest && how == out:
		return "held a connection to a place outside for " + much
	case what == longest && how == in:
		return "held a connection for " + much
	case what == longest:
		return "held a connection to " + to + " for " + much
	case how == within && what == kib, how == asked && what == kib:
		return "drew " + much + " from " + to
	case how == asked:
		return "asked " + to + " " + much
	case how == within:
		return "came to " + to + " " + much
	case how == out && what == kib:
		return "sent " + much + " to places outside"
	case how == out:
		return "called places outside " + much
	case how == crowd && what == kib:
		return "gave " + much + " to places outside"
	case how == crowd:
		return "was asked from outside " + much
	case what == kib:
		return "was sent " + much
	}
	return "came " + much
}

// Learn remembers of whom it is held.
func (m *Model) Learn(_ *sequence.Row, held bool) {
	if !held {
		return
	}
	for _, key := range m.taken {
		if s := m.tallies.Known(key); s != nil {
			s.Thing.odd = 1<<windows - 1
		}
	}
}
