package tail

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A folder given as a file is a mistake that people must hear of, once; a folder that a glob meets is none.
func TestFolderInPlaceOfAFileIsSaid(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "logs"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		path string
		said int
	}{
		"named":         {filepath.Join(dir, "logs"), 1},
		"met by a glob": {filepath.Join(dir, "*"), 0},
	} {
		var text bytes.Buffer
		cfg := Config{Scope: "leeds/", Paths: []string{test.path}, MaxLine: 1 << 10}
		s := New(cfg, NewPositions(nil), slog.New(slog.NewTextHandler(&text, nil)))
		s.scan()
		s.scan()
		if got := strings.Count(text.String(), "not a file"); got != test.said {
			t.Errorf("%s: said %d times, want %d: %s", name, got, test.said, text.String())
		}
		s.closeAll()
	}
}
