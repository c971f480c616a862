package parse

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"frontfoot/ingest/parse/format"
)

// Every sample of every format must give what its vendor's reference says.
func TestSamples(t *testing.T) {
	f := BuiltIn()
	for _, s := range f.Specs() {
		t.Run(s.Name, func(t *testing.T) {
			if len(s.Samples) == 0 {
				t.Fatalf("%s has no samples", s.File)
			}
			bad, err := f.CheckSamples(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range bad {
				t.Errorf("builtin/%s:%d: %s", s.File, m.Line, m)
			}
		})
	}
}

// The example of the documentation works.
func TestDocumentedFormat(t *testing.T) {
	f, err := LoadFormats("testdata/formats")
	if err != nil {
		t.Fatal(err)
	}
	s := f.Specs()[0]
	if s.Name != "acme.gate" {
		t.Fatalf("the first format is %s", s.Name)
	}
	bad, err := f.CheckSamples(t.Context(), s)
	if err != nil || len(s.Samples) == 0 {
		t.Fatal(len(s.Samples), err)
	}
	for _, m := range bad {
		t.Errorf("%s:%d: %s", s.File, m.Line, m)
	}
}

func TestBadFormats(t *testing.T) {
	_, err := LoadFormats("testdata/badformats")
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"testdata/badformats/broken.shape.yaml:6: lines.1.match: needs one of",
		"testdata/badformats/broken.names.yaml:7: src: source.adress is no field",
		"broken.names.yaml:8: dst: as: hexx is not known",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

// A sender's blank behind "CEF:" makes it look like a syslog tag.
func TestMarkIsNoTag(t *testing.T) {
	p := New(Config{Replay: true})
	for line, body := range map[string]string{
		"<189>Nov 26 11:07:55 fw CEF: 0|a|b|": "CEF: 0|a|b|",
		"Nov 26 11:07:55 fw LEEF:2.0|a|b|":    "LEEF:2.0|a|b|",
	} {
		if h := p.scanHeader([]byte(line)); string(h.body) != body || string(h.host) != "fw" {
			t.Errorf("%s: host %q, body %q", line, h.host, h.body)
		}
	}
}

func TestWholeZone(t *testing.T) {
	for zone, want := range map[string]int{"BST": 3600, "CEST": 7200, "GMT": 0, "+0530": 19800, "-03:00": -10800} {
		if got, ok := wholeZone([]byte(zone)); !ok || got != want {
			t.Errorf("%s: %d, %v", zone, got, ok)
		}
	}
	for _, zone := range []string{"", "IST", "GMTX"} {
		if _, ok := wholeZone([]byte(zone)); ok {
			t.Errorf("%s is a zone", zone)
		}
	}
}

// The stamp of Sophos UTM has colons in the date.
func TestColonDate(t *testing.T) {
	p := New(Config{Replay: true})
	h := p.scanHeader([]byte("<30>2026:11:26-10:14:05 gw ulogd[4433]: x"))
	if h.stamp.sec != 1795688045 || string(h.host) != "gw" || string(h.app) != "ulogd" || string(h.body) != "x" {
		t.Errorf("%d, host %q, tag %q, body %q", h.stamp.sec, h.host, h.app, h.body)
	}
}

// Fields that are read in a way of their own can be given constants as well, and a constant never lands in another column.
func TestConstants(t *testing.T) {
	spec, err := format.Read("own.x.yaml", []byte(`format: own.x
title: x
lines:
  - match: {has: ["own-x"]}
    text: {}
    rules:
      - set: {network.transport: tcp, log.level: error, source.mac: AA-BB-CC-00-00-01, destination.port: 443, label.a: b}
`))
	if err != nil {
		t.Fatal(err)
	}
	f, err := WithFormats([]*format.Spec{spec})
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.flat(t.Context(), &format.Sample{Line: "2026-11-26T10:00:00Z box own-x"})
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		"network.transport": "tcp", "log.level": "error", "source.mac": "AA-BB-CC-00-00-01", "destination.port": "443", "labels.a": "b",
		"@timestamp": "2026-11-26T10:00:00Z", "event.dataset": "own.x",
	} {
		if got[field] != want {
			t.Errorf("%s is %q, want %q", field, got[field], want)
		}
	}
}

// Children of some daemons have their names in brackets.
func TestBracketedTag(t *testing.T) {
	for line, want := range map[string][3]string{
		"(squid-1)[6802]: x": {"squid-1", "6802", "x"},
		"(root) CMD (x)":     {"", "", "(root) CMD (x)"},
		"(a)[1":              {"", "", "(a)[1"},
		"(":                  {"", "", "("},
	} {
		if app, pid, body := scanTag([]byte(line)); string(app) != want[0] || string(pid) != want[1] || string(body) != want[2] {
			t.Errorf("%s: %q %q %q", line, app, pid, body)
		}
	}
}

// The documentation's list is that of the files.
func TestFormatsAreDocumented(t *testing.T) {
	const file = "../../docs/formats-list.md"
	var got bytes.Buffer
	if err := BuiltIn().WriteFormats(&got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(want, got.Bytes()) {
		t.Errorf("%s is not what the files say (%v); `go test ./ingest/parse -update` writes it anew", file, err)
	}
}

// TestClockLength reads lengths of time with colons, with units, and with both.
func TestClockLength(t *testing.T) {
	for text, want := range map[string]uint64{
		"1:02:03": 3723, "0:00:00": 0, "02:03": 123, "2h3m4s": 7384, "1h:02m:03s": 3723, "0h:00m:00s": 0, "1d 2h:03m:04s": 93784,
	} {
		if got, ok := clockLength([]byte(text)); !ok || got != want*1_000_000_000 {
			t.Errorf("%s: %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "1:2:3:4", "h:1", "1x"} {
		if got, ok := clockLength([]byte(text)); ok {
			t.Errorf("%s: %d", text, got)
		}
	}
}

// TestAddressBeforeColon ends an address before the colon behind which the rest is no part of it.
func TestAddressBeforeColon(t *testing.T) {
	pat, err := compile("{ip a}:{rest b}", func(string) field { return field{} })
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][2]string{
		"192.0.2.1:443": {"192.0.2.1", "443"}, "192.0.2.1:http://x/": {"192.0.2.1", "http://x/"}, "2001:db8::1:443": {"2001:db8::1", "443"}, "gw:x": {"gw", "x"},
	} {
		p := New(Config{})
		if !p.fits(pat, []byte(text)) || string(p.caps[0]) != want[0] || string(p.caps[1]) != want[1] {
			t.Errorf("%s: %q, %q", text, p.caps[0], p.caps[1])
		}
	}
}

// A format that takes a line's beginning for its own and cannot read it leaves the header to whoever can, and one that finds no columns has set nothing.
func TestWhoCannotReadLeavesNoTrace(t *testing.T) {
	var specs []*format.Spec
	for name, line := range map[string]string{
		"own.header":  "header: own\n    patterns: ['{word x} own-x nothing {int source.port}']",
		"own.columns": "csv: {separator: \"|\", columns: [source.domain, b]}",
	} {
		spec, err := format.Read(name+".yaml", []byte("format: "+name+"\ntitle: x\nlines:\n  - match: {has: [\"own-x\"]}\n    "+line+"\nfields:\n  source.domain: source.domain\n"))
		if err != nil {
			t.Fatal(err)
		}
		specs = append(specs, spec)
	}
	f, err := WithFormats(specs)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.flat(t.Context(), &format.Sample{Line: "2026-11-26T10:00:00Z box own-x"})
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{"@timestamp": "2026-11-26T10:00:00Z", "host.hostname": "box", "source.domain": "", "event.dataset": Syslog} {
		if got[field] != want {
			t.Errorf("%s is %q, want %q", field, got[field], want)
		}
	}
}

// Texts that a product shares with others' lines do not make them its own.
func TestLookalikesAreNobodys(t *testing.T) {
	f, err := WithFormats(nil)
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"myapp : Error: no such file":                                                                   Unknown,
		"Backup job : Info: Login OK: [bob] (from client x port 3)":                                     Unknown,
		"server: Client 5 disconnected":                                                                 Unknown,
		"2026-11-26 10:00:00 12 [ERROR] could not open 'x'":                                             Syslog,
		"Thu Nov  6 10:00:00 2026 : Auth: Login OK: [a] (from client b port 7)":                         "freeradius",
		"2026-11-26 10:00:00 12 [Warning] Access denied for user 'a'@'192.0.2.1' (using password: YES)": "mysql",
	} {
		got, err := f.flat(t.Context(), &format.Sample{Line: line})
		if err != nil {
			t.Fatal(err)
		}
		if got["event.dataset"] != want {
			t.Errorf("%s: taken by %s, want %s", line, got["event.dataset"], want)
		}
	}
}
