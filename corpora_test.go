package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Real lines of real devices over syslog TCP: each is a row, repeated lines too, and each comes out as it went in.
func TestRealLinesBecomeRows(t *testing.T) {
	var lines []string
	for _, name := range []string{"iptables", "fortinet_fortigate", "system", "suricata"} {
		lines = append(lines, corpus(t, name)...)
	}
	lines = append(lines, lines[:20]...) // devices repeat themselves
	address := freeAddress(t)
	p := newProcess(t, fmt.Sprintf("{name: devices, type: syslog, site: local, clock: replay, transport: tcp, listen: '%s'}", address))
	p.start(t)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriter(conn)
	for _, line := range lines {
		fmt.Fprintf(out, "%d %s", len(line), line) // RFC 6587 octet counting: some lines begin with a digit
	}
	if err := errors.Join(out.Flush(), conn.Close()); err != nil {
		t.Fatal(err)
	}
	p.awaitRows(t, len(lines))
	got := strings.Split(p.query(t, "SELECT raw FROM events ORDER BY seq FORMAT JSONEachRow"), "\n")
	for i := range got {
		var row struct{ Raw string }
		if err := json.Unmarshal([]byte(got[i]), &row); err != nil {
			t.Fatal(err)
		}
		got[i] = row.Raw
	}
	want := slices.Clone(lines)
	for i := range want {
		want[i] = strings.TrimRight(want[i], "\r\n\x00")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows differ from lines (-sent +stored):\n%s", diff)
	}
}

// corpus returns the lines of a measured corpus beside the project, and skips the test where there is none.
func corpus(t *testing.T, name string) []string {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "shared", "corpora", "parse", name+".ndjson"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("data absent: ../shared/corpora/parse/", name, ".ndjson")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var lines []string
	in := json.NewDecoder(file)
	for in.More() {
		var row struct{ Raw string }
		if err := in.Decode(&row); err != nil {
			t.Fatal(err)
		}
		if row.Raw != "" {
			lines = append(lines, row.Raw)
		}
	}
	return lines
}

// freeAddress returns a loopback address that nobody listens on now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
