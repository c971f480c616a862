//go:build !race

package parse

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"frontfoot/ingest/parse/format"
)

// A file that somebody has damaged is an error that tells where, or a format that works; it never panics.
func TestMutatedFormats(t *testing.T) {
	files, err := fs.Glob(builtIn, "builtin/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(2, 2))
	for range 10_000 {
		file := files[r.IntN(len(files))]
		src, err := builtIn.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		src = src[:bytes.Index(src, []byte("\nsamples:"))+1] // samples are many and only compared
		for range 1 + r.IntN(3) {
			src = mutate(r, src)
		}
		spec, err := format.Read(filepath.Base(file), src)
		if err == nil {
			_, err = compileFormat(spec)
		}
		if bad, ok := errors.AsType[*format.Error](err); err != nil && (!ok || len(bad.Problems) == 0 || bad.Problems[0].Line < 0) {
			t.Fatalf("%s: an error without its place: %v\n%s", file, err, src)
		}
	}
}

// mutate cuts, doubles, swaps or changes a piece of a text.
func mutate(r *rand.Rand, src []byte) []byte {
	if len(src) < 4 {
		return src
	}
	at := r.IntN(len(src) - 3)
	end := min(at+1+r.IntN(60), len(src))
	switch r.IntN(4) {
	case 0:
		return slices.Concat(src[:at], src[end:])
	case 1:
		return slices.Concat(src[:end], src[at:])
	case 2:
		other := r.IntN(len(src))
		return slices.Concat(src[:other], src[at:end], src[other:])
	default:
		out := bytes.Clone(src)
		out[at] = byte(r.Uint32())
		return out
	}
}
