package spool

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"frontfoot/ingest/ledger"
)

// A segment is not removed before the acknowledgement that allows it is on the disk; when the disk has room again it is.
func TestNothingIsRemovedBeforeItsAcknowledgementIsDurable(t *testing.T) {
	for _, fails := range []string{"write", "sync"} {
		t.Run(fails, func(t *testing.T) {
			dir, broken := t.TempDir(), ""
			s := open(t, dir, func(s *Settings) {
				s.writeAt = func(f *os.File, p []byte, off int64) (int, error) {
					if broken == "write" && strings.HasSuffix(f.Name(), ackName) {
						return 0, unix.ENOSPC
					}
					return f.WriteAt(p, off)
				}
				s.sync = func(f *os.File) error {
					if broken == "sync" && strings.HasSuffix(f.Name(), ackName) {
						return unix.ENOSPC
					}
					return nil
				}
			})
			for i := range 50 {
				add(t, s, fmt.Sprint(i), strings.Repeat("x", 1000))
			}
			got, before := read(t, s), segments(t, dir)
			broken = fails
			check(t, s.Acknowledge(got.acks[len(got.acks)-1], 50))
			if now := segments(t, dir); len(now) != len(before) || len(now) < 4 {
				t.Errorf("%d segments of %d are left and the acknowledgement is not durable", len(now), len(before))
			}
			if s.reserve > 0 {
				t.Error("the reserve was not given up for the acknowledgement")
			}
			broken = ""
			s.mu.Lock()
			s.retryAt = time.Time{}
			s.mu.Unlock()
			for range 20 { // there is nothing more to acknowledge: only who wants room asks for it
				add(t, s, "", strings.Repeat("x", 1000))
			}
			if _, err := os.Stat(before[0]); err == nil {
				t.Error("the first segment is still there")
			}
			s.kill(t)
			if got := read(t, open(t, dir, nil)); len(got.Events) != 20 {
				t.Errorf("%d events came after the next start, entries %+v", len(got.Events), got.Entries)
			}
		})
	}
}

// A file system that breaks its promise of room, or has none for a name, makes a spool full. It ends nothing.
func TestFullDiskWhileASegmentIsBegun(t *testing.T) {
	tests := map[string]func(f *os.File, dir string, writing bool) bool{
		"writing the reserve": func(f *os.File, _ string, writing bool) bool {
			return writing && strings.HasSuffix(f.Name(), reserveName)
		},
		"syncing the reserve": func(f *os.File, _ string, writing bool) bool {
			return !writing && strings.HasSuffix(f.Name(), reserveName)
		},
		"the name of a segment":  func(f *os.File, dir string, writing bool) bool { return !writing && f.Name() == dir },
		"writing a new segment":  func(f *os.File, _ string, writing bool) bool { return writing && strings.HasSuffix(f.Name(), newName) },
		"everything, everywhere": func(*os.File, string, bool) bool { return true },
	}
	for name, fails := range tests {
		t.Run(name, func(t *testing.T) {
			dir, broken := t.TempDir(), false
			s := open(t, dir, func(s *Settings) {
				s.MaxBytes = 4 * testSegment
				s.writeAt = func(f *os.File, p []byte, off int64) (int, error) {
					if broken && fails(f, dir, true) {
						return 0, unix.ENOSPC
					}
					return f.WriteAt(p, off)
				}
				s.sync = func(f *os.File) error {
					if broken && fails(f, dir, false) {
						return unix.ENOSPC
					}
					return nil
				}
			})
			taken := fill(t, s)
			check(t, s.Commit())
			broken = true
			for i := 0; !s.Owes(); i++ {
				_, err := s.AppendNote(ledger.Entry{Kind: ledger.SpoolFull, Rows: 1})
				check(t, err)
				if i > 1000 {
					t.Fatal("there is always room")
				}
			}
			if n := fill(t, s); n > 0 {
				t.Errorf("%d lines were taken", n)
			}
			broken = false
			got := read(t, s)
			check(t, s.Acknowledge(got.acks[len(got.acks)-1], taken))
			s.mu.Lock()
			s.retryAt = time.Time{}
			s.mu.Unlock()
			add(t, s, "1", "a")
			written, err := s.AppendNote()
			check(t, err)
			if got := read(t, s); len(got.Events) != 1 || !written || s.Owes() || len(got.of(ledger.Damaged)) > 0 {
				t.Errorf("%d events, written %v, owes %v, entries %+v", len(got.Events), written, s.Owes(), got.Entries)
			}
			s.kill(t)
			if got := read(t, open(t, dir, nil)); len(got.Events) != 1 || len(got.of(ledger.Damaged)) > 0 {
				t.Errorf("%d events after the next start, entries %+v", len(got.Events), got.Entries)
			}
		})
	}
}

// The same positions take the same room each time, also where they do not go into one frame; all of them are there after a start.
func TestManyPositions(t *testing.T) {
	dir := t.TempDir()
	large := func(s *Settings) { s.SegmentBytes, s.MaxBytes = 1<<20, 256<<20 }
	s := open(t, dir, large)
	s.mu.Lock()
	for i := range 30_000 {
		s.positions[fmt.Sprintf("file %d", i)] = bytes.Repeat([]byte("x"), 150+i%300)
	}
	h := s.newHead()
	if first := s.opening(h); len(first) < 2*maxPayload/4 || !bytes.Equal(first, s.opening(h)) {
		t.Errorf("%d bytes are not the same again", len(first))
	}
	s.mu.Unlock()
	for i := range 3 {
		add(t, s, "1", fmt.Sprint(i, strings.Repeat("x", 1<<20)))
	}
	check(t, s.Commit())
	s.kill(t)
	s = open(t, dir, large)
	if n := len(s.Positions()); n != 30_001 {
		t.Errorf("%d positions are there", n)
	}
	if got := read(t, s); len(got.Events) != 3 || len(got.of(ledger.Damaged)) > 0 {
		t.Errorf("%d events, entries %+v", len(got.Events), got.Entries)
	}
}
