package apache_test

import (
	"net"
	"testing"

	"frontfoot/ingest/broker/apache"
)

// A killed broker is gone at once, and comes back on the same address.
func TestKillAndRestart(t *testing.T) {
	b := apache.Start(t)
	b.Kill()
	if conn, err := net.Dial("tcp", b.Addr()); err == nil {
		_ = conn.Close()
		t.Error("a killed broker takes connections")
	}
	b.Restart(t)
	conn, err := net.Dial("tcp", b.Addr())
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}
