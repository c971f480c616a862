package parse

import (
	"testing"

	"frontfoot/ingest/event"
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

func TestFrame(t *testing.T) {
	const to, from = "52-54-00-12-34-56", "AA-BB-CC-DD-EE-FF"
	for text, whole := range map[string]bool{
		"52:54:00:12:34:56:aa:bb:cc:dd:ee:ff:08:00": true, "52-54-00-12-34-56-aa-bb-cc-dd-ee-ff": true, "52:54:00:12:34:56": false,
		"52:54:00:12:34:56-aa:bb:cc:dd:ee:ff": false, "525400123456aabbccddeeff0800525400123456": false, "": false,
	} {
		p, b := New(Config{}), event.NewBuilder()
		p.begin(b, 0)
		p.frame([]byte(text))
		want := [2]string{}
		if whole {
			want = [2]string{to, from}
		}
		if got := [2]string{string(b.TextOf(event.DestinationMAC)), string(b.TextOf(event.SourceMAC))}; got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
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
