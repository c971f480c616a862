package engine

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// hinted checks that err is an *Error whose text and hint hold the given words.
func hinted(t *testing.T, err error, text, hint string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error", err)
	}
	if !strings.Contains(e.Error(), text) || !strings.Contains(e.HintText(), hint) {
		t.Errorf("got error %q with hint %q, want %q and %q", e, e.HintText(), text, hint)
	}
}

// packageOf writes an npm package with the given files.
func packageOf(t *testing.T, files ...[2]string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f[0], Mode: 0o644, Size: int64(len(f[1]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "package.tgz")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// elfHeader is the start of an ELF file for the given machine, with no sections.
func elfHeader(machine byte) string {
	h := make([]byte, 64)
	copy(h, "\x7fELF\x02\x01\x01")
	h[16], h[18], h[20], h[52], h[54], h[58] = 3, machine, 1, 64, 56, 64
	return string(h)
}

const (
	x86 = 62
	arm = 183
)

func TestInstallRefuses(t *testing.T) {
	text := filepath.Join(t.TempDir(), "readme.txt")
	if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	whole := packageOf(t, [2]string{"package/libchdb.so", strings.Repeat("x", 1<<20)})
	b, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.tgz")
	if err := os.WriteFile(cut, b[:20], 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ from, text, hint string }{
		"missing file": {filepath.Join(t.TempDir(), "none.tgz"), "no such file", "npm pack"},
		"other file":   {text, "neither an npm package nor a library", ".tgz"},
		"cut package":  {cut, "reading package", "fetch it again"},
		"no library":   {packageOf(t, [2]string{"package/index.js", "x"}), "holds no libchdb.so", "fetch it again"},
		"other version": {
			packageOf(t, [2]string{"package/package.json", `{"name":"@chdb/lib-linux-x64-gnu","version":"26.7.2"}`}, [2]string{"package/libchdb.so", elfHeader(x86)}),
			"lib-linux-x64-gnu 26.7.2)", "another version",
		},
		"other machine": {packageOf(t, [2]string{"package/libchdb.so", elfHeader(arm)}), "built for AARCH64", Package},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := Install(t.Context(), InstallOptions{Dir: dir, From: tt.from})
			hinted(t, err, tt.text, tt.hint)
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// npmScript is an npm that fails with the given words.
func npmScript(t *testing.T, stderr string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "npm")
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho '"+stderr+"' >&2\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// What is told must help whichever command installs: only one has the flag.
func TestExplainNamesAnotherPlace(t *testing.T) {
	for _, cause := range []error{syscall.ENOSPC, os.ErrPermission} {
		err := explain(cause, "/cache")
		hinted(t, err, cause.Error(), "frontfoot engine install --dir DIR")
		hinted(t, err, cause.Error(), "engine.library to DIR/libchdb.so")
	}
}

func TestInstallWithoutNPM(t *testing.T) {
	tests := map[string]struct{ npm, text, hint string }{
		"missing":    {filepath.Join(t.TempDir(), "npm"), "npm is needed", "install Node.js"},
		"no network": {npmScript(t, "npm error code ENOTFOUND"), "ENOTFOUND", "check the network"},
		"no version": {npmScript(t, "npm error code ETARGET"), "ETARGET", "lacks this version"},
		"other":      {npmScript(t, "boom"), "boom", "--from FILE"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Install(t.Context(), InstallOptions{Dir: t.TempDir(), NPM: tt.npm})
			hinted(t, err, tt.text, tt.hint)
		})
	}
}

func TestInstallCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Install(ctx, InstallOptions{Dir: t.TempDir(), From: packageOf(t, [2]string{"package/libchdb.so", "x"})})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestInstallFromFile(t *testing.T) {
	lib := testLibrary()
	if lib == "" {
		t.Skip("libchdb absent: run frontfoot engine install")
	}
	var out bytes.Buffer
	opt := InstallOptions{Dir: t.TempDir(), From: lib, Progress: &out}
	path, err := Install(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkLibrary(path); err != nil {
		t.Error(err)
	}
	if !strings.Contains(out.String(), "unpacking and checking") || !strings.Contains(out.String(), "installed "+path) {
		t.Errorf("got progress %q", out.String())
	}
	opt.From = "/nowhere" // what is there and right is kept
	if _, err := Install(t.Context(), opt); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(path, []byte(elfHeader(x86)), 0o600); err != nil {
		t.Fatal(err)
	}
	hinted(t, checkLibrary(path), "SHA-256", "frontfoot engine install")
}

func TestCheckLibrary(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"text": "hello", "arm": elfHeader(arm)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hinted(t, checkLibrary(filepath.Join(dir, "none")), "not installed", "frontfoot engine install")
	hinted(t, checkLibrary(filepath.Join(dir, "text")), "no shared library", "frontfoot engine install")
	hinted(t, checkLibrary(filepath.Join(dir, "arm")), "built for AARCH64", Package)
	hinted(t, checkPlatform("darwin", "arm64"), "linux/amd64 only", "ClickHouse server")
}
