package format

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// Whatever is in a file, it is read or every problem has its place.
func FuzzRead(f *testing.F) {
	src, err := os.ReadFile("../testdata/formats/acme.gate.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(src)
	f.Add([]byte("format: a\nlines: [{match: {has: [x]}, csv: {columns: {a: [b]}, by: 1, then: {by: c, columns: {}}}}]"))
	f.Fuzz(func(t *testing.T, src []byte) {
		_, err := Read("acme.gate.yaml", src)
		if bad, ok := errors.AsType[*Error](err); err != nil && (!ok || len(bad.Problems) == 0 || !strings.HasPrefix(err.Error(), "acme.gate.yaml:")) {
			t.Errorf("an error without its place: %v", err)
		}
	})
}

func TestReadTellsWhere(t *testing.T) {
	for src, want := range map[string]string{
		"format: A\ntitle: t\nlines: [{match: {has: [x]}}]":                                "f.yaml:1: format: must be lower-case",
		"format: f\ntitle: t\nlines: [{match: {has: [x]}, kv: {sep: 1}}]":                  "f.yaml:3: lines.0.kv.sep: is not a known key; known here: pair, key, quotes, spaces",
		"format: f\ntitle: t\nlines: [{match: {has: [x]}, kv: {}, csv: {columns: [a]}}]":   "f.yaml:3: lines.0.csv: is a second way",
		"format: f\ntitle: t\ntitle: u\nlines: [{match: {has: [x]}}]":                      "f.yaml:3: title: is there twice",
		"format: f\ntitle: t\nlines: [{kv: {}}]":                                           "f.yaml:3: lines.0: has no match",
		"format: f\ntitle: [":                                                              "is not YAML",
		"format: f\ntitle: &a t\nlines: *a":                                                "anchors",
		"":                                                                                 "f.yaml:1: is empty",
		"format: g\ntitle: t\nlines: [{match: {has: [x]}}]":                                "the file must be g.yaml",
		"format: f\ntitle: t\nlines: [{match: {program: ['']}}]":                           "needs a text beside it",
		"format: f\ntitle: t\nlines: [{match: {has: [x]}, kv: {pair: ', ', brackets: a}}]": "words and brackets need pairs",
		"format: f\ntitle: t\nlines: [{match: {has: ['']}}]":                               "empty text",
	} {
		_, err := Read("f.yaml", []byte(src))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", src, err, want)
		}
	}
}
