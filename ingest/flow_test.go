package ingest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
	"frontfoot/ingest/line"
	"frontfoot/ingest/parse"
)

func lineNumbers(first, last int) []string {
	return strings.Split(strings.TrimSuffix(numbered(first, last), "\n"), "\n")
}

// While Kafka is away the spool takes what comes, until it is full: then inputs are held back. When Kafka is there again, nothing is missing.
func TestKafkaAwayHoldsInputsBack(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	const lines = 20_000
	write(t, path, numbered(0, lines))
	k := &fakeKafka{gate: make(chan struct{}), tries: make(chan struct{}, 1)}
	reg := prometheus.NewRegistry()
	tcp := Input{Name: "net", Type: TypeSyslog, Site: "leeds", Listen: "127.0.0.1:0", Transport: "tcp"}
	cfg := Config{Inputs: []Input{fileInput(path), tcp}, BatchBytes: 100_000, Linger: time.Millisecond, Spool: Spool{MaxMiB: 64, SegmentBytes: 1 << 20}}
	c, err := New(cfg, all(k), dir, quiet(), reg)
	if err != nil {
		t.Fatal(err)
	}
	start(t, c)
	<-k.tries
	conn, err := net.Dial("tcp", c.Addr("net").String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	flood := strings.Repeat("<13>"+strings.Repeat("x", 1000)+"\n", 1000)
	sent, rest := 0, flood
	for { // until the sender is held back too, by the spool and not by a machine that is busy
		_ = conn.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
		n, err := io.WriteString(conn, rest)
		sent += n
		if rest = rest[n:]; rest == "" {
			rest = flood
		}
		if err != nil && gauge(t, reg, "frontfoot_ingest_spool_full") == 1 {
			break
		}
		if sent > 128<<20 {
			t.Fatal("nobody holds the sender back")
		}
	}
	if n := gauge(t, reg, "frontfoot_ingest_spool_bytes"); n > 64<<20 || n < 60<<20 {
		t.Errorf("the spool has %v bytes", n)
	}
	close(k.gate)
	var got []string
	for n := lines; ; n++ {
		got = got[:0]
		for _, r := range k.wait(t, "leeds", n) {
			if strings.HasPrefix(r.Raw, "line ") {
				got = append(got, r.Raw)
			}
		}
		if len(got) >= lines {
			break
		}
	}
	if diff := cmp.Diff(lineNumbers(0, lines), got); diff != "" {
		t.Errorf("lines of the file (-want +got):\n%.1000s", diff)
	}
}

// gauge returns the value of a metric that there is once.
func gauge(t testing.TB, reg *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name && len(f.GetMetric()) == 1 {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

// A collector that is stopped while Kafka takes nothing and started again, over and over, skips no line, keeps their order, and repeats none: what was
// under way comes again under its number.
func TestRestartsSkipAndRepeatNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	k := &fakeKafka{gate: make(chan struct{}), tries: make(chan struct{}, 1)}
	rng := rand.New(rand.NewPCG(1, 2))
	lines := 0
	for range 10 {
		write(t, path, numbered(lines, lines+1000))
		lines += 1000
		c := collector(t, k, dir, Config{Inputs: []Input{fileInput(path)}, BatchBytes: 10_000, DrainTimeout: time.Millisecond})
		stop := start(t, c)
		for range rng.IntN(10) {
			select {
			case k.gate <- struct{}{}:
			case <-time.After(time.Second): // it has sent everything
			}
		}
		stop() // with a batch under way that is never acknowledged
	}
	close(k.gate)
	in := fileInput(path)
	in.Once = true
	if err := collector(t, k, dir, Config{Inputs: []Input{in}}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lineNumbers(0, lines), raws(once(t, k.wait(t, "leeds", lines)))); diff != "" {
		t.Errorf("lines (-want +got):\n%.1000s", diff)
	}
	rows := len(k.wait(t, "leeds", lines))
	write(t, path, "the only new one\n")
	if err := collector(t, k, dir, Config{Inputs: []Input{in}}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := raws(k.wait(t, "leeds", 0))[rows:]; len(got) != 1 {
		t.Errorf("after a stop in order %d lines were sent again: %.200q", len(got)-1, got)
	}
}

// once leaves out the rows that a worker would, because it has seen their numbers. A number that is missing fails the test.
func once(t *testing.T, rows []sentRow) (out []sentRow) {
	t.Helper()
	next := map[[16]byte]uint64{}
	for _, r := range rows {
		switch {
		case r.Seq > next[r.Epoch]:
			t.Fatalf("event %d came where %d is due", r.Seq, next[r.Epoch])
		case r.Seq == next[r.Epoch]:
			next[r.Epoch]++
			out = append(out, r)
		}
	}
	return out
}

func TestBatchThatKafkaRefusesIsDivided(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	huge := strings.Repeat("é", 30_000)
	write(t, path, numbered(0, 300)+huge+"\nlast\n")
	k := &fakeKafka{limit: 12_000}
	in := fileInput(path)
	in.Premises = "corner-shop"
	start(t, collector(t, k, dir, Config{Inputs: []Input{in}}))
	rows := k.wait(t, "leeds", 302)
	want := append(lineNumbers(0, 300), rows[300].Raw, "last")
	if diff := cmp.Diff(want, raws(rows)); diff != "" {
		t.Errorf("rows (-want +got):\n%.1000s", diff)
	}
	for i, r := range rows {
		if r.Seq != uint64(i) || r.Premises != "corner-shop" || r.Path != path {
			t.Fatalf("row %d is %+v", i, r)
		}
	}
	if r := rows[300]; len(r.Raw) >= len(huge) || !strings.HasPrefix(huge, r.Raw) || r.Labels != "truncated=true " {
		t.Errorf("the huge line has %d bytes, labels %q", len(r.Raw), r.Labels)
	}
}

type panicky struct{}

func (panicky) Line(b *event.Builder, raw []byte, _ int64) bool {
	b.SetString(event.Message, "half done")
	if strings.Contains(string(raw), "2") {
		panic("a bug")
	}
	b.SetText(event.Raw, raw)
	return true
}

func (panicky) Partial() bool { return false }

func (panicky) Stamp() parse.Stamp { return parse.Plain }

func TestPanickingParserKeepsTheLine(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	write(t, path, numbered(0, 4))
	k := &fakeKafka{}
	reg := prometheus.NewRegistry()
	c, err := New(Config{Inputs: []Input{fileInput(path)}, Linger: time.Millisecond}, all(k), dir, quiet(), reg)
	if err != nil {
		t.Fatal(err)
	}
	c.pipes[0].rows.newParser = func(parse.Config) lineParser { return panicky{} }
	start(t, c)
	if diff := cmp.Diff(lineNumbers(0, 4), raws(k.wait(t, "leeds", 4))); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if n := testutil.ToFloat64(c.pipes[0].rows.inputs["f"].panics); n != 1 {
		t.Errorf("counted %v panics", n)
	}
}

func TestRunEndsWhenEveryInputHas(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	write(t, path, "one\n\n\r\nwhat is this\n")
	k := &fakeKafka{}
	reg := prometheus.NewRegistry()
	file := fileInput(path)
	file.Once = true
	in := Input{Name: "in", Type: TypeStdin, Site: "leeds"}
	c, err := New(Config{Inputs: []Input{file, in}, Stdin: strings.NewReader("from stdin")}, all(k), dir, quiet(), reg)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(k.wait(t, "leeds", 0)); n != 3 {
		t.Errorf("%d rows were sent when Run returned", n)
	}
	const want = `
# HELP frontfoot_ingest_empty_lines_total Empty lines, which are no events.
# TYPE frontfoot_ingest_empty_lines_total counter
frontfoot_ingest_empty_lines_total{input="f",site="leeds"} 2
frontfoot_ingest_empty_lines_total{input="in",site="leeds"} 0
# HELP frontfoot_ingest_lines_total Lines taken that became events.
# TYPE frontfoot_ingest_lines_total counter
frontfoot_ingest_lines_total{input="f",site="leeds"} 2
frontfoot_ingest_lines_total{input="in",site="leeds"} 1
# HELP frontfoot_ingest_backlog_lines Lines taken that Kafka has not acknowledged yet.
# TYPE frontfoot_ingest_backlog_lines gauge
frontfoot_ingest_backlog_lines{site="leeds"} 0
`
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want),
		"frontfoot_ingest_empty_lines_total", "frontfoot_ingest_lines_total", "frontfoot_ingest_backlog_lines"); err != nil {
		t.Error(err)
	}
	if problems, err := testutil.GatherAndLint(reg); err != nil || len(problems) > 0 {
		t.Errorf("metrics: %v %v", problems, err)
	}
}

type refusing struct{ err error }

func (r refusing) Produce(context.Context, string, ...bus.Message) (int64, error) { return 0, r.err }

func TestProducerThatRefusesForGoodEndsRun(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.log")
	write(t, path, numbered(0, 10_000))
	errRefused := errors.New("no such thing")
	c := collector(t, refusing{errRefused}, dir, Config{Inputs: []Input{fileInput(path)}, BatchBytes: 10_000})
	if err := c.Run(t.Context()); !errors.Is(err, errRefused) {
		t.Errorf("Run ended with %v", err)
	}
}

func TestTakenPortIsAnErrorAtTheStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	free := Input{Name: "free", Type: TypeSyslog, Site: "leeds", Listen: "127.0.0.1:0", Transport: "tcp"}
	in := Input{Name: "net", Type: TypeSyslog, Site: "leeds", Listen: taken.Addr().String(), Transport: "tcp"}
	_, err = New(Config{Inputs: []Input{free, in}}, all(&fakeKafka{}), t.TempDir(), slog.New(slog.DiscardHandler), nil)
	var hinted interface{ HintText() string }
	if !errors.As(err, &hinted) || !strings.Contains(hinted.HintText(), "'listen'") || !strings.Contains(err.Error(), "input net") {
		t.Errorf("error is %v", err)
	}
}

