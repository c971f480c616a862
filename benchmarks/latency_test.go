package benchmarks

import (
	"bufio"
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"slices"
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
		i.rows(b, bytes.Count(past, []byte("\n")))
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			b.Fatal(err)
		}
		written := map[string]time.Time{}
		rows, findings := watched{}, watched{}
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
				i.look(b, written, rows, findings)
			}
		}
		tick.Stop()
		f.Close()
		poll(b, 30*time.Second, "the last rows", func() bool { i.look(b, written, rows, findings); return len(rows) == len(written) })
		b.ReportMetric(rows.quantile(0.99), "row-p99-s")
		b.ReportMetric(rows.quantile(0.5), "row-p50-s")
		b.ReportMetric(findings.quantile(0.99), "finding-p99-s")
		b.ReportMetric(findings.quantile(0.5), "finding-p50-s")
		b.ReportMetric(float64(len(findings)), "findings")
	}
}

// watched is how long it took until a line was seen, in seconds.
type watched map[string]float64

func (w watched) quantile(q float64) float64 {
	all := make([]float64, 0, len(w))
	for _, x := range w {
		all = append(all, x)
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(int(q*float64(len(all))), len(all)-1)]
}

// look asks which of the newest lines are rows and findings now.
func (i *instance) look(tb testing.TB, written map[string]time.Time, rows, findings watched) {
	tb.Helper()
	for into, query := range map[*watched]string{
		&rows:     "SELECT raw FROM ff.events ORDER BY seq DESC LIMIT 400 FORMAT TSVRaw",
		&findings: "SELECT raw FROM ff.events WHERE (epoch, seq) IN (SELECT epoch, seq FROM ff.findings ORDER BY seq DESC LIMIT 100) FORMAT TSVRaw",
	} {
		text, err := i.db.ask(tb.Context(), query)
		if err != nil {
			tb.Fatal(err)
		}
		now := time.Now()
		for line := range strings.SplitSeq(text, "\n") {
			if at, ok := written[line]; ok {
				if _, known := (*into)[line]; !known {
					(*into)[line] = now.Sub(at).Seconds()
				}
			}
		}
	}
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
