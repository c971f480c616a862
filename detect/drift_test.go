//go:build !race

package detect

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

const (
	poisonFrom = 35 // day on which it begins
	poisonDays = 60
	meters     = 6 // machines that call the meters' broker by rights
)

// months is what is told of a site in many days of few lines.
type months struct {
	drifts   []string // what drift found, with the day
	raised   int      // incidents of it
	poisoned int      // incidents most of whose evidence is poison
}

// A calendar says what comes on a day beside ordinary life, and whether it is a holiday.
type calendar struct {
	days    int
	poison  func(day int) float64 // lines
	holiday func(day int) bool
}

// play gives a site its days. Six machines call a broker some times a day; poison is one of them, which does so more and more often.
func (c *calendar) play(t *testing.T, cfg Config) months {
	t.Helper()
	g, err := gen.New(gen.Config{Seed: 3, Sites: []string{"testham"}, Start: time.Unix(0, monday).UTC(), Days: c.days, EventsPerDay: 100})
	if err != nil {
		t.Fatal(err)
	}
	s, y := NewSite("testham", ScoreKey(), cfg), months{}
	p, b, seq, bad := parse.New(parse.Config{Replay: true}), event.NewBuilder(), uint64(0), map[uint64]bool{}
	flush := func() {
		var out Output
		s.Process(Message{Epoch: "e", Seq0: seq - uint64(b.Rows()), Events: b.Batch()}, &out)
		b.Reset()
		for i := range out.Findings {
			if f := &out.Findings[i]; f.Model == "drift" {
				y.drifts = append(y.drifts, fmt.Sprintf("day %d: %s", 1+(f.Time-monday)/int64(24*time.Hour), f.Reason))
			}
		}
		for i := range out.Incidents {
			v := &out.Incidents[i]
			if v.Number == 1 && isAttack(v, bad) {
				y.poisoned++
			}
			if v.Number == 1 && slices.Contains(v.Tactics, "TA0005") {
				y.raised++
			}
		}
	}
	add := func(text []byte, at int64) {
		p.Line(b, text, at)
		b.End()
		if seq++; b.Rows() == 256 {
			flush()
		}
	}
	calls, done, owed := 0, 0, 0.0
	for line := range g.Site(0) {
		if done++; done%4 > 0 { // there are more than a hundred a day
			continue
		}
		at := line.Time.UnixNano()
		day := int((at - monday) / int64(24*time.Hour))
		if hour := line.Time.Hour(); c.holiday != nil && c.holiday(day) && hour >= 6 && hour < 19 && done%16 > 0 {
			continue
		}
		add(line.Text, at)
		call := func(machine int) {
			at := line.Time.Add(time.Duration(calls%997) * time.Millisecond)
			calls++
			add(fmt.Appendf(nil, "<4>1 %s gw1 kernel - - - [99.1] [UFW AUDIT] IN=eth1 OUT=eth0 SRC=10.21.3.%d DST=10.21.9.9 LEN=52 TTL=127 ID=1 PROTO=TCP SPT=5%04d DPT=8883 WINDOW=64240 SYN",
				at.Format(time.RFC3339), 10+machine, calls%9973), at.UnixNano())
		}
		if done%400 == 0 {
			call(calls % meters)
		}
		if c.poison == nil {
			continue
		}
		for owed += c.poison(day) / 1000; owed >= 1; owed-- {
			bad[seq] = true
			call(0)
		}
	}
	flush()
	return y
}

// growing is poison that comes to 64 times of what it began with, by a fourteenth a day.
func growing(day int) float64 {
	if day < poisonFrom || day >= poisonFrom+poisonDays {
		return 0
	}
	return math.Exp2(6 * float64(day-poisonFrom) / poisonDays)
}

// TestSlowPoisoningIsTold lets one machine do ever more of what it did before, by so little a day that no model finds it unusual, and checks that drift tells of
// it, as an incident, in its words, and nothing else does.
func TestSlowPoisoningIsTold(t *testing.T) {
	c := &calendar{days: poisonFrom + poisonDays + 5, poison: growing}
	y := c.play(t, DefaultConfig())
	if len(y.drifts) == 0 || y.raised == 0 || y.poisoned != y.raised || !strings.Contains(strings.Join(y.drifts, "\n"), " of it by 10.21.3.10") {
		t.Errorf("%d incidents; told %s", y.raised, strings.Join(y.drifts, "\n"))
	}
	if y := c.play(t, DefaultConfig().Without(PartDrift)); y.poisoned > 0 || len(y.drifts) > 0 {
		t.Errorf("without the slow baseline: %+v", y)
	}
}

// TestOrdinaryMonths checks that 120 days with weekends and a holiday of a fortnight tell of nothing.
func TestOrdinaryMonths(t *testing.T) {
	c := &calendar{days: 120, holiday: func(day int) bool { return day >= 70 && day < 84 }}
	if y := c.play(t, DefaultConfig()); len(y.drifts) > 0 {
		t.Errorf("told %s", strings.Join(y.drifts, "\n"))
	}
}

// isAttack reports whether most of an incident's evidence is of the attack.
func isAttack(v *incident.Version, bad map[uint64]bool) bool {
	hits := 0
	for _, r := range v.Evidence {
		if bad[r.Seq] {
			hits++
		}
	}
	return 2*hits > len(v.Evidence)
}
