package pki

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// An authority whose key was taken elsewhere stays what all certificates are signed by.
func TestLoadNeverWritesOver(t *testing.T) {
	dir := t.TempDir()
	a, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "ca.key")); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil {
		t.Error("an authority without a key was loaded")
	}
	if text, err := os.ReadFile(filepath.Join(dir, "ca.pem")); err != nil || !bytes.Equal(text, a.PEM()) {
		t.Errorf("the authority's certificate has changed, %v", err)
	}
}
