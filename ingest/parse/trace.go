package parse

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"frontfoot/ingest/event"
)

// A trace tells how one line was read.
type trace struct {
	tried []string // formats in the order in which they were looked at
	taker string   // the way that took the line; "" for none
	given []given
	text  []byte // what a line says that came in UTF-16; nil for another
}

// A given is a value that a name of the source's gave. Its name is empty where a rule made it.
type given struct {
	col   event.Column // event.Time for a label, or for nothing of its own
	name  string
	value []byte
	skip  bool // the format has no use for it
}

// maxPassed is how many formats are told of that a word of the line brings to mind and that it is not of.
const maxPassed = 30

// pass notes a format that a line is not of, and why.
func (t *trace) pass(c *candidate, why string) {
	if len(t.tried) < maxPassed {
		t.tried = append(t.tried, fmt.Sprintf("%s, line kind %d: no, %s", c.line.format.name, c.line.place, why))
	}
}

// try notes a format by which a line was cut, or could not be.
func (t *trace) try(c *candidate, got understanding) {
	result := [...]string{"cannot be cut", "understood in part", "understood"}[got]
	t.tried = append(t.tried, fmt.Sprintf("%s, line kind %d: %s", c.line.format.name, c.line.place, result))
	if got != notAtAll {
		t.taker = c.line.format.name
	}
}

// decoded notes what a line says that came in UTF-16.
func (t *trace) decoded(text []byte) {
	if t != nil {
		t.text = bytes.Clone(text)
	}
}

// Ways to read a line of which nobody knows the product.
const (
	anyJSON  = "JSON of any product"
	anyPairs = "key=value of any product"
)

// noted notes whether one of the ways took a line that are no described formats.
func (p *Parser) noted(way string, took bool) bool {
	if p.trace == nil {
		return took
	}
	result := "no"
	if took {
		result, p.trace.taker = "understood", way
	}
	p.trace.tried = append(p.trace.tried, way+": "+result)
	return took
}

// took notes that a value of that name came.
func (t *trace) took(f *field, name, value []byte) {
	g := given{f.col, string(name), bytes.Clone(value), f.kind == kSkip}
	if f.kind == kProto {
		g.col = event.NetworkTransport
	}
	t.given = append(t.given, g)
}

// Explain reads lines as Stream does and tells in words what became of each.
func Explain(ctx context.Context, in io.Reader, out io.Writer, cfg Config, now time.Time) error {
	p, b := New(cfg), event.NewBuilder()
	r, w := bufio.NewReaderSize(in, maxLine+2), bufio.NewWriter(out)
	for n := 1; ctx.Err() == nil; n++ {
		line, _, err := nextLine(r)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading lines: %w", err)
		}
		if err != nil && len(line) == 0 {
			break
		}
		p.trace = &trace{}
		p.Line(b, line, now.UnixNano())
		b.End()
		raw := p.trace.text
		if raw == nil {
			raw = []byte(b.Batch().Text(event.Raw, 0))
		}
		p.trace.tell(w, n, &told{p, b.Batch(), raw})
		b.Reset()
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("writing an explanation: %w", err)
	}
	return ctx.Err()
}

// visible writes text so that it cannot steer a terminal: whoever sends a line chooses its bytes.
func visible(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if strconv.IsPrint(r) && (r != utf8.RuneError || size > 1) {
			b.WriteString(text[:size])
		} else {
			b.WriteString(strings.Trim(strconv.Quote(text[:size]), `"`))
		}
		text = text[size:]
	}
	return b.String()
}

// tell writes what became of a line.
func (t *trace) tell(w io.Writer, n int, row *told) {
	fmt.Fprintf(w, "line %d: %s\n", n, visible(string(row.raw)))
	if t.text != nil {
		fmt.Fprintln(w, "  read as UTF-16")
	}
	for _, tried := range t.tried {
		fmt.Fprintln(w, "  tried", tried)
	}
	switch {
	case t.taker != "":
		fmt.Fprintln(w, "  taken by", t.taker)
	case len(t.tried) == 0:
		fmt.Fprintln(w, "  taken by none: no format's words stand in it")
	default:
		fmt.Fprintln(w, "  taken by none")
	}
	for c := range event.Column(event.NumColumns) {
		if row.Has(c, 0) && c != event.Raw && c != event.LabelsColumn {
			fmt.Fprintf(w, "  %-34s %s   (%s)\n", c, visible(row.text(c)), row.origin(t, c))
		}
	}
	row.Labels(0, func(key, value string) bool {
		fmt.Fprintf(w, "  label %-28s %s\n", visible(key), visible(value))
		return true
	})
	if rest := row.left(t); len(rest) > 0 {
		fmt.Fprintf(w, "  left over %q\n", rest)
	}
	fmt.Fprintln(w)
}
