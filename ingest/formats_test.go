package ingest

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

const ownFormat = `format: own.thing
title: Own thing
lines:
  - match: {has: ["own thing:"]}
    patterns: ['own thing: {ip source.ip} did {rest event.action}']
`

// A user's formats are read at the start and again when they change; a wrong one leaves those before in use.
func TestOwnFormatsAreReadAgain(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "own.thing.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(ownFormat)
	f, err := newFormats(folder, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if got := actionOf(f); got != "x" {
		t.Errorf("at the start: action %q", got)
	}
	write(strings.Replace(ownFormat, "did {rest event.action}", "did {rest event.reason}", 1))
	f.refresh(t.Context())
	if got := actionOf(f); got != "" {
		t.Errorf("changed: action %q", got)
	}
	write("format: own.thing\ntitle: [")
	before := f.current()
	f.refresh(t.Context())
	if f.current() != before {
		t.Error("a broken file took the place of one that worked")
	}
	if _, err := newFormats(folder, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "own.thing.yaml:3") {
		t.Errorf("starting with a broken file: %v", err)
	}
	if _, err := newFormats(filepath.Join(folder, "none"), slog.New(slog.DiscardHandler)); err == nil {
		t.Error("no error for a folder that is not there")
	}
}

// actionOf returns the action that a line gives by the formats in use.
func actionOf(f *formats) string {
	b := event.NewBuilder()
	parse.New(parse.Config{Formats: f.current()}).Line(b, []byte("own thing: 192.0.2.1 did x"), time.Now().UnixNano())
	b.End()
	return b.Batch().Text(event.EventAction, 0)
}
