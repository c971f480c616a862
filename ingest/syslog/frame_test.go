package syslog

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"frontfoot/ingest/line"
)

type frame struct {
	Raw   string
	Flags line.Flags
}

// frames cuts a whole stream like a connection does.
func frames(r io.Reader, maxLine int) (got []frame, bad bool) {
	f := framer{w: line.NewWindow(64, maxLine)}
	for {
		_, end := f.w.Fill(r)
		for {
			raw, flags, ok, err := f.next()
			if err != nil {
				end, bad = err, errors.Is(err, errBadCount)
			}
			if !ok {
				break
			}
			got = append(got, frame{string(raw), flags})
		}
		if end != nil {
			if raw, flags, ok := f.rest(); ok {
				got = append(got, frame{string(raw), flags})
			}
			return got, bad
		}
	}
}

const maxTestLine = 40

var frameTests = map[string]struct {
	in   string
	want []frame
	bad  bool
}{
	"nothing":                  {in: ""},
	"LF":                       {in: "<1>a\n<2>b\n", want: []frame{{"<1>a", 0}, {"<2>b", 0}}},
	"LF, last one unfinished":  {in: "<1>a\n<2>b", want: []frame{{"<1>a", 0}, {"<2>b", line.Partial}}},
	"counts":                   {in: "4 <1>a6 <2>bcd", want: []frame{{"<1>a", 0}, {"<2>bcd", 0}}},
	"count with LF inside":     {in: "6 <1>a\nb4 <2>c", want: []frame{{"<1>a\nb", 0}, {"<2>c", 0}}},
	"count, LF after":          {in: "4 <1>a\n4 <2>b\r\n4 <3>c\x00", want: []frame{{"<1>a", 0}, {"<2>b", 0}, {"<3>c", 0}}},
	"count, then LF framing":   {in: "4 <1>a<2>b\n4 <3>c", want: []frame{{"<1>a", 0}, {"<2>b", 0}, {"<3>c", 0}}},
	"count of eight digits":    {in: "00000004 <1>a\n", want: []frame{{"00000004 <1>a", line.BadFrame}}},
	"count cut short":          {in: "9 <1>a", want: []frame{{"<1>a", line.Partial}}},
	"count without frame":      {in: "9 ", want: nil},
	"half a count":             {in: "12", want: []frame{{"12", line.Partial}}},
	"count too small":          {in: "4 <1>abc4 <2>d", want: []frame{{"<1>a", 0}, {"bc4 <2>d", line.Partial | line.BadFrame}}, bad: true},
	"count too large by far":   {in: "<1>a\n99999999 <2>b<3>c\n", want: []frame{{"<1>a", 0}, {"99999999 <2>b<3>c\n", line.Partial | line.BadFrame}}, bad: true},
	"count over the line cap":  {in: "50 " + strings.Repeat("x", 50) + "4 <1>a", want: []frame{{strings.Repeat("x", 40), line.Truncated}, {"<1>a", 0}}},
	"text that is no frame":    {in: "hello\n<1>a\n", want: []frame{{"hello", line.BadFrame}, {"<1>a", 0}}},
	"text with a date":         {in: "2023-11-05 a\n<1>a\n", want: []frame{{"2023-11-05 a", line.BadFrame}, {"<1>a", 0}}},
	"text with a compact date": {in: "20231105 a\n<1>a\n", want: []frame{{"20231105 a", line.BadFrame}, {"<1>a", 0}}},
	"nine digits":              {in: "123456789 a\n", want: []frame{{"123456789 a", line.BadFrame}}},
	"zero":                     {in: "0 a\n", want: []frame{{"0 a", line.BadFrame}}},
	"NUL between frames":       {in: "<1>a\x00<2>b\x00<3>c\x00", want: []frame{{"<1>a", 0}, {"<2>b", 0}, {"<3>c\x00", line.Partial}}},
	"NUL within a line":        {in: "<1>a\n<2>b\x00<c\n", want: []frame{{"<1>a", 0}, {"<2>b\x00<c", 0}}},
	"empty lines":              {in: "\n\n<1>a\n", want: []frame{{"", line.BadFrame}, {"", line.BadFrame}, {"<1>a", 0}}},
	"line over the cap":        {in: "<1>" + strings.Repeat("x", 500) + "\n<2>b\n", want: []frame{{"<1>" + strings.Repeat("x", 37), line.Truncated}, {"<2>b", 0}}},
}

func TestFrames(t *testing.T) {
	for name, tt := range frameTests {
		for how, r := range map[string]io.Reader{"whole": strings.NewReader(tt.in), "byte by byte": iotest.OneByteReader(strings.NewReader(tt.in))} {
			t.Run(name+" "+how, func(t *testing.T) {
				got, bad := frames(r, maxTestLine)
				want := tt.want
				if how != "whole" && tt.bad {
					got, want = got[:1], want[:1] // what follows a wrong count is what happened to be read with it
				}
				if diff := cmp.Diff(want, got); diff != "" || bad != tt.bad {
					t.Errorf("bad count %v, want %v; frames (-want +got):\n%s", bad, tt.bad, diff)
				}
			})
		}
	}
}

// No stream panics, makes a frame larger than the cap, or loses more than framing takes.
func FuzzFrames(f *testing.F) {
	for _, tt := range frameTests {
		f.Add([]byte(tt.in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		whole, bad := frames(bytes.NewReader(in), maxTestLine)
		for _, fr := range whole {
			if len(fr.Raw) > maxTestLine {
				t.Errorf("frame of %d bytes", len(fr.Raw))
			}
		}
		if bad || bytes.IndexByte(in, 0) >= 0 {
			return // how much is read with a wrong count or held back after a NUL depends on the reads
		}
		bytewise, _ := frames(iotest.OneByteReader(bytes.NewReader(in)), maxTestLine)
		if diff := cmp.Diff(whole, bytewise); diff != "" {
			t.Errorf("whole and byte by byte differ (-whole +bytewise):\n%s", diff)
		}
	})
}
