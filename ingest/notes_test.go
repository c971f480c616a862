package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/ledger"
	"frontfoot/ingest/line"
	"frontfoot/ingest/spool"
)

// scripted hands over what it is given, until it ends.
type scripted struct{ chunks chan line.Chunk }

func (s scripted) Run(ctx context.Context, sink line.Sink) error {
	for {
		select {
		case c := <-s.chunks:
			if err := sink(c); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// noted runs a collector of one scripted input in a bubble with a clock of its own.
func noted(t *testing.T, clock string, run func(t *testing.T, k *fakeKafka, c *Collector, give func(line.Chunk))) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKafka{}
		c := collector(t, k, dir, Config{
			Inputs: []Input{{Name: "in", Type: TypeStdin, Site: "leeds", Clock: clock}}, Spool: Spool{MaxMiB: 64, SegmentBytes: 1 << 20},
		})
		source := scripted{make(chan line.Chunk)}
		c.inputs[0].source = source
		stop := start(t, c)
		run(t, k, c, func(c line.Chunk) {
			c.Received = time.Now()
			source.chunks <- c
		})
		stop()
	})
}

func (k *fakeKafka) counted(kind ledger.Kind) (out []ledger.Entry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, n := range k.notes[bus.RawTopic("leeds")] {
		for _, e := range n.Entries {
			if e.Kind == kind {
				out = append(out, e)
			}
		}
	}
	return out
}

func TestNotesCountWhatCameEachMinute(t *testing.T) {
	noted(t, ClockLive, func(t *testing.T, k *fakeKafka, _ *Collector, give func(line.Chunk)) {
		stamp := func(ago time.Duration) string {
			return "<13>" + time.Now().Add(-ago).UTC().Format("Jan _2 15:04:05") + " host app: text"
		}
		began := time.Now()
		give(line.Chunk{Dropped: 7, Lines: []line.Line{
			{Raw: []byte(stamp(0))}, {Raw: []byte(stamp(2 * time.Hour))}, {Raw: []byte(stamp(48 * time.Hour))}, {Raw: []byte("?")}, {Raw: []byte("\n")},
		}})
		time.Sleep(20 * time.Second) // in the bubble's own time
		give(line.Chunk{Lines: []line.Line{{Raw: []byte(stamp(0))}}})
		ended := time.Now()
		time.Sleep(59 * time.Second)
		want := []ledger.Entry{
			{Kind: ledger.Late, Rows: 1},
			{Kind: ledger.Skewed, Rows: 1},
			{Kind: ledger.Taken, Rows: 5, Bytes: uint64(4*len(stamp(0)) + 1)},
			{Kind: ledger.Unparsed, Rows: 1},
		}
		for i := range want {
			want[i].Input = "in"
			got := k.counted(want[i].Kind)
			sum := ledger.Entry{Kind: want[i].Kind, Input: "in"}
			for _, e := range got {
				if e.First < began.UnixNano() || e.Last > ended.UnixNano() || e.First > e.Last {
					t.Errorf("%s is of %d to %d", e.Kind, e.First, e.Last)
				}
				sum.Rows += e.Rows
				sum.Bytes += e.Bytes
			}
			if diff := cmp.Diff(want[i], sum); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
		}
		if drops := k.counted(ledger.KernelDrop); len(drops) != 1 || drops[0].Rows != 7 || drops[0].Input != "in" {
			t.Errorf("drops are %+v", drops)
		}
		if canaries := k.counted(ledger.Canary); len(canaries) != 1 || canaries[0].Input != "in" {
			t.Errorf("canaries are %+v", canaries)
		}
		if ticks := k.counted(ledger.Tick); len(ticks) < 4 || len(ticks) > 7 {
			t.Errorf("%d ticks in 59 idle seconds and 20 before", len(ticks))
		}
		time.Sleep(2 * time.Hour)
		if n := len(k.counted(ledger.Canary)); n != 3 {
			t.Errorf("%d canaries in two hours", n)
		}
		give(line.Chunk{Lines: []line.Line{{Raw: []byte("last")}}})
		// The count of what came last is told at the stop.
	})
}

