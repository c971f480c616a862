package parse

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The time of reception in these tests.
var goldenNow = time.Date(2026, 11, 23, 14, 2, 30, 0, time.UTC)

// TestGolden reads the lines of every testdata/*.txt and compares the rows with testdata/*.ndjson.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			in, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if _, err := Stream(t.Context(), bytes.NewReader(in), &got, Config{Replay: true}, goldenNow); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".txt") + ".ndjson"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(string(in), "\n")
			g, w := strings.Split(got.String(), "\n"), strings.Split(string(want), "\n")
			for i := range max(len(g), len(w)) {
				if i >= len(g) || i >= len(w) {
					t.Fatalf("got %d rows, want %d", len(g), len(w))
				}
				if diff := cmp.Diff(w[i], g[i]); diff != "" {
					t.Errorf("line %d: %s\n%s", i+1, lines[i], diff)
				}
			}
		})
	}
}

func goldenLines(t testing.TB, name string) [][]byte {
	data, err := os.ReadFile("testdata/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
}
