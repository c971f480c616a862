package detect

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"frontfoot/benchmarks/gen"
)

// What is left out of the detection of logs changes what a site knows or says, and what is a panel's alone changes nothing.
func TestSiteWithoutParts(t *testing.T) {
	batches := councilWeek(t, 7, 2000, gen.Ransomware)
	run := func(p Part) (say, []byte) {
		var y say
		s := NewSite("northmoor", [16]byte{1}, DefaultConfig().Without(p))
		y.feed(s, batches, 0)
		return y, s.Snapshot()
	}
	whole, state := run(0)
	for _, p := range Parts() {
		y, left := run(p)
		same := bytes.Equal(state, left) && slices.Equal(whole.Scores, y.Scores)
		if same == p.OfLogs() {
			t.Errorf("without %s all is as it was: %v, want %v", p, same, !p.OfLogs())
		}
	}
}

// What is left out of the detection of tables changes scores, and what is a fusion's or counts over log events changes none.
func TestTableWithoutParts(t *testing.T) {
	schema, err := ParseSchema("s.yaml", []byte("time: t\ncolumns:\n  t: time\n  who: ip\n  what: categorical\n  size: numeric\n"))
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	rows.WriteString("t,who,what,size\n")
	for i := range 6000 {
		fmt.Fprintf(&rows, "%d,10.0.%d.%d,kind%d,%d\n", 1_700_000_000+i*i%97+60*(i/9), i*i%7, i%11, i*7919%(2+i/500), i*i%1009)
	}
	run := func(p Part) string {
		var scores strings.Builder
		opt := ScoreOptions{Format: FormatCSV, Schema: schema, Key: ScoreKey(), Config: DefaultConfig().Without(p)}
		if err := Score(t.Context(), strings.NewReader(rows.String()), &scores, nil, opt); err != nil {
			t.Fatal(err)
		}
		return scores.String()
	}
	whole := run(0)
	for _, p := range Parts() {
		if same := run(p) == whole; same == p.OfTables() {
			t.Errorf("without %s scores are as they were: %v, want %v", p, same, !p.OfTables())
		}
	}
}
