package parse

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"frontfoot/ingest/event"
)

func TestHeader(t *testing.T) {
	type h map[string]string
	for _, c := range []struct {
		line string
		want h
	}{
		{"<34>Oct 11 22:14:15 mymachine su: 'su root' failed", h{"host.hostname": "mymachine", "process.name": "su", "message": "'su root' failed", "log.syslog.priority": "34", "log.level": "critical"}},
		{"<13>Feb  5 17:32:18 10.0.0.99 Use the BFG!", h{"host.hostname": "10.0.0.99", "process.name": "", "message": "Use the BFG!"}},
		{"<165>Aug 24 05:34:00 CST 1987 mymachine myproc[10]: %% It's", h{"message": "1987 mymachine myproc[10]: %% It's"}},
		{"<0>1990 Oct 22 10:52:01 TZ-6 scapegoat.dmz.example.org 10.1.2.3 sched[0]: x", h{"log.syslog.priority": "0", "process.name": ""}},
		{"Oct 11 2025 22:14:15 mymachine app: x", h{"@timestamp": "2025-10-11T22:14:15Z", "host.hostname": "mymachine"}},
		{"Oct 11 22:14:15 2025 mymachine app: x", h{"@timestamp": "2025-10-11T22:14:15Z", "host.hostname": "mymachine"}},
		{"Oct 11 22:14:15.123456 mymachine app[7]: x", h{"@timestamp": "2026-10-11T22:14:15.123456Z", "process.pid": "7"}},
		{"2026-10-11T22:14:15+02:00 fe80::1 app[7]: x", h{"@timestamp": "2026-10-11T20:14:15Z", "host.hostname": "fe80::1", "process.name": "app"}},
		{"2025-10-11T22:14:15.000Z Oct 11 22:14:15 mymachine app[7]: x", h{"@timestamp": "2025-10-11T22:14:15Z", "host.hostname": "mymachine", "process.name": "app", "process.pid": "7", "message": "x"}},
		{"Oct 11 22:14:15  app[7]: x", h{"host.hostname": "", "process.name": "app", "message": "x"}},
		{"Oct 11 22:14:15 app[7]: x", h{"host.hostname": "", "process.name": "app", "process.pid": "7", "message": "x"}},
		{"Oct 11 22:14:15 last message repeated 3 times", h{"host.hostname": "", "message": "last message repeated 3 times"}},
		{"Oct 11 22:14:15 mymachine last message repeated 3 times", h{"host.hostname": "mymachine", "message": "last message repeated 3 times"}},
		{"Oct 11 22:14:15 1,2026/10/11 22:14:15,0009C,TRAFFIC", h{"host.hostname": "", "message": "1,2026/10/11 22:14:15,0009C,TRAFFIC"}},
		{"<30>app[7]: x", h{"process.name": "app", "process.pid": "7", "message": "x"}},
		{"<30>no tag here", h{"process.name": "", "message": "no tag here"}},
		{"<192>x: y", h{"log.syslog.priority": "", "message": "<192>x: y", "event.dataset": "unknown"}},
		{"<>x", h{"event.dataset": "unknown"}},
		{"<1", h{"event.dataset": "unknown"}},
		{"<14>1 - - - - - -", h{"log.syslog.priority": "14", "host.hostname": "", "event.dataset": "syslog"}},
		{"<14>1 2026-10-11T22:14:15Z host app 12 ID1 - \xef\xbb\xbftext", h{"message": "text", "process.pid": "12", "labels.msgid": "ID1"}},
		{"<14>1 2026-10-11T22:14:15Z host app p12 - [x@1 a=\"1]\"] text", h{"message": "text", "process.pid": "", "labels.procid": "p12", "labels.sd.x@1.a": "1]"}},
		{"<14>1 2026-10-11T22:14:15Z host app 12 - [broken text", h{"message": "[broken text"}},
		{"<14>1 2026-10-11T22:14:15Z host 1,2026/10/11 22:14:15,0009C,TRAFFIC and more", h{"host.hostname": "host", "process.name": "", "message": "1,2026/10/11 22:14:15,0009C,TRAFFIC and more"}},
		{"<14>1 2026-10-11 22:14:15 host app 12 - [a:\"b\"; c:\"d\"]", h{"@timestamp": "2026-10-11T22:14:15Z", "process.name": "app", "message": "[a:\"b\"; c:\"d\"]"}},
		{"<14>1 2026-10-11T22:14:15--5:00 host app 12 - - x", h{"@timestamp": "2026-10-12T03:14:15Z", "message": "x"}},
		{"<189>: 2026 Oct 11 22:14:15 UTC: %VSHD-5-CONFIG: x", h{"@timestamp": "2026-10-11T22:14:15Z", "host.hostname": ""}},
		{"<189>: 2026 Oct 11 22:14:15.456 nx1: %VSHD-5-CONFIG: x", h{"@timestamp": "2026-10-11T22:14:15.456Z"}},
		{"<164>:Oct 11 22:14:15 CEST: %ASA-session-4-106023: x", h{"@timestamp": "2026-10-11T20:14:15Z"}},
		{"<133>wlc1: *emWeb: Oct 11 22:14:15.123: some text", h{"@timestamp": "2026-10-11T22:14:15.123Z", "host.hostname": "wlc1", "process.name": "emWeb", "message": "some text"}},
		{"<166>fw1 : %XYZ-6-113005: x", h{"host.hostname": "fw1", "process.name": ""}},
		{"<166>fw1 %XYZ-6-113005: x", h{"host.hostname": "fw1", "process.name": ""}},
		{"<189>45: %XYZ-5-CONFIG: x", h{"host.hostname": ""}},
		{"<190>101: rtr1: *Oct 11 22:14:15.123 UTC: some text", h{"@timestamp": "2026-10-11T22:14:15.123Z", "host.hostname": "rtr1", "process.name": "", "message": "some text"}},
		{"<14>1 2026-10-11T22:14:15Z host", h{"host.hostname": "", "message": "1 2026-10-11T22:14:15Z host", "labels.event.partial": irregular}},
		{"<14>1 2026-10-11T22:14:15Z host app 12 - [x@1 a=\"\\]\"][y@1] text", h{"labels.event.partial": "", "message": "text"}},
		{"<14>1 2026-10-11T22:14:15Z host app 12 - [x@1][x@1] text", h{"labels.event.partial": irregular}},
		{"<14>1 2026-10-11T22:14:15Z host app 12 - [x@1 a=\"b text", h{"labels.event.partial": irregular}},
		{"<14>1 2026-10-11T22:14:15.1234567Z host app 12 - - text", h{"labels.event.partial": irregular}},
		{"<14>1 2026-10-11T2:14:15Z host app 12 - - text", h{"labels.event.partial": irregular}},
		{"<14>1 2026-10-11T2:14:15.5Z host app 12 - - text", h{"labels.event.partial": irregular}},
		{"Oct 11 22:14:16 relay 1 2026-10-11T22:14:15.5Z gw1 app 12 - [x@1 a=\"b\"] text", h{"@timestamp": "2026-10-11T22:14:15.5Z", "host.hostname": "gw1", "process.name": "app", "process.pid": "12", "labels.sd.x@1.a": "b", "message": "text"}},
		{"Oct 11 22:14:16 relay 1 2 3 and more", h{"@timestamp": "2026-10-11T22:14:16Z", "host.hostname": "relay", "message": "1 2 3 and more"}},
		{"Oct 11 22:14:16 relay 1 2026-10-11T22:14:15Z breaks", h{"@timestamp": "2026-10-11T22:14:16Z", "host.hostname": "relay"}},
		{"<13>1990 Oct 22 10:52:01 host app: x", h{"labels.event.partial": ""}},
		{"<189>45: x", h{"labels.event.partial": ""}},
	} {
		got := row(t, Config{Replay: true}, c.line, goldenNow)
		want(t, c.line, got, c.want)
	}
}

