package spool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"golang.org/x/sys/unix"

	"frontfoot/ingest/ledger"
)

// fill appends until there is no room.
func fill(tb testing.TB, s *Spool) (taken int) {
	tb.Helper()
	for {
		c := chunk("", fmt.Sprintf("%d %s", taken, strings.Repeat("x", 1000)))
		c.Droppable = true
		n, err := s.Append(tb.Context(), Source{Input: "in"}, c)
		if errors.Is(err, ErrFull) {
			if n.Lines != 1 {
				tb.Errorf("counted %+v", n)
			}
			return taken
		}
		check(tb, err)
		taken++
	}
}

// A full spool holds back who can be held back and refuses the others, keeps its bound, and still takes notes of losses.
func TestFullSpool(t *testing.T) {
	diskFull := false
	tests := map[string]func(*Settings){
		"its own bound": func(s *Settings) { s.MaxBytes = 8 * testSegment },
		"a full disk": func(s *Settings) {
			made := 0
			s.allocate = func(f *os.File, n int64) error {
				if made++; diskFull || made > 8 {
					diskFull = true
					return unix.ENOSPC
				}
				return f.Truncate(n)
			}
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			diskFull = false
			dir := t.TempDir()
			s := open(t, dir, change)
			taken := fill(t, s)
			if n := testutil.ToFloat64(s.metrics.Bytes); n > 9*testSegment || !s.Full() {
				t.Errorf("%v bytes are taken, full is %v", n, s.Full())
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			if _, err := s.Append(ctx, Source{}, chunk("1", strings.Repeat("x", 2000))); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("a full spool answered %v", err)
			}
			notes := 0
			for s.Owes() == false {
				_, err := s.AppendNote(ledger.Entry{Kind: ledger.SpoolFull, Input: "in", Rows: 1})
				check(t, err)
				notes++
			}
			for range 10 {
				_, err := s.AppendNote(ledger.Entry{Kind: ledger.SpoolFull, Input: "in", Rows: 1}, ledger.Entry{Kind: ledger.Tick})
				check(t, err)
				notes++
			}
			got := read(t, s)
			if len(got.Events) != taken {
				t.Errorf("%d lines of %d are there", len(got.Events), taken)
			}
			blocked := make(chan error, 1)
			go func() {
				_, err := s.Append(t.Context(), Source{}, chunk("1", strings.Repeat("y", 2000)))
				blocked <- err
			}()
			s.mu.Lock()
			diskFull = false
			s.retryAt = time.Time{}
			s.set.allocate = Settings{}.withDefaults().allocate
			s.mu.Unlock()
			check(t, s.Acknowledge(got.acks[len(got.acks)-1], taken))
			check(t, <-blocked)
			_, err := s.AppendNote()
			check(t, err)
			after := read(t, s)
			if len(after.Events) != 1 || after.Events[0].Seq != uint64(taken) || s.Full() || s.Owes() {
				t.Errorf("%d events afterwards, full %v, owes %v", len(after.Events), s.Full(), s.Owes())
			}
			rows := uint64(0)
			for _, e := range append(got.of(ledger.SpoolFull), after.of(ledger.SpoolFull)...) {
				rows += e.Rows
			}
			if rows != uint64(notes) {
				t.Errorf("%d lines are written down as lost of %d", rows, notes)
			}
		})
	}
}

