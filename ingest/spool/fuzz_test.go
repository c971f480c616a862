package spool

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"frontfoot/ingest/line"
)

// Whatever stands in a segment: reading ends, moves forward, and stays within the file.
func FuzzSegment(f *testing.F) {
	w := write(f, 12)
	mark := [8]byte{1, 2, 3, 4, 5, 6, 7, 8}
	for _, data := range w.files {
		if h, err := readHead(bytes.NewReader(data)); err == nil {
			frames := bytes.ReplaceAll(data[headBlock:min(len(data), headBlock+4000)], h.mark[:], mark[:])
			f.Add(frames, false)
			f.Add(frames, true) // with their checksums made right
		}
	}
	f.Add(bytes.Repeat(mark[:], 50), true)
	f.Fuzz(func(t *testing.T, frames []byte, right bool) {
		if right {
			frames = makeRight(frames, mark)
		}
		sc := scanner{r: bytes.NewReader(frames), mark: mark, limit: int64(len(frames))}
		at := int64(0)
		for n := 0; ; n++ {
			fr, ok := sc.next()
			if !ok {
				break
			}
			if fr.at < at || fr.end <= fr.at || fr.at-fr.skipped != at || n > len(frames)/frameHead {
				t.Fatalf("frame at %d to %d after %d, %d skipped", fr.at, fr.end, at, fr.skipped)
			}
			at = fr.end
			count := 0
			fr.Lines(func(int, line.Line) bool {
				count++
				return true
			})
			if fr.kind == typeLines && count != fr.N {
				t.Fatalf("%d lines of %d", count, fr.N)
			}
		}
	})
}

// makeRight gives what looks like a frame the checksum that it should have, so that decoding is reached.
func makeRight(b []byte, mark [8]byte) []byte {
	b = bytes.Clone(b)
	for at := 0; at+frameHead <= len(b); at += frameAlign {
		if n, ok := frameLength(b[at:], mark); ok && at+frameHead+n <= len(b) {
			fixed := endFrame(bytes.Clone(b[at:at+frameHead+n]), 0, mark, b[at+16])
			copy(b[at:], fixed[:frameHead])
			at = int(align(int64(at+frameHead+n))) - frameAlign
		}
	}
	return b
}

// Whatever a file of the folder holds, the spool opens and takes lines.
func FuzzFolder(f *testing.F) {
	w := write(f, 12)
	for name, data := range w.files {
		f.Add(name, data[:min(len(data), headBlock+4000)])
	}
	f.Add("00000000000000000009.seg", []byte{})
	f.Add("acked", bytes.Repeat([]byte{0xff}, ackHead))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if name = filepath.Base(name); name == "." || name == ".." || name == "/" || len(name) > 200 || bytes.ContainsRune([]byte(name), 0) {
			t.Skip("no file name")
		}
		dir, err := os.MkdirTemp(memory(), "spool") //nolint:usetesting // in memory
		check(t, err)
		defer os.RemoveAll(dir)
		w.put(t, dir, w.files)
		check(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
		s, err := tryOpen(dir, nil)
		check(t, err)
		add(t, s, "1", "new")
		if got := read(t, s); len(got.Events) == 0 || got.Events[len(got.Events)-1].Raw != "new" {
			t.Error("the new line is not there")
		}
		check(t, s.Close())
	})
}
