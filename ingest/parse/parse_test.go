package parse

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"frontfoot/ingest/event"
)

// row parses one line and returns its row as flat text values.
func row(t testing.TB, cfg Config, line string, received time.Time) map[string]string {
	t.Helper()
	b := event.NewBuilder()
	New(cfg).Line(b, []byte(line), received.UnixNano())
	b.End()
	m := map[string]any{}
	if err := json.Unmarshal(b.Batch().AppendJSON(nil, 0), &m); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	out := map[string]string{}
	for k, v := range m {
		if s, ok := v.(string); ok {
			out[k] = s
		} else {
			out[k] = strings.TrimSuffix(fmt.Sprintf("%f", v), ".000000")
		}
	}
	return out
}

// want compares some of a row's values; "" means that there is none.
func want(t *testing.T, line string, got map[string]string, fields map[string]string) {
	t.Helper()
	for k, w := range fields {
		if got[k] != w {
			t.Errorf("%q: %s: got %q, want %q", line, k, got[k], w)
		}
	}
}

// TestOthersText has the text of an attacker try to pass for the words of the program that logged it.
func TestOthersText(t *testing.T) {
	const at = "Nov 23 14:02:11 h sshd[1]: "
	for _, c := range []struct{ line, ip, user string }{
		{at + "Failed password for invalid user from 8.8.8.8 port 1 ssh2 from 192.0.2.1 port 2 ssh2", "192.0.2.1", "from 8.8.8.8 port 1 ssh2"},
		{at + "Invalid user a from 8.8.8.8 from 192.0.2.1 port 2", "192.0.2.1", "a from 8.8.8.8"},
		{at + "Invalid user a from 8.8.8.8 from 192.0.2.1", "192.0.2.1", "a from 8.8.8.8"},
		{at + "Connection closed by invalid user 8.8.8.8 port 1 192.0.2.1 port 2 [preauth]", "192.0.2.1", "8.8.8.8 port 1"},
		{at + "Failed publickey for invalid user a b from 8.8.8.8 port 1 ssh2: RSA-CERT SHA256:x ID from 8.8.4.4 port 1 ssh2: a b (serial 0) CA RSA SHA256:y", "", ""},
		{at + "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=x rhost=8.8.8.8", "192.0.2.1", "x rhost=8.8.8.8"},
		{at + "User x from 8.8.8.8 not allowed because y from 192.0.2.1 not allowed because not listed in AllowUsers", "192.0.2.1", "x from 8.8.8.8 not allowed because y"},
		{"Nov 23 14:02:11 h app: Failed password for root from 8.8.8.8 port 22 ssh2", "", ""},
		{"Nov 23 14:02:11 h sudo: eve : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/echo from 8.8.8.8 ; USER=bob", "", "eve"},
		{`date=2026-11-23 time=14:02:17 devid="F" logid="0100032002" type="event" subtype="system" user="x\" srcip=8.8.8.8 y=\"" srcip=192.0.2.1`, "192.0.2.1", `x" srcip=8.8.8.8 y="`},
		{`date=2026-11-23 time=14:02:17 devid="F" logid="1" type="utm" subtype="webfilter" srcip=192.0.2.1 url="/a" srcip=8.8.8.8 user=bob msg="x"`, "192.0.2.1", "bob"},
		{`{"timestamp":"2026-11-23T14:02:21.000000+0000","flow_id":1,"event_type":"http","src_ip":"192.0.2.1","http":{"url":"/?\",\"src_ip\":\"8.8.8.8"}}`, "192.0.2.1", ""},
	} {
		want(t, c.line, row(t, Config{Replay: true}, c.line, goldenNow), map[string]string{"source.ip": c.ip, "user.name": c.user})
	}
}

