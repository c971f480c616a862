package main

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"frontfoot/ingest/hint"
	"frontfoot/query"
)

// Who says something while nothing runs is told when it takes effect: never, in a demo that has ended.
func TestUnreadLog(t *testing.T) {
	for _, c := range []struct {
		demo       bool
		what, hint string
	}{
		{false, "takes effect when frontfoot runs on this data", "ff --data d up"},
		{true, "the demo has ended", "ff --data d demo --stay"},
	} {
		var log query.UnreadLog = unreadLog{command: "ff --data d", demo: c.demo}
		if what, hint := log.Unread(); !strings.Contains(what, c.what) || !strings.Contains(hint, c.hint) {
			t.Errorf("demo %t: got %q, %q", c.demo, what, hint)
		}
	}
}

// Where a process serves the engine alone there is no log to speak to: the configuration has to name one.
func TestEngineAloneHasNoLog(t *testing.T) {
	f := folder{t.TempDir()}
	if err := os.Mkdir(f.join("database"), 0o700); err != nil {
		t.Fatal(err)
	}
	release, err := f.lock()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if err := f.setRuntime(runtimeInfo{Database: "http://127.0.0.1:1"}); err != nil {
		t.Fatal(err)
	}
	_, _, err = (&connector{&globals{Data: f.path}, io.Discard}).ConnectLog(t.Context())
	if hinted, ok := errors.AsType[*hint.Error](err); !ok || !strings.Contains(hinted.Hint, "kafka.brokers") {
		t.Errorf("got %v, want an error that names kafka.brokers", err)
	}
}

// Where the database is a ClickHouse elsewhere the folder holds the log alone, and what is said of incidents goes there all the same.
func TestLogWithoutEmbeddedDatabase(t *testing.T) {
	f := folder{t.TempDir()}
	if err := os.Mkdir(f.join("broker"), 0o700); err != nil {
		t.Fatal(err)
	}
	release, err := f.lock()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if err := f.setRuntime(runtimeInfo{Database: "http://127.0.0.1:1", Broker: "127.0.0.1:1"}); err != nil {
		t.Fatal(err)
	}
	log, done, err := (&connector{&globals{Data: f.path}, io.Discard}).ConnectLog(t.Context())
	if err != nil || log == nil {
		t.Fatalf("got %v, %v, want the running instance's log", log, err)
	}
	if err := done(); err != nil {
		t.Error(err)
	}
}
