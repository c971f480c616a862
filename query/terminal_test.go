package query

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"frontfoot/ingest/parse"
)

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain naïve 日本": "plain naïve 日本",
		"\x1b[31m":       `\x1b[31m`,
		"a\r\n\tb":       `a\r\n\tb`,
		"\u202Egpj.exe":  `\u{202e}gpj.exe`,
		"\u0085":         `\u{85}`,
		"\xff\xfe":       `\xff\xfe`,
		"\u007f":         `\x7f`,
		"\uFFFD":         "\uFFFD",
	} {
		if diff := cmp.Diff(escape(in), want); diff != "" {
			t.Errorf("escape(%q), got against want:\n%s", in, diff)
		}
	}
}

func TestEscapeIsSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		got := escape(in)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) || strings.ContainsFunc(got, func(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }) {
			t.Errorf("escape(%q) = %q", in, got)
		}
		var out bytes.Buffer
		v := &visible{w: &out}
		for _, part := range cutAnywhere(t, in) {
			if n, err := v.Write([]byte(part)); n != len(part) || err != nil {
				t.Errorf("writing %q: %d, %v", part, n, err)
			}
		}
		if err := v.flush(); err != nil {
			t.Error(err)
		}
		if escape(out.String()) != got && !strings.ContainsAny(in, "\n\t") {
			t.Errorf("visible wrote %q of %q", out.String(), in)
		}
	})
}

// cutAnywhere cuts a text as a stream does, in the middle of characters too.
func cutAnywhere(t *rapid.T, text string) (parts []string) {
	for len(text) > 0 {
		n := rapid.IntRange(1, len(text)).Draw(t, "bytes")
		parts, text = append(parts, text[:n]), text[n:]
	}
	return parts
}

func TestTableFitsTheTerminal(t *testing.T) {
	tab := table{columns: []column{{title: "N", right: true}, {title: "NAME"}, {title: "WHAT", fill: true}}}
	tab.add(cell{text: "7"}, cell{text: "日本"}, cell{text: strings.Repeat("long ", 20)})
	tab.add(cell{text: "12"}, cell{text: "x", style: red}, cell{text: "short"})
	var out bytes.Buffer
	if err := tab.write(&out, terminal{width: 40}); err != nil {
		t.Fatal(err)
	}
	want := " N  NAME  WHAT\n 7  日本  long long long long long long…\n12  x     short\n"
	if diff := cmp.Diff(out.String(), want); diff != "" {
		t.Errorf("got against want:\n%s", diff)
	}
}

// Where it is still too wide, the columns that say least are left out, and named.
func TestTableLeavesOut(t *testing.T) {
	tab := table{columns: []column{{title: "NAME"}, {title: "FIRST", spare: 2}, {title: "WHAT", fill: true}, {title: "COUNT", right: true, spare: 1}}}
	tab.add(cell{text: "exeter"}, cell{text: "2026-03-07 02:14"}, cell{text: strings.Repeat("long ", 10)}, cell{text: "1,204"})
	for width, want := range map[int]string{
		0: "NAME    FIRST             WHAT                                                COUNT\n" +
			"exeter  2026-03-07 02:14  long long long long long long long long long long   1,204\n",
		50: "NAME    WHAT                                 COUNT\n" +
			"exeter  long long long long long long long…  1,204\n" +
			"not shown, for want of room: FIRST\n",
		40: "NAME    WHAT\n" +
			"exeter  long long long long long long l…\n" +
			"not shown, for want of room: FIRST, COU…\n",
	} {
		var out bytes.Buffer
		if err := tab.write(&out, terminal{width: width}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(out.String(), want); diff != "" {
			t.Errorf("%d columns, got against want:\n%s", width, diff)
		}
	}
}

// On a terminal of 80 columns incidents, sites and formats fit, and say what matters most.
func TestWideTablesFit(t *testing.T) {
	var states []siteState
	list := example().sites
	for i := range list {
		states = append(states, stateOf(&list[i]))
	}
	for name, c := range map[string]struct {
		table table
		want  []string
	}{
		"incidents": {incidentsTable(example().incidents), []string{"critical  192.0.2.7 tried 214", "not shown, for want of room: SCORE, EVENTS, VERDICT"}},
		"sites":     {sitesTable(states), []string{"SITE", "EVENTS", "LOST", "STATE", "learning until 2026-03-07 23:14", "not shown, for want of room: FIRST (UTC)"}},
		"formats":   {formatsTable(parse.BuiltIn().Specs()), []string{"FORMAT", "WHAT", "fortinet.fortigate", "not shown, for want of room: VERSIONS"}},
	} {
		var out bytes.Buffer
		if err := c.table.write(&out, terminal{width: 80}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if n := lipgloss.Width(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("%s: %d columns: %s", name, n, line)
			}
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %q in\n%s", name, want, out.String())
			}
		}
	}
}

func TestPaint(t *testing.T) {
	if got := (terminal{}).paint(red, "x"); got != "x" {
		t.Errorf("without colours got %q", got)
	}
	if got := (terminal{colour: true}).paint(red, "x"); !strings.HasPrefix(got, "\x1b[") || !strings.Contains(got, "x") {
		t.Errorf("with colours got %q", got)
	}
}
