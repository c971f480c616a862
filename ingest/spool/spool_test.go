package spool

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"

	"frontfoot/ingest/hint"
	"frontfoot/ingest/ledger"
	"frontfoot/ingest/line"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func testMetrics() Metrics {
	gauge := func() prometheus.Gauge { return prometheus.NewGauge(prometheus.GaugeOpts{Name: "g"}) }
	counter := func() prometheus.Counter { return prometheus.NewCounter(prometheus.CounterOpts{Name: "c"}) }
	return Metrics{
		Bytes: gauge(), Backlog: gauge(), Full: gauge(), Frames: counter(), Damaged: counter(),
		Sync: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "h"}),
	}
}

const testSegment = 16 << 10

// open opens a spool of small segments on a disk that syncs at once.
func open(tb testing.TB, dir string, change func(*Settings)) *Spool {
	tb.Helper()
	s, err := tryOpen(dir, change)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

func tryOpen(dir string, change func(*Settings)) (*Spool, error) {
	set := Settings{
		Dir: dir, SegmentBytes: testSegment, MaxBytes: 64 * testSegment,
		sync: func(*os.File) error { return nil }, allocate: func(f *os.File, n int64) error { return f.Truncate(n) },
	}
	if change != nil {
		change(&set)
	}
	return Open(set, slog.New(slog.DiscardHandler), testMetrics())
}

// kill leaves the spool as a killed process does: what was written is in the files, nothing is tidied up.
func (s *Spool) kill(tb testing.TB) {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = errClosed
	if err := s.release(); err != nil {
		tb.Fatal(err)
	}
}

func chunk(position string, lines ...string) *line.Chunk {
	c := &line.Chunk{Received: time.Unix(1, 0), Path: "/a"}
	for _, l := range lines {
		c.Lines = append(c.Lines, line.Line{Raw: []byte(l)})
	}
	if position != "" {
		c.Position = line.Position{Key: "file", Value: []byte(position)}
	}
	return c
}

func add(tb testing.TB, s *Spool, position string, lines ...string) {
	tb.Helper()
	if _, err := s.Append(tb.Context(), Source{Input: "in", Zone: "UTC"}, chunk(position, lines...)); err != nil {
		tb.Fatal(err)
	}
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// event is a line with its name.
type event struct {
	Epoch Epoch
	Seq   uint64
	Raw   string
}

// contents is what a reader gives back.
type contents struct {
	Events  []event
	Entries []ledger.Entry
	last    *Frame
	acks    []Ack // after each frame
}

func (c *contents) of(kind ledger.Kind) (out []ledger.Entry) {
	for _, e := range c.Entries {
		if e.Kind == kind {
			out = append(out, e)
		}
	}
	return out
}

// read reads all that is committed.
func read(tb testing.TB, s *Spool) contents {
	tb.Helper()
	check(tb, s.Commit())
	r := s.Reader()
	defer r.Close()
	var out contents
	for {
		f, ok, err := r.Next()
		check(tb, err)
		if !ok {
			check(tb, s.Commit()) // what was found damaged was written down meanwhile
			if f, ok, err = r.Next(); !ok {
				check(tb, err)
				return out
			}
		}
		f.Lines(func(i int, l line.Line) bool {
			out.Events = append(out.Events, event{f.Epoch, f.Seq + uint64(i), string(l.Raw)})
			return true
		})
		if f.IsNote && len(f.Entries) > 0 {
			entries, err := ledger.Decode(f.Entries)
			check(tb, err)
			out.Entries = append(out.Entries, entries...)
		}
		out.last = f
		out.acks = append(out.acks, Ack{At: f.End, Epoch: f.Epoch, Seq: f.Seq + uint64(f.N), Note: f.NextNote})
	}
}

func TestLinesComeBackAsTheyWereTaken(t *testing.T) {
	s := open(t, t.TempDir(), nil)
	c := chunk("7", "one\n", "\r\n", strings.Repeat("x", 5000))
	c.Lines = append(c.Lines, line.Line{Raw: []byte("\x00\xff"), Flags: line.Partial, Peer: peer4}, line.Line{Raw: []byte("six"), Peer: peer6})
	n, err := s.Append(t.Context(), Source{Input: "in", Premises: "corner-shop", Zone: "Europe/London", Replay: true}, c)
	check(t, err)
	if n != (Count{Lines: 4, Bytes: 5009, Empty: 1}) {
		t.Errorf("counted %+v", n)
	}
	r := s.Reader()
	defer r.Close()
	if _, ok, _ := r.Next(); ok {
		t.Error("there before it was durable")
	}
	check(t, s.Commit())
	f, ok, err := r.Next()
	if err != nil || !ok {
		t.Fatalf("no frame: %v", err)
	}
	var got []line.Line
	f.Lines(func(_ int, l line.Line) bool {
		l.Raw = bytes.Clone(l.Raw)
		got = append(got, l)
		return true
	})
	want := []line.Line{c.Lines[0], c.Lines[2], c.Lines[3], c.Lines[4]}
	if diff := cmp.Diff(want, got, cmp.Comparer(samePeer)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if f.Epoch != s.Epoch() || f.Seq != 0 || f.Received != 1e9 || !f.Replay ||
		string(f.Input)+string(f.Premises)+string(f.Zone)+string(f.Path) != "incorner-shopEurope/London/a" {
		t.Errorf("frame is %+v", f)
	}
	if p := s.Positions(); len(p) != 1 || string(p[0].Value) != "7" {
		t.Errorf("positions are %v", p)
	}
}

func TestRestartBeginsAnEpochAndKeepsWhatWasNotAcknowledged(t *testing.T) {
	for _, how := range []string{"closed", "killed"} {
		t.Run(how, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, nil)
			add(t, s, "1", "a", "b")
			add(t, s, "2", "c", "d")
			first := read(t, s)
			ack := first.acks[0]
			ack.At, ack.Seq, ack.Kept = Place{first.last.At.Segment, first.last.At.Offset, 1}, 3, []byte("kept")
			check(t, s.Acknowledge(ack, 3))
			if how == "closed" {
				check(t, s.Close())
			} else {
				s.kill(t)
			}
			again := open(t, dir, nil)
			add(t, again, "3", "e")
			if got := string(again.Reader().Last().Kept); got != "kept" {
				t.Errorf("kept %q", got)
			}
			got := read(t, again)
			want := []event{{s.Epoch(), 3, "d"}, {again.Epoch(), 0, "e"}}
			if diff := cmp.Diff(want, got.Events); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			ends := got.of(ledger.EpochEnd)
			if len(ends) != 1 || ends[0].Epoch != fmt.Sprintf("%x", s.Epoch()) || ends[0].Seq != 4 || len(got.Entries) != 1 {
				t.Errorf("entries are %+v", got.Entries)
			}
			if n := testutil.ToFloat64(again.metrics.Backlog); n != 2 {
				t.Errorf("backlog is %v", n)
			}
			if p := again.Positions(); len(p) != 1 || string(p[0].Value) != "3" {
				t.Errorf("positions are %v", p)
			}
		})
	}
}

func TestFolderInUseIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, nil)
	_, err := tryOpen(dir, nil)
	var hinted *hint.Error
	if !errors.As(err, &hinted) || !strings.Contains(err.Error(), "in use") || !strings.Contains(hinted.HintText(), "stop it") {
		t.Errorf("error is %v", err)
	}
	check(t, s.Close())
	check(t, open(t, dir, nil).Close())
}

