package debut

import (
	"fmt"
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

// A site is a model, what the site remembers of values, and the time there.
type site struct {
	*Model
	events *feature.Events
	counts *sketch.Counts
	now    int64
}

// take gives the model a row and has the site remember its values.
func (s *site) take(from, to, named, asked string, sent uint64) *sequence.Finding {
	b := event.NewBuilder()
	b.SetString(event.SourceIP, from)
	b.SetString(event.UserName, "ann")
	if asked != "" {
		b.SetString(event.DNSQuestionName, asked)
	} else {
		b.SetString(event.DestinationIP, to)
		b.SetUint(event.DestinationPort, web)
	}
	if named != "" {
		b.SetString(event.TLSServerName, named)
	} else {
		b.SetUint(event.SourceBytes, sent)
	}
	b.End()
	batch := b.Batch()
	var r feature.Row
	s.events.Begin(batch)
	s.events.Row(0, &r)
	row := &sequence.Row{Row: &r, Batch: batch, Now: s.now, Daily: 10_000, Counts: s.counts}
	f := s.Take(row)
	s.Learn(row, false)
	for _, v := range r.Values {
		if v.Hash != 0 {
			s.counts.Add(v.Hash, 1)
		}
	}
	return f
}

// TestWhatIsSaid checks of each measure whom it is about and the words, and that nothing is said of an address of a domain that was asked for before.
func TestWhatIsSaid(t *testing.T) {
	for name, x := range map[string]struct {
		machines, rows int
		named, asked   string
		sent           uint64
		said           string
		entities       int
	}{
		"machines":        {16, 16, "", "", 100, "203.0.113.9, which is new here, was met by 12 machines within a day", 1},
		"bytes":           {1, 1, "", "", 8 << 20, "203.0.113.9, which is new here, was sent 8.4 MB within a day", 3},
		"calls":           {1, 256, "", "", 1, "203.0.113.9, which is new here, was called 256 times within a day", 3},
		"a domain":        {16, 16, "", "www.new.example", 0, "new.example, which is new here, was asked for by 12 machines within a day", 1},
		"a known domain":  {16, 16, "www.old.example", "", 0, "", 0},
		"another address": {16, 16, "www.never.example", "", 0, "203.0.113.9, which is new here, was met by 12 machines within a day", 1},
	} {
		events := feature.NewEvents(testKey())
		s := &site{New(testKey(), events.Layout()), events, sketch.NewCounts(1<<18, 1<<18), start}
		for i := range 14 * 60 {
			s.now += int64(day) / 60
			for range 4 {
				s.take("10.1.0.7", fmt.Sprintf("198.51.%d.%d", i/250, i%250), "", "", 4000)
				s.take("10.1.0.7", "", "", fmt.Sprintf("old%d.example", i), 0)
			}
			s.take("10.1.0.7", "", "", "old.example", 0)
		}
		all := map[string]int{} // how many whom each is about
		for i := range x.rows {
			if f := s.take(fmt.Sprintf("10.1.0.%d", 10+i%x.machines), "203.0.113.9", x.named, x.asked, x.sent); f != nil {
				all[f.Seen] = len(f.Entities)
			}
		}
		if all[x.said] != x.entities || x.said == "" && len(all) > 0 {
			t.Errorf("%s: %v", name, all)
		}
	}
}
