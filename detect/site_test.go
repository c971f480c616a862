package detect

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
)

// say is what a site said of a log, without how the log was cut into messages.
type say struct {
	Scores    []float32
	Models    []Model
	Findings  []incident.Finding
	Incidents []incident.Version
}

// feed gives batches to a site, numbered from seq, and appends what it says. It returns the next number.
func (y *say) feed(s *Site, batches []*event.Batch, seq uint64) uint64 {
	for _, b := range batches {
		var out Output
		s.Process(Message{Epoch: "0123", Seq0: seq, Events: b}, &out)
		seq += uint64(b.Rows())
		for _, m := range out.Messages {
			y.Scores = append(y.Scores, m.Scores...)
			y.Models = append(y.Models, m.Models...)
		}
		for _, f := range out.Findings {
			f.Row, f.Offset = 0, 0 // these tell the message
			y.Findings = append(y.Findings, f)
		}
		y.Incidents = append(y.Incidents, out.Incidents...)
	}
	return seq
}

// recut copies events into batches of n rows.
func recut(batches []*event.Batch, n int) []*event.Batch {
	var out []*event.Batch
	b := event.NewBuilder()
	cut := func() {
		if b.Rows() > 0 {
			out = append(out, b.Batch())
			b = event.NewBuilder()
		}
	}
	for _, from := range batches {
		for row := range from.Rows() {
			for c := range event.Column(event.NumColumns) {
				switch spec := c.Spec(); {
				case !from.Has(c, row):
				case c == event.LabelsColumn:
					from.Labels(row, func(key, value string) bool {
						b.Label(key, []byte(value))
						return true
					})
				case spec.Kind == event.Text || spec.Kind == event.Bytes:
					b.SetString(c, from.Text(c, row))
				case spec.Kind == event.Stamp:
					b.SetTime(c, from.Time(c, row))
				default:
					v, _ := from.Uint(c, row)
					b.SetUint(c, v)
				}
			}
			if b.End(); b.Rows() == n {
				cut()
			}
		}
	}
	cut()
	return out
}

// TestSiteIsAFunctionOfTheLog checks that neither the cut of messages nor a restart in the middle changes anything a site says or knows.
func TestSiteIsAFunctionOfTheLog(t *testing.T) {
	batches := councilWeek(t, 3, 6000, gen.Ransomware)
	cfg := DefaultConfig()
	cfg.LearnFor = 12 * time.Hour
	var want say
	a := NewSite("testham", ScoreKey(), cfg)
	want.feed(a, batches, 0)
	if len(want.Findings) == 0 || len(want.Incidents) == 0 {
		t.Fatalf("the log shows %d findings and %d incidents: nothing to compare", len(want.Findings), len(want.Incidents))
	}
	state := a.Snapshot()

	t.Run("other messages", func(t *testing.T) {
		for _, n := range []int{1, 37} {
			var got say
			b := NewSite("testham", ScoreKey(), cfg)
			got.feed(b, recut(batches, n), 0)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("messages of %d rows: %.2000s", n, diff)
			}
			if !bytes.Equal(state, b.Snapshot()) {
				t.Errorf("messages of %d rows: another snapshot", n)
			}
		}
	})
	t.Run("restarts", func(t *testing.T) {
		var got say
		b, seq := NewSite("testham", ScoreKey(), cfg), uint64(0)
		for i, batch := range batches {
			if i%5 == 3 {
				saved := b.Snapshot()
				b = NewSite("testham", ScoreKey(), cfg)
				if err := b.Restore(saved); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(saved, b.Snapshot()) {
					t.Fatal("a snapshot of what was restored differs")
				}
			}
			seq = got.feed(b, []*event.Batch{batch}, seq)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%.2000s", diff)
		}
		if !bytes.Equal(state, b.Snapshot()) {
			t.Error("another snapshot")
		}
	})
}

