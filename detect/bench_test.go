package detect

import (
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

// councilWeek parses the lines of one invented council into batches of at most 1,024 events.
func councilWeek(tb testing.TB, days, perDay int, attack gen.Scenario) []*event.Batch {
	tb.Helper()
	g, err := gen.New(gen.Config{
		Seed: 7, Sites: []string{"testham"}, Start: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Days: days, EventsPerDay: perDay,
		Attack: attack, AttackDay: max(1, days-1),
	})
	if err != nil {
		tb.Fatal(err)
	}
	var batches []*event.Batch
	p := parse.New(parse.Config{Replay: true})
	b := event.NewBuilder()
	cut := func() {
		if b.Rows() > 0 {
			batches = append(batches, b.Batch())
			b = event.NewBuilder()
		}
	}
	for line := range g.Site(0) {
		p.Line(b, line.Text, line.Time.UnixNano())
		if b.End(); b.Rows() == 1024 {
			cut()
		}
	}
	cut()
	return batches
}

// BenchmarkSite scores a week of a council's firewall, server and application logs on one core.
func BenchmarkSite(b *testing.B) {
	batches := councilWeek(b, 3, 10_000, gen.Quiet)
	events := 0
	b.ReportAllocs()
	for b.Loop() {
		s := NewSite("testham", ScoreKey(), DefaultConfig())
		var seq uint64
		for _, batch := range batches {
			var out Output
			s.Process(Message{Epoch: "e", Seq0: seq, Events: batch}, &out)
			seq += uint64(batch.Rows())
		}
		events += int(seq)
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