// TestSyslogVectors compares the headers with the valid vectors of another parser's tests.
func TestSyslogVectors(t *testing.T) {
	data, err := os.ReadFile("../../../shared/corpora/syslog/rfc5424.ndjson")
	if err != nil {
		t.Skip("data absent: ../shared/corpora/syslog")
	}
	n := 0
	for l := range bytes.Lines(data) {
		var c struct {
			In    []byte `json:"input_b64"`
			Valid bool
			Value *struct {
				Priority                                  int
				Hostname, Appname, ProcID, MsgID, Message *string
				Timestamp                                 *time.Time
				StructuredData                            map[string]map[string]string
			}
		}
		if err := json.Unmarshal(l, &c); err != nil {
			t.Fatal(err)
		}
		if !c.Valid || c.Value == nil {
			continue
		}
		n++
		p := New(Config{Replay: true})
		p.begin(nil, 0)
		h := p.scanHeader(c.In)
		for name, pair := range map[string][2]string{
			"host": {text3(c.Value.Hostname), string(h.host)}, "app": {text3(c.Value.Appname), string(h.app)}, "procid": {text3(c.Value.ProcID), string(h.pid)},
			"msgid": {text3(c.Value.MsgID), string(h.msgid)}, "message": {strings.TrimPrefix(text3(c.Value.Message), "\ufeff"), string([]rune(string(h.body)))},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%q: %s: got %q, want %q", c.In, name, pair[1], pair[0])
			}
		}
		if h.pri != c.Value.Priority || h.stamp.ok != (c.Value.Timestamp != nil) {
			t.Errorf("%q: got priority %d, stamp %v", c.In, h.pri, h.stamp.ok)
		}
		if h.stamp.ok && (h.stamp.sec != c.Value.Timestamp.Unix() || h.stamp.nanos != c.Value.Timestamp.Nanosecond()) {
			t.Errorf("%q: got stamp %d.%09d, want %s", c.In, h.stamp.sec, h.stamp.nanos, c.Value.Timestamp)
		}
	}
	if n < 100 {
		t.Errorf("only %d vectors", n)
	}
}

