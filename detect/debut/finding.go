package debut

import (
	"cmp"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "debut" }

// Begin does nothing: what the model asks of a batch is there or not row by row.
func (m *Model) Begin(*event.Batch) {}

// Take takes up a row that goes to a place outside or asks for a domain, and tells of that. What was refused did not get there.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	m.taken = 0
	c := Case{From: r.Values[feature.SourceInside].Hash, Now: r.Now}
	field := feature.DNSName
	if c.Place = r.Values[field].Hash; c.Place == 0 {
		field = feature.DestinationOutside
		c.Place = r.Values[field].Hash
	}
	if c.Place == 0 || c.From == 0 || r.Refused() || field == feature.DNSName && r.Uint(event.SourcePort) == answering {
		return nil
	}
	if c.New = r.Counts.Get(c.Place) == 0; field == feature.DNSName {
		c.Service = domains
	} else {
		c.Service, c.Named = r.Values[feature.DestinationPort].Hash, m.named(r)
		c.Bytes, c.Call = r.Batch.Uint(event.SourceBytes, r.Index)
	}
	v := m.Count(&c)
	if r.Learning || !m.trials.Tells(v.Bits) {
		return nil
	}
	return m.tell(r, field, &v)
}

// answering is the port from which names are answered: the one who asked came before.
const answering = 53

// domains is the service of a place that is a domain.
const domains = 2

// named reports whether a row says a domain of the place that it goes to which somebody asked for before today.
func (m *Model) named(r *sequence.Row) bool {
	name := cmp.Or(r.Text(event.TLSServerName), r.Text(event.URLDomain))
	if name == "" {
		return false
	}
	domain := feature.DomainHash(m.key, name)
	return m.places.Known(domain) == nil && r.Counts.Get(domain) > 0
}

// tell says what a new place came to. Where many came nobody did it; else the one who did so last is of it.
func (m *Model) tell(r *sequence.Row, field int, v *Verdict) *sequence.Finding {
	to := r.Entity(m.layout, field)
	much := say(v.What, field, v.Much)
	f := &sequence.Finding{
		Kind:     v.What,
		Bits:     m.trials.Worth(v.Bits, r.Daily),
		Busy:     1,
		Field:    to.Name,
		Value:    much,
		Hash:     sketch.Mix(to.Hash, uint64(v.What)),
		Seen:     to.Text + ", which is new here, was " + much + " within a day",
		Expected: "nine in ten of new places are " + say(v.What, field, v.Usual) + " at most",
		Tactic:   feature.CommandControl,
		Side:     feature.Peer,
		Entities: []incident.Entity{to},
	}
	if v.What == machines {
		return f
	}
	switch v.What {
	case kib:
		f.Tactic = feature.Exfiltration // and where to is what counts: how much of one's own that is tells excess
	case calls:
		f.Side = feature.Volume
	}
	for _, field := range [...]int{feature.SourceInside, feature.User} {
		if r.Values[field].Hash != 0 {
			f.Entities = append(f.Entities, r.Entity(m.layout, field))
		}
	}
	return f
}

// say writes an amount of a measure, of an address or of a domain.
func say(what, field int, n uint32) string {
	did := "called"
	if field == feature.DNSName {
		did = "asked for"
	}
	switch {
	case what == kib:
		return "sent " + feature.Size(float64(n)*1024)
	case what == calls:
		return did + " " + incident.Times(float32(n))
	case field != feature.DNSName:
		did = "met"
	}
	if n == 1 {
		return did + " by one machine"
	}
	return did + " by " + incident.Count(float32(n)) + " machines"
}

// Learn remembers of which place the row is held.
func (m *Model) Learn(_ *sequence.Row, held bool) {
	if s := m.places.Known(m.taken); held && m.taken != 0 && s != nil {
		s.Thing.held = true
	}
}
