package store

import (
	"encoding/json"
	"slices"
	"time"

	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
)

// Findings, incidents and ledger entries are few: they go as JSON, a row a line.

type findingRow struct {
	Run         string  `json:"run"`
	ID          string  `json:"id"`
	Site        string  `json:"site"`
	Premises    string  `json:"premises"`
	Time        string  `json:"time"`
	Received    string  `json:"received"`
	Epoch       string  `json:"epoch"`
	Seq         uint64  `json:"seq"`
	KafkaOffset uint64  `json:"kafka_offset"`
	KafkaRow    uint32  `json:"kafka_row"`
	Model       string  `json:"model"`
	Score       float32 `json:"score"`
	Field       string  `json:"field"`
	Value       string  `json:"value"`
	Expected    string  `json:"expected"`
	Seen        string  `json:"seen"`
	Reason      string  `json:"reason"`
	Tactic      string  `json:"tactic"`
	Incident    string  `json:"incident"`
	Expires     string  `json:"expires"`
}

type incidentRow struct {
	Run      string        `json:"run"`
	ID       string        `json:"id"`
	Site     string        `json:"site"`
	Premises string        `json:"premises"`
	Number   uint32        `json:"number"`
	First    string        `json:"first"`
	Last     string        `json:"last"`
	Raised   string        `json:"raised"`
	Title    string        `json:"title"`
	Severity string        `json:"severity"`
	Score    float32       `json:"score"`
	Entities []string      `json:"entities"`
	Reasons  []string      `json:"reasons"`
	Tactics  []string      `json:"tactics"`
	NextStep string        `json:"next_step"`
	Findings uint32        `json:"findings"`
	Evidence []evidenceRow `json:"evidence"`
	Scope    string        `json:"scope"`
	Expires  string        `json:"expires"`
}

type evidenceRow struct {
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
}

// A ledgerRow's times are when what it counts began and ended.
type ledgerRow struct {
	Site     string `json:"site"`
	Epoch    string `json:"epoch"`
	Input    string `json:"input"`
	Kind     string `json:"kind"`
	Reason   string `json:"reason"`
	Time     string `json:"time"`
	Received string `json:"received"`
	Seq      uint64 `json:"seq"`
	Rows     uint64 `json:"rows"`
	Bytes    uint64 `json:"bytes"`
	Expires  string `json:"expires"`
}

type verdictRow struct {
	Site        string   `json:"site"`
	Incident    string   `json:"incident"`
	Verdict     string   `json:"verdict"`
	Note        string   `json:"note"`
	Author      string   `json:"author"`
	Time        string   `json:"time"`
	KafkaOffset uint64   `json:"kafka_offset"`
	Entities    []string `json:"entities"`
	Reasons     []string `json:"reasons"`
	Scope       string   `json:"scope"`
	Until       string   `json:"until"`
	HeldFrom    uint64   `json:"held_from"`
}

type stateRow struct {
	Site        string `json:"site"`
	Time        string `json:"time"`
	KafkaOffset uint64 `json:"kafka_offset"`
	Model       uint64 `json:"model"`
	Packed      []byte `json:"packed"`
	Expires     string `json:"expires"`
}

type lessonRow struct {
	Site    string `json:"site"`
	Day     string `json:"day"`
	Source  string `json:"source"`
	Events  uint64 `json:"events"`
	Taught  uint64 `json:"taught"`
	Expires string `json:"expires"`
}

func (s *Store) findings(b *detect.Batch, run string) *rows {
	out := &rows{table: "findings", columns: []string{
		"run", "id", "site", "premises", "time", "received", "epoch", "seq", "kafka_offset", "kafka_row", "model", "score",
		"field", "value", "expected", "seen", "reason", "tactic", "incident", "expires",
	}}
	for i := range b.Sites {
		o := &b.Sites[i]
		for _, f := range o.Findings {
			at := near(f.Received, o.Findings[0].Received)
			out.add(o.Site, &findingRow{
				Run: run, ID: f.ID, Site: f.Site, Premises: f.Premises, Time: stamp(f.Time), Received: stamp(at), Epoch: f.Epoch, Seq: f.Seq,
				KafkaOffset: uint64(f.Offset), KafkaRow: f.Row, Model: f.Model, Score: f.Score, Field: f.Field, Value: f.Value,
				Expected: f.Expected, Seen: f.Seen, Reason: f.Reason, Tactic: f.Tactic, Incident: f.Incident, Expires: s.expires(at),
			})
		}
	}
	return out
}

func (s *Store) incidents(b *detect.Batch, run string) *rows {
	out := &rows{table: "incident_versions", columns: []string{
		"run", "id", "site", "premises", "number", "first", "last", "raised", "title", "severity", "score",
		"entities", "reasons", "tactics", "next_step", "findings", "evidence", "scope", "expires",
	}}
	for i := range b.Sites {
		o := &b.Sites[i]
		for _, v := range o.Incidents {
			out.add(o.Site, &incidentRow{
				Run: run, ID: v.ID, Site: v.Site, Premises: v.Premises, Number: v.Number, First: stamp(v.First), Last: stamp(v.Last), Raised: stamp(v.Raised),
				Title: v.Title, Severity: v.Severity, Score: v.Score, Entities: orEmpty(v.Entities), Reasons: orEmpty(v.Reasons),
				Tactics: orEmpty(v.Tactics), NextStep: v.NextStep, Findings: v.Findings, Evidence: evidence(v.Evidence), Scope: scope(&v.Scope),
				Expires: s.expires(received(o)),
			})
		}
	}
	return out
}

