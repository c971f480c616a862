package query

import (
	"strings"
	"testing"

	"frontfoot/store"
)

// Reasons stay aligned when there are ten of them.
func TestReasonsAreAligned(t *testing.T) {
	var out strings.Builder
	in := store.Incident{Reasons: strings.Split("abcdefghij", "")}
	if err := WriteIncident(&out, &in, 0, "frontfoot"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\n   1. a\n", "\n   9. i\n", "\n  10. j\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in:\n%s", want, out.String())
		}
	}
}

func TestExpectation(t *testing.T) {
	for _, c := range []struct{ expected, seen, want string }{
		{"seen once in 6 days", "10.21.1.20 has never spoken to France", "expected: seen once in 6 days; seen: 10.21.1.20 has never spoken to France"},
		{"", "many values", "seen: many values"},
		{"one of 31", "", "expected: one of 31"},
		{"", "", ""},
	} {
		if got := expectation(&store.Evidence{Expected: c.expected, Seen: c.seen}); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
