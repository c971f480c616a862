package parse

import (
	"strings"
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

// Words between pairs and what stands in brackets are values of their own; a line that ends in a word which no list has breaks off.
func TestWordsAndBrackets(t *testing.T) {
	f := ownFormats(t, map[string]string{
		"own.flags": `{match: {begins: "own "}, kv: {words: {flags: [SYN, ACK], state: [CUT]}, brackets: inner}}`,
	})
	for line, want := range map[string]map[string]string{
		"own a=1 SYN b=2 ACK SYN c=3":            {"a": "1", "b": "2", "c": "3", "flags": "SYN,ACK,SYN", "state": "", "event.partial": ""},
		"own a=1 CUT":                            {"a": "1", "state": "CUT", "flags": "", "event.partial": ""},
		"own a=1 [b=2 [c=3] ] d=4":               {"a": "1", "inner": "b=2 [c=3]", "d": "4", "b": "", "event.partial": ""},
		"own a=1 [b=2 [c=3 ]":                    {"a": "1", "inner": "b=2 [c=3 ]", "event.partial": "a bracket that nothing closes"},
		"own a=1 SYN b":                          {"a": "1", "flags": "SYN", "event.partial": "it ends in a word without a value"},
		"own a=[1] syn b=2":                      {"a": "[1]", "b": "2", "flags": "", "inner": "", "event.partial": ""},
		`own a="x [y" [z] b=2`:                   {"a": "x [y", "inner": "z", "b": "2", "event.partial": ""},
		"own a=1 " + strings.Repeat("SYN ", 300): {"a": "1", "flags": strings.Repeat("SYN,", 64)[:maxName]},
	} {
		got, err := f.flat(t.Context(), &format.Sample{Line: line})
		if err != nil {
			t.Fatal(err)
		}
		for label, v := range want {
			if got["labels."+label] != v {
				t.Errorf("%.40s: %s: got %q, want %q", line, label, got["labels."+label], v)
			}
		}
	}
}
