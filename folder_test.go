package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"frontfoot/ingest/hint"
)

func TestSecretsStay(t *testing.T) {
	f := folder{t.TempDir()}
	password, err := f.password()
	if err != nil || len(password) != 32 {
		t.Fatalf("got %q, %v", password, err)
	}
	if again, err := f.password(); again != password || err != nil {
		t.Errorf("got %q, %v, want the first one, %q", again, err, password)
	}
	key, err := f.siteKey("local")
	if err != nil || key == [16]byte{} {
		t.Fatalf("got %x, %v", key, err)
	}
	info, err := os.Stat(f.join("secrets", "site", "local"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want mode 0600", info.Mode(), err)
	}
}

// A damaged secret is never taken for one: an empty password would let everybody in.
func TestDamagedSecretsAreRefused(t *testing.T) {
	f := folder{t.TempDir()}
	for path, read := range map[string]func() error{
		"password":   func() error { _, err := f.password(); return err },
		"site/local": func() error { _, err := f.siteKey("local"); return err },
	} {
		for _, text := range []string{"", "\n", "zz", strings.Repeat("0", 34)} {
			if path == "password" && strings.TrimSpace(text) != "" {
				continue // any text is a password
			}
			file := f.join("secrets", filepath.FromSlash(path))
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600)); err != nil {
				t.Fatal(err)
			}
			if err := read(); err == nil || !errors.As(err, new(*hint.Error)) {
				t.Errorf("%s of %q: got %v, want an error with a hint", path, text, err)
			}
		}
	}
}

// What an instance that was killed left behind must not send anybody to an address that is another program's by now.
func TestLockForgetsADeadInstance(t *testing.T) {
	f := folder{t.TempDir()}
	if err := f.setRuntime(runtimeInfo{Database: "http://127.0.0.1:1"}); err != nil {
		t.Fatal(err)
	}
	release, err := f.lock()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := f.runtime(); err == nil {
		t.Errorf("got %+v of the dead instance", info)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
}

func TestCommandsWaitForTheFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := folder{t.TempDir()}
		release, err := f.lock()
		if err != nil {
			t.Fatal(err)
		}
		c := &connector{stderr: io.Discard}
		if _, err := c.own(t.Context(), f); !errors.Is(err, errInUse) {
			t.Errorf("got %v of a folder that stays taken, want %v", err, errInUse)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.own(ctx, f); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v of a command that was interrupted", err)
		}
		time.AfterFunc(time.Second, func() {
			if err := release(); err != nil {
				t.Error(err)
			}
		})
		again, err := c.own(t.Context(), f)
		if err != nil {
			t.Fatalf("got %v of a folder that is let go", err)
		}
		defer again()
		if err := f.setRuntime(runtimeInfo{}); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := c.own(t.Context(), f); !errors.Is(err, errInUse) || time.Since(began) > 0 {
			t.Errorf("got %v after %v, want %v at once: there is an instance to ask", err, time.Since(began), errInUse)
		}
	})
}

// A data folder that cannot be made says what to do.
func TestFolderThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (folder{filepath.Join(file, "data")}).lock(); !errors.As(err, new(*hint.Error)) {
		t.Errorf("got %v, want an error with a hint", err)
	}
}

func TestReportTellsInterruptionsFromFailures(t *testing.T) {
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	failure := errors.Join(errors.New("disk on fire"), context.Canceled)
	for _, test := range []struct {
		name string
		ctx  context.Context //nolint:containedctx // of one case
		err  error
		code int
		text string
	}{
		{"nothing", t.Context(), nil, exitOK, ""},
		{"interrupted", interrupted, context.Canceled, exitInterrupted, ""},
		{"failed and cancelled the rest", t.Context(), failure, exitError, "disk on fire"},
		{"full disk", t.Context(), fmt.Errorf("writing: %w", unix.ENOSPC), exitError, "hint: the disk is full"},
		{"with a hint", t.Context(), &hint.Error{Err: errors.New("no"), Hint: "do"}, exitError, "error: no\nhint: do\n"},
	} {
		var text strings.Builder
		if code := report(test.ctx, &text, test.err); code != test.code || !strings.Contains(text.String(), test.text) || test.text == "" && text.Len() > 0 {
			t.Errorf("%s: got %d, %q, want %d, %q", test.name, code, text.String(), test.code, test.text)
		}
	}
}
