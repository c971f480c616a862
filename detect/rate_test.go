package detect

import (
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

// quietWeeks are weeks of a council at which nothing happens.
func quietWeeks(t *testing.T, seed uint64, weeks, perDay int) [][]*event.Batch {
	t.Helper()
	start := time.Unix(0, monday).UTC()
	g, err := gen.New(gen.Config{Seed: seed, Sites: []string{"testham"}, Start: start, Days: 7 * weeks, EventsPerDay: perDay, Attack: gen.Quiet})
	if err != nil {
		t.Fatal(err)
	}
	parser, b, out := parse.New(parse.Config{Replay: true}), event.NewBuilder(), make([][]*event.Batch, weeks)
	week := 0
	flush := func() {
		if b.Rows() > 0 {
			out[week], b = append(out[week], b.Batch()), event.NewBuilder()
		}
	}
	for line := range g.Site(0) {
		if now := int(line.Time.Sub(start) / (7 * 24 * time.Hour)); now > week && now < weeks {
			flush()
			week = now
		}
		parser.Line(b, line.Text, line.Time.UnixNano())
		if b.End(); b.Rows() == 1024 {
			flush()
		}
	}
	flush()
	return out
}

// On quiet sites as many events become findings as were asked for, to a fifth, though what is unusual is learned slowly.
func TestFindingRate(t *testing.T) {
	cfg := DefaultConfig()
	events, findings := 0, 0
	for seed := range uint64(2) {
		s, seq := NewSite("testham", ScoreKey(), cfg), uint64(0)
		for week, batches := range quietWeeks(t, 1+seed, 4, 12_000) {
			var y say
			if seq = y.feed(s, batches, seq); week < 2 {
				continue
			}
			events += len(y.Scores)
			for _, f := range y.Findings {
				if f.Model == Value.String() || f.Model == Pair.String() || f.Model == Template.String() { // others have rates of their own
					findings++
				}
			}
		}
	}
	if got := float64(findings) / float64(events) / cfg.FindingRate; got < 0.8 || got > 1.2 {
		t.Errorf("%d of %d events are findings, %.2f times what was asked for", findings, events, got)
	}
}
