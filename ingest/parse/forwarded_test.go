package parse

import (
	"testing"

	"frontfoot/ingest/event"
	"frontfoot/ingest/parse/format"
)

func TestForwarded(t *testing.T) {
	spec, err := format.Read("a.yaml", []byte("format: a\ntitle: A\nlines:\n  - match: {begins: 'for='}\n    patterns: ['for={rest list}']\nfields:\n  list: {to: source, as: forwarded}\n"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := WithFormats([]*format.Spec{spec})
	if err != nil {
		t.Fatal(err)
	}
	for list, want := range map[string][3]string{
		"10.0.0.2, 10.0.0.1, 127.0.0.1":     {"10.0.0.2", "", "10.0.0.2, 10.0.0.1, 127.0.0.1"},
		"10.0.0.2, 100.64.0.1,198.51.100.7": {"198.51.100.7", "", "10.0.0.2, 100.64.0.1,198.51.100.7"},
		"unknown, 2001:db8::5, 203.0.113.9": {"2001:db8::5", "", "unknown, 2001:db8::5, 203.0.113.9"},
		"198.51.100.7:4711, 10.0.0.1":       {"198.51.100.7", "4711", "198.51.100.7:4711, 10.0.0.1"},
		"198.51.100.7 10.2.2.121":           {"198.51.100.7", "", "198.51.100.7 10.2.2.121"},
		"2001:db8::5":                       {"2001:db8::5", "", ""},
		"-, -":                              {"", "", ""},
	} {
		got, err := f.flat(t.Context(), &format.Sample{Line: "for=" + list})
		if err != nil {
			t.Fatal(err)
		}
		if got[event.SourceIP.String()] != want[0] || got["source.port"] != want[1] || got["labels.list"] != want[2] {
			t.Errorf("%s: %v", list, got)
		}
	}
}

// A condition may ask for two values to be the same.
func TestSame(t *testing.T) {
	spec, err := format.Read("a.yaml", []byte("format: a\ntitle: A\nlines:\n  - match: {begins: 'x='}\n    kv: {}\nrules:\n  - when: {x: {same: y}}\n    set: {event.action: equal}\n"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := WithFormats([]*format.Spec{spec})
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{"x=1 y=1": "equal", "x=1 y=2": "", "x=1": ""} {
		if got, err := f.flat(t.Context(), &format.Sample{Line: line}); err != nil || got["event.action"] != want {
			t.Errorf("%s: %v, %v", line, got, err)
		}
	}
}
