package parse

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"frontfoot/ingest/event"
	"frontfoot/ingest/parse/format"
)

// BenchmarkFormats reads the golden lines of four products with fewer and with more formats than come with frontfoot; those of the four are always there.
func BenchmarkFormats(b *testing.B) {
	var lines [][]byte
	for _, name := range [...]string{"fortigate", "auth", "netfilter", "suricata"} {
		lines = append(lines, goldenLines(b, name)...)
	}
	for _, n := range []int{30, 100, len(BuiltIn().specs), 300} {
		b.Run(fmt.Sprintf("formats=%d", n), func(b *testing.B) { benchFormats(b, formatsOf(b, n), lines) })
	}
}

// BenchmarkCorpora reads all lines of the measured corpora beside the project, and skips where they are absent.
func BenchmarkCorpora(b *testing.B) {
	lines := corporaLines(b)
	for _, n := range []int{len(BuiltIn().specs), 300} {
		b.Run(fmt.Sprintf("formats=%d", n), func(b *testing.B) { benchFormats(b, formatsOf(b, n), lines) })
	}
}

// benchFormats reads all of the lines once in each round and says how many lines and bytes that is a second.
func benchFormats(b *testing.B, f *Formats, lines [][]byte) {
	p, builder, size := New(Config{Replay: true, Formats: f}), event.NewBuilder(), 0
	for _, line := range lines {
		size += len(line)
	}
	round := func() {
		for i, line := range lines {
			p.Line(builder, line, goldenNow.UnixNano())
			builder.End()
			if i%1000 == 999 || i == len(lines)-1 {
				builder.Reset()
			}
		}
	}
	round() // memory grows to what these lines need
	b.SetBytes(int64(size))
	b.ReportAllocs()
	cpu := cpuTime(b)
	for b.Loop() {
		round()
	}
	b.ReportMetric(float64(b.N*len(lines))/b.Elapsed().Seconds(), "lines/s")
	used := (cpuTime(b) - cpu).Seconds() // what a core does that others do not share
	b.ReportMetric(float64(b.N*len(lines))/used, "lines/cpu-s")
	b.ReportMetric(float64(b.N*size)/used/1e6, "MB/cpu-s")
}

// formatsOf returns so many formats: of those that come with frontfoot, the ones of the golden lines first; then such as users might write.
func formatsOf(b *testing.B, n int) *Formats {
	var specs []*format.Spec
	for _, first := range []bool{true, false} {
		for _, s := range BuiltIn().specs {
			if (slices.Contains([]string{"fortinet.fortigate", "suricata.eve", "iptables", "dropbear"}, s.Name) || strings.HasPrefix(s.Name, "linux.")) == first {
				specs = append(specs, s)
			}
		}
	}
	for i := len(specs); i < n; i++ {
		src := fmt.Sprintf("format: own.f%d\ntitle: own\nlines:\n  - match: {has: [\"%%OWN%d-\", \"type=own%d \"], lacks: [\"nothing %d\"]}\n    kv: {}\n", i, i, i*7, i)
		spec, err := format.Read(fmt.Sprintf("own.f%d.yaml", i), []byte(src))
		if err != nil {
			b.Fatal(err)
		}
		specs = append(specs, spec)
	}
	f, err := newFormats(nil, &Formats{specs: specs[:n], compiled: BuiltIn().compiled})
	if err != nil {
		b.Fatal(err)
	}
	return f
}

// corporaLines returns the lines of ../shared/corpora.
func corporaLines(b *testing.B) [][]byte {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "corpora", "*", "*.ndjson"))
	if err != nil {
		b.Fatal(err)
	}
	if len(files) == 0 {
		b.Skip("data absent: ../shared/corpora")
	}
	var lines [][]byte
	for _, name := range files {
		lines = append(lines, corpusLines(b, name)...)
	}
	return lines
}

// corpusLines returns the lines of one file: each row has its line as it is or, for bytes that are no text, in base64.
func corpusLines(b *testing.B, name string) [][]byte {
	file, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	var lines [][]byte
	for in := json.NewDecoder(file); in.More(); {
		var row struct {
			Raw    string
			Base64 string `json:"input_b64"`
		}
		if err := in.Decode(&row); err != nil {
			b.Fatal(err)
		}
		line, err := base64.StdEncoding.DecodeString(row.Base64)
		if err != nil {
			b.Fatal(err)
		}
		lines = append(lines, append(line, row.Raw...))
	}
	return lines
}
