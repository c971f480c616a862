package drift

import (
	"fmt"
	"strings"
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// TestWhatIsSaid checks the words, the one who is named, and that a site that still learns says nothing.
func TestWhatIsSaid(t *testing.T) {
	for name, x := range map[string]struct {
		learning bool
		said     string
	}{
		"of one":   {false, "fortinet.traffic with action deny, destination port 23 is "},
		"learning": {true, ""},
	} {
		events := feature.NewEvents(sketch.NewKey([16]byte{9}))
		m := New(events.Layout())
		var all []string
		for d := range 140 {
			b := event.NewBuilder()
			row := func(port uint64, from string) {
				b.SetTime(event.Time, start+int64(d)*day+int64(b.Rows())*1_000_000)
				b.SetString(event.Dataset, "fortinet.traffic")
				b.SetString(event.EventType, "denied")
				b.SetString(event.EventAction, "deny")
				b.SetString(event.SourceIP, from)
				b.SetUint(event.DestinationPort, port)
				b.End()
			}
			for port := range 20 {
				for i := range 5 + port {
					row(uint64(20+port), fmt.Sprintf("10.1.2.%d", (i+d)%5))
				}
			}
			for range max(0, d-80) {
				row(23, "10.1.2.99")
			}
			batch, r := b.Batch(), feature.Row{}
			events.Begin(batch)
			for i := range batch.Rows() {
				events.Row(i, &r)
				f := m.Take(&sequence.Row{Row: &r, Batch: batch, Index: i, Now: r.Time, Daily: 1000, Learning: x.learning})
				if f != nil {
					all = append(all, f.Seen+" ("+f.Expected+"), "+f.Entities[0].Text+", "+f.Field+" is "+f.Value)
				}
			}
		}
		said := strings.Join(all, "\n")
		switch {
		case x.said == "":
			if said != "" {
				t.Errorf("%s: said %q", name, said)
			}
		case !strings.HasPrefix(said, x.said) || !strings.Contains(said, " of it by 10.1.2.99 (") || !strings.Contains(said, " weeks before), 10.1.2.99, event.action + destination.port is deny + 23"):
			t.Errorf("%s: said %q", name, said)
		}
	}
}

// TestPercent checks that shares are written with digits that tell them apart.
func TestPercent(t *testing.T) {
	for share, want := range map[float32]string{0: "none", 0.00012: "0.012 %", 0.0042: "0.42 %", 0.031: "3.1 %", 0.5: "50 %", 1: "100 %"} {
		if got := percent(share); got != want {
			t.Errorf("%v is written %q, want %q", share, got, want)
		}
	}
}
