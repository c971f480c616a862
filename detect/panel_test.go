package detect

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// scoresOf scores the rows of a table whose text begins with a header.
func scoresOf(t *testing.T, schema, rows string) []float64 {
	t.Helper()
	scores, _ := judged(t, schema, rows, DefaultConfig())
	return scores
}

// judged returns the scores of the rows of a table, and which of them are findings.
func judged(t *testing.T, schema, rows string, cfg Config) (scores []float64, alerts []bool) {
	t.Helper()
	var out bytes.Buffer
	opt := ScoreOptions{Format: FormatCSV, Schema: mustSchema(t, schema), Key: ScoreKey(), Config: cfg}
	if err := Score(context.Background(), strings.NewReader(rows), &out, nil, opt); err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(&out); dec.More(); {
		var row struct {
			Score float64
			Alert bool
		}
		if err := dec.Decode(&row); err != nil {
			t.Fatal(err)
		}
		scores, alerts = append(scores, row.Score), append(alerts, row.Alert)
	}
	return scores, alerts
}

// mean is the mean of some scores.
func mean(scores []float64) float64 {
	sum := 0.0
	for _, x := range scores {
		sum += x
	}
	return sum / float64(len(scores))
}

const flows = "columns:\n  service: categorical\n  state: categorical\n  sent: numeric\n  errors: numeric\n"

// ordinary is a row of everyday life, the same for the same number.
func ordinary(i int) string {
	services := []string{"http", "http", "http", "dns", "dns", "smtp"}
	return fmt.Sprintf("%s,ok,%d,0\n", services[i%len(services)], 200+i*7919%1800)
}

// strange is a row of an attack that comes again and again.
func strange(i int) string { return fmt.Sprintf("private,refused,0,%d\n", 1+i%3) }

// TestFloodAfterCleanStart checks the guard: where the first rows were known to be clean, an attack that makes half of all rows stays as
// unusual at its end as it was at its start, and life goes on being learned beside it.
func TestFloodAfterCleanStart(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("service,state,sent,errors\n")
	const clean, flood = 2000, 20_000
	for i := range clean {
		rows.WriteString(ordinary(i))
	}
	for i := range flood {
		rows.WriteString(ordinary(i))
		rows.WriteString(strange(i))
	}
	last := func(schema string) (life, attack float64) {
		scores := scoresOf(t, schema, rows.String())
		var lives, attacks []float64
		for i := len(scores) - 2000; i < len(scores); i += 2 {
			lives, attacks = append(lives, scores[i]), append(attacks, scores[i+1])
		}
		return mean(lives), mean(attacks)
	}
	life, attack := last("warmup: 2000\n" + flows)
	if attack < life+6 {
		t.Errorf("at its end a flood has %.1f bits, life has %.1f", attack, life)
	}
	if life > 3 {
		t.Errorf("life has %.1f bits beside the flood", life)
	}
	if _, attack := last(flows); attack > 3 {
		t.Errorf("where nothing is known to be clean, what makes half of all rows for long has %.1f bits", attack)
	}
}

// TestAlarmAfterAttack checks that an attack of several times as many rows as findings were asked for does not raise the bar for the next one, and
// that ordinary rows ring no more than was asked for.
func TestAlarmAfterAttack(t *testing.T) {
	const rows, first, many, second, few = 24_000, 6_000, 200, 20_000, 10
	var text strings.Builder
	text.WriteString("service,state,sent,errors\n")
	random := uint32(1)
	next := func(n uint32) uint32 { random = random*1664525 + 1013904223; return (random >> 8) % n }
	for i := range rows {
		if i >= first && i < first+many || i >= second && i < second+few {
			fmt.Fprintf(&text, "s%d,x%d,%d,%d\n", next(1000), next(1000), next(1<<24), next(1<<24))
		} else {
			fmt.Fprintf(&text, "http,ok,%d,%d\n", 200+next(1800)*next(1800)/1800, next(8)*next(8)*next(8))
		}
	}
	cfg := DefaultConfig()
	_, alerts := judged(t, flows, text.String(), cfg)
	attack, life := 0, 0
	for i := first + many; i < rows; i++ {
		switch {
		case !alerts[i]:
		case i >= second && i < second+few:
			attack++
		default:
			life++
		}
	}
	if share := float64(life) / (rows - first - many - few) / cfg.FindingRate; share > 2 {
		t.Errorf("after an attack %d ordinary rows are findings, %.2f times what was asked for", life, share)
	}
	if attack < few-1 {
		t.Errorf("%d of %d rows of the second attack are findings", attack, few)
	}
}

