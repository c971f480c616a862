package whereabouts

import (
	"strings"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// The kinds of finding.
const (
	nearby = iota // in another network, sooner than others
	abroad        // in a country that accounts do not come from
)

// The domains of hashes.
const (
	networks = iota + 1
	names
)

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "whereabouts" }

// Begin makes the model ready for the rows of b.
func (m *Model) Begin(b *event.Batch) {
	m.named = b.Filled(event.SourceCountry) || b.Filled(event.DestinationCountry)
}

// Take takes up a row that says in which country an address is, or where an account is.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	m.lesson = lesson{}
	from := r.Values[feature.SourceOutside].Text
	if m.named {
		m.note(from, r.Values[feature.SourceCountry].Text)
		m.note(r.Values[feature.DestinationOutside].Text, r.Values[feature.DestinationCountry].Text)
	}
	who := r.Values[feature.User].Hash
	switch {
	case who == 0 || !r.Admitted():
		return nil
	case r.Values[feature.SourceInside].Hash != 0:
		m.Inside(who, r.Now)
		return nil
	case from == "":
		return nil
	}
	c := Case{Who: who, Network: m.key.Hash(networks, prefix(from)), Kind: r.Class, Address: from, Now: r.Now}
	c.Country = m.atlas.find(c.Network)
	v := m.Arrive(&c)
	if r.Learning || !m.trials.Tells(v.Bits) {
		return nil
	}
	return m.tell(r, &c, &v)
}

// note remembers the country that a line says an address is in.
func (m *Model) note(address, name string) {
	if address != "" && name != "" && len(name) <= longestName {
		m.atlas.note(m.key.Hash(networks, prefix(address)), m.number(name))
	}
}

// number returns the number of a country, from 1. The last is that of many, and has no name.
func (m *Model) number(name string) uint8 {
	i := m.countries.Number(m.key.Hash(names, name))
	if c := m.countries.Of(i); c.name == "" && i < maxCountries-1 {
		c.name = string([]byte(name)) // the batch's memory is used anew
	}
	return uint8(i + 1)
}

// tell says where an account was, and where it is.
func (m *Model) tell(r *sequence.Row, c *Case, v *Verdict) *sequence.Finding {
	by := r.Entity(m.layout, feature.User)
	at := r.Entity(m.layout, feature.SourceOutside)
	f := &sequence.Finding{
		Kind:     nearby,
		Bits:     m.trials.Worth(v.Bits, r.Daily),
		Busy:     1,
		Field:    by.Name + " + " + at.Name,
		Value:    by.Text + ", " + at.Text,
		Hash:     sketch.Mix(by.Hash, c.Network),
		Seen:     by.Text + " came from " + m.say(at.Text, c.Country),
		Expected: expected(v),
		Tactic:   feature.InitialAccess,
		Side:     feature.Origin,
		Entities: []incident.Entity{by, at},
	}
	if v.Abroad > v.Rare {
		f.Kind = abroad
	}
	if v.After > 0 {
		f.Seen = by.Text + " was " + m.before(v) + " and " + incident.Span(v.After) + " later at " + m.say(at.Text, c.Country)
	}
	return f
}

// expected says how often others do what an account did.
func expected(v *Verdict) string {
	var all []string
	say := func(bits float32, what string) {
		if bits >= 1 {
			all = append(all, "one in "+incident.Count(sketch.Exp2(bits))+what)
		}
	}
	if v.First {
		say(v.Rare, " arrivals from outside is an account's first")
	} else {
		say(v.Rare, " arrivals from outside is from a network that is new to the account")
	}
	say(v.Abroad, " such networks is in such a country")
	if v.After > 0 {
		all = append(all, "nine in ten take more than "+incident.Span(v.Least)+" to get to a new network")
	}
	return strings.Join(all, ", ")
}

// before says where an account was.
func (m *Model) before(v *Verdict) string {
	if !v.Before.IsValid() {
		return "inside"
	}
	return "at " + m.say(v.Before.String(), v.Country)
}

// say writes an address with its country.
func (m *Model) say(address string, country uint8) string {
	if country == 0 || country == maxCountries {
		return address
	}
	return address + " (" + m.countries.Of(int(country-1)).name + ")"
}

// Learn counts an arrival among those of others.
func (m *Model) Learn(_ *sequence.Row, held bool) {
	if held {
		m.lesson.learn(dim)
	} else {
		m.lesson.learn(1)
	}
	m.lesson = lesson{}
}
