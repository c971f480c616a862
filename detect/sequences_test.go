package detect

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect/feature"
	"frontfoot/detect/incident"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/detect/verdict"
	"frontfoot/ingest/event"
)

// every is a model that finds something in each so many-th row.
type every struct {
	n, rows, held uint64
	begun         int
	at            *sequence.Place // of what it finds, nil for the row itself
	who           int             // field that names who did it, where it is not 10.0.0.5
}

func (m *every) Name() string             { return "every" }
func (m *every) Begin(*event.Batch)       { m.begun++ }
func (m *every) Bytes() int               { return 24 }
func (m *every) Encode(e *sketch.Encoder) { e.Uint(m.rows) }

func (m *every) Decode(d *sketch.Decoder) error {
	m.rows = d.Uint()
	return d.Err()
}

func (m *every) Learn(_ *sequence.Row, held bool) {
	if held {
		m.held++
	}
}

func (m *every) Take(r *sequence.Row) *sequence.Finding {
	if m.rows++; m.rows%m.n != 0 {
		return nil
	}
	f := &sequence.Finding{
		Kind: 3, Bits: 60, Field: "source.ip", Value: "many", Hash: 77, Seen: r.Text(event.SourceIP) + " came often", Expected: "seldom is usual",
		Tactic: feature.Discovery, Side: feature.Volume,
		Entities: []incident.Entity{{Hash: 5, Name: "source.ip", Text: "10.0.0.5", Actor: true}}, Place: m.at,
	}
	if m.who > 0 {
		f.Entities[0].Hash = r.Values[m.who].Hash
	}
	return f
}

// counting is a site past its learning with such a model alone.
func counting(n uint64) (*Site, *every) {
	cfg := DefaultConfig()
	cfg.LearnFor, cfg.LearnEvents = 0, 0
	s, m := NewSite("testham", ScoreKey(), cfg), &every{n: n}
	s.sequences = sequences{m}
	return s, m
}

// TestSequenceFinding checks that what a model finds over rows is a finding with its own name and words, and an incident whose evidence is the
// row that completed it, and that nobody hears of it once people have said that it is benign.
func TestSequenceFinding(t *testing.T) {
	s, m := counting(500)
	var out Output
	s.Process(Message{Epoch: "e", Events: visits(501, "10.0.0.5", nil)}, &out)
	if len(out.Incidents) != 1 {
		t.Fatalf("%d incidents, want 1", len(out.Incidents))
	}
	v := out.Incidents[0]
	if len(v.Evidence) != 1 || v.Evidence[0].Seq != 499 || !strings.Contains(v.Title, "10.0.0.19 came often") || v.Tactics[0] != "TA0007" {
		t.Errorf("%q with evidence %v and tactics %v", v.Title, v.Evidence, v.Tactics)
	}
	var own []incident.Finding
	for _, f := range out.Findings {
		if f.Model == "every" {
			own = append(own, f)
		}
	}
	if len(own) != 1 || own[0].ID != findingID("testham", "every", "e", 499) || own[0].Incident != v.ID || own[0].Reason != "10.0.0.19 came often (seldom is usual)" {
		t.Errorf("findings %+v", own)
	}
	if m.begun != 1 || m.rows != 501 {
		t.Errorf("%d batches and %d rows", m.begun, m.rows)
	}
	s.Control(Control{Verdict: &Verdict{Incident: v.ID, Verdict: verdict.Benign, Scope: v.Scope}}, 1, 0, &out)
	out = Output{}
	s.Process(Message{Epoch: "e", Seq0: 501, Events: visits(499, "10.0.0.5", nil)}, &out)
	for _, f := range out.Findings {
		if f.Model == "every" {
			t.Errorf("told of what is benign: %s", f.Reason)
		}
	}
}

// TestBenignBesideNews checks that a count which is benign is not told again because something else is new about the row that completes it.
func TestBenignBesideNews(t *testing.T) {
	s, m := counting(500)
	m.who = feature.SourceInside
	var out Output
	s.Process(Message{Epoch: "e", Events: visits(500, "10.0.0.5", nil)}, &out)
	scope := incident.Scope{Entities: []string{"source.ip=10.0.0.5"}, Reasons: []incident.Reason{{Field: "source.ip", Values: []uint64{77}}}}
	s.Control(Control{Verdict: &Verdict{Incident: "a", Verdict: verdict.Benign, Scope: scope}}, 1, 0, &out)
	out = Output{}
	s.Process(Message{Epoch: "e", Seq0: 500, Events: visits(499, "10.0.0.5", map[int]string{498: "10.0.9.9"})}, &out)
	if m.rows != 1000 {
		t.Fatalf("%d rows, want the new one last", m.rows)
	}
	for _, f := range out.Findings {
		if f.Model == "every" {
			t.Errorf("told of what is benign: %s", f.Reason)
		}
	}
}

