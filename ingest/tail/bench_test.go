package tail

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontfoot/ingest/line"
)

// BenchmarkFiles reads a file of 200-byte lines and does nothing with them.
func BenchmarkFiles(b *testing.B) {
	const lines = 200_000
	path := filepath.Join(b.TempDir(), "bench.log")
	text := strings.Repeat(strings.Repeat("x", 199)+"\n", lines)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		n := 0
		err := New(Config{Paths: []string{path}, Once: true, MaxLine: 64 << 10}, NewPositions(nil), quiet()).Run(b.Context(), func(c line.Chunk) error {
			n += len(c.Lines)
			return nil
		})
		if err != nil || n != lines {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
