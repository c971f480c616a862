package query

import (
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"golang.org/x/term"
)

// A terminal is what is known of where an answer is written to. The zero value is no terminal: no colour, no end to a line.
type terminal struct {
	interactive bool
	colour      bool
	width       int // columns, 0 where lines have no end
}

func terminalOf(w io.Writer) terminal {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return terminal{}
	}
	t := terminal{interactive: true, colour: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil {
		t.width = width
	}
	return t
}

// A style is how a cell or line looks on a terminal with colours.
type style uint8

const (
	plain style = iota
	bold
	faint
	red
	yellow
	green
)

// paint returns text in a style, where there are colours.
func (t terminal) paint(s style, text string) string {
	if !t.colour || text == "" {
		return text
	}
	look := lipgloss.NewStyle()
	switch s {
	case bold:
		look = look.Bold(true)
	case faint:
		look = look.Faint(true)
	case red:
		look = look.Bold(true).Foreground(lipgloss.Red)
	case yellow:
		look = look.Foreground(lipgloss.Yellow)
	case green:
		look = look.Foreground(lipgloss.Green)
	default:
		return text
	}
	return look.Render(text)
}

// severityStyle is how a severity looks.
func severityStyle(severity string) style {
	switch severity {
	case "critical", "high":
		return red
	case "medium":
		return yellow
	default:
		return plain
	}
}

// escape makes characters visible that would steer a terminal or hide text: controls, and marks that turn the direction of writing.
// What is no UTF-8 becomes \xNN.
func escape(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return steers(r) || r == utf8.RuneError || r == '\n' || r == '\t' }) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		writeVisible(&b, text[:size], r, size)
		text = text[size:]
	}
	return b.String()
}

func writeVisible(b *strings.Builder, text string, r rune, size int) {
	const hex = "0123456789abcdef"
	switch {
	case r == utf8.RuneError && size == 1, steers(r) && r < 0x80 && r != '\n' && r != '\t' && r != '\r':
		b.WriteString(`\x`)
		b.WriteByte(hex[text[0]>>4])
		b.WriteByte(hex[text[0]&15])
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\t':
		b.WriteString(`\t`)
	case r == '\r':
		b.WriteString(`\r`)
	case steers(r):
		b.WriteString(`\u{`)
		for shift := 16; shift >= 0; shift -= 4 {
			if d := r >> shift; d > 0 {
				b.WriteByte(hex[d&15])
			}
		}
		b.WriteByte('}')
	default:
		b.WriteString(text)
	}
}

// steers reports whether a character does something to a terminal, or to the text around it, instead of showing.
func steers(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == '\ufeff'
}

// visible passes on what is written to it with the characters escaped that escape escapes, line ends and tabs aside. The beginning of a
// character that a write ends with waits for the rest of it, until flush.
type visible struct {
	w    io.Writer
	rest string
}

func (v *visible) Write(p []byte) (int, error) {
	text := v.rest + string(p)
	whole := len(text) - unfinished(text)
	text, v.rest = text[:whole], text[whole:]
	if err := v.pass(text); err != nil {
		return 0, err
	}
	return len(p), nil
}

// flush passes on the beginning of a character whose rest will not come.
func (v *visible) flush() error {
	rest := v.rest
	v.rest = ""
	return v.pass(rest)
}

func (v *visible) pass(text string) error {
	if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && (steers(r) || r == utf8.RuneError) }) {
		var b strings.Builder
		for len(text) > 0 {
			r, size := utf8.DecodeRuneInString(text)
			if r == '\n' || r == '\t' {
				b.WriteByte(text[0])
			} else {
				writeVisible(&b, text[:size], r, size)
			}
			text = text[size:]
		}
		text = b.String()
	}
	_, err := io.WriteString(v.w, text)
	return err
}

// unfinished is how many bytes at the end of text begin a character that is cut there.
func unfinished(text string) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if last := text[len(text)-n:]; utf8.RuneStart(last[0]) {
			if utf8.FullRuneInString(last) {
				return 0
			}
			return n
		}
	}
	return 0
}
