package spelling

import (
	"fmt"
	"strings"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// The kinds of finding.
const (
	madeUp = iota // names of chance
	tunnel        // long names under one domain
)

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "spelling" }

// Begin makes the model ready for the rows of b.
func (m *Model) Begin(b *event.Batch) {
	m.use = m.use[:0]
	for _, c := range [...]event.Column{event.DNSQuestionName, event.TLSServerName, event.URLDomain} {
		if b.Filled(c) {
			m.use = append(m.use, c)
		}
	}
}

// Take takes up the name of a row, where it has one and somebody inside asked for it.
func (m *Model) Take(r *sequence.Row) *sequence.Finding {
	m.domain, m.sub = "", ""
	n, column := m.name(r)
	if n.Text == "" {
		return nil
	}
	m.Pass(r.Now)
	if r.Uint(event.SourcePort) == 53 && column == event.DNSQuestionName { // an answer
		if asker := r.Text(event.DestinationIP); asker != "" {
			n.Who = m.key.Hash(feature.SourceInside+1, asker)
			m.answer(r, &n)
		}
		return nil
	}
	if n.Who = r.Values[feature.SourceInside].Hash; n.Who == 0 {
		return nil
	}
	chance, carried := m.Ask(&n)
	switch {
	case carried.Fresh && carried.Bits >= chance.Bits:
		return m.tellTunnel(r, &n, &carried)
	case chance.Fresh:
		return m.tellMadeUp(r, &n, &chance)
	}
	return nil
}

// name is the first name of a row that is one.
func (m *Model) name(r *sequence.Row) (Name, event.Column) {
	for _, c := range m.use {
		text := r.Text(c)
		if text == "" {
			continue
		}
		text = strings.ToLower(strings.TrimSuffix(text, "."))
		last := text[strings.LastIndexByte(text, '.')+1:]
		if last == text || last == "" || last == "arpa" || last[0] < 'a' {
			continue // one label, an address, the name of an address
		}
		return Name{Text: text, Domain: feature.Registered(text), At: min(r.Time, r.Now)}, c
	}
	return Name{}, 0
}

func (m *Model) answer(r *sequence.Row, n *Name) {
	switch r.Text(event.DNSResponseCode) {
	case "NXDOMAIN":
		m.Answer(n, false)
	case "NOERROR":
		m.Answer(n, true)
	}
}

func (m *Model) tellMadeUp(r *sequence.Row, n *Name, v *Verdict) *sequence.Finding {
	f := m.tell(r, n, v)
	f.Kind, f.Tactic, f.Hash = madeUp, feature.CommandControl, sketch.Mix(n.Who, n.Who)
	f.Seen = fmt.Sprintf("%s asked for %s names that look made up, such as %s", f.Entities[0].Text, incident.Count(float32(v.Names)), f.Value)
	f.Expected = "of names new here, one in 64 is so odd"
	return f
}

func (m *Model) tellTunnel(r *sequence.Row, n *Name, v *Verdict) *sequence.Finding {
	f := m.tell(r, n, v)
	f.Kind, f.Tactic, f.Hash = tunnel, feature.Exfiltration, m.key.Hash(domainDomain, n.Domain)
	f.Value = clip(n.Domain)
	f.Seen = fmt.Sprintf("%s asked for %s different names under %s, which carried %s",
		f.Entities[0].Text, incident.Count(float32(v.Names)), f.Value, feature.Size(float64(v.Bytes)))
	f.Expected = "of names new here, one in 64 carries so much"
	return f
}

// tell says what is told of any bet.
func (m *Model) tell(r *sequence.Row, n *Name, v *Verdict) *sequence.Finding {
	return &sequence.Finding{
		Bits:     m.trials.Worth(v.Bits, r.Daily),
		Busy:     r.Daily / m.shared.All(), // what one machine has of a day's events
		Field:    "dns.question.name",
		Value:    clip(n.Text),
		Side:     feature.Naming,
		Entities: []incident.Entity{r.Entity(m.layout, feature.SourceInside)},
	}
}

// clip copies a name, cut to what a sentence can bear.
func clip(name string) string {
	const most = 80
	if len(name) > most {
		return strings.ToValidUTF8(name[:most], "") + "…"
	}
	return strings.Clone(name)
}

// Learn counts the row taken last.
func (m *Model) Learn(_ *sequence.Row, held bool) {
	if held {
		m.learn(dim)
		return
	}
	m.learn(1)
}
