package main

import (
	"fmt"
	"net"
	"os"
	"testing"

	"frontfoot/ingest/loopback"
)

// Rows fall away on the day that the configuration says, each site's on its own.
func TestRetention(t *testing.T) {
	exeter, truro := loopback.Address(t), loopback.Address(t)
	p := newProcess(t,
		fmt.Sprintf("{name: exeter, type: syslog, site: exeter, transport: tcp, listen: '%s'}", exeter),
		fmt.Sprintf("{name: truro, type: syslog, site: truro, transport: tcp, listen: '%s'}", truro))
	config := string(readFile(t, p.config)) + "store:\n  retention: {event_days: 30, finding_days: 100, sites: [{site: truro, event_days: 7}]}\n"
	if err := os.WriteFile(p.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	p.start(t)
	for _, address := range []string{exeter, truro} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := fmt.Fprintln(conn, "a line"); err != nil {
			t.Fatal(err)
		}
	}
	p.awaitRows(t, 2)
	if got, want := p.query(t, "SELECT site, expires - toDate(received) FROM events ORDER BY site"), "exeter\t30\ntruro\t7"; got != want {
		t.Errorf("events are kept for\n%s\ndays, want\n%s", got, want)
	}
	p.await(t, "an entry of the ledger", func() bool { return p.count(t, "SELECT count() FROM ingest_ledger") > 0 })
	if got := p.query(t, "SELECT DISTINCT expires - toDate(received) FROM ingest_ledger"); got != "100" {
		t.Errorf("the ledger is kept for %s days, want 100", got)
	}
	p.stop(t)
}
