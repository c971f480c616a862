package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
)

// Findings and incidents are few: they go as JSON, a row a line.

type findingRow struct {
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
	Expires  string        `json:"expires"`
}

type evidenceRow struct {
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
}

func (s *Store) findings(b *detect.Batch, w *bytes.Buffer) (insert, error) {
	in := insert{table: "findings", format: "JSONEachRow", columns: []string{
		"id", "site", "premises", "time", "received", "epoch", "seq", "kafka_offset", "kafka_row", "model", "score",
		"field", "value", "expected", "seen", "reason", "tactic", "incident", "expires",
	}}
	out := json.NewEncoder(w)
	for i := range b.Sites {
		for _, f := range b.Sites[i].Findings {
			row := findingRow{
				ID: f.ID, Site: f.Site, Premises: f.Premises, Time: stamp(f.Time), Received: stamp(f.Received), Epoch: f.Epoch, Seq: f.Seq,
				KafkaOffset: uint64(f.Offset), KafkaRow: f.Row, Model: f.Model, Score: f.Score, Field: f.Field, Value: f.Value,
				Expected: f.Expected, Seen: f.Seen, Reason: f.Reason, Tactic: f.Tactic, Incident: f.Incident, Expires: s.expires(f.Received),
			}
			if err := out.Encode(&row); err != nil {
				return in, fmt.Errorf("encoding finding %s: %w", f.ID, err)
			}
			in.rows++
		}
	}
	in.body = w.Bytes()
	return in, nil
}

func (s *Store) incidents(b *detect.Batch, w *bytes.Buffer) (insert, error) {
	in := insert{table: "incident_versions", format: "JSONEachRow", columns: []string{
		"id", "site", "premises", "number", "first", "last", "raised", "title", "severity", "score",
		"entities", "reasons", "tactics", "next_step", "findings", "evidence", "expires",
	}}
	out := json.NewEncoder(w)
	for i := range b.Sites {
		for _, v := range b.Sites[i].Incidents {
			row := incidentRow{
				ID: v.ID, Site: v.Site, Premises: v.Premises, Number: v.Number, First: stamp(v.First), Last: stamp(v.Last), Raised: stamp(v.Raised),
				Title: v.Title, Severity: v.Severity, Score: v.Score, Entities: orEmpty(v.Entities), Reasons: orEmpty(v.Reasons),
				Tactics: orEmpty(v.Tactics), NextStep: v.NextStep, Findings: v.Findings, Evidence: evidence(v.Evidence), Expires: s.expires(received(&b.Sites[i])),
			}
			if err := out.Encode(&row); err != nil {
				return in, fmt.Errorf("encoding incident %s: %w", v.ID, err)
			}
			in.rows++
		}
	}
	in.body = w.Bytes()
	return in, nil
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

// expires is the day on which findings and incidents of something received at ns fall away.
func (s *Store) expires(ns int64) string {
	day := int64(never)
	if ns > 0 {
		day = min(dayOf(ns)+int64(s.cfg.FindingRetentionDays), never)
	}
	return time.Unix(day*24*3600, 0).UTC().Format(time.DateOnly)
}

// earliest is 1900-01-01, where ClickHouse's times begin: it would refuse the rows of a whole insert for one that is earlier by much.
const earliest = -2_208_988_800_000_000_000

// stamp writes nanoseconds since 1970 as ClickHouse reads them.
func stamp(ns int64) string {
	return time.Unix(0, max(ns, earliest)).UTC().Format("2006-01-02 15:04:05.000000000")
}
