package event

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files anew")

// fill makes two rows whose second lacks most of the first's columns.
func fill(b *Builder) {
	b.SetTime(Time, 1_700_000_000_123_456_789)
	b.SetString(Dataset, "iptables.log")
	b.SetAddr(SourceIP, netip.MustParseAddr("::ffff:10.0.0.7"))
	b.SetUint(SourcePort, 65535)
	b.SetUint(SourcePort, 65536) // cannot be a port
	b.SetText(UserName, []byte("bad\xffname"))
	b.SetText(UserName, []byte("ren\u00e9e"))
	b.Label("tos", []byte("0x00"))
	b.Label("ttl", []byte("64"))
	b.SetText(Raw, []byte("a\x00\xff\"line\""))
	b.End()
	b.SetTime(Time, 1)
	b.SetUint(SourceBytes, 1<<63)
	b.SetText(Raw, []byte("second"))
	b.End()
}

const wantFirst = `{"@timestamp":"2023-11-14T22:13:20.123456789Z","event.dataset":"iptables.log","source.ip":"10.0.0.7","source.port":65535,` +
	`"user.name":"renée","labels.tos":"0x00","labels.ttl":"64","event.original":"a\u0000` + "\ufffd" + `\"line\""}`

const wantSecond = `{"@timestamp":"1970-01-01T00:00:00.000000001Z","source.bytes":9223372036854775808,"event.original":"second"}`

func check(t *testing.T, b *Batch) {
	t.Helper()
	for row, want := range []string{wantFirst, wantSecond} {
		got := string(b.AppendJSON(nil, row))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("row %d (-want +got):\n%s", row, diff)
		}
		if !json.Valid([]byte(got)) {
			t.Errorf("row %d is no JSON: %s", row, got)
		}
	}
}

func TestBuilderKeepsLastValueAndReusesMemory(t *testing.T) {
	b := NewBuilder()
	for range 3 {
		fill(b)
		b.SetString(UserName, "half a row")
		b.Label("half", []byte("a row"))
		got := b.Batch()
		if got.Rows() != 2 {
			t.Fatalf("got %d rows, want 2", got.Rows())
		}
		check(t, got)
		if raw := got.Text(Raw, 0); raw != "a\x00\xff\"line\"" {
			t.Errorf("raw bytes changed: %q", raw)
		}
		b.Reset()
	}
}

func TestDiscardForgetsTheCurrentRowOnly(t *testing.T) {
	b := NewBuilder()
	fill(b)
	b.SetString(Message, "x")
	b.SetUint(SourcePort, 7)
	b.Label("x", []byte("y"))
	b.Discard()
	if b.Has(SourcePort) || b.TextOf(Message) != nil {
		t.Error("the discarded row still has values")
	}
	b.SetString(Message, "kept")
	b.End()
	got := string(b.Batch().AppendJSON(nil, 2))
	if got != `{"message":"kept"}` {
		t.Errorf("got %s", got)
	}
}

