package line

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

type record struct {
	Raw   string
	Flags Flags
}

// lines cuts a whole stream at LF and checks that every byte of it was accounted for.
func lines(t *testing.T, r io.Reader, size int, w *Window, nul bool) []record {
	t.Helper()
	var got []record
	taken := 0
	keep := func(c Cut) {
		got = append(got, record{string(c.Raw), c.Flags})
		taken += c.Len
	}
	for {
		_, err := w.Fill(r)
		for c, ok := w.Line(nul); ok; c, ok = w.Line(nul) {
			keep(c)
		}
		if err != nil {
			break
		}
	}
	if c, ok := w.Rest(); ok {
		keep(c)
	}
	if taken != size {
		t.Errorf("accounted for %d bytes of %d", taken, size)
	}
	return got
}

func TestWindowLine(t *testing.T) {
	long := strings.Repeat("x", 100)
	tests := map[string]struct {
		in   string
		nul  bool
		want []record
	}{
		"empty stream":         {in: ""},
		"lines":                {in: "a\nbc\n", want: []record{{"a", 0}, {"bc", 0}}},
		"empty lines":          {in: "\n\n", want: []record{{"", 0}, {"", 0}}},
		"no LF at the end":     {in: "a\nb", want: []record{{"a", 0}, {"b", Partial}}},
		"CR stays":             {in: "a\r\n", want: []record{{"a\r", 0}}},
		"exactly max":          {in: long[:10] + "\nz\n", want: []record{{long[:10], 0}, {"z", 0}}},
		"over max":             {in: long + "\nz\n", want: []record{{long[:10], Truncated}, {"z", 0}}},
		"over max at the end":  {in: "z\n" + long, want: []record{{"z", 0}, {long[:10], Truncated | Partial}}},
		"NUL inside":           {in: "a\x00<b\n", want: []record{{"a\x00<b", 0}}},
		"NUL ends":             {in: "<1>a\x00<2>b\x00<3>c\x00", nul: true, want: []record{{"<1>a", 0}, {"<2>b", 0}, {"<3>c\x00", Partial}}},
		"NUL elsewhere":        {in: "<1>a\x00b\n<2>c\n", nul: true, want: []record{{"<1>a\x00b", 0}, {"<2>c", 0}}},
		"UTF-16":               {in: "<\x001\x00<\x002\x00\n", nul: true, want: []record{{"<\x001\x00<\x002\x00", 0}}},
		"NUL after too much":   {in: "<aaaaaaaaaaaa\x00<b\x00<c\n", nul: true, want: []record{{"<aaaaaaaaa", Truncated}, {"<b", 0}, {"<c", 0}}},
		"UTF-16 too long":      {in: "<aaaaaaaaa\x00<\x00zzz\nb\n", nul: true, want: []record{{"<aaaaaaaaa", Truncated}, {"b", 0}}},
		"LF before a NUL tail": {in: "a\nb\x00<c\n", nul: true, want: []record{{"a", 0}, {"b", 0}, {"<c", 0}}},
	}
	for name, tt := range tests {
		for size, r := range map[string]io.Reader{"whole": strings.NewReader(tt.in), "byte by byte": iotest.OneByteReader(strings.NewReader(tt.in))} {
			t.Run(name+" "+size, func(t *testing.T) {
				got := lines(t, r, len(tt.in), NewWindow(16, 10), tt.nul)
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("records (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestWindowCountKeepsTheFirstBytes(t *testing.T) {
	in := strings.Repeat("a", 50) + "bb"
	for name, r := range map[string]io.Reader{"whole": strings.NewReader(in), "byte by byte": iotest.OneByteReader(strings.NewReader(in))} {
		w := NewWindow(16, 10)
		var got []Cut
		for want := 50; ; {
			_, err := w.Fill(r)
			if c, ok := w.Count(want); ok {
				c.Raw = bytes.Clone(c.Raw)
				got = append(got, c)
				want = 2
			}
			if err != nil {
				break
			}
		}
		if c, ok := w.Count(2); ok {
			got = append(got, c)
		}
		want := []Cut{{Raw: []byte("aaaaaaaaaa"), Len: 50, Flags: Truncated}, {Raw: []byte("bb"), Len: 2}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Memory does not follow what the sender sends.
func TestWindowIsBounded(t *testing.T) {
	w := NewWindow(1024, 4096)
	src := io.LimitReader(neverLF{}, 10<<20)
	for {
		_, err := w.Fill(src)
		if _, ok := w.Line(true); ok {
			t.Fatal("cut a line where there is no LF")
		}
		if err != nil {
			break
		}
	}
	if len(w.buf) > 4096+1024 {
		t.Errorf("buffer grew to %d bytes", len(w.buf))
	}
	if c, _ := w.Rest(); c.Len != 10<<20 || len(c.Raw) != 4096 || c.Flags != Truncated|Partial {
		t.Errorf("got %d bytes of %d, flags %b", len(c.Raw), c.Len, c.Flags)
	}
}

type neverLF struct{}

func (neverLF) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// However a stream is cut into reads, the records are the same.
func FuzzWindowLine(f *testing.F) {
	for _, s := range []string{"a\nb\n", "x\x00<y\n", "<\x00a\x00<\x00\n\x00", "<aaaaaaaaaaaa\x00<b\x00<c", "<aaaaaaaaa\x00<\x00zzz\nb\n", strings.Repeat("long", 20), "\n", "a\r\nb"} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, in []byte, nul bool) {
		whole := lines(t, bytes.NewReader(in), len(in), NewWindow(4096, 10), nul)
		bytewise := lines(t, iotest.OneByteReader(bytes.NewReader(in)), len(in), NewWindow(16, 10), nul)
		if diff := cmp.Diff(whole, bytewise); diff != "" {
			t.Errorf("whole and byte by byte differ (-whole +bytewise):\n%s", diff)
		}
	})
}
