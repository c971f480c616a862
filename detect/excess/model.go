package excess

import (
	"cmp"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// The kinds of finding.
const (
	within  = iota // with a machine inside
	out            // with all that is outside
	in             // of one outside with us
	asked          // of one who asks a web server of ours
	page           // of all outside with a page of ours that takes something
	port           // of all outside with a port of ours
	login          // of all outside who are not let in at a machine of ours
	stopped        // of all outside who are stopped on their way to one address
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
	if r.Values[feature.SourceOutside].Hash == 0 {
		return found
	}
	if how, is := m.service(r, &c); is {
		found = cmp.Or(found, m.count(r, how, &c))
	}
	return found
}

func (m *Model) count(r *sequence.Row, how int, c *Case) *sequence.Finding {
	v := m.Count(c)
	if r.Learning || !m.trials.Tells(v.Bits) {
		return nil
	}
	return m.tell(r, how, c, &v)
}

// service fills in what all outside ask for together, and says what that is.
func (m *Model) service(r *sequence.Row, c *Case) (how int, is bool) {
	host := cmp.Or(r.Values[feature.DestinationInside].Hash, r.Values[feature.Host].Hash, r.Class)
	switch method := r.Values[feature.HTTPMethod].Text; {
	case host == 0: // there is nobody to name
		return 0, false
	case method != "" && method != "GET" && method != "HEAD":
		how, c.Who = page, m.key.Hash(host, r.Text(event.URLPath))
	case r.Values[feature.Probed].Hash != 0 && c.Bytes > sequence.Handshake && r.Values[feature.EventType].Text != "denied":
		how, c.Who = port, sketch.Mix(host, r.Values[feature.Probed].Hash)
	case r.Values[feature.User].Hash != 0 && r.Values[feature.Outcome].Text == "failure":
		how, c.Who, c.Bytes = login, host, 0
	case r.Values[feature.EventType].Text == "denied":
		how, c.Who, c.Bytes = stopped, cmp.Or(r.Values[feature.DestinationOutside].Hash, host), 0
	default:
		return 0, false
	}
	c.At, c.Long, c.Kind = outside, 0, sketch.Mix(r.Class, uint64(how))
	return how, true
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
	if source := r.Values[feature.SourceInside].Hash; source == 0 { // those outside are held against who comes to the same machine, or to some others at a large site
		c.Who, c.At, c.Bytes, c.Kind = r.Values[feature.SourceOutside].Hash, outside, got, sketch.Mix(r.Class, in|to%machines<<8)
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

// machines is how many sorts of machines there are of which each has those who come from outside for itself: where answers are logged as connections of their own,
// every machine is one, and kinds are few.
const machines = 8

// outside stands for all that is outside.
const outside = 1

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
