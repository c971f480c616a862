package template

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestParameters says what the parameters of the last of some lines are, and its template.
func TestParameters(t *testing.T) {
	for _, test := range []struct {
		lines    []string
		want     []Parameter
		template string
	}{
		{[]string{"session closed for user bob"}, nil, "session closed for user bob"},
		{[]string{"session closed for user bob", "session closed for user alice"}, []Parameter{{4, "alice"}}, "session closed for user <*>"},
		{
			[]string{"Failed password for root from 10.0.0.1 port 22 ssh2"},
			[]Parameter{{5, "10.0.0.1"}, {7, "22 ssh2"}},
			"Failed password for root from <*> port <*>",
		},
		{
			[]string{`deny user="A. Person" uid= rule=7, bytes: 12`},
			[]Parameter{{1, `"A. Person"`}, {3, "7"}, {5, "12"}},
			`deny user=<*> uid= rule=<*>, bytes: <*>`,
		},
		{[]string{`{"user": "bob", "n":1}`}, []Parameter{{0, `"bob"`}, {1, "1"}}, `{"user": <*>, "n":<*>}`},
		{[]string{"total = red"}, []Parameter{{0, "red"}}, "total = <*>"},
		{[]string{"size:7 at Fri Jun 17 07:07:00 2005."}, []Parameter{{1, "7"}, {3, "Fri Jun 17 07:07:00 2005."}}, "size:<*> at <*>"},
		{[]string{"threshold......0"}, []Parameter{{1, "0"}}, "threshold......<*>"},
		{[]string{"  "}, nil, "  "},
	} {
		m := miner()
		for _, line := range test.lines {
			m.Shape(line)
		}
		line := test.lines[len(test.lines)-1]
		got := append([]Parameter(nil), m.Parameters()...)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q: parameters (-want +got):\n%s", line, diff)
		}
		if got := string(m.AppendTemplate(nil)); got != test.template {
			t.Errorf("%q: got template %q, want %q", line, got, test.template)
		}
	}
}

// FuzzShape checks that no text makes the miner panic, and that parameters are parts of the text, in order.
func FuzzShape(f *testing.F) {
	for i := range 12 {
		f.Add(hostile(i), hostile(i+6))
	}
	for i, line := range councilLines()[:6] {
		f.Add(line, councilLines()[6+i])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		m := miner()
		for _, text := range []string{a, b, a} {
			m.Shape(text)
			last := -1
			rest := text
			for _, p := range m.Parameters() {
				i := strings.Index(rest, p.Text)
				if p.Place <= last || i < 0 {
					t.Fatalf("%q: parameter %v after place %d is not in %q", text, p, last, rest)
				}
				last, rest = p.Place, rest[i+len(p.Text):]
			}
			m.AppendTemplate(nil)
		}
	})
}
