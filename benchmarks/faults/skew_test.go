package faults

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect/incident"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

// F14: clocks of sources are wrong, a little or beyond all measure, and lines come in any order.
func TestF14Skew(t *testing.T) {
	try(t, "F14 wrong clocks", nil, func(x *trial) *verdict {
		cfg := gen.Demo()
		cfg.EventsPerDay = pick(1000, 10_000)
		straight, truth := skewedSite(x.T, cfg, func(at int64) int64 { return at })
		r := rand.New(rand.NewPCG(14, 3))
		skewed, _ := skewedSite(x.T, cfg, func(at int64) int64 { return wrong(r, at) })
		attacks := 0
		for _, attack := range truth {
			if attack {
				attacks++
			}
		}
		backwards := 0
		for _, v := range skewed.incidents {
			if v.Last < v.First || v.Raised < v.First {
				backwards++
			}
		}
		x.figure("one line in ten at a wrong time, all out of order by up to a minute: %d of %d rows have no finite score; %d incidents, %d of them about the attack, and %d, %d with right clocks; site %.1f MiB",
			skewed.unscored(), skewed.seq, len(skewed.incidents), aboutAttack(skewed, truth), len(straight.incidents), aboutAttack(straight, truth), float64(skewed.most)/(1<<20))
		x.check(skewed.unscored() == 0, "%d rows have no finite score", skewed.unscored())
		x.check(backwards == 0, "%d incidents end before they begin", backwards)
		x.check(aboutAttack(straight, truth) > 0, "with right clocks no incident is about the attack: there is nothing to lose")
		x.check(aboutAttack(skewed, truth) > 0, "no incident is about the attack")
		x.check(skewed.most <= siteMost, "the site took %d bytes", skewed.most)
		return skewed.verdict(attacks)
	})
}

// wrong is what a clock shows: one in ten is off by hours, days, years or all.
func wrong(r *rand.Rand, at int64) int64 {
	at += r.Int64N(int64(time.Minute))
	if r.IntN(10) > 0 {
		return at
	}
	far := []int64{-int64(time.Hour), int64(time.Hour), 25 * int64(time.Hour), -10 * 365 * 24 * int64(time.Hour), 10 * 365 * 24 * int64(time.Hour)}
	switch n := r.IntN(len(far) + 3); {
	case n < len(far):
		return at + far[n]
	default:
		return []int64{0, math.MinInt64, math.MaxInt64}[n-len(far)]
	}
}

// skewedSite plays the attacked week of cfg at a site whose lines have the time that clock makes of theirs; truth tells which are of the attack.
func skewedSite(t *testing.T, cfg gen.Config, clock func(int64) int64) (y *pupil, truth []bool) {
	t.Helper()
	g, err := gen.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	y = newPupil(t, cfg.AttackSite, "", [16]byte{3})
	p, one := parse.New(parse.Config{Replay: true}), event.NewBuilder()
	for line := range g.Site(slices.Index(cfg.Sites, cfg.AttackSite)) {
		one.Reset()
		p.Line(one, line.Text, line.Time.UnixNano())
		one.End()
		row := one.Batch()
		truth = append(truth, line.Attack != "")
		copyRow(y.rows, func(event.Column) (*event.Batch, int) { return row, 0 })
		y.rows.SetTime(event.Time, clock(row.Time(event.Time, 0)))
		y.end()
	}
	y.flush()
	return y, truth
}

// aboutAttack counts the incidents most of whose evidence is the attack's.
func aboutAttack(y *pupil, truth []bool) (n int) {
	for _, v := range y.incidents {
		of := slices.DeleteFunc(slices.Clone(v.Evidence), func(e incident.Row) bool { return !truth[e.Seq] })
		if 2*len(of) > len(v.Evidence) {
			n++
		}
	}
	return n
}
