package parse

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"frontfoot/ingest/event"
)

// Prose, program text and random bytes are nobody's: 100,000 lines are taken by no format of a product.
func TestNobodyTakesProse(t *testing.T) {
	lines := strangeLines(t, 100_000)
	general := []string{Unknown, Syslog, "json", "kv", "cef", "leef"}
	p, b := New(Config{Replay: true}), event.NewBuilder()
	taken := 0
	for _, line := range lines {
		p.Line(b, line, samplesNow().UnixNano())
		b.End()
		if set := b.Batch().Text(event.Dataset, 0); !slices.Contains(general, set) {
			if taken++; taken <= 10 {
				t.Errorf("%s takes %q", set, line)
			}
		}
		b.Reset()
	}
	if taken > 10 {
		t.Errorf("%d lines are taken in all", taken)
	}
}

// strangeLines returns lines of this project's documents and program text, shuffled words of them, and random bytes.
func strangeLines(t *testing.T, n int) [][]byte {
	t.Helper()
	var lines, words [][]byte
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "parse") || strings.Contains(path, "benchmarks") || strings.Contains(path, "formats") {
			return err
		}
		if ext := filepath.Ext(path); ext != ".go" && ext != ".md" && ext != ".sql" {
			return nil
		}
		if strings.HasSuffix(path, "_test.go") { // tests quote log lines
			return nil
		}
		text, err := os.ReadFile(path)
		quoting := false
		for line := range bytes.Lines(text) {
			line = bytes.TrimSpace(line)
			if bytes.HasPrefix(line, []byte("```")) { // what documents show of a terminal may be a log line
				quoting = !quoting
			}
			if len(line) > 0 && !quoting {
				lines = append(lines, line)
				words = append(words, bytes.Fields(line)...)
			}
		}
		return err
	})
	if err != nil || len(lines) < 1000 {
		t.Fatalf("%d lines of text: %v", len(lines), err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for len(lines) < n*3/4 {
		var line []byte
		for range 3 + r.IntN(20) {
			line = append(append(line, words[r.IntN(len(words))]...), ' ')
		}
		lines = append(lines, line)
	}
	for len(lines) < n {
		line := make([]byte, r.IntN(200))
		for i := range line {
			line[i] = byte(r.Uint32())
		}
		lines = append(lines, bytes.ReplaceAll(line, []byte{'\n'}, []byte{' '}))
	}
	return lines[:n]
}

// Each log type that bears a name of its product's own (RESULT, smb_files, session.end) has a sample.
func TestTypesHaveSamples(t *testing.T) {
	for _, s := range BuiltIn().Specs() {
		var samples strings.Builder
		for _, sample := range s.Samples {
			samples.WriteString(strings.ToLower(sample.Line + " " + sample.From + "\n"))
		}
		for _, kind := range s.Types {
			names := strings.Split(kind.Name, ", ")
			if !kind.Read || kind.Note != "" || slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, " ") }) {
				continue
			}
			for _, name := range names {
				ordinary := strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") == "" // a word that only describes
				if !ordinary && !strings.Contains(samples.String(), strings.ToLower(name)) {
					t.Errorf("builtin/%s reads %s, and no sample shows it", s.File, name)
				}
			}
		}
	}
}
