package main

import (
	"io"
	"log/slog"
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
