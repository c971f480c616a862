package query

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
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

func TestPaint(t *testing.T) {
	if got := (terminal{}).paint(red, "x"); got != "x" {
		t.Errorf("without colours got %q", got)
	}
	if got := (terminal{colour: true}).paint(red, "x"); !strings.HasPrefix(got, "\x1b[") || !strings.Contains(got, "x") {
		t.Errorf("with colours got %q", got)
	}
}
