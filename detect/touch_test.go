package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"frontfoot/detect/decoy"
	"frontfoot/detect/verdict"
	"frontfoot/ingest/event"
)

// visits is a log in which many machines speak to one server, and one of them at the given minutes to another address.
func visits(minutes int, who string, to map[int]string) *event.Batch {
	b := event.NewBuilder()
	add := func(minute int, from, dst string, port uint64) {
		b.SetTime(event.Time, monday+int64(minute)*int64(time.Minute))
		b.SetTime(event.Received, monday+int64(minute)*int64(time.Minute))
		b.SetString(event.Dataset, "firewall")
		b.SetString(event.SourceIP, from)
		b.SetString(event.DestinationIP, dst)
		b.SetUint(event.DestinationPort, port)
		b.End()
	}
	for i := range minutes {
		add(i, fmt.Sprint("10.0.0.", i%20), "10.0.1.1", 443)
		if dst := to[i]; dst != "" {
			add(i, who, dst, uint64(9000+i))
		}
	}
	return b.Batch()
}

// TestDecoy checks that the first touch is an incident at once, outside the budget and while the site learns, with what the one who touched did
// before and after, and that touches are told once an hour.
func TestDecoy(t *testing.T) {
	for _, c := range []struct {
		name           string
		decoys         decoy.Decoys
		learn          time.Duration
		to             map[int]string
		incidents      int
		findings, rows int // about the decoy; of evidence
	}{
		{
			"while it learns",
			decoy.Decoys{Addresses: []string{"10.0.9.9"}},
			24 * time.Hour,
			map[int]string{700: "10.0.9.9"},
			1, 1, 1,
		},
		{"nobody touches it", decoy.Decoys{Addresses: []string{"10.0.9.8"}}, 24 * time.Hour, map[int]string{700: "10.0.9.9"}, 0, 0, 0},
		{
			"before and after",
			decoy.Decoys{Addresses: []string{"10.0.9.9"}},
			10 * time.Hour,
			map[int]string{690: "10.0.7.7", 700: "10.0.9.9", 710: "10.0.8.8"},
			1, 1, 3,
		},
		{
			"again and again",
			decoy.Decoys{Addresses: []string{"10.0.9.9"}},
			24 * time.Hour,
			map[int]string{700: "10.0.9.9", 701: "10.0.9.9", 730: "10.0.9.9", 765: "10.0.9.9"},
			1, 2, 4,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := DefaultConfig()
			cfg.LearnFor, cfg.LearnEvents, cfg.IncidentsPerDay = c.learn, 100, 0
			s := NewSite("testham", ScoreKey(), cfg)
			var out Output
			s.Control(Control{Decoys: &Decoys{Decoys: c.decoys, Author: "ann"}}, 0, 0, &out)
			if v := out.Verdicts[0]; v.Verdict != "decoys" || v.Author != "ann" || !slices.Equal(v.Scope.Entities, []string{"address=" + c.decoys.Addresses[0]}) {
				t.Errorf("what is told of the decoys: %+v", v)
			}
			s.Process(Message{Events: visits(1000, "10.0.0.5", c.to)}, &out)
			s.pass(monday+int64(30*time.Hour), &out)
			told := toldWeek{}
			for _, v := range out.Incidents {
				told[v.ID] = v
			}
			findings := 0
			for _, f := range out.Findings {
				if f.Model == decoyModel {
					findings++
				}
			}
			if len(told) != c.incidents || findings != c.findings {
				t.Fatalf("%d incidents and %d findings, want %d and %d", len(told), findings, c.incidents, c.findings)
			}
			for _, v := range told {
				if len(v.Evidence) != c.rows || v.Severity != "high" && v.Severity != "critical" || !strings.Contains(v.Title, "10.0.0.5 met the decoy address 10.0.9.9") ||
					!slices.Contains(v.Entities, "source.ip=10.0.0.5") || !slices.Contains(v.Entities, "decoy.address=10.0.9.9") {
					t.Errorf("%d rows, want %d; %s %q about %q", len(v.Evidence), c.rows, v.Severity, v.Title, v.Entities)
				}
			}
		})
	}
}

// TestDecoyVerdict checks that a scanner of one's own may touch decoys, once that is said, and others may not.
func TestDecoyVerdict(t *testing.T) {
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	var out Output
	s.Control(Control{Decoys: &Decoys{Decoys: decoy.Decoys{Addresses: []string{"10.0.9.9"}}}}, 0, 0, &out)
	s.Process(Message{Events: visits(100, "10.0.0.5", map[int]string{50: "10.0.9.9"})}, &out)
	first := out.Incidents[0]
	s.Control(Control{Verdict: &Verdict{Incident: first.ID, Verdict: verdict.Benign, Scope: first.Scope}}, 1, 0, &out)
	out = Output{}
	s.Process(Message{Events: visits(200, "10.0.0.5", map[int]string{150: "10.0.9.9"})}, &out)
	if len(out.Incidents)+len(out.Findings) > 0 {
		t.Errorf("%d incidents and %d findings about what is benign", len(out.Incidents), len(out.Findings))
	}
	s.Process(Message{Events: visits(200, "10.0.0.6", map[int]string{150: "10.0.9.9"})}, &out)
	if len(out.Incidents) != 1 || out.Incidents[0].ID == first.ID {
		t.Errorf("%d incidents about another machine, want 1", len(out.Incidents))
	}
}
