package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontfoot/ingest/broker"
	"frontfoot/ingest/loopback"
)

// Kafka and database both go away under load, one after the other and both at once, and come back: every line is there in the end, without a restart
// of the process that needs them.
func TestUpOutlastsKafkaAndDatabase(t *testing.T) {
	kafkaAddress, kafkaDir := loopback.Address(t), t.TempDir()
	startKafka := func() *broker.Broker {
		b, err := broker.Start(broker.Config{Dir: kafkaDir, Listen: kafkaAddress}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	kafka := startKafka()
	defer func() { kafka.Close() }()

	// A second instance is the database: its endpoint is ClickHouse's.
	database := newProcess(t, "{name: none, type: syslog, site: unused, listen: '127.0.0.1:0'}")
	edit(t, database.config, "admin:", fmt.Sprintf("engine: {library: %s, listen: '%s'}\nadmin:", needEngine(t), loopback.Address(t)), "engine: {library: "+needEngine(t)+"}\n")
	database.start(t)
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte(database.secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	path := filepath.Join(t.TempDir(), "app.log")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p := newProcess(t, fmt.Sprintf("{name: app, type: file, site: local, clock: replay, paths: [%s]}", path))
	edit(t, p.config, "admin:", fmt.Sprintf("kafka: {brokers: ['%s']}\nstore: {url: '%s', user: %s, password_file: %s}\nadmin:",
		kafkaAddress, database.info.Database, engineUser, password), "")
	p.start(t)
	lines := 0
	write := func() {
		for range 500 {
			fmt.Fprintf(file, "Mar  2 10:00:00 host app: line %d\n", lines)
			lines++
		}
	}
	arrived := func() bool { return database.count(t, "SELECT uniqExact(raw) FROM events") == lines }
	write()
	database.await(t, "rows before the outages", arrived)

	kafka.Close()
	write()
	p.await(t, "word that Kafka is away", func() bool { return strings.Contains(p.log.String(), "level=WARN") })
	kafka = startKafka()
	database.await(t, "rows after Kafka's outage", arrived)

	database.kill()
	write()
	p.await(t, "word that the database is away", func() bool { return strings.Contains(p.log.String(), "database does not take rows") })
	database.start(t)
	database.await(t, "rows after the database's outage", arrived)

	database.kill()
	kafka.Close()
	write()
	kafka = startKafka()
	database.start(t)
	database.await(t, "rows after both", arrived)
	p.stop(t)
}

// edit replaces text in a file, and drops what is no longer wanted.
func edit(t *testing.T, path, old, replacement, drop string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), drop, "", 1)
	changed = strings.Replace(changed, old, replacement, 1)
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A client that sends slowly, or lies about lengths, costs the others nothing.
func TestUpBearsBadSenders(t *testing.T) {
	address := loopback.Address(t)
	p := newProcess(t, fmt.Sprintf("{name: devices, type: syslog, site: local, transport: tcp, listen: '%s'}", address))
	p.start(t)
	slow, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	send := func(bytes string) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, bytes) // the other side may hang up first
	}
	if _, err := slow.Write([]byte("<13>half a li")); err != nil {
		t.Fatal(err)
	}
	send("99999999 <13>a count that cannot be\n")
	send("<13>nul \x00 and \xff\xfe no UTF-8\r\n<13>" + strings.Repeat("x", 1<<20) + "\n<13>after the long one\n")
	send("\n\n\n<13>after empty lines\n")
	p.await(t, "the good lines", func() bool {
		return p.count(t, "SELECT countIf(raw IN ('<13>after the long one', '<13>after empty lines') OR raw LIKE '<13>nul%') FROM events") == 3
	})
	got := p.query(t, "SELECT max(length(raw)), countIf(labels['truncated'] = 'true') FROM events")
	if got != "65536\t1" {
		t.Errorf("longest raw line and truncated lines: got %q, want 65536 and 1", got)
	}
	if _, err := slow.Write([]byte("ne\n")); err != nil {
		t.Fatal(err)
	}
	p.await(t, "the slow line", func() bool { return p.count(t, "SELECT count() FROM events WHERE raw = '<13>half a line'") == 1 })
	if err := slow.Close(); err != nil {
		t.Error(err)
	}
	p.stop(t)
}