// TestToldLater checks that what is told of an earlier row has its time, place and name, and that its incident is raised when it is told.
func TestToldLater(t *testing.T) {
	s, m := counting(500)
	m.at = &sequence.Place{Epoch: "e", Seq: 7, Time: monday + 7, Received: monday + 8}
	var out Output
	s.Process(Message{Epoch: "e", Offset: 3, Events: visits(500, "10.0.0.5", nil)}, &out)
	if len(out.Incidents) != 1 || out.Incidents[0].First != monday+7 || out.Incidents[0].Raised != s.clock.now {
		t.Fatalf("%+v, want one that is raised at %d", out.Incidents, s.clock.now)
	}
	for _, f := range out.Findings {
		if f.Model == "every" && (f.Time != monday+7 || f.Received != monday+8 || f.Seq != 7 || f.Offset != 3 || f.Row != 499 || f.ID != findingID("testham", "every", "e", 7)) {
			t.Errorf("finding %+v", f)
		}
	}
}

// TestLongPremises checks that a name of premises that is longer than any does not make a snapshot that cannot be read.
func TestLongPremises(t *testing.T) {
	b := event.NewBuilder()
	for i := range 200 {
		b.SetTime(event.Time, monday+int64(i)*int64(time.Minute))
		b.SetString(event.Dataset, "linux.sshd")
		b.SetString(event.HostHostname, "srv1")
		b.SetString(event.UserName, fmt.Sprint("user", i))
		b.SetString(event.Premises, strings.Repeat("x", 3*maxPremises))
		b.End()
	}
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	var out Output
	s.Process(Message{Epoch: "e", Events: b.Batch()}, &out)
	if err := NewSite("testham", ScoreKey(), DefaultConfig()).Restore(s.Snapshot()); err != nil {
		t.Error(err)
	}
}

// TestModelTwice checks that a snapshot which has a model twice is refused: it would be read into one that knows something already.
func TestModelTwice(t *testing.T) {
	s, m := counting(1000)
	s.sequences = sequences{m, m}
	var own sketch.Encoder
	s.sequences.encode(&own)
	if err := s.sequences.decode(sketch.NewDecoder(own.Buf)); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("read: %v", err)
	}
}

// TestSequenceSnapshot checks that a model's state is kept under its name, that a snapshot of the models before is read, and one with a model
// that is not there is refused.
func TestSequenceSnapshot(t *testing.T) {
	s, m := counting(1000)
	var out Output
	s.Process(Message{Events: visits(100, "10.0.0.5", nil)}, &out)
	state := s.Snapshot()
	other, got := counting(1000)
	var own sketch.Encoder
	s.sequences.encode(&own)
	if err := other.sequences.decode(sketch.NewDecoder(own.Buf)); err != nil || got.rows != m.rows {
		t.Fatalf("%d rows, want %d, and %v", got.rows, m.rows, err)
	}
	if err := NewSite("testham", ScoreKey(), DefaultConfig()).Restore(state); !errors.Is(err, ErrSnapshot) || !strings.Contains(err.Error(), `"every"`) {
		t.Errorf("a model that is not there: %v", err)
	}
}

// TestSnapshotWithoutAModel checks that a snapshot from before there was a model is read, and that the model then knows nothing.
func TestSnapshotWithoutAModel(t *testing.T) {
	batches := councilWeek(t, 2, 2000, gen.Quiet)
	var y say
	before := NewSite("testham", ScoreKey(), DefaultConfig().Without(PartRefusal))
	y.feed(before, batches, 0)
	state := before.Snapshot()
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	if err := errors.Join(before.Restore(state), s.Restore(state)); err != nil { // what was restored has no room to grow
		t.Fatal(err)
	}
	if a, b := before.sequences.bytes(), s.sequences.bytes(); len(s.sequences) != len(before.sequences)+1 || b < a || b > a+1024 {
		t.Errorf("%d models of %d bytes restored from %d of %d", len(s.sequences), b, len(before.sequences), a)
	}
}

// TestBesideACount checks that what else is new about the row that completes a count stands beside it, held against how much the one who acts does, and that
// where the count is of somebody whom the row does not name nothing does.
func TestBesideACount(t *testing.T) {
	s, _ := counting(1 << 40)
	var out Output
	s.Process(Message{Epoch: "e", Events: visits(501, "10.0.0.5", map[int]string{500: "10.0.9.9"})}, &out)
	named := incident.Observation{Entities: []incident.Entity{{Hash: s.row.Values[feature.SourceInside].Hash}}}
	other := incident.Observation{Entities: []incident.Entity{{Hash: 5}}}
	s.beside(&named)
	s.beside(&other)
	if len(named.Kinds) == 0 || !strings.Contains(named.Kinds[0].What, "10.0.9.9") && !strings.Contains(named.Kinds[0].What, "9500") || named.Busy < 24 || named.Busy > 26 {
		t.Errorf("%d kinds of one with %.1f events a day: %+v", len(named.Kinds), named.Busy, named.Kinds)
	}
	if len(other.Kinds) > 0 || other.Busy > 0 {
		t.Errorf("%+v of nobody in the row", other.Kinds)
	}
}
