package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"frontfoot/ingest/broker"
	"frontfoot/ingest/loopback"
)

// What people do by hand: start, send a line over UDP and one over TCP, ask, stop, ask again.
func TestUpTakesSyslogAndAnswers(t *testing.T) {
	address := loopback.Address(t)
	p := newProcess(t, fmt.Sprintf("{name: devices, type: syslog, site: ashford-vale, listen: '%s'}", address))
	p.start(t)
	stamp := time.Now().UTC().Format(time.RFC3339)
	for _, transport := range []string{"udp", "tcp"} {
		conn, err := net.Dial(transport, address)
		if err != nil {
			t.Fatal(err)
		}
		_, err = fmt.Fprintf(conn, "<38>1 %s gw sshd 42 - - Failed password for invalid user %s from 203.0.113.9 port 4022 ssh2\n", stamp, transport)
		if err := errors.Join(err, conn.Close()); err != nil {
			t.Fatal(err)
		}
	}
	p.awaitRows(t, 2)
	got := p.query(t, "SELECT site, user_name, source_ip, source_port, event_outcome FROM events ORDER BY user_name")
	want := "ashford-vale\ttcp\t203.0.113.9\t4022\tfailure\nashford-vale\tudp\t203.0.113.9\t4022\tfailure"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	p.stop(t)
	if strings.Contains(p.log.String(), "level=ERROR") {
		t.Errorf("errors in the log:\n%s", p.log.String())
	}
}

// A second instance on the folder, and a port that is taken, are told what to do.
func TestUpRefusesWhatIsTaken(t *testing.T) {
	address := loopback.Address(t)
	p := newProcess(t, fmt.Sprintf("{name: devices, type: syslog, site: local, listen: '%s'}", address))
	p.start(t)
	other := newProcess(t, fmt.Sprintf("{name: devices, type: syslog, site: local, listen: '%s'}", address))
	for name, test := range map[string]struct {
		config, want string
	}{
		"folder": {p.config, "another frontfoot runs on this folder"},
		"port":   {other.config, "address already in use"},
	} {
		text := failing(t, "up", "--config", test.config)
		if !strings.Contains(text, "error: ") || !strings.Contains(text, "hint: ") || !strings.Contains(text, test.want) {
			t.Errorf("%s: got\n%s", name, text)
		}
	}
}

// A missing or foreign library is an error with advice, not a crash.
func TestUpWithoutItsEngine(t *testing.T) {
	p := newProcess(t)
	text, err := os.ReadFile(p.config)
	if err != nil {
		t.Fatal(err)
	}
	foreign := t.TempDir() + "/libchdb.so"
	if err := os.WriteFile(foreign, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, library := range []string{foreign, foreign + ".missing"} {
		changed := strings.Replace(string(text), needEngine(t), library, 1)
		changed = strings.Replace(changed, "  inputs:\n", "  inputs: [{name: s, type: syslog, site: local, listen: '127.0.0.1:0'}]\n", 1)
		if err := os.WriteFile(p.config, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		got := failing(t, "up", "--config", p.config)
		if !strings.Contains(got, "error: ") || !strings.Contains(got, "hint: ") || strings.Contains(got, "panic") {
			t.Errorf("%s: got\n%s", library, got)
		}
	}
}

// With Kafka away at start, up waits; when Kafka comes, it works.
func TestUpWaitsForKafka(t *testing.T) {
	kafka, address := loopback.Address(t), loopback.Address(t)
	p := newProcess(t, fmt.Sprintf("{name: devices, type: syslog, site: local, transport: tcp, listen: '%s'}", address))
	text, err := os.ReadFile(p.config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.config, append(text, fmt.Sprintf("kafka: {brokers: ['%s']}\n", kafka)...), 0o600); err != nil {
		t.Fatal(err)
	}
	p.launch(t)
	p.await(t, "it to say that it waits", func() bool { return strings.Contains(p.log.String(), "waiting for Kafka") })
	b, err := broker.Start(broker.Config{Dir: t.TempDir(), Listen: kafka}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	p.ready(t)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Write([]byte("<13>hello\n"))
	if err := errors.Join(err, conn.Close()); err != nil {
		t.Fatal(err)
	}
	p.awaitRows(t, 1)
	p.stop(t)
}

// A question changes nothing.
func TestQueryIsReadOnly(t *testing.T) {
	p := newProcess(t, "{name: s, type: syslog, site: local, listen: '127.0.0.1:0'}")
	p.start(t)
	if text := failing(t, "query", "--data", p.folder.path, "DROP TABLE events"); !strings.Contains(text, "READONLY") {
		t.Errorf("dropping a table: got\n%s", text)
	}
	if got := p.query(t, "SELECT count() FROM events"); got != "0" {
		t.Errorf("the table is gone: %q", got)
	}
	text, err := exec.CommandContext(t.Context(), "frontfoot", "query", "--data", p.folder.path, "SELECT count() FROM events SETTINGS max_threads = 1").CombinedOutput()
	if err != nil || strings.TrimSpace(string(text)) != "0" {
		t.Errorf("a question with a setting: got %s, %v", text, err)
	}
	p.stop(t)
}
