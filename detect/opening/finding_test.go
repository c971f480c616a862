package opening

import (
	"fmt"
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// A line is a connection.
type line struct {
	from, to string
	port     uint64
	drew     uint64
}

// TestWhatIsSaid checks of each relation whom it is about, the words, and what does not count: an answer of no more than a handshake.
func TestWhatIsSaid(t *testing.T) {
	usual := func(n int) line { return line{fmt.Sprintf("10.1.0.%d", n), fmt.Sprintf("10.1.9.%d", n), 443, 4000} }
	for name, x := range map[string]struct {
		line     line
		said     string
		entities int
	}{
		"outside":   {line{"10.1.0.7", "198.51.100.7", 443, 4000}, "10.1.0.7 spoke to 198.51.100.7 for the first time", 2},
		"port":      {line{"10.1.0.7", "10.1.9.7", 3389, 0}, "10.1.0.7 spoke to port 3389 for the first time", 1},
		"inside":    {line{"10.1.0.7", "10.1.9.8", 443, 4000}, "10.1.0.7 spoke to 10.1.9.8 for the first time", 2},
		"answers":   {line{"10.3.0.1", "10.1.9.7", 8443, 4000}, "10.1.9.7 answered at port 8443 for the first time", 1},
		"handshake": {line{"10.3.0.1", "10.1.9.7", 8443, 100}, "", 0},
	} {
		events := feature.NewEvents(sketch.NewKey([16]byte{9}))
		m := New(events.Layout())
		now := start
		for range 24 * 30 {
			now += hour
			for n := range 16 {
				take(m, events, now, usual(n))
				take(m, events, now, line{usual(n).from, "198.51.100.1", 443, 4000})
			}
		}
		f := take(m, events, now, x.line)
		switch {
		case f == nil:
			if x.said != "" {
				t.Errorf("%s: nothing is said", name)
			}
		case f.Seen != x.said || f.Expected != "nothing new in the last 718 hours in which it did so" || len(f.Entities) != x.entities:
			t.Errorf("%s: %q of %d, expected %q", name, f.Seen, len(f.Entities), f.Expected)
		}
	}
}

// take gives a line to a model.
func take(m *Model, events *feature.Events, now int64, x line) *sequence.Finding {
	b := event.NewBuilder()
	b.SetString(event.SourceIP, x.from)
	b.SetString(event.DestinationIP, x.to)
	b.SetUint(event.DestinationPort, x.port)
	b.SetUint(event.DestinationBytes, x.drew)
	b.End()
	batch := b.Batch()
	var r feature.Row
	events.Begin(batch)
	events.Row(0, &r)
	row := &sequence.Row{Row: &r, Batch: batch, Now: now, Daily: 10_000}
	f := m.Take(row)
	m.Learn(row, false)
	return f
}
