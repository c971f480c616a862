package gen

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// small is a short and thin week that ends after the attack.
func small(attack Scenario) Config {
	cfg := Demo()
	cfg.EventsPerDay, cfg.Attack, cfg.AttackSite = 6_000, attack, "northmoor"
	return cfg
}

func generator(t *testing.T, cfg Config) *Generator {
	t.Helper()
	g, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func sum(t *testing.T, cfg Config, site int) [32]byte {
	t.Helper()
	h := sha256.New()
	if _, err := generator(t, cfg).Write(site, h, h); err != nil {
		t.Fatal(err)
	}
	return [32]byte(h.Sum(nil))
}

func TestSameSeedSameBytes(t *testing.T) {
	cfg := small(Webshell)
	want := sum(t, cfg, 1)
	if sum(t, cfg, 1) != want {
		t.Error("two runs of one configuration differ")
	}
	cfg.Seed++
	if sum(t, cfg, 1) == want {
		t.Error("another seed makes the same lines")
	}
	if sum(t, cfg, 0) == sum(t, cfg, 1) {
		t.Error("two councils have the same lines")
	}
}

func TestLinesStandInOrderOfTime(t *testing.T) {
	cfg := small(Ransomware)
	var last time.Time
	end := cfg.Start.AddDate(0, 0, cfg.Days)
	for line := range generator(t, cfg).Site(1) {
		if line.Time.Before(last) || line.Time.Before(cfg.Start) || !line.Time.Before(end) {
			t.Fatalf("line at %v after one at %v: %s", line.Time, last, line.Text)
		}
		if bytes.ContainsAny(line.Text, "\n\r\x00") {
			t.Fatalf("line with a line end: %q", line.Text)
		}
		last = line.Time
	}
}

// TestAttackIsAddedToOrdinaryLife holds for whole intrusions: without the attack's lines, the week is the week without the attack.
func TestAttackIsAddedToOrdinaryLife(t *testing.T) {
	var quiet [][32]byte
	for line := range generator(t, small(Quiet)).Site(1) {
		quiet = append(quiet, sha256.Sum256(line.Text))
	}
	for _, attack := range []Scenario{Ransomware, BruteForce, DNSTunnel, Insider, Webshell} {
		t.Run(string(attack), func(t *testing.T) {
			n, added := 0, 0
			for line := range generator(t, small(attack)).Site(1) {
				if line.Attack != "" {
					added++
					if d := line.Time.Sub(small(attack).Start); d < 5*24*time.Hour {
						t.Errorf("a line of the attack after %v", d)
					}
					continue
				}
				if n >= len(quiet) || sha256.Sum256(line.Text) != quiet[n] {
					t.Fatalf("ordinary line %d differs: %s", n, line.Text)
				}
				n++
			}
			if n != len(quiet) {
				t.Errorf("%d ordinary lines, want %d", n, len(quiet))
			}
			if added < 30 || added > 500 {
				t.Errorf("%d lines of the attack, want some tens to a few hundred", added)
			}
		})
	}
}

func TestOnlyTheAttackedSiteHasTruth(t *testing.T) {
	cfg := small(Insider)
	g := generator(t, cfg)
	for i, site := range g.Sites() {
		var text, truth bytes.Buffer
		n, err := g.Write(i, &text, &truth)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")
		if len(lines) != n {
			t.Errorf("%s: %d lines, said to be %d", site, len(lines), n)
		}
		steps := map[string]int{}
		for note := json.NewDecoder(&truth); ; {
			var row Truth
			if err := note.Decode(&row); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if row.Site != site || row.Line < 1 || row.Line > n {
				t.Fatalf("truth of nothing: %+v", row)
			}
			day := row.Time.Format(time.DateOnly)
			if !strings.Contains(lines[row.Line-1], day) {
				t.Errorf("line %d is not of %s: %s", row.Line, day, lines[row.Line-1])
			}
			steps[row.Step]++
		}
		if attacked := site == cfg.AttackSite; attacked != (len(steps) == 4) {
			t.Errorf("%s: steps %v", site, steps)
		}
	}
}

func TestNightAndWeekendAreQuiet(t *testing.T) {
	cfg := small(Quiet)
	cfg.EventsPerDay = 20_000
	var office, night, sunday, all int
	for line := range generator(t, cfg).Site(0) {
		all++
		switch h := line.Time.Hour(); {
		case line.Time.Weekday() == time.Sunday && h >= 9 && h < 17:
			sunday++
		case line.Time.Weekday() == time.Wednesday && h >= 9 && h < 17:
			office++
		case line.Time.Weekday() == time.Wednesday && h < 5:
			night++
		}
	}
	if 5*night > 2*office*5/8 { // an hour of the night has less than two fifths of an hour of the day
		t.Errorf("%d lines in five hours of the night, %d in eight of the day", night, office)
	}
	if 2*sunday > office {
		t.Errorf("%d lines on Sunday, %d on Wednesday", sunday, office)
	}
	if want := 7 * cfg.EventsPerDay; all < want*4/5 || all > want*6/5 {
		t.Errorf("%d lines in the week, want about %d", all, want)
	}
}

func TestNewRefuses(t *testing.T) {
	f := func(change func(*Config), want string) {
		t.Helper()
		cfg := Demo()
		change(&cfg)
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error about %q", err, want)
		}
	}
	f(func(c *Config) { c.Sites = nil }, "no sites")
	f(func(c *Config) { c.Days = 0 }, "0 days")
	f(func(c *Config) { c.EventsPerDay = 3 }, "3 events a day")
	f(func(c *Config) { c.Attack = "meteor" }, "meteor")
	f(func(c *Config) { c.AttackSite = "elsewhere" }, "elsewhere")
	f(func(c *Config) { c.Plays = []Play{{Kind: "meteor", Site: c.Sites[0], Day: 2}} }, "meteor")
	f(func(c *Config) { c.Plays = []Play{{Kind: Insider, Site: "elsewhere", Day: 2}} }, "elsewhere")
	f(func(c *Config) { c.Plays = []Play{{Kind: Insider, Site: c.Sites[0]}} }, "day 0")
}

