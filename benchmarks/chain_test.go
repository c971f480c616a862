package benchmarks

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
)

// BenchmarkChain gives the demo's week, as files, to the built program and waits until every line is a row: file, parse, Kafka, score,
// ClickHouse, with broker and database in the same process.
func BenchmarkChain(b *testing.B) {
	for range b.N {
		dir := b.TempDir()
		g, err := gen.New(gen.Demo())
		if err != nil {
			b.Fatal(err)
		}
		var in inputs
		lines, size := 0, int64(0)
		for n, site := range g.Sites() {
			count, bytes := writeSite(b, g, n, filepath.Join(dir, site+".new"))
			lines, size = lines+count, size+bytes
			in = append(in, fileInput(site, filepath.Join(dir, site+".log")))
		}
		i := up(b, in, "")
		before, began := i.effort(b), time.Now()
		for _, site := range g.Sites() {
			if err := os.Rename(filepath.Join(dir, site+".new"), filepath.Join(dir, site+".log")); err != nil {
				b.Fatal(err)
			}
		}
		profile, profiled := filepath.Join(dir, "cpu.pprof"), make(chan error, 1)
		go func() { profiled <- i.profile(b.Context(), profile, 3) }()
		took := i.rows(b, lines).Sub(began)
		after, events := i.effort(b), float64(lines)
		if n := i.db.number(b, "SELECT count() FROM ff.events"); int(n) != lines {
			b.Errorf("%d rows, want %d", int(n), lines)
		}
		b.ReportMetric(events/took.Seconds(), "events/s")
		b.ReportMetric(micros(after.cpu-before.cpu)/events, "cpu-µs/event")
		b.ReportMetric(micros(after.native-before.native)/events, "engine-threads-cpu-µs/event")
		if err := <-profiled; err != nil {
			b.Error(err)
		}
		for stage, share := range shares(b, profile) {
			b.ReportMetric(share*micros(after.cpu-before.cpu-after.native+before.native)/events, stage+"-cpu-µs/event")
		}
		b.ReportMetric(after.hwm, "peak-MiB")
		b.ReportMetric(i.db.number(b, diskOf("ff", "events"))/events, "diskB/event")
		b.ReportMetric(float64(size)/events, "lineB/event")
		b.ReportMetric(i.db.number(b, "SELECT count() FROM ff.incidents"), "incidents")
	}
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// writeSite writes a site's lines to a file.
func writeSite(tb testing.TB, g *gen.Generator, site int, path string) (lines int, size int64) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	if lines, err = g.Write(site, f, bytes.NewBuffer(nil)); err != nil {
		tb.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		tb.Fatal(err)
	}
	return lines, info.Size()
}

// BenchmarkIdle says what frontfoot up takes that has nothing to do.
func BenchmarkIdle(b *testing.B) {
	for range b.N {
		i := up(b, inputs{`{name: syslog, type: syslog, site: northmoor, listen: "127.0.0.1:0", transport: tcp}`}, "")
		const settle, watch = 10 * time.Second, 10 * time.Second
		pause(b, settle)
		before := i.effort(b)
		pause(b, watch)
		after := i.effort(b)
		b.ReportMetric(after.rss, "rss-MiB")
		b.ReportMetric(100*(after.cpu-before.cpu).Seconds()/watch.Seconds(), "cpu-%")
	}
}

// pause waits, unless the benchmark is ended.
func pause(tb testing.TB, d time.Duration) {
	tb.Helper()
	select {
	case <-time.After(d):
	case <-tb.Context().Done():
		tb.Fatal(tb.Context().Err())
	}
}
