package spool

import (
	"encoding/binary"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"golang.org/x/sys/unix"

	"frontfoot/ingest/ledger"
)

// Damage at the end of a segment is reported with the lines that it held, whichever segment it is and whoever's the next one is.
func TestDamageAtTheEndOfASegmentIsReported(t *testing.T) {
	w := write(t, 60, 60)
	last := map[string]span{} // frame of each file
	for _, sp := range w.frames {
		last[sp.file] = sp
	}
	for _, name := range slices.Sorted(maps.Keys(last)) {
		t.Run(name, func(t *testing.T) {
			sp := last[name]
			files := maps.Clone(w.files)
			data := slices.Clone(files[name])
			for i := range data[sp.from:] { // also what follows: notes
				data[sp.from+int64(i)] ^= 0x55
			}
			files[name] = data
			got := w.recovered(t, files)
			missing := w.missing(got)
			if diff := cmp.Diff(sp.events, missing); diff != "" {
				t.Errorf("missing (-want +got):\n%.500s", diff)
			}
			explained(t, missing, got)
			if n := len(got.of(ledger.Damaged)); n != 1 {
				t.Errorf("damage was reported %d times: %+v", n, got.of(ledger.Damaged))
			}
		})
	}
}

// A note that is whole and means nothing, of another version perhaps, is damage in its own place, at every start until it is acknowledged.
func TestNoteThatMeansNothingIsDamage(t *testing.T) {
	for _, value := range []string{"garbage", "[]", `[{"kind":""}]`} {
		dir := t.TempDir()
		s := open(t, dir, nil)
		add(t, s, "1", "a")
		b := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(beginFrame(nil), s.note), s.seq)
		check(t, s.write(endFrame(append(b, value...), 0, s.active().mark, typeNote)))
		s.note++
		add(t, s, "2", "b")
		for range 2 {
			got := read(t, s)
			if damaged := got.of(ledger.Damaged); len(got.Events) != 2 || len(damaged) != 1 || !strings.Contains(damaged[0].Reason, "understood") {
				t.Errorf("%s: %d events, entries %+v", value, len(got.Events), got.Entries)
			}
			if n := testutil.ToFloat64(s.metrics.Damaged); n != 1 {
				t.Errorf("%s: %v places are counted", value, n)
			}
			s.kill(t)
			s = open(t, dir, nil)
		}
	}
}

// What a crash left half written is not cut off before it is written down: on a full disk the next start reports it.
func TestTornEndIsKeptUntilItIsReported(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, nil)
	add(t, s, "1", "a")
	seg := s.active()
	_, err := seg.f.WriteAt([]byte("half"), seg.written)
	check(t, err)
	s.kill(t)
	s = open(t, dir, func(s *Settings) { s.allocate = func(*os.File, int64) error { return unix.ENOSPC } })
	if !s.Owes() {
		t.Error("nothing waits for room")
	}
	s.kill(t)
	for range 2 {
		s = open(t, dir, nil)
		if got := read(t, s); len(got.Events) != 1 || len(got.of(ledger.Damaged)) != 1 {
			t.Errorf("%d events, entries %+v", len(got.Events), got.Entries)
		}
		s.kill(t)
	}
}
