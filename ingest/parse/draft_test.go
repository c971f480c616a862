package parse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontfoot/ingest/parse/format"
)

// A draft must read the lines that it was made from, and pass its own samples.
func TestDraft(t *testing.T) {
	lines := func(f string) [][]byte {
		var out [][]byte
		for i := range 40 {
			out = append(out, fmt.Appendf(nil, f, i%9+1, 1000+i))
		}
		return out
	}
	for name, c := range map[string]struct {
		lines [][]byte
		want  string
	}{
		"json": {lines(`{"gadget":"door","client_ip":"192.0.2.%d","seq":%d,"when":"2026-11-26T10:00:00Z"}`), "client_ip': source.ip"},
		"kv":   {lines(`<13>Nov 26 10:00:00 box zap: gadget=door srcip=192.0.2.%d seqno=%d user="ann b"`), "srcip': source.ip"},
		"csv":  {lines(`door,192.0.2.%d,%d,open,"a, b",x`), "an address: source.ip or destination.ip?"},
		"text": {lines(`Nov 26 10:00:00 box zapd[12]: door opened by 192.0.2.%d after %d tries`), "door opened by {ip word_3} after {int word_5} tries"},
		"cef":  {lines(`CEF:0|Zap|Door|1|7|opened|3|src=192.0.2.%d cnt=%d`), `'|Zap|Door|'`},
	} {
		t.Run(name, func(t *testing.T) {
			text, left, err := Draft(t.Context(), "own."+name, c.lines)
			if err != nil || len(left) > 0 {
				t.Fatal(left, err)
			}
			if !strings.Contains(string(text), c.want) {
				t.Errorf("no %q in\n%s", c.want, text)
			}
			spec, err := format.Read("own."+name+".yaml", text)
			if err != nil {
				t.Fatalf("%v in\n%s", err, text)
			}
			f, err := WithFormats([]*format.Spec{spec})
			if err != nil {
				t.Fatal(err)
			}
			bad, err := f.CheckSamples(t.Context(), spec)
			if err != nil || len(bad) > 0 || len(spec.Samples) != draftSamples {
				t.Errorf("%d samples, %v, %v in\n%s", len(spec.Samples), bad, err, text)
			}
			var out bytes.Buffer
			stats, err := Stream(t.Context(), bytes.NewReader(bytes.Join(c.lines, []byte{'\n'})), &out, Config{Replay: true, Formats: f}, samplesNow())
			if err != nil || stats.Unknown > 0 || strings.Count(out.String(), `"event.dataset":"own.`+name) != len(c.lines) {
				t.Errorf("%+v, %v", stats, err)
			}
		})
	}
}

// A draft is made from those lines alone that nobody understands.
func TestDraftLeavesOut(t *testing.T) {
	known := "Nov 26 10:00:00 box sshd[9]: Failed password for root from 203.0.113.9 port 4242 ssh2"
	odd := "Nov 26 10:00:01 box zapd[12]: door opened by 192.0.2.7 after 3 tries"
	for name, c := range map[string]struct {
		lines []string
		want  []LeftOut
		err   error
	}{
		"mixed":      {[]string{known, odd, "", "\x7fELF\x00\x01", "caf\xe9 door opened by 192.0.2.8 after 4 tries"}, []LeftOut{{1, "is understood by linux.sshd"}, {4, "is binary, or not in UTF-8"}}, nil},
		"understood": {[]string{known, known}, []LeftOut{{1, "is understood by linux.sshd"}, {2, "is understood by linux.sshd"}}, ErrAllUnderstood},
		"none":       {[]string{"", " "}, nil, ErrNothingToDraft},
	} {
		text, left, err := Draft(t.Context(), "own.door", bytes.Split([]byte(strings.Join(c.lines, "\n")), []byte{'\n'}))
		if !errors.Is(err, c.err) || (err == nil) != bytes.Contains(text, []byte("door opened")) || bytes.Contains(text, []byte("Failed password")) {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
		if diff := cmp.Diff(c.want, left); diff != "" {
			t.Errorf("%s: left out (-want +got):\n%s", name, diff)
		}
	}
}

func FuzzDraft(f *testing.F) {
	f.Add([]byte("a=1 b=2 c=3\na=1 b=2 c=4"))
	f.Add([]byte("x,1,2,3,4\n\x00\xff{[]}\\'\""))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _, err := Draft(context.Background(), "own.fuzz", bytes.Split(text, []byte{'\n'}))
		if err != nil && strings.Contains(err.Error(), "own.fuzz.yaml") {
			t.Errorf("a draft that does not load: %v", err)
		}
	})
}
