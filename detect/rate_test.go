//go:build !race

package detect

import (
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/ingest/event"
)

// On a quiet site as many events become findings as were asked for, to a fifth, though what is unusual is learned slowly; also where that is two a day.
func TestFindingRate(t *testing.T) {
	week := councilWeek(t, 28, 20_000, gen.Quiet)
	for _, rate := range []float64{DefaultConfig().FindingRate, 0.0001} {
		cfg := DefaultConfig()
		cfg.FindingRate = rate
		s, seq, events, findings := NewSite("testham", ScoreKey(), cfg), uint64(0), 0, 0
		for _, b := range week {
			var y say
			if seq = y.feed(s, []*event.Batch{b}, seq); s.clock.age() < 14*24*time.Hour {
				continue
			}
			events += len(y.Scores)
			for _, f := range y.Findings {
				if f.Model == Value.String() || f.Model == Pair.String() || f.Model == Template.String() { // others have rates of their own
					findings++
				}
			}
		}
		if got := float64(findings) / float64(events) / rate; got < 0.8 || got > 1.2 {
			t.Errorf("%d of %d events are findings, %.2f times the %v that was asked for", findings, events, got, rate)
		}
	}
}
