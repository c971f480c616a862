//go:build !race

package benchmarks

import (
	"strings"
	"testing"

	"frontfoot/benchmarks/gen"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

// TestEveryLineIsUnderstood parses the demo's week, and some weeks with every kind of attack: each line must come into the dataset that it was
// written as, at its time.
func TestEveryLineIsUnderstood(t *testing.T) {
	want := func(line string) string {
		switch {
		case strings.Contains(line, ` devid="`):
			return "fortinet.fortigate"
		case strings.Contains(line, `"event_type":"`):
			return "suricata.eve"
		case strings.Contains(line, " PROTO="):
			return "iptables"
		case strings.HasPrefix(line, "{"):
			return "json"
		case strings.HasPrefix(line, "time="):
			return "kv"
		case strings.Contains(line, ": pam_unix("):
			return "linux.pam"
		case strings.Contains(line, " sshd["):
			return "linux.sshd"
		case strings.Contains(line, " sudo: "):
			return "linux.sudo"
		case strings.Contains(line, " CRON["):
			return "linux.cron"
		case strings.Contains(line, " useradd["), strings.Contains(line, " usermod["):
			return "linux.accounts"
		case strings.Contains(line, " su["):
			return "linux.su"
		case strings.Contains(line, " pkexec["):
			return "linux.pkexec"
		case strings.Contains(line, " kernel: "):
			return "linux.kernel"
		case strings.Contains(line, " systemd["), strings.Contains(line, " systemd-"):
			return "linux.systemd"
		default:
			return "syslog" // daemons that have no format of their own
		}
	}
	p, b := parse.New(parse.Config{Replay: true}), event.NewBuilder()
	month := gen.Month(3, 1, 4, 1000)
	for i, kind := range gen.Scenarios() {
		month.Plays = append(month.Plays, gen.Play{Kind: kind, Site: month.Sites[0], Day: 2 + i/2})
	}
	month.Days = len(month.Plays)/2 + 6
	demo := gen.Demo()
	demo.EventsPerDay = 6000
	for _, cfg := range []gen.Config{demo, month} {
		g, err := gen.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		wrong := 0
		for line := range g.Site(len(cfg.Sites) / 2) {
			ok := p.Line(b, line.Text, cfg.Start.UnixNano())
			got, want := string(b.TextOf(event.Dataset)), want(string(line.Text))
			b.End()
			at := b.Batch().Time(event.Time, 0)
			if off := line.Time.UnixNano() - at; off < 0 || off >= 1e9 { // some formats write whole seconds
				t.Errorf("read as of %d, written at %d: %s", at, line.Time.UnixNano(), line.Text)
				wrong++
			}
			b.Reset()
			if !ok || !strings.HasPrefix(got, want) {
				t.Errorf("understood %v as %s, want %s: %s", ok, got, want, line.Text)
				wrong++
			}
			if wrong > 10 {
				t.FailNow()
			}
		}
	}
}
