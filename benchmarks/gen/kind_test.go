package gen

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"
	"testing"
)

// parade is one changing council at which every kind of attack is played, two begun each day.
func parade() Config {
	cfg := Month(3, 1, 1, 1_000)
	for i, kind := range append(Scenarios(), Lasting()...) {
		cfg.Plays = append(cfg.Plays, Play{Kind: kind, Site: cfg.Sites[0], Day: 2 + i/2})
	}
	cfg.Days = len(cfg.Plays)/2 + 2 + fortnight
	return cfg
}

// TestPlaysAreAddedToOrdinaryLife: without the attacks' lines a council's weeks are those without the attacks, but for what a silenced server
// did not send; each attack has lines, within its days.
func TestPlaysAreAddedToOrdinaryLife(t *testing.T) {
	cfg := parade()
	quiet := cfg
	quiet.Plays = nil
	var want [][32]byte
	for line := range generator(t, quiet).Site(0) {
		want = append(want, sha256.Sum256(line.Text))
	}
	added, missing, n := make([]int, len(cfg.Plays)+1), 0, 0
	for line := range generator(t, cfg).Site(0) {
		if bytes.ContainsAny(line.Text, "\n\r\x00") {
			t.Fatalf("line with a line end: %q", line.Text)
		}
		if (line.Play == 0) != (line.Attack == "") {
			t.Fatalf("play %d, step %q", line.Play, line.Attack)
		}
		added[line.Play]++
		if line.Play > 0 {
			p := cfg.Plays[line.Play-1]
			k := append(kinds(), lasting()...)[slices.Index(append(Scenarios(), Lasting()...), p.Kind)]
			if d := int(line.Time.Sub(cfg.Start).Hours())/24 + 1; d < p.Day || d > p.Day+k.days {
				t.Errorf("%s on day %d has a line on day %d", p.Kind, p.Day, d)
			}
			continue
		}
		hash := sha256.Sum256(line.Text)
		for n < len(want) && want[n] != hash {
			n, missing = n+1, missing+1
		}
		if n++; n > len(want) {
			t.Fatalf("ordinary line that is not there without attacks: %s", line.Text)
		}
	}
	for i, p := range cfg.Plays {
		if got := added[i+1]; got < 4 || got > 2500 {
			t.Errorf("%s: %d lines, want some to two thousand", p.Kind, got)
		}
	}
	if missing += len(want) - n; missing < 20 || missing > 500 {
		t.Errorf("%d ordinary lines are missing, want those of one server in some hours", missing)
	}
}

func TestCampaign(t *testing.T) {
	cfg := Month(5, 10, 4, 1_000)
	played := map[Scenario]int{}
	days := map[string]int{}
	for _, p := range cfg.Campaign(4, nil) {
		played[p.Kind]++
		days[p.Site]++
		if p.Day < 8 || p.Day > cfg.Days {
			t.Errorf("%s on day %d", p.Kind, p.Day)
		}
	}
	if len(days) != 10 || days[cfg.Sites[0]] != 12 {
		t.Errorf("attacks at sites %v, want 12 at each of 10", days)
	}
	for _, k := range Scenarios() {
		if n := played[k]; n < 1 || n > 2 {
			t.Errorf("%s is played %d times, want 120 attacks dealt evenly", k, n)
		}
	}
	if only := cfg.Campaign(1, []Scenario{"tor"}); len(only) != 30 || only[0].Kind != "tor" {
		t.Errorf("got %d attacks, the first %v, want 30 of one kind", len(only), only[0])
	}
}

// TestCouncilChanges looks for what a month brings.
func TestCouncilChanges(t *testing.T) {
	cfg := Month(4, 1, 4, 9_000)
	lines := make([]int, cfg.Days)
	eight := make([]int, cfg.Days) // lines of workstations before eight
	branch, update, firstBranch := 0, 0, -1
	for line := range generator(t, cfg).Site(0) {
		d := int(line.Time.Sub(cfg.Start).Hours()) / 24
		lines[d]++
		text := string(line.Text)
		if line.Time.Hour() == 7 && strings.Contains(text, `policyname="Staff-`) {
			eight[d]++
		}
		if strings.Contains(text, "srcip=10.20.60.") {
			if branch++; firstBranch < 0 {
				firstBranch = d
			}
		}
		if d == 22 && strings.Contains(text, "dl.delivery.mp.microsoft.com") {
			update++
		}
	}
	if firstBranch < 7 || firstBranch > 13 || branch < 100 {
		t.Errorf("%d lines of the new office, the first on day %d, want it in the second week", branch, firstBranch+1)
	}
	if update < 100 {
		t.Errorf("%d lines of updates on the second Tuesday of April", update)
	}
	if friday, last := lines[11], lines[4]; 3*friday > 2*last { // Good Friday
		t.Errorf("%d lines on Good Friday, %d on the Friday of the first week", friday, last)
	}
	if winter, summer := eight[1]+eight[2]+eight[3], eight[8]+eight[9]+eight[7]; 2*summer < 3*winter {
		t.Errorf("%d lines from seven to eight UTC in winter, %d in summer, want people to come an hour earlier", winter, summer)
	}
}