func TestCivil(t *testing.T) {
	for at := time.Date(1999, 12, 30, 23, 59, 59, 987_654_321, time.UTC); at.Year() < 2030; at = at.Add(97*time.Hour + 1) {
		got := string(appendStamp(nil, at.UnixNano(), 9, "Z"))
		if want := at.Format("2006-01-02T15:04:05.000000000Z"); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
}

func TestAliasDrawsByWeight(t *testing.T) {
	weights := []float64{5, 0, 3, 2}
	a, r := newAlias(weights), newRNG(1, "alias")
	got := make([]int, 4)
	for range 100_000 {
		got[a.draw(r)]++
	}
	for i, w := range weights {
		if want := int(w * 10_000); got[i] < want-600 || got[i] > want+600 {
			t.Errorf("thing %d drawn %d times, want about %d", i, got[i], want)
		}
	}
}

func TestQueueGivesInOrder(t *testing.T) {
	r, q := newRNG(2, "queue"), newQueue()
	var want []int64
	for range 2000 {
		at := int64(r.IntN(500))
		want = append(want, at)
		q.put(at, append(q.buf(), byte(at)))
	}
	slices.Sort(want)
	for i, w := range want {
		at, text, _ := q.take()
		if at != w || text[0] != byte(w) {
			t.Fatalf("entry %d: %d %v, want %d", i, at, text, w)
		}
	}
}

func BenchmarkSite(b *testing.B) {
	cfg := Demo()
	cfg.Days, cfg.Attack = 400, Quiet
	g, err := New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	b.ReportAllocs()
	for line := range g.Site(0) {
		b.SetBytes(int64(len(line.Text)))
		if n++; n >= b.N {
			break
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