// bomb is a batch of events with values that never come again.
func bomb(from, n int) *event.Batch {
	b := event.NewBuilder()
	for i := from; i < from+n; i++ {
		b.SetTime(event.Time, 1_772_409_600_000_000_000+int64(i)*int64(50*time.Millisecond))
		b.SetString(event.Dataset, "bomb")
		b.SetString(event.SourceIP, fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255))
		b.SetString(event.DestinationIP, fmt.Sprintf("203.%d.%d.%d", i>>16&255, i>>8&255, i&255))
		b.SetString(event.UserName, fmt.Sprintf("user%x", i*7919))
		b.SetString(event.HostHostname, fmt.Sprintf("host%x", i*104729))
		b.SetString(event.ProcessName, fmt.Sprintf("prog%x", i*1299709))
		b.SetUint(event.DestinationPort, uint64(i&65535))
		b.SetString(event.Message, fmt.Sprintf("%s%x %x did %x", strings.Repeat("w ", i%20), i, i*3, i*5))
		b.End()
	}
	return b.Batch()
}

// TestMemory checks the hard bound of a site: 8 MiB of state, whatever comes.
func TestMemory(t *testing.T) {
	const hard = 8 << 20
	events := 150_000 // with eight values each
	if testing.Short() {
		events = 20_000
	}
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	for i := 0; i < events; i += 1000 {
		var out Output
		s.Process(Message{Seq0: uint64(i), Events: bomb(i, 1000)}, &out)
		if n := s.Bytes(); n > hard {
			t.Fatalf("%d bytes after %d events", n, i)
		}
	}
	if n := len(s.Snapshot()); n > hard {
		t.Errorf("a snapshot of %d bytes", n)
	}
	t.Logf("%d KiB of state, %d KiB of snapshot", s.Bytes()>>10, len(s.Snapshot())>>10)
}

// TestTypicalMemory checks that what is known of an ordinary council stays within 1 MiB.
func TestTypicalMemory(t *testing.T) {
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	var y say
	y.feed(s, councilWeek(t, 3, 19_000, gen.Quiet), 0)
	if n := s.Bytes(); n > 1<<20 {
		t.Errorf("%d KiB", n>>10)
	}
}

// TestAbsurdTime checks that records far in the future or the past neither stop a site nor make it forget.
func TestAbsurdTime(t *testing.T) {
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	for _, at := range []int64{0, math.MinInt64, 1, math.MaxInt64, 1_772_409_600_000_000_000, -1, math.MaxInt64 - 1} {
		b := event.NewBuilder()
		for range 40 {
			b.SetTime(event.Time, at)
			b.SetString(event.SourceIP, "10.0.0.1")
			b.End()
		}
		var out Output
		s.Process(Message{Events: b.Batch()}, &out)
		for _, x := range out.Messages[0].Scores {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				t.Fatalf("score %v at time %d", x, at)
			}
		}
	}
	again := NewSite("testham", ScoreKey(), DefaultConfig())
	if err := again.Restore(s.Snapshot()); err != nil {
		t.Error(err)
	}
}

// What was learned under another key would be recognised by nobody: everything would look new.
func TestRestoreRefusesAnotherKey(t *testing.T) {
	state := NewSite("local", [16]byte{1}, DefaultConfig()).Snapshot()
	if err := NewSite("local", [16]byte{1}, DefaultConfig()).Restore(state); err != nil {
		t.Errorf("with its own key: %v", err)
	}
	if err := NewSite("local", [16]byte{2}, DefaultConfig()).Restore(state); !errors.Is(err, ErrSnapshot) {
		t.Errorf("with another key: got %v, want ErrSnapshot", err)
	}
}

// FuzzRestore checks that no bytes make Restore panic, nor what is done with a state that it accepts.
func FuzzRestore(f *testing.F) {
	s := NewSite("testham", ScoreKey(), DefaultConfig())
	f.Add(s.Snapshot())
	var y say
	y.feed(s, []*event.Batch{bomb(0, 300)}, 0)
	f.Add(s.Snapshot())
	f.Add([]byte("FFS"))
	f.Fuzz(func(_ *testing.T, state []byte) {
		s := NewSite("testham", ScoreKey(), DefaultConfig())
		if err := s.Restore(state); err != nil {
			return
		}
		var out Output
		s.Process(Message{Events: bomb(7, 50)}, &out)
		s.Snapshot()
	})
}
