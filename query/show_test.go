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
	if err := writeIncident(&out, &in, 0, "frontfoot"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\n   1. a\n", "\n   9. i\n", "\n  10. j\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in:\n%s", want, out.String())
		}
	}
}