// flaky fails, then waits for its end.
type flaky struct{ fail error }

func (f *flaky) Run(ctx context.Context, sink line.Sink) error {
	if err := sink(line.Chunk{Lines: []line.Line{{Raw: []byte("before")}}, Received: time.Now()}); err != nil {
		return err
	}
	if f.fail != nil {
		return f.fail
	}
	<-ctx.Done()
	return nil
}

func TestFailedInputIsStartedAgain(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKafka{}
		c := collector(t, k, dir, Config{Inputs: []Input{{Name: "in", Type: TypeStdin, Site: "leeds"}}})
		opened := 0
		c.inputs[0].source = &flaky{fail: errors.New("first")}
		c.inputs[0].open = func() (source, error) {
			if opened++; opened < 3 {
				return nil, errors.New("still taken")
			}
			return &flaky{}, nil
		}
		stop := start(t, c)
		time.Sleep(time.Minute) // in the bubble's own time: longer than three pauses
		if rows := k.wait(t, "leeds", 2); len(rows) != 2 || opened != 3 {
			t.Errorf("%d rows after %d openings, want 2 after 3", len(rows), opened)
		}
		if n := testutil.ToFloat64(c.inputs[0].metrics.restarts); n != 3 {
			t.Errorf("counted %v failures, want 3", n)
		}
		stop()
	})
}
