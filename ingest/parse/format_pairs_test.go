package parse

import (
	"testing"

	"frontfoot/ingest/parse/format"
)

// A blank may stand between name and value where the pairs' separator holds blanks, too.
func TestPairsWithBlanks(t *testing.T) {
	spec, err := format.Read("a.yaml", []byte("format: a\ntitle: A\nlines:\n  - match: {begins: 'Source '}\n    kv: {pair: ' - ', key: ' '}\n"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := WithFormats([]*format.Spec{spec})
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.flat(t.Context(), &format.Sample{Line: `Source 192.0.2.1:1 - User a b - Browser "x - y" - Took 00:04  - Sent 5`})
	if err != nil {
		t.Fatal(err)
	}
	for label, want := range map[string]string{"source": "192.0.2.1:1", "user": "a b", "browser": "x - y", "took": "00:04", "sent": "5"} {
		if got["labels."+label] != want {
			t.Errorf("%s: got %q, want %q", label, got["labels."+label], want)
		}
	}
}