// A spool that was full when the collector stopped still writes down losses after the start: of its reserve, and where that is used up, of what is
// given back, also where that is less than a segment.
func TestFullSpoolTakesLossesAfterAStart(t *testing.T) {
	for _, used := range []bool{false, true} {
		t.Run(fmt.Sprintf("reserve used %v", used), func(t *testing.T) {
			dir := t.TempDir()
			small := func(s *Settings) { s.MaxBytes = 8 * testSegment }
			s := open(t, dir, small)
			taken := fill(t, s)
			for used && !s.Owes() {
				_, err := s.AppendNote(ledger.Entry{Kind: ledger.SpoolFull, Input: "in", Rows: 1})
				check(t, err)
			}
			check(t, s.Commit())
			s.kill(t)
			s = open(t, dir, small)
			if used {
				got := read(t, s)
				i := slices.IndexFunc(got.acks, func(a Ack) bool { return a.At.Segment == 2 })
				check(t, s.Acknowledge(got.acks[i], i))
			}
			written, err := s.AppendNote(ledger.Entry{Kind: ledger.SpoolFull, Input: "in", Rows: 7})
			check(t, err)
			if !written || s.Owes() {
				t.Errorf("loss is written down: %v, owes %v", written, s.Owes())
			}
			got := read(t, s)
			losses := got.of(ledger.SpoolFull)
			if n := len(losses); n == 0 || losses[n-1].Rows != 7 || len(got.of(ledger.EpochEnd)) != 1 || !used && len(got.Events) != taken {
				t.Errorf("%d events, entries %+v", len(got.Events), got.Entries)
			}
			if n := testutil.ToFloat64(s.metrics.Bytes); n > 8*testSegment || !s.Full() {
				t.Errorf("%v bytes are taken, full is %v", n, s.Full())
			}
		})
	}
}

// A disk that is full when the collector starts is no reason not to start.
func TestFullDiskAtTheStart(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, nil)
	add(t, s, "1", "a")
	s.kill(t)
	s = open(t, dir, func(s *Settings) { s.allocate = func(*os.File, int64) error { return unix.ENOSPC } })
	if got := read(t, s); len(got.Events) != 1 || !s.Owes() {
		t.Errorf("%d events, owes %v", len(got.Events), s.Owes())
	}
	if info, err := os.Stat(segments(t, dir)[0]); err != nil || info.Size() >= testSegment {
		t.Errorf("what the segment did not use was not given back: %v, %v", info, err)
	}
	s.mu.Lock()
	s.retryAt, s.set.allocate = time.Time{}, Settings{}.withDefaults().allocate
	s.mu.Unlock()
	add(t, s, "2", "b")
	_, err := s.AppendNote()
	check(t, err)
	if got := read(t, s); len(got.Events) != 2 || len(got.of(ledger.EpochEnd)) != 1 {
		t.Errorf("%d events, entries %v", len(got.Events), got.Entries)
	}
}

// After an fsync that failed nobody knows what is on the disk: it is not tried again, and nothing is read of it.
func TestFailedSyncEndsTheSpool(t *testing.T) {
	dir := t.TempDir()
	syncs, bad := 0, false
	s := open(t, dir, func(s *Settings) {
		s.sync = func(*os.File) error {
			if syncs++; bad {
				return unix.EIO
			}
			return nil
		}
	})
	done := make(chan error, 1)
	go func() { done <- s.Run(t.Context()) }()
	bad = true
	_, err := s.Append(t.Context(), Source{}, chunk("1", "a"))
	check(t, err)
	if err := <-done; !errors.Is(err, unix.EIO) {
		t.Errorf("Run ended with %v", err)
	}
	n := syncs
	if _, err := s.Append(t.Context(), Source{}, chunk("2", "b")); !errors.Is(err, unix.EIO) {
		t.Errorf("appending afterwards: %v", err)
	}
	r := s.Reader()
	defer r.Close()
	if f, ok, _ := r.Next(); ok {
		t.Errorf("read what is not durable: %+v", f)
	}
	if err := s.Commit(); !errors.Is(err, unix.EIO) || syncs != n {
		t.Errorf("committing afterwards: %v, %d syncs more", err, syncs-n)
	}
}

// What one writes while the disk is slow is bounded.
func TestSlowDiskHoldsBack(t *testing.T) {
	s := open(t, t.TempDir(), func(s *Settings) { s.SegmentBytes, s.MaxBytes = 1<<20, 64<<20 })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for i := 0; ; i++ {
		_, err := s.Append(ctx, Source{}, chunk("", strings.Repeat("x", 100_000)))
		if errors.Is(err, context.DeadlineExceeded) {
			break
		}
		check(t, err)
		if i > 100 {
			t.Fatal("10 MB were taken and none is durable")
		}
	}
}
