//go:build !race

package detect

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

// A scenario is one file of testdata: a council's days, and what must be told of them.
type scenario struct {
	Seed    uint64       `json:"seed"`
	Days    int          `json:"days"`
	PerDay  int          `json:"per_day"`
	Attack  gen.Scenario `json:"attack"`
	Day     int          `json:"day"`
	Top     bool         `json:"top"`     // the attack is the incident with the highest score
	Names   []string     `json:"names"`   // texts that its entities, reasons and tactics must have
	False   int          `json:"false"`   // most false incidents in all
	Highest float32      `json:"highest"` // most that a false incident may score
}

// TestScenarios plays councils and looks at the last version of each incident.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var sc scenario
			if err := json.Unmarshal(data, &sc); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			play(t, &sc)
		})
	}
}

func play(t *testing.T, sc *scenario) {
	t.Helper()
	last, bad := incidents(t, sc)
	var top incident.Version
	wrong, topIsAttack := 0, false
	for _, v := range last {
		attack := isAttack(&v, bad)
		if !attack {
			wrong++
			if sc.Highest > 0 && v.Score > sc.Highest {
				t.Errorf("false incident of score %.1f: %s\n%s", v.Score, v.Title, strings.Join(v.Reasons, "\n"))
			}
		}
		if v.Score > top.Score {
			top, topIsAttack = v, attack
		}
	}
	if wrong > sc.False {
		t.Errorf("%d false incidents, want at most %d", wrong, sc.False)
	}
	if !sc.Top {
		return
	}
	if !topIsAttack {
		t.Fatalf("the top incident of %d is not the attack: %s", len(last), top.Title)
	}
	text := top.Title + strings.Join(top.Entities, " ") + strings.Join(top.Reasons, " ") + strings.Join(top.Tactics, " ")
	for _, name := range sc.Names {
		if !strings.Contains(text, name) {
			t.Errorf("the top incident does not tell %q: %s", name, text)
		}
	}
	if top.NextStep == "" || top.Severity == "" {
		t.Errorf("the top incident has severity %q and next step %q", top.Severity, top.NextStep)
	}
}

// incidents plays a scenario and returns the last version of each incident, and the numbers of the attack's events.
func incidents(t *testing.T, sc *scenario) (map[string]incident.Version, map[uint64]bool) {
	t.Helper()
	g, err := gen.New(gen.Config{
		Seed: sc.Seed, Sites: []string{"testham"}, Start: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Days: sc.Days, EventsPerDay: sc.PerDay,
		Attack: sc.Attack, AttackDay: sc.Day,
	})
	if err != nil {
		t.Fatal(err)
	}
	site := NewSite("testham", ScoreKey(), DefaultConfig())
	parser, b := parse.New(parse.Config{Replay: true}), event.NewBuilder()
	last, bad := map[string]incident.Version{}, map[uint64]bool{}
	var seq uint64
	flush := func() {
		var out Output
		site.Process(Message{Seq0: seq - uint64(b.Rows()), Events: b.Batch()}, &out)
		for _, v := range out.Incidents {
			last[v.ID] = v
		}
		b.Reset()
	}
	for line := range g.Site(0) {
		parser.Line(b, line.Text, line.Time.UnixNano())
		b.End()
		if line.Attack != "" {
			bad[seq] = true
		}
		if seq++; b.Rows() == 512 {
			flush()
		}
	}
	flush()
	return last, bad
}