// TestNarrowCleanStart checks that a few alike rows are enough to know what is clean: of what is unlike them all nothing becomes usual, though it
// comes at once and is most of what comes, and a kind of which two rows were among the clean is no stranger when it comes in masses.
func TestNarrowCleanStart(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("service,state,sent,errors\n")
	for range 98 {
		rows.WriteString("ping,ok,1032,0\n")
	}
	known := func(i int) string { return fmt.Sprintf("login,open,0,%d\n", 20+i%3) }
	rows.WriteString(known(0) + known(1))
	const life, masses = 10_000, 2000
	for i := range life {
		rows.WriteString(ordinary(i))
	}
	for i := range masses {
		rows.WriteString(known(i))
	}
	for i := range masses {
		rows.WriteString("ping,ok,1032,0\n" + ordinary(i))
	}
	scores := scoresOf(t, "warmup: 100\n"+flows, rows.String())[100:]
	kind, last := scores[life:life+masses], scores[life+masses:]
	var clean, strange []float64
	for i := 0; i < len(last); i += 2 {
		clean, strange = append(clean, last[i]), append(strange, last[i+1])
	}
	if slices.Max(clean) > slices.Min(kind) || slices.Max(kind) > slices.Min(strange) {
		t.Errorf("the clean rows have up to %.1f bits, a kind of which two were among them %.1f to %.1f, all else from %.1f",
			slices.Max(clean), slices.Min(kind), slices.Max(kind), slices.Min(strange))
	}
	if mean(strange) < mean(clean)+6 {
		t.Errorf("what is unlike the clean rows has %.1f bits at last, these have %.1f", mean(strange), mean(clean))
	}
	if early := mean(scores[life/2 : life]); mean(strange) < early-1 {
		t.Errorf("what is unlike the clean rows had %.1f bits and has %.1f at last", early, mean(strange))
	}
}

// TestFarSize checks that a size beyond all that was seen stands out though each size is rare.
func TestFarSize(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("service,state,sent,errors\n")
	for i := range 5000 {
		rows.WriteString(ordinary(i))
	}
	rows.WriteString("http,ok,500000000,0\n" + ordinary(1))
	scores := scoresOf(t, flows, rows.String())
	if far, near := scores[5000], scores[5001]; far < 8 || near > 3 {
		t.Errorf("a size far beyond all has %.1f bits, an ordinary row %.1f", far, near)
	}
}

// TestWholeRow checks that a row is compared as a whole: one of which each value, each pair of values and each size has come a thousand times, but
// never all together, stands out, and what is ordinary does not.
func TestWholeRow(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("door,badge,lamp,weight\n")
	sides := [2]string{"left", "right"}
	for i := range 6000 {
		a, b := i%2, i/2%2
		fmt.Fprintf(&rows, "%s,%s,%s,%d\n", sides[a], sides[b], sides[a^b], 70+i*7919%13)
	}
	rows.WriteString("left,left,right,75\nleft,right,right,75\n")
	schema := "columns:\n  door: categorical\n  badge: categorical\n  lamp: categorical\n  weight: numeric\n"
	scores := scoresOf(t, schema, rows.String())
	if odd, usual := scores[6000], scores[6001]; odd < 8 || usual > 3 {
		t.Errorf("what never came together has %.1f bits, an ordinary row %.1f", odd, usual)
	}
}