func TestStopTellsWhatCameLast(t *testing.T) {
	var kafka *fakeKafka
	noted(t, ClockLive, func(_ *testing.T, k *fakeKafka, _ *Collector, give func(line.Chunk)) {
		kafka = k
		give(line.Chunk{Lines: []line.Line{{Raw: []byte("last")}}, Dropped: 3})
	})
	if taken, drops := kafka.counted(ledger.Taken), kafka.counted(ledger.KernelDrop); len(taken) != 1 || taken[0].Rows != 1 || len(drops) != 1 || drops[0].Rows != 3 {
		t.Errorf("taken %+v, dropped %+v", taken, drops)
	}
}

// Nobody vouches for the clock of old files: what says that time has passed would be wrong.
func TestReplayedInputsHaveNoTicks(t *testing.T) {
	noted(t, ClockReplay, func(t *testing.T, k *fakeKafka, _ *Collector, give func(line.Chunk)) {
		give(line.Chunk{Lines: []line.Line{{Raw: []byte("<13>Jan  1 00:00:00 host app: text")}}})
		time.Sleep(2 * time.Hour)
		if n := len(k.counted(ledger.Tick)) + len(k.counted(ledger.Canary)); n != 0 {
			t.Errorf("%d ticks and canaries", n)
		}
		if taken := k.counted(ledger.Taken); len(taken) != 1 || len(k.counted(ledger.Late))+len(k.counted(ledger.Skewed)) != 0 {
			t.Errorf("taken %+v", taken)
		}
	})
}

// Of datagrams that come while the spool is full, each is stored or counted as lost.
func TestFullSpoolCountsTheDatagramsItDrops(t *testing.T) {
	dir := t.TempDir()
	k := &fakeKafka{gate: make(chan struct{})}
	c := collector(t, k, dir, Config{
		Inputs: []Input{{Name: "in", Type: TypeStdin, Site: "leeds"}}, Spool: Spool{MaxMiB: 64, SegmentBytes: 1 << 20}, DrainTimeout: time.Minute,
	})
	source := scripted{make(chan line.Chunk)}
	c.inputs[0].source = source
	stop := start(t, c)
	sent := 0
	for range 100 {
		lines := make([]line.Line, 64)
		for i := range lines {
			lines[i].Raw = fmt.Appendf(nil, "%d %s", sent, strings.Repeat("x", 16_000))
			sent++
		}
		source.chunks <- line.Chunk{Lines: lines, Received: time.Now(), Droppable: true}
	}
	close(k.gate)
	stop()
	lost := 0
	for _, e := range k.counted(ledger.SpoolFull) {
		lost += int(e.Rows)
	}
	if got := len(k.wait(t, "leeds", 0)); got+lost != sent || lost == 0 || got == 0 {
		t.Errorf("%d lines came and %d are counted as lost of %d", got, lost, sent)
	}
}

// The checks of the path are told in the same order each time.
func TestCanariesAreToldInOrder(t *testing.T) {
	s, err := spool.Open(spool.Settings{Dir: t.TempDir(), MaxBytes: 64 << 20}, slog.New(slog.DiscardHandler), newMetrics(nil).spool("leeds"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := newNotes(s)
	want := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	for _, input := range want {
		n.running(&Input{Name: input, Clock: ClockLive}, true)
	}
	n.taken(time.Now())
	entries, canary := n.due(time.Now(), false)
	var got []string
	for _, e := range entries {
		got = append(got, e.Input)
	}
	if !canary || !slices.Equal(got, want) {
		t.Errorf("canary %t, entries of %v, want %v", canary, got, want)
	}
}

// Counts of the last run that cannot be read are none, in whole: half of them would be told as all.
func TestCountsThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]counts{
		`{"a":{"taken":1}}`:          {"a": {Taken: 1}},
		`{"a":{"taken":1},"b":"no"}`: {},
		`{"a":null}`:                 {},
		`null`:                       {},
	} {
		got, _ := readCounts([]byte(text))
		got.add("c", inputCount{Taken: 1})
		want.add("c", inputCount{Taken: 1})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
