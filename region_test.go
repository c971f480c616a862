package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRegionKeyIsTheSameForAllWorkersAndAnotherForEachSite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "region.key")
	if err := os.WriteFile(path, []byte(strings.Repeat("0f", 32)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	one, err := readRegionKey(path)
	if err != nil {
		t.Fatal(err)
	}
	other, err := readRegionKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if one.site("exeter") != other.site("exeter") {
		t.Error("two workers have different keys of a site")
	}
	if one.site("exeter") == one.site("northmoor") {
		t.Error("two sites have the same key")
	}
}

func TestRegionKeyRefusesWhatIsNoKey(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"short":               {"0f0f", 0o600, "holds 4 characters"},
		"not hex":             {strings.Repeat("zz", 32), 0o600, "is not hex"},
		"readable for others": {strings.Repeat("0f", 32), 0o644, "others may read"},
	} {
		path := filepath.Join(t.TempDir(), "region.key")
		if err := os.WriteFile(path, []byte(test.text), test.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := readRegionKey(path); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}
