package spool

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontfoot/ingest/ledger"
)

// A written spool: its files, and what is in them.
type written struct {
	files  map[string][]byte
	events []event
	frames []span // of lines
	epochs int
}

// span is where a frame of lines stands.
type span struct {
	file     string
	from, to int64
	events   []event
}

// write makes a spool of a run for each number of frames, which nobody has read.
func write(tb testing.TB, frames ...int) written {
	tb.Helper()
	dir := tb.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range frames {
		s := open(tb, dir, nil)
		for i := range n {
			var lines []string
			for range 1 + rng.IntN(5) {
				lines = append(lines, fmt.Sprintf("%d %s", i, strings.Repeat("x", rng.IntN(300))))
			}
			add(tb, s, fmt.Sprint(i), lines...)
			if i%10 == 9 {
				_, err := s.AppendNote(ledger.Entry{Kind: ledger.Canary, Input: "in"})
				check(tb, err)
			}
		}
		check(tb, s.Commit())
		check(tb, s.Acknowledge(Ack{At: Place{1, headBlock, 0}, Epoch: s.segments[0].epoch}, 0)) // nothing
		s.kill(tb)
	}
	w := written{files: map[string][]byte{}}
	for _, path := range append(segments(tb, dir), filepath.Join(dir, ackName)) {
		data, err := os.ReadFile(path)
		check(tb, err)
		w.files[filepath.Base(path)] = data
	}
	epochs := map[Epoch]bool{}
	for _, name := range slices.Sorted(maps.Keys(w.files)) {
		h, err := readHead(bytes.NewReader(w.files[name]))
		if err != nil {
			continue // the acknowledgements
		}
		epochs[h.epoch] = true
		sc := scanner{r: strings.NewReader(string(w.files[name])), mark: h.mark, off: headBlock, limit: int64(len(w.files[name]))}
		for {
			f, ok := sc.next()
			if !ok {
				break
			}
			sp := span{file: name, from: f.at, to: f.end}
			for i, l := range lines(&f.Frame) {
				sp.events = append(sp.events, event{h.epoch, f.Seq + uint64(i), l})
			}
			w.events = append(w.events, sp.events...)
			w.frames = append(w.frames, sp)
		}
	}
	w.epochs = len(epochs)
	return w
}

func lines(f *Frame) (out []string) {
	d := decoder{b: f.lines}
	for range f.N {
		l := d.line()
		out = append(out, string(l.Raw))
	}
	return out
}

