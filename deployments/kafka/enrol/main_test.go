package main

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontfoot/ingest/broker"
	"frontfoot/ingest/bus"
)

// A region is made with as many lanes as one that a worker makes.
func TestRegion(t *testing.T) {
	logger := slog.New(slog.DiscardHandler)
	b, err := broker.Start(broker.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0"}, logger)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := run(t.Context(), []string{"-brokers", b.Addr(), "region"}, io.Discard); err != nil {
		t.Fatal(err)
	}
	client, err := bus.New(bus.Config{Brokers: []string{b.Addr()}}, logger, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if n, err := client.Lanes(t.Context()); n != bus.Lanes || err != nil {
		t.Errorf("got %d lanes, %v, want %d", n, err, bus.Lanes)
	}
}

// What names nobody, and a password that is none, are errors: whoever asked would take the silence for done.
func TestRefusesWhatSaysNothing(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "ashford-vale"), []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"say what to do": {"site"},
		"is empty":       {"-passwords", folder, "site", "ashford-vale"},
	} {
		if err := run(t.Context(), args, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want an error that says %q", args, err, want)
		}
	}
}