func TestCodecRoundTrip(t *testing.T) {
	b := NewBuilder()
	fill(b)
	var buf bytes.Buffer
	if err := Encode(&buf, b.Batch()); err != nil {
		t.Fatal(err)
	}
	got, err := Decode(buf.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	check(t, got)
	if got.Filled(DestinationIP) {
		t.Error("a column that nobody filled was sent")
	}
}

// A message of version 1 must be readable for ever: the golden file is never written anew.
func TestDecodeVersion1(t *testing.T) {
	path := filepath.Join("testdata", "v1.arrows")
	if _, err := os.Stat(path); os.IsNotExist(err) && *update {
		b := NewBuilder()
		fill(b)
		var buf bytes.Buffer
		if err := Encode(&buf, b.Batch()); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, buf.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	msg, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(msg)
	if err != nil {
		t.Fatal(err)
	}
	check(t, got)
}

func TestReferenceIsCurrent(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "fields.md")
	var buf bytes.Buffer
	buf.WriteString("# Fields of an event\n\nGenerated from the table in `ingest/event`; `go test ./ingest/event -update` writes it anew.\n\n")
	if err := WriteReference(&buf); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, buf.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(buf.String(), string(got)); diff != "" {
		t.Errorf("docs/fields.md is not what the table says (-want +got):\n%s", diff)
	}
}

func TestTableIsSound(t *testing.T) {
	names := map[string]bool{}
	for i := range table {
		s := Column(i).Spec()
		if s.ECS == "" || s.Name == "" || s.ClickHouse == "" || s.Doc == "" || s.Doc[len(s.Doc)-1] != '.' {
			t.Errorf("column %d (%s) is not fully described", i, s.Name)
		}
		if names[s.Name] || names[s.ECS] && s.ECS != s.Name {
			t.Errorf("column name %s stands twice", s.Name)
		}
		names[s.Name], names[s.ECS] = true, true
		if c, ok := ByName(s.Name); !ok || int(c) != i {
			t.Errorf("ByName(%q) = %v, %v", s.Name, c, ok)
		}
	}
}

func FuzzDecode(f *testing.F) {
	b := NewBuilder()
	fill(b)
	var buf bytes.Buffer
	if err := Encode(&buf, b.Batch()); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add(buf.Bytes()[:buf.Len()/2])
	f.Add([]byte{})
	f.Fuzz(func(_ *testing.T, msg []byte) {
		got, err := Decode(msg)
		if err != nil {
			return
		}
		for row := range got.Rows() {
			got.AppendJSON(nil, row)
		}
	})
}

func BenchmarkBuilder(b *testing.B) {
	bd := NewBuilder()
	var buf bytes.Buffer
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		fill(bd)
		if bd.Rows() >= 2000 {
			buf.Reset()
			if err := Encode(&buf, bd.Batch()); err != nil {
				b.Fatal(err)
			}
			bd.Reset()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(2*b.N), "ns/event")
}

// A few bytes must not make room for what they claim to hold, wherever in the message the lie is told.
func TestDecodeTakesNoMemoryForALie(t *testing.T) {
	b := NewBuilder()
	fill(b)
	var whole bytes.Buffer
	if err := Encode(&whole, b.Batch()); err != nil {
		t.Fatal(err)
	}
	for _, msg := range []string{"no Arrow", "\xff\xff\xff\xff\xff\xff\xff\x7f", "\xff\xff\xff\x7f"} {
		if err := cheap(t, []byte(msg)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: got %v, want ErrMalformed", msg, err)
		}
	}
	for at := 0; at+4 <= whole.Len(); at += 4 {
		for _, lie := range []uint32{1 << 10, 1 << 20, 1<<28 - 1, 1<<31 - 1, 1<<32 - 2} {
			msg := bytes.Clone(whole.Bytes())
			binary.LittleEndian.PutUint32(msg[at:], lie)
			if err := cheap(t, msg); err != nil && !errors.Is(err, ErrMalformed) {
				t.Errorf("%d at %d: %v does not wrap ErrMalformed", lie, at, err)
			}
		}
	}
}

// Zeros compress well: a message may not be more events than one insert takes, however few bytes travelled.
func TestDecodeRefusesTooManyRows(t *testing.T) {
	for rows, want := range map[int]error{MaxRows: nil, MaxRows + 1: ErrMalformed} {
		column := array.NewUint8Builder(memory.DefaultAllocator)
		column.AppendValues(make([]uint8, rows), nil)
		schema := arrow.NewSchema([]arrow.Field{{Name: "x", Type: arrow.PrimitiveTypes.Uint8}}, nil)
		var buf bytes.Buffer
		w := ipc.NewWriter(&buf, ipc.WithSchema(schema))
		if err := errors.Join(w.Write(array.NewRecord(schema, []arrow.Array{column.NewArray()}, int64(rows))), w.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(buf.Bytes()); !errors.Is(err, want) {
			t.Errorf("%d rows: %v, want %v", rows, err, want)
		}
	}
}

// cheap decodes msg, which must take no more than a few megabytes of memory.
func cheap(t *testing.T, msg []byte) error {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := Decode(msg)
	if err == nil && got.Rows() > len(msg) {
		t.Errorf("%d rows out of %d bytes", got.Rows(), len(msg))
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
		t.Errorf("%d bytes of message take %d bytes of memory", len(msg), n)
	}
	return err
}

// What is cut out of a batch must hold the same values, also after a trip over the wire.
func TestSliceHoldsTheRows(t *testing.T) {
	b := NewBuilder()
	for range 5 {
		fill(b)
	}
	whole := b.Batch()
	for from := range whole.Rows() {
		for to := from; to <= whole.Rows(); to++ {
			part := whole.Slice(from, to)
			var wire bytes.Buffer
			if err := Encode(&wire, part); err != nil {
				t.Fatal(err)
			}
			back, err := Decode(wire.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			for row := range to - from {
				want := rowText(whole, from+row)
				if diff := cmp.Diff(want, rowText(part, row)); diff != "" {
					t.Fatalf("row %d of %d to %d: %s", row, from, to, diff)
				}
				if diff := cmp.Diff(want, rowText(back, row)); diff != "" {
					t.Fatalf("row %d of %d to %d over the wire: %s", row, from, to, diff)
				}
			}
		}
	}
}

// rowText is a row for comparison.
func rowText(b *Batch, row int) []string {
	var out []string
	for c := range Column(NumColumns) {
		switch spec := c.Spec(); {
		case c == LabelsColumn:
			b.Labels(row, func(key, value string) bool { out = append(out, key+"="+value); return true })
		case !b.Has(c, row):
		case spec.Kind == Text || spec.Kind == Bytes:
			out = append(out, spec.Name+": "+b.Text(c, row))
		case spec.Kind == Stamp:
			out = append(out, fmt.Sprint(spec.Name, ": ", b.Time(c, row)))
		case spec.Kind != Float32:
			v, _ := b.Uint(c, row)
			out = append(out, fmt.Sprint(spec.Name, ": ", v))
		}
	}
	return out
}

// What is added to a row stays what it was first; what cannot be held is not added.
func TestAddKeepsTheFirst(t *testing.T) {
	b := NewBuilder()
	b.AddText(UserName, nil)
	b.AddText(UserName, []byte("first"))
	b.AddString(UserName, "second")
	if b.AddUint(SourcePort, 65536) {
		t.Error("65536 was added as a port")
	}
	if !b.AddUint(SourcePort, 22) || !b.AddUint(SourcePort, 80) {
		t.Error("a row with a port has none")
	}
	b.End()
	batch := b.Batch()
	if got := batch.Text(UserName, 0); got != "first" {
		t.Errorf("user %q, want first", got)
	}
	if got, _ := batch.Uint(SourcePort, 0); got != 22 {
		t.Errorf("port %d, want 22", got)
	}
}
