package excess

import (
	"strings"
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// flow is one line of a firewall.
type flow struct {
	from, to, user, kind string
	sent, got            uint64
}

// take gives a flow to a model.
func take(m *Model, events *feature.Events, now int64, x *flow) *sequence.Finding {
	b := event.NewBuilder()
	b.SetTime(event.Time, now)
	b.SetString(event.Dataset, "fortinet.traffic")
	b.SetString(event.SourceIP, x.from)
	b.SetString(event.DestinationIP, x.to)
	if x.user != "" {
		b.SetString(event.UserName, x.user)
	}
	if x.kind != "" {
		b.SetString(event.EventType, x.kind)
	}
	b.SetUint(event.SourceBytes, x.sent)
	b.SetUint(event.DestinationBytes, x.got)
	b.End()
	batch := b.Batch()
	var r feature.Row
	events.Begin(batch)
	m.Begin(batch)
	events.Row(0, &r)
	row := &sequence.Row{Row: &r, Batch: batch, Now: now, Daily: 10_000}
	f := m.Take(row)
	m.Learn(row, false)
	return f
}

// TestWhatIsSaid checks which way bytes count, who is spoken of, and the words.
func TestWhatIsSaid(t *testing.T) {
	for name, x := range map[string]struct {
		flow
		said     string
		entities int
	}{
		"sent out":     {flow{from: "10.1.2.3", to: "203.0.113.9", user: "jsmith", sent: 4e9}, "10.1.2.3 sent 4.0 GB to places outside within an hour", 2},
		"drawn":        {flow{from: "10.1.2.3", to: "10.1.9.9", user: "jsmith", got: 4e9}, "10.1.2.3 downloaded 4.0 GB from 10.1.9.9 within an hour", 2},
		"given":        {flow{from: "198.51.100.7", to: "10.1.9.9", got: 4e9}, "198.51.100.7 was sent 4.0 GB within an hour", 1},
		"fetched":      {flow{from: "10.1.2.3", to: "203.0.113.9", user: "jsmith", got: 4e9}, "", 0},
		"was stopped":  {flow{from: "10.1.2.3", to: "203.0.113.9", kind: "denied", sent: 4e9}, "", 0},
		"another user": {flow{from: "10.1.2.3", to: "10.1.9.9", user: "somebody", got: 20_000}, "", 0},
	} {
		events := feature.NewEvents(testKey())
		m, now := New(testKey(), events.Layout()), start
		for d := range 300 {
			now += int64(day) / 30
			for range 1 + d%3 {
				take(m, events, now, &flow{from: "10.1.2.3", to: "203.0.113." + string(rune('1'+d%9)), user: "jsmith", sent: 3000, got: 90_000})
				take(m, events, now, &flow{from: "10.1.2.3", to: "10.1.9.9", user: "jsmith", sent: 3000, got: 90_000})
				take(m, events, now, &flow{from: "198.51.100.7", to: "10.1.9.9", sent: 3000, got: 90_000})
			}
		}
		f := take(m, events, now+minute, &x.flow)
		switch {
		case f == nil:
			if x.said != "" {
				t.Errorf("%s: nothing is said", name)
			}
		case !strings.HasPrefix(f.Seen, x.said) || x.said == "":
			t.Errorf("%s: said %q, want %q", name, f.Seen, x.said)
		case len(f.Entities) != x.entities || !strings.Contains(f.Expected, " in the last two weeks"):
			t.Errorf("%s: %d entities, expected %q", name, len(f.Entities), f.Expected)
		}
	}
}

func testKey() sketch.Key { return sketch.NewKey([16]byte{9}) }
