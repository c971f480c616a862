package benchmarks

import (
	"strings"
	"testing"

	"frontfoot/benchmarks/gen"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

// TestEveryLineIsUnderstood parses a week, and the lines of every attack: each line must come into the dataset that it was written as, at its time.
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
		case strings.Contains(line, " sshd["), strings.Contains(line, " sudo: "), strings.Contains(line, " CRON["):
			return "system.auth"
		default:
			return "sys" // system.syslog or syslog: daemons that have no format of their own
		}
	}
	p, b := parse.New(parse.Config{Replay: true}), event.NewBuilder()
	for n, attack := range gen.Scenarios() {
		cfg := gen.Demo()
		cfg.Attack, cfg.EventsPerDay = attack, 6000
		g, err := gen.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		wrong := 0
		for line := range g.Site(1) {
			if n > 0 && line.Attack == "" {
				continue // ordinary life is the same with every attack
			}
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