// TestDeparture checks that a small step tells much in a column that never departs from what the rest of a row goes with, though the row is as a whole
// as like others as any, and each value, pair and size of it has come a thousand times.
func TestDeparture(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("door,badge,lamp,weight,wait\n")
	sides := [2]string{"left", "right"}
	for i := range 6000 {
		a, b := i%2, i/2%2
		fmt.Fprintf(&rows, "%s,%s,%d,%d,%d\n", sides[a], sides[b], 100*(1+(a^b)), 1<<(i*7919%11), 1<<(i*104729%13))
	}
	rows.WriteString("left,left,200,32,8\nleft,right,200,32,8\n")
	schema := "columns:\n  door: categorical\n  badge: categorical\n  lamp: numeric\n  weight: numeric\n  wait: numeric\n"
	scores := scoresOf(t, schema, rows.String())
	if odd, usual := scores[6000], scores[6001]; odd < 6 || usual > 3 {
		t.Errorf("a small step in a column that never departs has %.1f bits, an ordinary row %.1f", odd, usual)
	}
}

// TestBurstsAndRaritiesBeside checks that a flood of rows that are nothing new is told, and hides nothing new beside it.
func TestBurstsAndRaritiesBeside(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("when,from,to\n")
	n := 0
	add := func(minute int, from, to string) {
		fmt.Fprintf(&rows, "%d,%s,%s\n", 1772409600+60*minute, from, to)
		n++
	}
	for minute := range 1500 {
		for k := range 4 {
			add(minute, fmt.Sprintf("10.0.0.%d", 1+(minute+k)%7), fmt.Sprintf("10.0.1.%d", 1+(minute/7+k)%5))
		}
	}
	for range 20_000 {
		add(1500, "10.0.0.1", "10.0.1.1")
	}
	flooded := n - 1
	add(1500, "198.51.100.7", "10.0.1.3")
	rare := n - 1
	add(1500, "10.0.0.4", "10.0.1.4")
	usual := n - 1
	scores := scoresOf(t, "time: when\ncolumns:\n  when: time\n  from: ip\n  to: ip\n", rows.String())
	if scores[flooded] < 8 || scores[rare] < 5 || scores[usual] > 3 {
		t.Errorf("the last of a flood has %.1f bits, who was never seen %.1f, an ordinary row %.1f", scores[flooded], scores[rare], scores[usual])
	}
}

// TestEverydayBursts checks that the last row of a burst that comes every hour ranks below who was never seen, though strangers come as often as bursts.
func TestEverydayBursts(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("when,from,to\n")
	n := 0
	add := func(minute int, from, to string) {
		fmt.Fprintf(&rows, "%d,%s,%s\n", 1772409600+60*minute, from, to)
		n++
	}
	const days = 3
	for minute := range days * 24 * 60 {
		for k := range 2 {
			add(minute, fmt.Sprintf("10.0.0.%d", 1+(minute+k)%7), fmt.Sprintf("10.0.1.%d", 1+(minute/7+k)%5))
		}
		for range 400 * (1 - min(1, minute%60)) {
			add(minute, "10.0.0.1", "10.0.1.1")
		}
		if minute%100 == 7 {
			add(minute, fmt.Sprintf("198.51.100.%d", minute/100), "10.0.1.3")
		}
	}
	for range 400 {
		add(days*24*60, "10.0.0.1", "10.0.1.1")
	}
	hourly := n - 1
	add(days*24*60, "203.0.113.7", "10.0.1.3")
	stranger := n - 1
	scores := scoresOf(t, "time: when\ncolumns:\n  when: time\n  from: ip\n  to: ip\n", rows.String())
	if scores[stranger] < scores[hourly]+1 {
		t.Errorf("who was never seen has %.1f bits, the last of an hourly burst %.1f", scores[stranger], scores[hourly])
	}
}

// TestAbsurdRows checks that every row gets a score that is a number.
func TestAbsurdRows(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("when,from,to,size\n")
	sizes := []string{"", "NaN", "Inf", "-Inf", "1e308", "-1e308", "0", "1e-320", "many"}
	times := []string{"1772409600", "0", "8999999999", "-8999999999", "1772409601"}
	for i := range 3000 {
		fmt.Fprintf(&rows, "%s,10.0.0.%d,,%s\n", times[i%len(times)], i%200, sizes[i%len(sizes)])
	}
	scores := scoresOf(t, "time: when\ncolumns:\n  when: time\n  from: ip\n  to: ip\n  size: numeric\n", rows.String())
	if len(scores) != 3000 {
		t.Fatalf("got %d scores", len(scores))
	}
	for i, x := range scores {
		if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
			t.Fatalf("row %d scores %v", i, x)
		}
	}
}
