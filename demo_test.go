package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"frontfoot/ingest/hint"
)

// The demo empties its own folder, and never one that an instance has used: it would cost the secrets and what is not stored yet.
func TestDemoClearsItsOwnFolderAlone(t *testing.T) {
	for name, test := range map[string]struct {
		parts  []string
		refuse bool
	}{
		"new":                        {},
		"earlier demo":               {[]string{"broker", "database", "secrets", "demo"}, false},
		"interrupted demo":           {[]string{"demo"}, false},
		"instance":                   {[]string{"broker", "database", "spool", "secrets"}, true},
		"instance with a ClickHouse": {[]string{"broker", "secrets"}, true},
		"instance with a Kafka":      {[]string{"database"}, true},
	} {
		f := folder{t.TempDir()}
		for _, part := range test.parts {
			if err := os.MkdirAll(f.join(part, "x"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		err := (&demo{folder: f}).clear()
		if refused := errors.As(err, new(*hint.Error)); refused != test.refuse || err != nil && !refused {
			t.Errorf("%s: got %v, want refused %t", name, err, test.refuse)
		}
		for _, part := range test.parts {
			if _, err := os.Stat(f.join(part)); (err == nil) != test.refuse {
				t.Errorf("%s: %s is there: %t, want %t", name, part, err == nil, test.refuse)
			}
		}
	}
}

func TestDemoLeavesOtherDatabasesAlone(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "c.yaml")
	if err := os.WriteFile(config, []byte("store: {url: 'http://127.0.0.1:1'}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"demo", "--config", config, "--data", filepath.Join(dir, "data")}, nil, &stderr, &stderr)
	if code != exitError || !bytes.Contains(stderr.Bytes(), []byte("hint: run it without store.url")) {
		t.Errorf("got %d, %s", code, stderr.String())
	}
}
