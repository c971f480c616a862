package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"frontfoot/ingest/broker/apache"
)

// On a real Apache Kafka every line of a file becomes one row, and none is lost when kill -9 meets frontfoot, then Kafka, then both.
func TestUpOnApacheKafka(t *testing.T) {
	needEngine(t)
	kafka := apache.Start(t)
	file, err := os.Create(filepath.Join(t.TempDir(), "app.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p := newProcess(t, fmt.Sprintf("{name: app, type: file, site: local, clock: replay, paths: [%s]}", file.Name()))
	edit(t, p.config, "admin:", fmt.Sprintf("kafka: {brokers: ['%s']}\nadmin:", kafka.Addr()), "")
	const step = 3000
	lines := 0
	write := func() {
		for range step {
			fmt.Fprintf(file, "Mar  2 10:00:00 host app: line %d\n", lines)
			lines++
		}
	}
	some := func() bool { return p.count(t, "SELECT uniqExact(raw) FROM events") > lines-step }
	arrived := func() bool { return p.count(t, "SELECT uniqExact(raw) FROM events") == lines }

	write()
	p.start(t)
	p.await(t, "the first rows", arrived)
	if n := p.count(t, "SELECT count() FROM events"); n != lines {
		t.Errorf("got %d rows of %d lines", n, lines)
	}

	write()
	p.await(t, "some rows", some)
	write()
	p.kill()
	p.start(t)
	p.await(t, "rows after frontfoot was killed", arrived)

	write()
	kafka.Kill()
	write()
	kafka.Restart(t)
	p.await(t, "rows after Kafka was killed", arrived)

	write()
	p.await(t, "some rows", some)
	write()
	kafka.Kill()
	p.kill()
	p.launch(t)
	kafka.Restart(t)
	p.ready(t)
	p.await(t, "rows after both were killed", arrived)
	t.Logf("%d lines, %d rows written twice", lines, p.count(t, "SELECT count() - uniqExact(raw) FROM events"))
	p.stop(t)
}
