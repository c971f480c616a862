package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontfoot/ingest/loopback"
)

// Real lines of real devices over syslog TCP: each is a row, repeated lines too, and each comes out as it went in.
func TestRealLinesBecomeRows(t *testing.T) {
	lines := corpora(t)
	lines = append(lines, lines[:20]...) // devices repeat themselves
	address := loopback.Address(t)
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
	got := strings.Fields(p.query(t, "SELECT hex(raw) FROM events ORDER BY seq"))
	want := slices.Clone(lines)
	for i := range want {
		want[i] = strings.TrimRight(want[i], "\r\n\x00")
	}
	for i := range got {
		raw, err := hex.DecodeString(got[i])
		if err != nil {
			t.Fatal(err)
		}
		got[i] = string(raw)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows differ from lines (-sent +stored):\n%s", diff)
	}
}

// corpora returns the lines of all measured corpora beside the project that say anything, and skips the test where there are none.
func corpora(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "shared", "corpora", "*", "*.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("data absent: ../shared/corpora")
	}
	var lines []string
	for _, path := range files {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		in := json.NewDecoder(file)
		for in.More() {
			var row struct {
				Raw   string
				Bytes []byte `json:"input_b64"`
			}
			if err := in.Decode(&row); err != nil {
				t.Fatal(err)
			}
			if line := row.Raw + string(row.Bytes); strings.Trim(line, "\r\n\x00") != "" {
				lines = append(lines, line)
			}
		}
		_ = file.Close()
	}
	return lines
}
