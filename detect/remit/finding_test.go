package remit

import (
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

func modelOfEvents() *Model {
	key := sketch.NewKey([16]byte{9})
	return New(key, feature.NewEvents(key).Layout())
}

// TestWhatIsSaid checks the words, whom it is about, and that neither what was refused, nor what only looks, nor what names nobody is a change.
func TestWhatIsSaid(t *testing.T) {
	const stranger = "mallory changed settings or accounts (Add system.admin), an account that is hardly known here, which it hardly ever did, from where it is hardly known, a change that is seldom made"
	for name, x := range map[string]struct {
		who, category, kind, outcome, said string
	}{
		"configuration": {"mallory", "configuration", "change", "success", stranger},
		"iam":           {"mallory", "iam", "creation", "", stranger},
		"refused":       {"mallory", "configuration", "change", "failure", ""},
		"looks":         {"mallory", "configuration", "info", "success", ""},
		"nobody":        {"", "configuration", "change", "success", ""},
		"logs in":       {"mallory", "authentication", "start", "success", ""},
		"ordinary":      {"ann", "configuration", "change", "success", ""},
	} {
		key := sketch.NewKey([16]byte{9})
		events := feature.NewEvents(key)
		m := New(key, events.Layout())
		counts := sketch.NewCounts(1<<12, 1<<12)
		take := func(now int64, who, from, category, kind, outcome, message string) *sequence.Finding {
			b := event.NewBuilder()
			b.SetString(event.UserName, who)
			b.SetString(event.SourceIP, from)
			b.SetString(event.EventCategory, category)
			b.SetString(event.EventType, kind)
			b.SetString(event.EventOutcome, outcome)
			b.SetString(event.Message, message)
			b.End()
			batch := b.Batch()
			var r feature.Row
			events.Begin(batch)
			m.Begin(batch)
			events.Row(0, &r)
			f := m.Take(&sequence.Row{Row: &r, Batch: batch, Now: now, Daily: 10_000, Counts: counts})
			for _, feature := range append(m.from[:], feature.User) {
				if h := m.layout.Key(feature, &r); h != 0 {
					counts.Add(h, 40)
				}
			}
			return f
		}
		now := start + 13*hour
		for range 30 {
			now += int64(day)
			take(now, "ann", "10.1.0.7", "configuration", "change", "success", "Edit firewall.policy 7")
		}
		from, message := "198.51.100.7", "Add system.admin backup"
		if x.who == "ann" {
			from, message = "10.1.0.7", "Edit firewall.policy 9"
		}
		f := take(now+int64(day), x.who, from, x.category, x.kind, x.outcome, message)
		switch {
		case f == nil:
			if x.said != "" {
				t.Errorf("%s: nothing is said", name)
			}
		case f.Seen != x.said || f.Expected != "unlike 30 earlier visits of those who do" || len(f.Entities) != 2:
			t.Errorf("%s: %q of %d, expected %q", name, f.Seen, len(f.Entities), f.Expected)
		}
	}
}
