package parse

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"frontfoot/ingest/event"
)

// A Trace tells how one line was read.
type trace struct {
	tried []string
	from  []origin
}

// An origin is where a field's value came from.
type origin struct{ field, name string }

var results = [...]string{"cannot be cut", "understood in part", "understood"}

func (t *trace) try(c *candidate, got understanding) {
	t.tried = append(t.tried, fmt.Sprintf("%s, line kind %d: %s", c.line.format.name, c.line.place, results[got]))
}

// took notes that a field was set from a value of that name.
func (t *trace) took(f *field, name []byte) {
	t.from = append(t.from, origin{f.col.String(), string(name)})
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
		p.trace.tell(w, n, b.Batch())
		b.Reset()
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("writing an explanation: %w", err)
	}
	return ctx.Err()
}

// tell writes what became of a line.
func (t *trace) tell(w io.Writer, n int, row *event.Batch) {
	fmt.Fprintf(w, "line %d: %s\n", n, row.Text(event.Raw, 0))
	if len(t.tried) == 0 {
		fmt.Fprintln(w, "  formats: none recognises it")
	}
	for _, tried := range t.tried {
		fmt.Fprintln(w, "  format", tried)
	}
	names := map[string]string{}
	for _, o := range t.from {
		if names[o.field] == "" {
			names[o.field] = o.name
		}
	}
	for c := range event.Column(event.NumColumns) {
		if !row.Has(c, 0) || c == event.Raw || c == event.LabelsColumn {
			continue
		}
		fmt.Fprintf(w, "  %-34s %s", c, fieldText(row, c))
		if name := names[c.String()]; name != "" {
			fmt.Fprintf(w, "   (%s)", name)
		}
		fmt.Fprintln(w)
	}
	row.Labels(0, func(key, value string) bool {
		fmt.Fprintf(w, "  label %-28s %s\n", key, value)
		return true
	})
	fmt.Fprintln(w)
}

func fieldText(row *event.Batch, c event.Column) string {
	switch c.Spec().Kind {
	case event.Text, event.Bytes:
		return row.Text(c, 0)
	case event.Stamp:
		return time.Unix(0, row.Time(c, 0)).UTC().Format(time.RFC3339Nano)
	default:
		v, _ := row.Uint(c, 0)
		return strconv.FormatUint(v, 10)
	}
}
