package parse

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"frontfoot/ingest/event"
)

func TestStream(t *testing.T) {
	long := strings.Repeat("x", maxLine-1)
	longer := strings.Repeat("y", 3*maxLine)
	in := "\nfirst\r\n\x00\n" + long + "\n" + longer + "\n" + `{"a":1}` + "\nno end"
	var out bytes.Buffer
	stats, err := Stream(t.Context(), strings.NewReader(in), &out, Config{}, goldenNow)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Stats{Lines: 7, Unknown: 6, Cut: 1}); stats != want {
		t.Errorf("got %+v, want %+v", stats, want)
	}
	wantRaw := []string{"", "first", "\x00", long, longer[:maxLine+2], `{"a":1}`, "no end"}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != len(wantRaw) {
		t.Fatalf("got %d objects, want %d", len(lines), len(wantRaw))
	}
	for i, l := range lines {
		var m map[string]any
		if err := json.Unmarshal([]byte(l), &m); err != nil {
			t.Fatalf("object %d: %v", i, err)
		}
		if raw, _ := m["event.original"].(string); raw != wantRaw[i] {
			t.Errorf("object %d: got %d bytes of raw, want %d", i, len(raw), len(wantRaw[i]))
		}
	}
}

type broken struct{}

var errBroken = errors.New("broken")

func (broken) Read([]byte) (int, error)  { return 0, errBroken }
func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestStreamErrors(t *testing.T) {
	if _, err := Stream(t.Context(), broken{}, io.Discard, Config{}, goldenNow); !errors.Is(err, errBroken) {
		t.Errorf("reading: got %v", err)
	}
	if _, err := Stream(t.Context(), strings.NewReader("a\n"), broken{}, Config{}, goldenNow); !errors.Is(err, errBroken) {
		t.Errorf("writing: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Stream(ctx, strings.NewReader("a\n"), io.Discard, Config{}, goldenNow); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

// FuzzLine checks that any bytes make a row with its times, and that the row survives the codec.
func FuzzLine(f *testing.F) {
	for _, lines := range benchLines {
		for _, l := range lines {
			f.Add([]byte(l))
		}
	}
	for _, file := range []string{"netfilter", "fortigate", "auth", "suricata", "generic"} {
		for _, l := range goldenLines(f, file) {
			f.Add(l)
			f.Add(l[:len(l)/2])
		}
	}
	for _, l := range strings.SplitAfter(errorlog, "\n") {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			f.Add([]byte(wide(order, l)))
			f.Add([]byte("\x00" + wide(order, l)))
			f.Add([]byte("<13>Nov 26 09:41:10 sql1 MSSQL: " + wide(order, l)))
		}
	}
	p, b := New(Config{}), event.NewBuilder()
	received := goldenNow.UnixNano()
	f.Fuzz(func(t *testing.T, line []byte) {
		b.Reset()
		understood := p.Line(b, line, received)
		b.End()
		p.Line(b, line, received)
		b.End()
		var buf bytes.Buffer
		if err := event.Encode(&buf, b.Batch()); err != nil {
			t.Fatal(err)
		}
		got, err := event.Decode(buf.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		first := string(got.AppendJSON(nil, 0))
		if second := string(got.AppendJSON(nil, 1)); first != second {
			t.Fatalf("%q: a second reading differs:\n%s\n%s", line, first, second)
		}
		for c := range event.Column(event.NumColumns) {
			if k := c.Spec().Kind; k == event.Text && !utf8.ValidString(got.Text(c, 0)) {
				t.Fatalf("%q: %v is no UTF-8: %q", line, c, got.Text(c, 0))
			}
		}
		got.Labels(0, func(key, value string) bool {
			if key == "" || value == "" || !utf8.ValidString(key) || !utf8.ValidString(value) {
				t.Fatalf("%q: label %q is %q", line, key, value)
			}
			return true
		})
		if got.Time(event.Received, 0) != received || !got.Has(event.Time, 0) || got.Text(event.Raw, 0) != string(trimEnd(line)) {
			t.Fatalf("%q: got %s", line, first)
		}
		if d := got.Time(event.Time, 0) - received; d > liveWindow || d < -liveWindow {
			t.Fatalf("%q: a live stamp %d ns off", line, d)
		}
		if understood == (got.Text(event.Dataset, 0) == Unknown) {
			t.Fatalf("%q: understood %v, dataset %q", line, understood, got.Text(event.Dataset, 0))
		}
	})
}
