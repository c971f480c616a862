package detect

import (
	"fmt"
	"strings"
	"time"

	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
	"frontfoot/ingest/ledger"
)

const (
	identity     = "identity" // model of findings about who sends
	identityBits = 32         // their score
	identityKind = 1<<16 - 1  // feature of their stories
	maxClaim     = 64         // bytes of a claim that are told
	claimPause   = time.Hour  // between two findings about the same claim
)

// claims tells of events that say they are of another site. They are stored as this site's: who sends is decided by the credential. A message
// with such events is an alert, because it comes from a device that is set up wrongly or from somebody who tries.
func (s *Site) claims(m *Message, out *Output) {
	first, rows, what := -1, uint64(0), ""
	for row := range m.Events.Rows() {
		claim := m.Events.Text(event.ClaimedSite, row)
		if claim == "" || claim == s.name {
			continue
		}
		if rows++; first < 0 {
			first, what = row, strings.Clone(claim[:min(len(claim), maxClaim)])
		}
	}
	if first < 0 {
		return
	}
	what = strings.ToValidUTF8(what, "")
	at := m.Events.Time(event.Received, first)
	out.Ledger = append(out.Ledger, ledger.Entry{
		Kind: ledger.Claimed, Reason: "claims to be of site " + what, First: at, Last: at,
		Epoch: m.Epoch, Seq: m.Seq0 + uint64(first), Rows: rows,
	})
	a := &s.arrivals
	if a.claim == what && s.clock.now-a.claimed < int64(claimPause) {
		return
	}
	a.claim, a.claimed = what, s.clock.now
	s.alarm(m, first, what, out)
}

// alarm makes a finding of a claim, and outside learning an incident at once.
func (s *Site) alarm(m *Message, row int, claim string, out *Output) {
	f := incident.Finding{
		Site: s.name, Premises: strings.Clone(m.Events.Text(event.Premises, row)),
		Time: min(max(m.Events.Time(event.Time, row), 0), latest), Received: m.Events.Time(event.Received, row),
		Epoch: m.Epoch, Seq: m.Seq0 + uint64(row), Offset: m.Offset, Row: m.Row0 + uint32(row),
		Model: identity, Score: identityBits, Field: "frontfoot.site", Value: claim, Expected: s.name, Seen: claim,
		Reason: fmt.Sprintf("a message sent with the credential of %s says that it is of %s; it is stored as %s", s.name, claim, s.name),
	}
	f.ID = findingID(s.name, f.Model, f.Epoch, f.Seq)
	hash := s.key.Hash(identityKind, claim)
	o := &incident.Observation{
		Finding:  f,
		Entities: []incident.Entity{{Hash: hash, Name: "frontfoot.claimed_site", Text: claim}},
		Kinds: []incident.Kind{{
			Feature: identityKind, Name: "frontfoot.site", Bits: identityBits, Value: hash,
			What: "messages of " + s.name + " claim to be of " + claim, Expected: "a collector speaks for its own site alone",
		}},
		Daily: s.daily(), Learning: s.Learning(), Certain: true, Now: s.clock.now,
	}
	s.book.Mark(o, s.clock.now)
	s.tracker.Observe(o, &out.Incidents)
	out.Findings = append(out.Findings, o.Finding)
}
