package parse

import (
	"os"
	"path/filepath"
	"testing"

	"frontfoot/ingest/parse/format"
)

// JSON and key=value of products that nobody has described give what general names say.
func TestAnyProduct(t *testing.T) {
	files, err := filepath.Glob("testdata/general/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		spec, err := format.Read(filepath.Base(file), src)
		if err != nil {
			t.Fatal(err)
		}
		bad, err := BuiltIn().CheckSamples(t.Context(), spec)
		if err != nil || len(spec.Samples) == 0 {
			t.Fatal(len(spec.Samples), err)
		}
		for _, m := range bad {
			t.Errorf("%s:%d: %s", file, m.Line, m)
		}
	}
}
