package silence

import (
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/ingest/event"
)

// observers are the columns that may name the device that saw an event, the first that a row has.
var observers = [...]event.Column{event.ObserverHostname, event.ObserverName}

// Name is the model's, in findings and snapshots.
func (m *Model) Name() string { return "silence" }

// Begin makes the model ready for the rows of b.
func (m *Model) Begin(b *event.Batch) {
	m.observed, m.text = m.observed[:0], "" // which is the memory of the batch before
	for _, c := range observers {
		if b.Filled(c) {
			m.observed = append(m.observed, c)
		}
	}
}

// Take takes up a row, and tells of one that is silent.
func (m *Model) Take(r *sequence.Row) (f *sequence.Finding) {
	m.pass(r.Now)
	hash, name, column := m.wrote(r)
	if at := m.trials.Seconds(); at >= m.next {
		s, bits, silent := m.look(hash)
		if s != nil && !r.Learning {
			f = m.tell(r, s, bits, time.Duration(silent)*time.Second)
			s.told = true
		} else {
			m.next = at + pause
		}
	}
	m.taken = nil
	if hash == 0 {
		return f
	}
	s, fresh := m.hear(hash)
	if s == nil {
		return f
	}
	if fresh {
		s.name, s.column = feature.Clip(name), column
	}
	s.last.Move(&r.Place)
	return f
}

// wrote returns who wrote a row; a hash of 0 where it names nobody.
func (m *Model) wrote(r *sequence.Row) (hash uint64, name string, column uint8) {
	for _, c := range m.observed {
		if name = r.Text(c); name == "" {
			continue
		}
		if name != m.text || c != m.column {
			m.text, m.column, m.hash = name, c, m.key.Hash(uint64(event.NumColumns)+uint64(c), name)
		}
		return m.hash, name, uint8(c)
	}
	host := r.Values[feature.Host]
	return host.Hash, host.Text, uint8(event.HostHostname)
}

// tell says for how long a machine has been silent. It acts: what it did, it did after what was done to it.
func (m *Model) tell(r *sequence.Row, s *source, bits float32, silent time.Duration) *sequence.Finding {
	by := incident.Entity{Hash: s.hash, Name: event.Column(s.column).String(), Text: s.name, Actor: true}
	place := s.last
	expected := "a quarter of an hour"
	if top := s.top(); top > 0 {
		expected = incident.Span(longest(top))
	}
	return &sequence.Finding{
		Bits:     m.trials.Worth(bits, r.Daily),
		Field:    by.Name,
		Value:    by.Text,
		Hash:     s.hash,
		Seen:     by.Text + " has sent no logs for " + incident.Span(silent),
		Expected: "at most " + expected + " in the last two weeks",
		Tactic:   feature.Evasion,
		Busy:     1,
		Side:     feature.Volume,
		Entities: []incident.Entity{by},
		Place:    &place,
	}
}

// Learn remembers of whom it is held.
func (m *Model) Learn(_ *sequence.Row, held bool) {
	if held && m.taken != nil {
		m.taken.Thing.odd = true
	}
}
