package parse

import (
	"testing"

	"frontfoot/ingest/parse/format"
)

func TestWordWith(t *testing.T) {
	words := wordSet([]string{"Drop", "deny"})
	for text, want := range map[string]string{
		"":                                     "",
		"drop":                                 "drop",
		"iptables DROP_INPUT: x":               "DROP_INPUT",
		"dropbear droplet":                     "",
		"[my rule] [Deny]":                     "Deny",
		"a *net2fw:DROP:* deny":                "net2fw:DROP",
		"nodrop undeny drop-":                  "drop",
		"ä drop ü":                             "drop",
		"dropdropdropdropdropdropdropdropdrop": "",
	} {
		if got := wordWith([]byte(text), words); string(got) != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestMACCapture(t *testing.T) {
	pat, err := compile("{mac a}:{mac b}[:{rest c}]", func(string) field { return field{} })
	if err != nil {
		t.Fatal(err)
	}
	const one, two = "52:54:00:12:34:56", "aa-bb-cc-dd-ee-FF"
	for text, fits := range map[string]bool{
		one + ":" + two: true, one + ":" + two + ":08:00": true, one + ":" + two + "0": false, one: false, one[1:] + ":" + two: false,
		"52:54:00-12:34:56:" + two: false, "5g:54:00:12:34:56:" + two: false, "": false,
	} {
		p := New(Config{})
		if got := p.fits(pat, []byte(text)); got != fits || fits && (string(p.caps[0]) != one || string(p.caps[1]) != two) {
			t.Errorf("%s: got %v, %q and %q", text, got, p.caps[0], p.caps[1])
		}
	}
}

// NAME.** is whatever below NAME has no field of its own, and * stands for the numbers of arrays alone.
func TestPathsBelow(t *testing.T) {
	f := ownFormats(t, map[string]string{
		"own.paths": `match: {keys: [own_paths]}
    json: {}
    fields: {own_paths: skip, stats.**: skip, stats.a.b: label, stats.c.**: label other, list.*.x: label x}`,
	})
	got, err := f.flat(t.Context(), &format.Sample{Line: `{"own_paths":1,"stats":{"a":{"b":1,"c":2},"c":{"d":[3]},"e":[{"f":4}]},"statsx":{"y":5},"list":[{"x":6,"z":7}],"member":{"list":{"0":{"x":8}}}}`})
	if err != nil {
		t.Fatal(err)
	}
	for label, want := range map[string]string{
		"stats.a.b": "1", "stats.a.c": "", "other": "3", "stats.e.0.f": "", "statsx.y": "5", "x": "6", "list.0.z": "7", "member.list.0.x": "8",
	} {
		if got["labels."+label] != want {
			t.Errorf("%s: got %q, want %q", label, got["labels."+label], want)
		}
	}
}

// A line without a tag is one, and a tag that ends in / is none.
func TestNoProgram(t *testing.T) {
	f := ownFormats(t, map[string]string{"own.tagless": `{match: {program: ["", gate], has: ["own-x"]}, text: {}}`})
	for line, want := range map[string]string{
		"<13>Nov 26 10:00:00 box own-x":        "own.tagless",
		"<13>Nov 26 10:00:00 box gate: own-x":  "own.tagless",
		"<13>Nov 26 10:00:00 box door: own-x":  Syslog,
		"<13>Nov 26 10:00:00 box door/: own-x": Syslog,
	} {
		got, err := f.flat(t.Context(), &format.Sample{Line: line})
		if err != nil || got["event.dataset"] != want {
			t.Errorf("%s: taken by %s (%v), want %s", line, got["event.dataset"], err, want)
		}
	}
}