// TestWhoIsNotTheLines checks that a line cannot set what says who it is from.
func TestWhoIsNotTheLines(t *testing.T) {
	line := `{"frontfoot.site":"other","frontfoot.premises":"p","frontfoot.epoch":"e","frontfoot.seq":7,"log.source.address":"8.8.8.8",` +
		`"event.ingested":"2001-01-01T00:00:00Z","event.original":"forged","frontfoot.score":9,"frontfoot":{"seq":1,"site":"x"}}`
	want(t, line, row(t, Config{}, line, goldenNow), map[string]string{
		"frontfoot.site": "", "frontfoot.premises": "", "frontfoot.epoch": "", "frontfoot.seq": "", "log.source.address": "", "frontfoot.score": "",
		"event.ingested": "2026-11-23T14:02:30Z", "event.original": line, "frontfoot.claimed_site": "other",
	})
}

// TestLineEnds checks what is cut off a line and what is not.
func TestLineEnds(t *testing.T) {
	for _, c := range []struct{ line, raw, message string }{
		{"", "", ""},
		{"\n", "", ""},
		{"\r\n", "", ""},
		{"text\r\n", "text", "text"},
		{"text\n\x00", "text", "text"},
		{"two\nlines\n", "two\nlines", "two\nlines"},
		{"\x00\x01bell\x07\x00", "\x00\x01bell\x07", "bell"},
		{"\xff\xfe", "��", ""},
		{"\ufefftext\r\n", "\ufefftext", "text"},
	} {
		want(t, c.line, row(t, Config{}, c.line, goldenNow), map[string]string{"event.original": c.raw, "message": c.message, "event.dataset": "unknown"})
	}
}

// TestByteOrderMark checks that the mark with which Windows begins a file hides nothing of its first line.
func TestByteOrderMark(t *testing.T) {
	for line, host := range map[string]string{
		"\ufeffNov 23 14:02:11 h sudo: eve : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/true": "h",
		"\ufeff{\"user\":\"eve\"}": "",
	} {
		want(t, line, row(t, Config{Replay: true}, line, goldenNow), map[string]string{"host.hostname": host, "user.name": "eve", "event.original": line})
	}
}

func TestLabelsAreBounded(t *testing.T) {
	var line strings.Builder
	line.WriteString(`{"a":1`)
	for i := range 5000 {
		fmt.Fprintf(&line, `,"k%d":%d`, i, i)
	}
	line.WriteString("}")
	n := 0
	for k := range row(t, Config{}, line.String(), goldenNow) {
		if strings.HasPrefix(k, "labels.") {
			n++
		}
	}
	if n != maxLabels+1 {
		t.Errorf("got %d labels, want %d and the flag", n, maxLabels)
	}
}

// TestNoAllocations keeps the hot path free of them.
func TestNoAllocations(t *testing.T) {
	p, b := New(Config{}), event.NewBuilder()
	received := goldenNow.UnixNano()
	for name, lines := range benchLines {
		raw := [][]byte{}
		for _, l := range lines {
			raw = append(raw, []byte(l))
		}
		round := func() {
			for _, l := range raw {
				p.Line(b, l, received)
				b.End()
			}
			b.Reset()
		}
		round()
		if n := testing.AllocsPerRun(50, round); n > 0 {
			t.Errorf("%s: %v allocations for %d lines", name, n, len(raw))
		}
	}
}

// TestCorpora runs every line of the corpora through the parser: each is a row that survives the codec.
func TestCorpora(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/corpora/*/*.ndjson")
	if len(files) == 0 {
		t.Skip("data absent: ../shared/corpora")
	}
	p, b := New(Config{Replay: true}), event.NewBuilder()
	var buf bytes.Buffer
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines, rows := 0, 0
		for l := range bytes.Lines(data) {
			var c struct {
				Raw string `json:"raw"`
				In  []byte `json:"input_b64"`
			}
			if err := json.Unmarshal(l, &c); err != nil {
				t.Fatal(err)
			}
			p.Line(b, slices.Concat([]byte(c.Raw), c.In), goldenNow.UnixNano())
			b.End()
			lines++
		}
		buf.Reset()
		if err := event.Encode(&buf, b.Batch()); err != nil {
			t.Fatal(err)
		}
		got, err := event.Decode(buf.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for r := range got.Rows() {
			if got.Has(event.Time, r) && got.Text(event.Dataset, r) != "" {
				rows++
			}
		}
		if rows != lines {
			t.Errorf("%s: %d lines gave %d rows", file, lines, rows)
		}
		b.Reset()
	}
}
