package store

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the documentation asks must be answered.
func TestDocumentedQueriesRun(t *testing.T) {
	s := open(t)
	text, err := os.ReadFile(filepath.Join("..", "docs", "queries.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "```")
	run := 0
	for i := 1; i < len(blocks); i += 2 {
		sql, ok := strings.CutPrefix(blocks[i], "sql\n")
		if !ok {
			continue
		}
		run++
		if err := s.Stream(t.Context(), io.Discard, "JSONEachRow", sql, nil); err != nil {
			t.Errorf("%s\n%v", sql, err)
		}
	}
	if run == 0 {
		t.Error("no queries found in the documentation")
	}
}
