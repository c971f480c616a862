package meeting

import (
	"fmt"
	"strings"
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// TestWhatIsSaid checks the words, that a try counts as a meeting does, and that places outside count for nothing.
func TestWhatIsSaid(t *testing.T) {
	for to, said := range map[string]string{
		"10.9.0.":     "10.1.0.7 met 16 machines inside for the first time within an hour",
		"198.51.100.": "",
	} {
		events := feature.NewEvents(sketch.NewKey([16]byte{9}))
		m := New(events.Layout())
		take := func(now int64, from, to string) *sequence.Finding {
			b := event.NewBuilder()
			b.SetString(event.EventType, "denied")
			b.SetString(event.SourceIP, from)
			b.SetString(event.DestinationIP, to)
			b.End()
			var r feature.Row
			events.Begin(b.Batch())
			events.Row(0, &r)
			row := &sequence.Row{Row: &r, Now: now, Daily: 10_000}
			f := m.Take(row)
			m.Learn(row, false)
			return f
		}
		now := start
		for range 14 * 24 {
			now += hour
			for who := range 40 {
				if f := take(now, fmt.Sprintf("10.1.0.%d", who), "10.1.9.1"); f != nil {
					t.Fatalf("told of ordinary life: %s", f.Seen)
				}
			}
		}
		var last *sequence.Finding
		for i := range 20 {
			if f := take(now+int64(i)*second, "10.1.0.7", fmt.Sprint(to, i)); f != nil {
				last = f
			}
		}
		switch {
		case last == nil:
			if said != "" {
				t.Errorf("%s: nothing is said", to)
			}
		case last.Seen != said || !strings.Contains(last.Expected, "at most 0 in an hour") || len(last.Entities) != 1 || last.Entities[0].Text != "10.1.0.7":
			t.Errorf("%s: said %q, expected %q", to, last.Seen, last.Expected)
		}
	}
}
