package parse

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// An explanation says what was tried, what took the line, where each field came from and what no field holds.
func TestExplain(t *testing.T) {
	formats, err := LoadFormats("testdata/formats")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		line string
		want []string // with one blank for many
		not  string
	}{
		"format of one's own": {
			`<134>Nov 26 10:00:00 gw1 gate: type=traffic date=2026-11-26 time=10:00:00 tz=+0000 act=deny src=192.0.2.1 dst=198.51.100.2 proto=6 internal_id=77 rulename="No one"`,
			[]string{
				"tried acme.gate, line kind 1: understood", "taken by acme.gate", "@timestamp 2026-11-26T10:00:00Z (the line's stamp 2026-11-26 10:00:00)",
				"event.ingested 2026-11-26T12:00:00Z (when it was received)", "source.ip 192.0.2.1 (src)", "network.transport tcp (proto)", "network.iana_number 6 (proto)",
				"event.type denied (of the format)", "host.hostname gw1 (the syslog header)", "rule.name No one (rulename)", `left over ["internal_id=77"]`,
			},
			"",
		},
		"passed over": {
			"Nov 26 10:00:00 box sshd[9]: Failed password for root from 203.0.113.9 port 4242 ssh2",
			[]string{
				"no, another program writes it", "tried linux.sshd, line kind 1: understood", "taken by linux.sshd", "user.name root (account)", "process.pid 9 (the syslog header)",
				"message Failed password for root from 203.0.113.9 port 4242 ssh2 (the line's text)", `left over ["Failed" "for" "from" "port" "ssh2"]`,
			},
			"",
		},
		"of any product": {
			`{"time":"2026-11-23T14:02:16Z","level":"info","msg":"login ok","user":"a.bates","nested":{"x":null}}`,
			[]string{"tried JSON of any product: understood", "taken by JSON of any product", "user.name a.bates (user)", "message login ok (msg)", `left over ["nested\":{\"x\":null"]`},
			"iptables",
		},
		"of one who would steer the terminal": {
			"door \x1b[2J\x9b opened\tby \u202eann", []string{`line 1: door \x1b[2J\x9b opened\tby \u202eann`, `message door \x1b[2J`}, "\x1b",
		},
		"of none": {
			"lorem ipsum", []string{"tried JSON of any product: no", "tried key=value of any product: no", "taken by none", "event.dataset unknown (of every line)", `left over ["lorem ipsum"]`}, "understood",
		},
	} {
		var out bytes.Buffer
		if err := Explain(t.Context(), strings.NewReader(c.line+"\n"), &out, Config{Replay: true, Formats: formats}, samplesNow()); err != nil {
			t.Fatal(err)
		}
		got := regexp.MustCompile(" +").ReplaceAllString(out.String(), " ")
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", name, want, got)
			}
		}
		if c.not != "" && strings.Contains(got, c.not) {
			t.Errorf("%s: %q in\n%s", name, c.not, got)
		}
	}
}
