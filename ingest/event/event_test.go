package event

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
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

// Any sequence of sets, ends and discards gives the rows that a plain model has, before and after the codec.
func TestBuilderAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := NewBuilder()
		var want []map[Column]string
		row := map[Column]string{}
		cols := []Column{UserName, Message, Raw, HostHostname}
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0, 1, 2:
				b.End()
				want = append(want, row)
				row = map[Column]string{}
			case 3:
				b.Discard()
				row = map[Column]string{}
			default:
				c := rapid.SampledFrom(cols).Draw(t, "column")
				v := rapid.StringN(1, 20, -1).Draw(t, "value")
				b.SetString(c, v)
				row[c] = v
			}
		}
		if len(want) == 0 {
			return
		}
		var buf bytes.Buffer
		if err := Encode(&buf, b.Batch()); err != nil {
			t.Fatal(err)
		}
		got, err := Decode(buf.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for r, w := range want {
			for _, c := range cols {
				if g := got.Text(c, r); g != w[c] {
					t.Fatalf("row %d column %v: got %q, want %q", r, c, g, w[c])
				}
			}
		}
	})
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