func TestAcknowledgedSegmentsAreRemovedAndPositionsStay(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, nil)
	add(t, s, "", "first")
	_, err := s.Append(t.Context(), Source{}, &line.Chunk{Position: line.Position{Key: "other", Value: []byte("9")}})
	check(t, err)
	for i := range 100 {
		add(t, s, fmt.Sprint(i), strings.Repeat("x", 1000))
	}
	got := read(t, s)
	if n := len(segments(t, dir)); n < 10 {
		t.Fatalf("%d segments", n)
	}
	check(t, s.Acknowledge(got.acks[len(got.acks)-1], 101))
	if n := len(segments(t, dir)); n != 1 {
		t.Errorf("%d segments are left", n)
	}
	s.kill(t)
	s = open(t, dir, nil)
	positions := map[string]string{}
	for _, p := range s.Positions() {
		positions[p.Key] = string(p.Value)
	}
	if diff := cmp.Diff(map[string]string{"other": "9", "file": "99"}, positions); diff != "" {
		t.Errorf("positions (-want +got):\n%s", diff)
	}
	if got := read(t, s); len(got.Events) != 0 {
		t.Errorf("%d events came again", len(got.Events))
	}
	_, err = s.Append(t.Context(), Source{}, &line.Chunk{Position: line.Position{Key: "file"}})
	check(t, err)
	s.kill(t)
	if p := open(t, dir, nil).Positions(); len(p) != 1 {
		t.Errorf("positions are %v", p)
	}
}

// A segment gets its name, and with it the positions that it begins with hold, only when the lines before it are durable.
func TestPositionsAreNotDurableBeforeTheirLines(t *testing.T) {
	dir := t.TempDir()
	dirty, named := map[string]bool{}, 0
	s := open(t, dir, func(s *Settings) {
		s.writeAt = func(f *os.File, p []byte, off int64) (int, error) {
			dirty[f.Name()] = true
			return f.WriteAt(p, off)
		}
		s.sync = func(f *os.File) error {
			delete(dirty, f.Name())
			if f.Name() == dir {
				named++
				for name := range dirty {
					if strings.HasSuffix(name, suffix) {
						t.Errorf("%s is not durable and the next segment has its name", name)
					}
				}
			}
			return nil
		}
	})
	for i := range 50 {
		add(t, s, fmt.Sprint(i), strings.Repeat("x", 1000))
	}
	if named < 5 {
		t.Errorf("%d segments were begun", named)
	}
}

func segments(tb testing.TB, dir string) []string {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	check(tb, err)
	return paths
}

var (
	peer4 = netip.MustParseAddr("192.0.2.1")
	peer6 = netip.MustParseAddr("2001:db8::1")
)

func samePeer(a, b netip.Addr) bool { return a == b }