// put writes the files into a folder.
func (w *written) put(tb testing.TB, dir string, files map[string][]byte) {
	tb.Helper()
	for name, data := range files {
		check(tb, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
}

// memory is a folder in memory, for what is done a thousand times, where the machine has one.
func memory() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

// recovered opens a damaged spool and checks what must hold whatever the damage is: it opens, takes lines, gives nothing back that was not
// written, nothing twice or out of order, and says in the ledger what is missing, once.
func (w *written) recovered(tb testing.TB, files map[string][]byte) contents {
	tb.Helper()
	dir, err := os.MkdirTemp(memory(), "spool") //nolint:usetesting // in memory
	check(tb, err)
	defer os.RemoveAll(dir)
	w.put(tb, dir, files)
	s, err := tryOpen(dir, nil)
	check(tb, err)
	got := read(tb, s)
	known := map[event]bool{}
	for _, e := range w.events {
		known[e] = true
	}
	next := map[Epoch]uint64{}
	for _, e := range got.Events {
		if !known[e] {
			tb.Errorf("%x %d %.20q was never written", e.Epoch[:2], e.Seq, e.Raw)
		}
		if e.Seq < next[e.Epoch] {
			tb.Errorf("event %d of %x came again", e.Seq, e.Epoch[:2])
		}
		next[e.Epoch] = e.Seq + 1
	}
	add(tb, s, "new", "new")
	check(tb, s.Commit())
	s.kill(tb)

	s, err = tryOpen(dir, nil)
	check(tb, err)
	again := read(tb, s)
	if len(again.Events) != len(got.Events)+1 || again.Events[len(got.Events)].Raw != "new" {
		tb.Errorf("%d events at the next start, were %d and a new one", len(again.Events), len(got.Events))
	}
	if diff := cmp.Diff(got.of(ledger.Damaged), again.of(ledger.Damaged)); diff != "" {
		tb.Errorf("damage was reported again (-first +second):\n%s", diff)
	}
	check(tb, s.Close())
	return got
}

// missing returns the events that are not there.
func (w *written) missing(got contents) []event {
	have := map[event]bool{}
	for _, e := range got.Events {
		have[e] = true
	}
	var out []event
	for _, e := range w.events {
		if !have[e] {
			out = append(out, e)
		}
	}
	return out
}

// explained checks that entries of damage, or the end of an epoch, tell of every event missing.
func explained(tb testing.TB, missing []event, got contents) {
	tb.Helper()
	damaged := got.of(ledger.Damaged)
	for _, e := range missing {
		epoch := fmt.Sprintf("%x", e.Epoch)
		if !slices.ContainsFunc(damaged, func(d ledger.Entry) bool {
			return d.Epoch == epoch && d.Seq <= e.Seq && (d.Rows == 0 || e.Seq < d.Seq+d.Rows)
		}) {
			tb.Errorf("nothing tells that event %d of %s is missing: %+v", e.Seq, epoch[:4], damaged)
		}
	}
}

// A bit that changes anywhere costs the frame that it stands in and no other.
func TestBitFlips(t *testing.T) {
	w := write(t, 60, 60)
	names := slices.Sorted(maps.Keys(w.files))
	rng := rand.New(rand.NewPCG(3, 4))
	lost := 0
	for range 1000 {
		name := names[rng.IntN(len(names))]
		at := rng.IntN(len(w.files[name]))
		if name == ackName {
			at = rng.IntN(2)*ackSlot + rng.IntN(ackHead)
		}
		files := maps.Clone(w.files)
		files[name] = slices.Clone(files[name])
		files[name][at] ^= 1 << rng.IntN(8)
		got := w.recovered(t, files)
		missing := w.missing(got)
		for _, sp := range w.frames {
			if hit := sp.file == name && int64(at) >= sp.from && int64(at) < sp.to; !hit {
				continue
			}
			missing = slices.DeleteFunc(missing, func(e event) bool { return slices.Contains(sp.events, e) })
		}
		if len(missing) > 0 {
			t.Errorf("%s byte %d: %d events of other frames are missing", name, at, len(missing))
		}
		explained(t, w.missing(got), got)
		lost += len(w.missing(got))
		if t.Failed() {
			t.Fatalf("case: %s byte %d", name, at)
		}
	}
	if lost == 0 {
		t.Error("no flip has hit an event")
	}
}

// Damage of many bytes at many places, also cut files: what holds for all must hold.
func TestHeavyDamage(t *testing.T) {
	w := write(t, 60, 60)
	names := slices.Sorted(maps.Keys(w.files))
	rng := rand.New(rand.NewPCG(5, 6))
	for i := range 300 {
		files := maps.Clone(w.files)
		for range 1 + rng.IntN(6) {
			name := names[rng.IntN(len(names))]
			data := slices.Clone(files[name])
			switch at := rng.IntN(len(data) + 1); rng.IntN(4) {
			case 0:
				data = data[:at]
			case 1:
				clear(data[at:min(at+rng.IntN(5000), len(data))])
			case 2:
				for j := range data[at:min(at+rng.IntN(500), len(data))] {
					data[at+j] = byte(rng.Uint32())
				}
			case 3:
				data = slices.Insert(data, at, make([]byte, 1+rng.IntN(20))...)
			}
			files[name] = data
		}
		w.recovered(t, files)
		if t.Failed() {
			t.Fatalf("case %d", i)
		}
	}
}

// A crash may leave any beginning of the last segment: what stands whole in it is there, and what does not was never promised.
func TestTruncationAtEveryByte(t *testing.T) {
	w := write(t, 60, 3)
	names := slices.Sorted(maps.Keys(w.files))
	last := names[len(names)-2] // "acked" comes after the numbers
	if !strings.HasSuffix(last, suffix) {
		t.Fatal(names)
	}
	end := w.frames[len(w.frames)-1].to
	for at := int64(0); at <= end; at++ {
		if at < headBlock && at%97 != 0 {
			continue
		}
		files := maps.Clone(w.files)
		files[last] = files[last][:at]
		got := w.recovered(t, files)
		var want []event
		whole := int64(headBlock)
		for _, sp := range w.frames {
			switch {
			case sp.file != last:
				want = append(want, sp.events...)
			case sp.to <= at || sp.to-at < frameAlign && padded(files[last], sp):
				want = append(want, sp.events...)
				whole = sp.to
			}
		}
		if diff := cmp.Diff(want, got.Events); diff != "" {
			t.Fatalf("cut at %d (-want +got):\n%.500s", at, diff)
		}
		torn := len(bytes.Trim(files[last][min(whole, at):], "\x00")) > 0 // one mark in 256 begins with a zero: a frame of it cannot be told from none
		if n := len(got.of(ledger.Damaged)); torn != (n > 0) && at >= headBlock {
			t.Fatalf("cut at %d: %d places were reported as damaged", at, n)
		}
	}
}

// padded reports whether a frame is there but for what it was padded with.
func padded(data []byte, sp span) bool {
	n := binary.BigEndian.Uint32(data[sp.from+12:])
	return sp.from+frameHead+int64(n) <= int64(len(data))
}

// Files that are no segments, that have another name or are there twice neither stop a start nor come again.
func TestStrangeFiles(t *testing.T) {
	w := write(t, 60, 60)
	names := slices.Sorted(maps.Keys(w.files))
	first, second := names[0], names[1]
	tests := map[string]struct {
		change func(files map[string][]byte)
		lost   string // the file whose events are missing
	}{
		"nothing":            {func(map[string][]byte) {}, ""},
		"empty":              {func(f map[string][]byte) { f[segmentName(1<<63)] = nil }, ""},
		"garbage":            {func(f map[string][]byte) { f[segmentName(0)] = []byte(strings.Repeat("garbage", 5000)) }, ""},
		"largest number":     {func(f map[string][]byte) { f["18446744073709551615.seg"] = []byte("x") }, ""},
		"no number":          {func(f map[string][]byte) { f["a.seg"] = f[first]; delete(f, first) }, ""},
		"another's number":   {func(f map[string][]byte) { f[first], f[second] = f[second], f[first] }, ""},
		"a copy":             {func(f map[string][]byte) { f["copy.seg"] = f[second] }, ""},
		"half made":          {func(f map[string][]byte) { f[newName], f[reserveName] = f[first][:9000], []byte("x") }, ""},
		"removed":            {func(f map[string][]byte) { delete(f, second) }, second},
		"emptied":            {func(f map[string][]byte) { f[second] = nil }, second},
		"both heads gone":    {func(f map[string][]byte) { f[second] = append(make([]byte, headBlock), f[second][headBlock:]...) }, second},
		"one head gone":      {func(f map[string][]byte) { f[second] = append(make([]byte, headCopy), f[second][headCopy:]...) }, ""},
		"no acknowledgement": {func(f map[string][]byte) { delete(f, ackName) }, ""},
		"wrong acknowledgement": {func(f map[string][]byte) {
			f[ackName] = encodeAck(Ack{At: Place{Segment: 2, Offset: 9000}, Epoch: Epoch{1}, Seq: 99}, 7)
		}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(w.files)
			for n, data := range files {
				files[n] = slices.Clone(data)
			}
			tt.change(files)
			got := w.recovered(t, files)
			var want []event
			for _, sp := range w.frames {
				if sp.file == tt.lost {
					want = append(want, sp.events...)
				}
			}
			missing := w.missing(got)
			if diff := cmp.Diff(want, missing); diff != "" {
				t.Errorf("missing (-want +got):\n%.500s", diff)
			}
			explained(t, missing, got)
			rows := uint64(0)
			for _, d := range got.of(ledger.Damaged) {
				rows += d.Rows
			}
			if rows != uint64(len(want)) {
				t.Errorf("%d lines are written down as damaged, want %d: %+v", rows, len(want), got.of(ledger.Damaged))
			}
		})
	}
}

// A note that names an epoch of another length, as another version may have written it, ends no epoch and keeps no spool from opening.
func TestNoteOfALongEpoch(t *testing.T) {
	entries, err := ledger.Encode([]ledger.Entry{{Kind: ledger.EpochEnd, Epoch: strings.Repeat("0", 34)}})
	if err != nil {
		t.Fatal(err)
	}
	s, ended := &Spool{ends: map[Epoch]uint64{}, reported: map[string]bool{}}, map[Epoch]bool{}
	if s.readNote(&Frame{IsNote: true, Entries: entries}, ended); len(ended)+len(s.ends) > 0 {
		t.Errorf("ended %v, ends %v, want none", ended, s.ends)
	}
}