// TestInvalidSyslogVectors holds that what another parser refuses is kept byte for byte and marked, and that nothing is marked which it accepts.
func TestInvalidSyslogVectors(t *testing.T) {
	data, err := os.ReadFile("../../../shared/corpora/syslog/rfc5424.ndjson")
	if err != nil {
		t.Skip("data absent: ../shared/corpora/syslog")
	}
	invalid, others := 0, 0
	for l := range bytes.Lines(data) {
		var c struct {
			In    []byte `json:"input_b64"`
			Valid bool
		}
		if err := json.Unmarshal(l, &c); err != nil {
			t.Fatal(err)
		}
		if !c.Valid {
			invalid++
		}
		if _, n := readPriority(c.In); n > 0 && !versioned(c.In[n:]) {
			others++
			continue // no version: RFC 3164, to which any text is right
		}
		got := row(t, Config{Replay: true}, string(c.In), goldenNow)
		if flagged := got["labels.event.partial"] == irregular || got["event.dataset"] == Unknown && got["log.syslog.priority"] == ""; flagged == c.Valid {
			t.Errorf("%q: valid %t, marked %t: %v", c.In, c.Valid, flagged, got)
		}
		b := event.NewBuilder()
		New(Config{}).Line(b, c.In, 0)
		b.End()
		if raw := b.Batch().Text(event.Raw, 0); raw != string(trimEnd(c.In)) {
			t.Errorf("%q: kept as %q", c.In, raw)
		}
	}
	if invalid < 100 || others > 5 {
		t.Errorf("%d invalid vectors, %d of them without a version", invalid, others)
	}
}

func text3(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// TestHeaderLevel reads a level in the place of the host.
func TestHeaderLevel(t *testing.T) {
	p := New(Config{})
	for line, want := range map[string][4]string{
		"<13>Nov 26 10:10:01 INFO  uvm[0]:  {}": {"INFO", "", "uvm", " {}"},
		"<13>Nov 26 10:10:01 INFO":              {"", "", "", "INFO"},
		"<13>Nov 26 10:10:01 INFO1 uvm: x":      {"", "INFO1", "uvm", "x"},
		"Nov 26 10:10:01 <local0.info> ns1 x y": {"info", "ns1", "", "x y"},
		"Nov 26 10:10:01 <local0.x> ns1 x y":    {"", "<local0.x>", "", "ns1 x y"},
	} {
		h := p.scanHeader([]byte(line))
		if string(h.level) != want[0] || string(h.host) != want[1] || string(h.app) != want[2] || string(h.body) != want[3] {
			t.Errorf("%s: level %q, host %q, tag %q, body %q", line, h.level, h.host, h.app, h.body)
		}
	}
}

// TestHeaderMarked reads a header whose body begins behind the host.
func TestHeaderMarked(t *testing.T) {
	p := New(Config{})
	for _, body := range []string{`CEF:0|A|B|1|7|Logon|5|act="Logon" suser=x`, "LEEF:1.0|A|B|1|7|sev=5"} {
		h := p.scanHeader([]byte("<5>1 2026-11-26T09:00:00Z VAULT01 " + body))
		if string(h.host) != "VAULT01" || len(h.app) != 0 || string(h.body) != body {
			t.Errorf("%s: host %q, tag %q, body %q", body, h.host, h.app, h.body)
		}
	}
}
