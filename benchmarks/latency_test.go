package benchmarks

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
)

// BenchmarkLatency lets a site learn for a day and then writes 100 lines a second for half a minute, two of them of the demo's attack. It
// says how long it takes from the writing of a line until its row and its finding can be asked for. More events than usual become findings,
// so that there is something to measure.
func BenchmarkLatency(b *testing.B) {
	for range b.N {
		dir := b.TempDir()
		path := filepath.Join(dir, "northmoor.log")
		past, ordinary, attack := latencyLines(b)
		if err := os.WriteFile(path, past, 0o600); err != nil {
			b.Fatal(err)
		}
		i := up(b, inputs{fileInput("northmoor", path)}, manyFindings)
		last := bytes.Count(past, []byte("\n"))
		i.rows(b, last)
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			b.Fatal(err)
		}
		written := map[string]time.Time{}
		rows := newWatched("SELECT seq, raw FROM ff.events WHERE seq > %d ORDER BY seq FORMAT TSVRaw", last)
		findings := newWatched("SELECT seq, raw FROM ff.events WHERE seq IN (SELECT seq FROM ff.findings WHERE seq > %d) ORDER BY seq FORMAT TSVRaw", last)
		tick := time.NewTicker(10 * time.Millisecond)
		for n := range 3000 {
			<-tick.C
			line := ordinary[n]
			if n%50 == 25 && n/50 < len(attack) {
				line = attack[n/50]
			}
			written[line] = time.Now()
			if _, err := f.WriteString(line + "\n"); err != nil {
				b.Fatal(err)
			}
			if n%5 == 0 {
				rows.look(b, i, written)
				findings.look(b, i, written)
			}
		}
		tick.Stop()
		f.Close()
		poll(b, 2*time.Minute, 50*time.Millisecond, "the last rows", func() bool {
			rows.look(b, i, written)
			findings.look(b, i, written)
			return len(rows.took) == len(written)
		})
		b.ReportMetric(rows.quantile(0.99), "row-p99-s")
		b.ReportMetric(rows.quantile(0.5), "row-p50-s")
		b.ReportMetric(findings.quantile(0.99), "finding-p99-s")
		b.ReportMetric(findings.quantile(0.5), "finding-p50-s")
		b.ReportMetric(float64(len(findings.took)), "findings")
	}
}

// A watched is a question that is asked again and again, for what is newer than what it last told.
type watched struct {
	query string // with a place for the number of the last event
	last  int
	took  []float64 // seconds from the writing of a line until it was told
}

func newWatched(query string, events int) *watched { return &watched{query: query, last: events - 1} }

// look asks once.
func (w *watched) look(tb testing.TB, i *instance, written map[string]time.Time) {
	tb.Helper()
	text, err := i.db.ask(tb.Context(), fmt.Sprintf(w.query, w.last))
	if err != nil {
		tb.Fatal(err)
	}
	now := time.Now()
	for row := range strings.SplitSeq(text, "\n") {
		seq, line, _ := strings.Cut(row, "\t")
		if at, ok := written[line]; ok {
			w.took = append(w.took, now.Sub(at).Seconds())
			w.last, err = strconv.Atoi(seq)
			if err != nil {
				tb.Fatal(err)
			}
		}
	}
}

func (w *watched) quantile(q float64) float64 {
	if len(w.took) == 0 {
		return 0
	}
	all := slices.Sorted(slices.Values(w.took))
	return all[min(int(q*float64(len(all))), len(all)-1)]
}

// latencyLines returns two days of a site, then different ordinary lines of the third, and the lines of an attack.
func latencyLines(tb testing.TB) (past []byte, ordinary, attack []string) {
	tb.Helper()
	cfg := gen.Demo()
	cfg.AttackDay = 3
	g, err := gen.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	var text bytes.Buffer
	out := bufio.NewWriter(&text)
	seen := map[string]bool{}
	for line := range g.Site(slices.Index(cfg.Sites, cmp.Or(cfg.AttackSite, cfg.Sites[0]))) {
		third := line.Time.Sub(cfg.Start) >= 48*time.Hour
		switch s := string(line.Text); {
		case line.Attack != "":
			attack = append(attack, s)
		case !third:
			_, _ = out.Write(append(line.Text, '\n')) // a bytes.Buffer takes everything
		case !seen[s] && len(ordinary) < 3000:
			seen[s] = true
			ordinary = append(ordinary, s)
		}
	}
	_ = out.Flush()
	// What is most telling of the demo's attack comes late in it.
	slices.Reverse(attack)
	return text.Bytes(), ordinary, attack
}
