package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/detect"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
)

// What is read back is what was written: the same rows under the same names, in the order of the log.
func TestReplay(t *testing.T) {
	s := open(t)
	first, second := scored(40, 1, "firewall"), scored(30, 2, "auth")
	second.Row0 = 5
	write(t, s, &detect.Batch{Token: "late", Sites: []detect.Output{{Site: "exeter", Messages: []detect.Scored{second}}}})
	write(t, s, &detect.Batch{Token: "early", Sites: []detect.Output{{Site: "exeter", Messages: []detect.Scored{first}}, {Site: "truro", Messages: []detect.Scored{scored(3, 1, "bare")}}}})
	read := func(from, to int64) (out []string) {
		t.Helper()
		err := s.Replay(t.Context(), "exeter", time.Unix(0, from), time.Unix(0, to), func(m *detect.Message) error {
			for row := range m.Events.Rows() {
				out = append(out, fmt.Sprintf("%s %d %d %d %s", m.Epoch, m.Seq0+uint64(row), m.Offset, m.Row0+uint32(row), m.Events.AppendJSON(nil, row)))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	want := []string{}
	for _, m := range []detect.Scored{first, second} {
		for row := range m.Events.Rows() {
			want = append(want, fmt.Sprintf("%s %d %d %d %s", m.Epoch, m.Seq0+uint64(row), m.Offset, m.Row0+uint32(row), m.Events.AppendJSON(nil, row)))
		}
	}
	if diff := cmp.Diff(read(t0, t0+day), want); diff != "" {
		t.Errorf("got against want:\n%s", diff)
	}
	if got := read(t0+5e9, t0+7e9); len(got) != 6 {
		t.Errorf("three seconds of two messages: got %d rows, want 6", len(got))
	}
}

// More than one stretch of the log is read in its order too, wherever its messages lie.
func TestReplayManyChunks(t *testing.T) {
	s := open(t)
	b := event.NewBuilder()
	const rows = 4000
	for i := range int64(rows) {
		b.SetTime(event.Time, t0+i)
		b.SetTime(event.Received, t0+i*1e6)
		b.End()
	}
	batch := &detect.Batch{Token: "x", Sites: []detect.Output{{Site: "exeter"}}}
	for offset := int64(39); offset >= 0; offset-- {
		m := detect.Message{Epoch: "e", Seq0: uint64(offset) * rows, Offset: offset, Events: b.Batch()}
		batch.Sites[0].Messages = append(batch.Sites[0].Messages, detect.Scored{Message: m, Scores: make([]float32, rows), Models: make([]detect.Model, rows)})
	}
	write(t, s, batch)
	next := uint64(0)
	err := s.Replay(t.Context(), "exeter", time.Time{}, time.Unix(0, t0+day), func(m *detect.Message) error {
		if m.Seq0 != next {
			return fmt.Errorf("got event %d, want %d", m.Seq0, next)
		}
		next += uint64(m.Events.Rows())
		return nil
	})
	if err != nil || next != 40*rows {
		t.Errorf("read %d events in order, %v; want %d", next, err, 40*rows)
	}
}

// The models find in the store's rows what they found in the log.
func TestReplayFindsTheSame(t *testing.T) {
	s := open(t)
	models := func() *detect.Site { return detect.NewSite("exeter", [16]byte{1}, detect.DefaultConfig()) }
	b := &detect.Batch{Token: "x", Sites: []detect.Output{{}}}
	site := models()
	for i := range 8 {
		m := scored(500, int64(i), []string{"firewall", "auth"}[i%2])
		m.Seq0 = uint64(i) * 500
		site.Process(m.Message, &b.Sites[0])
	}
	write(t, s, b)
	again := detect.Output{}
	site = models()
	err := s.Replay(t.Context(), "exeter", time.Time{}, time.Unix(0, t0+day), func(m *detect.Message) error {
		site.Process(*m, &again)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(again.Findings) == 0 {
		t.Fatal("there are no findings to compare")
	}
	if diff := cmp.Diff(again.Findings, b.Sites[0].Findings); diff != "" {
		t.Errorf("findings, got against want:\n%s", diff)
	}
}

func TestRun(t *testing.T) {
	s := open(t)
	finding := func(seq uint64) incident.Finding {
		return incident.Finding{ID: fmt.Sprint(seq), Site: "exeter", Time: t0, Received: t0, Epoch: "e", Seq: seq}
	}
	version := func(id string) incident.Version {
		return incident.Version{ // of an old log: its own times are long before its events were received
			ID: id, Site: "exeter", Number: 1, First: t0 - 400*day, Last: t0 - 400*day, Raised: t0 - 400*day, Evidence: []incident.Row{{Epoch: "e", Seq: 7}},
		}
	}
	b := event.NewBuilder()
	b.SetTime(event.Received, t0)
	b.End()
	events := []detect.Scored{{Message: detect.Message{Epoch: "e", Seq0: 7, Events: b.Batch()}, Scores: []float32{0}, Models: []detect.Model{0}}}
	write(t, s, &detect.Batch{Token: "a", Sites: []detect.Output{{
		Site: "exeter", Messages: events, Findings: []incident.Finding{finding(1), finding(2)}, Incidents: []incident.Version{version("a")},
	}}})
	again := &detect.Output{Site: "exeter", Findings: []incident.Finding{finding(2), finding(3), finding(4)}, Incidents: []incident.Version{version("a"), version("b")}}
	for range 2 {
		if err := s.WriteRun(t.Context(), "new", "new/0", again); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.RunRows(t.Context(), "exeter", "new"); err != nil || n != 5 {
		t.Errorf("the run has %d rows, %v; want 5", n, err)
	}
	got, err := s.CompareRun(t.Context(), "exeter", "new", time.Unix(0, t0), time.Unix(0, t0))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, []Comparison{{"findings", 2, 3, 1}, {"incidents", 1, 2, 1}}); diff != "" {
		t.Errorf("got against want:\n%s", diff)
	}
	if list, err := s.Incidents(t.Context(), IncidentFilter{}); err != nil || len(list) != 1 {
		t.Errorf("the list of incidents has %d, %v; want the live one alone", len(list), err)
	}
}