func (s *Store) ledger(b *detect.Batch) *rows {
	out := &rows{table: "ingest_ledger", columns: []string{
		"site", "epoch", "input", "kind", "reason", "time", "received", "seq", "rows", "bytes", "expires",
	}}
	for i := range b.Sites {
		o := &b.Sites[i]
		for _, l := range o.Ledger {
			last := near(l.Last, o.Ledger[0].Last)
			out.add(o.Site, &ledgerRow{
				Site: o.Site, Epoch: l.Epoch, Input: l.Input, Kind: string(l.Kind), Reason: l.Reason, Time: stamp(l.First), Received: stamp(last),
				Seq: l.Seq, Rows: l.Rows, Bytes: l.Bytes, Expires: s.expires(last),
			})
		}
	}
	return out
}

func (*Store) verdicts(b *detect.Batch) *rows {
	out := &rows{table: "verdicts", columns: []string{"site", "incident", "verdict", "note", "author", "time", "kafka_offset", "entities", "reasons", "scope", "until", "held_from"}}
	for i := range b.Sites {
		o := &b.Sites[i]
		for _, v := range o.Verdicts {
			out.add(o.Site, &verdictRow{
				Site: o.Site, Incident: v.Incident, Verdict: v.Verdict, Note: v.Note, Author: v.Author, Time: stamp(v.Time), KafkaOffset: uint64(v.Offset),
				Entities: orEmpty(v.Scope.Entities), Reasons: fields(&v.Scope), Scope: scope(&v.Scope), Until: stamp(v.Until), HeldFrom: uint64(v.At),
			})
		}
	}
	return out
}

// states are large: each is an insert of its own.
func (s *Store) states(b *detect.Batch) *rows {
	out := &rows{table: "states", columns: []string{"site", "time", "kafka_offset", "model", "packed", "expires"}, most: 1}
	for i := range b.Sites {
		o := &b.Sites[i]
		if k := o.Kept; k != nil {
			out.add(o.Site, &stateRow{
				Site: o.Site, Time: stamp(k.Time), KafkaOffset: uint64(k.Offset), Model: k.Model, Packed: k.Snapshot,
				Expires: expiry(received(o), min(stateDays, s.cfg.days(o.Site))),
			})
		}
	}
	return out
}

// lessons name addresses and hosts: they fall away with the events.
func (s *Store) lessons(b *detect.Batch) *rows {
	out := &rows{table: "lessons", columns: []string{"site", "day", "source", "events", "taught", "expires"}}
	for i := range b.Sites {
		o := &b.Sites[i]
		for _, l := range o.Lessons {
			out.add(o.Site, &lessonRow{
				Site: o.Site, Day: time.Unix(l.Day*24*3600, 0).UTC().Format(time.DateOnly), Source: l.Source, Events: l.Events, Taught: l.Taught,
				Expires: expiry(received(o), s.cfg.days(o.Site)),
			})
		}
	}
	return out
}

// fields names what a scope is about.
func fields(c *incident.Scope) []string {
	out := make([]string, len(c.Reasons))
	for i := range c.Reasons {
		out[i] = c.Reasons[i].Field
	}
	return out
}

// scope writes a scope for Scope to read; one that says nothing is empty.
func scope(c *incident.Scope) string {
	if len(c.Reasons) == 0 {
		return ""
	}
	text, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return string(text)
}

// near keeps a time within 400 days of another: a month makes a part of its own, and the rows of one site and batch are of two at most, unless
// somebody made them up.
func near(ns, other int64) int64 {
	low, high := around(other, 400)
	return min(max(ns, low), high)
}

func evidence(rows []incident.Row) []evidenceRow {
	out := make([]evidenceRow, len(rows))
	for i, r := range rows {
		out[i] = evidenceRow(r)
	}
	return out
}

func orEmpty(v []string) []string {
	if v == nil {
		return []string{}
	}
	return v
}

// received is when the last event of a site's part of the batch was received, or the last finding where the events are written apart.
func received(o *detect.Output) int64 {
	for _, m := range slices.Backward(o.Messages) {
		if n := m.Events.Rows(); n > 0 {
			return m.Events.Time(event.Received, n-1)
		}
	}
	if n := len(o.Findings); n > 0 {
		return o.Findings[n-1].Received
	}
	return 0
}

// stateDays is how long states are kept, where the events that they were learned from are: they hold names and addresses.
const stateDays = 14

// expires is the day on which findings and incidents of something received at ns fall away.
func (s *Store) expires(ns int64) string { return expiry(ns, s.cfg.FindingRetentionDays) }

// expiry is the day on which something received at ns falls away that is kept for so many days.
func expiry(ns int64, days int) string {
	day := int64(never)
	if ns > 0 {
		day = min(dayOf(ns)+int64(days), never)
	}
	return time.Unix(day*24*3600, 0).UTC().Format(time.DateOnly)
}

// earliest is 1900-01-01, where ClickHouse's times begin: it would refuse the rows of a whole insert for one that is earlier by much.
const earliest = -2_208_988_800_000_000_000

// stamp writes nanoseconds since 1970 as ClickHouse reads them.
func stamp(ns int64) string {
	return time.Unix(0, max(ns, earliest)).UTC().Format("2006-01-02 15:04:05.000000000")
}
