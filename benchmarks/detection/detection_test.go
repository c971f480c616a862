package detection

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontfoot/benchmarks/machine"
)

func TestPage(t *testing.T) {
	types := func(stream string, back, land float64) *Result {
		return &Result{
			Stream: stream, Family: "nsl-dev", Rows: 100, AUC: new(0.9), Run: Cost{CPU: 2},
			Types: []Type{{Name: "land", Group: "unseen", Rows: 18, Recall: land}, {Name: "back", Group: "seen", Rows: 20, Recall: back}},
		}
	}
	site := &Result{Stream: "ait-shaw", Family: "ait", Incidents: &Incidents{Steps: 2, Found: 1, Missed: []string{"dirb"}, Delay: new(60.0)}}
	r := Record{
		Head: []machine.Fact{{Key: "commit", Value: "abc"}},
		Detectors: []Detector{
			{Name: Own, Results: []*Result{types("nsl-dev-s0", 0, 0.5), types("nsl-dev-s1", 0, 0.75), types("nsl-dev-s2", 0.1, 1), site}},
			{Name: "rarity", Results: []*Result{types("nsl-dev-s0", 0.25, 0.25)}},
		},
		Earlier: Earlier{"nsl-dev": {{"rcf", map[string]string{"AUC": ".958"}}, {"trcf", map[string]string{"AUC": ".964"}}}},
		Skipped: []string{"midas-f: not there"},
		More:    []string{"## More\n\ntext"},
	}
	page := r.Page()
	for _, want := range []string{
		"- commit: abc\n", "- skipped: midas-f: not there\n", "\n## More\n",
		"| nsl-dev-s0 | frontfoot | .900 | – |", "| nsl-dev-s0 | rarity | .900 |", "| nsl-dev-s0 | *earlier* | .964 trcf |", " | 50 | 0 |\n",
		"| back | seen | 20 | .000 | .250 |\n", "| land | unseen | 18 | .750 | .250 |\n",
		"| ait-shaw | frontfoot | 1 of 2 | 0 | 0.0 | 0.0 | 60 s | dirb |\n",
		"- nsl-dev: no row above the threshold of back (seen, rows: 20)\n", "- ait-shaw: no incident of the steps dirb\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
}

// What is not on the machine is told from what is broken.
func TestAbsent(t *testing.T) {
	for _, k := range []Known{"", Known(t.TempDir())} {
		if _, err := k.Streams(); !errors.Is(err, ErrAbsent) {
			t.Errorf("streams of %q: %v", k, err)
		}
		if e := k.Earlier(); e.best("nsl-dev-s0", figureAUC) != "" {
			t.Errorf("earlier figures of %q: %v", k, e)
		}
	}
	t.Setenv("PEERS_PYTHON", "")
	if missing, ok := Installed("rcf"); ok || missing != "PEERS_PYTHON" {
		t.Errorf("a peer without its Python: missing %q, installed %v", missing, ok)
	}
}

func TestEarlier(t *testing.T) {
	k := Known(t.TempDir())
	text := "# Figures\n\n### nsl-dev\n\n| peer | AUC | steps |\n|---|---|---|\n| rcf | .958 | 3/10 |\n| trcf | .964 | – |\n| rarity | .999 | 9/10 |\n\n" +
		"| type | n | rcf |\n|---|---|---|\n| imap (seen) | 5 | .80 |\n\n### other\n\n| peer | AUC | steps |\n|---|---|---|\n| rcf | .1 | 1/10 |\n"
	if err := os.MkdirAll(filepath.Join(string(k), "design"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(string(k), "design", "PEER_DETECTORS.md"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	e := k.Earlier()
	for figure, want := range map[string]string{figureAUC: ".964 trcf", figureSteps: "3/10 rcf", figureAP: ""} {
		if got := e.best("nsl-dev-s1", figure); got != want {
			t.Errorf("best %s is %q, want %q", figure, got, want)
		}
	}
}

func TestAblation(t *testing.T) {
	nsl := &Result{Stream: "nsl-dev-s0"}
	nsl.AtOne.All.Macro = new(0.569)
	a := Ablation{
		{Results: []*Result{nsl, {Stream: "ait-shaw", Incidents: &Incidents{Steps: 10, Found: 2, False: 0.5}}}, Kinds: 3, Found: 4, Played: 5, FalseADay: 1, Told: 7, Days: 14},
		{Without: "rhythm", Kinds: 2, Found: 3, Played: 5, FalseADay: 1},
		{Without: "bursts", Results: []*Result{nsl}},
	}
	section := a.Section()
	for _, want := range []string{
		"| *nothing* | .569 | – | – | – | – | 2 of 10 | 0.50 | 4 of 5 | 3 | 1.00 | 7 of 14 |\n",
		"| rhythm | | | | | | | | 3 of 5 | 2 | 1.00 | 0 of 0 |\n",
		"| bursts | .569 | – | – | – | – | 0 of 0 | 0.00 | | | | |\n",
	} {
		if !strings.Contains(section, want) {
			t.Errorf("the section lacks %q:\n%s", want, section)
		}
	}
}
