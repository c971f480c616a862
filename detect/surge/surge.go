// Package surge tells of what comes more often than ever, day after day: passwords that a hired crowd tries at a gateway, a database that is drawn out in drops, a
// service that is asked ever more. No hour of these need be the busiest. Use it to count each row; it answers how improbable it is that a day, or some days in a row,
// bring so much of one thing.
//
// It counts by days what is well filled at a site and comes from many: sorts of events (what a kind of log says was done, and how that ended) and services of ours. Each
// is held against the busiest day of its own last two weeks or three, so days off, holidays and the days after them need no calendar. By how many halves of an octave a day goes
// beyond is a life table of all that is counted at the site (sketch.Life), each step once.
//
// Days are added up as bets: a day multiplies a stake by a bet on its chance that is fair where nothing has changed (Vovk and Wang, Annals of Statistics 2021), and the
// stake never falls below one (Page, Biometrika 1954). What it comes to is reached by chance no more often than once in so many days (Shin, Ramdas and Rinaldo, "E-detectors",
// 2024). While there is a stake what is usual stays as it was, or each day would make the next one ordinary. What lasts for a fortnight is usual then, and is told once.
package surge

import (
	"slices"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

const (
	seats  = 256 // series, the best filled
	day    = 24 * 60 * 60
	week   = 7 // days
	again  = 2 // times the bits that were told are told again
	chosen = 1 // bit: today by itself or the days together is chosen
)

// A Verdict is what is known of a series.
type Verdict struct {
	Bits  float32 // -log2 of the chance that so much comes by itself; 0 where that is usual or was told
	Much  uint32  // of it today
	Usual uint32  // the most that came in a day before
	Days  int     // since more began to come than that
}

// A Model knows how much comes to a site in a day. It is for one goroutine.
type Model struct {
	key    sketch.Key
	layout *feature.Layout
	series sketch.Shelf[series]
	all    series // events of the site
	life   life
	trials sequence.Trials // days of series, since the midnight before the first row
	ended  uint32          // days
	taken  []uint64        // series of the row taken last
}

// New returns a Model that knows nothing, for rows of the layout of events.
func New(key sketch.Key, layout *feature.Layout) *Model {
	return &Model{key: key, layout: layout, series: sketch.NewShelf[series](seats, seats)}
}

// Count takes up one more of a series, whose name is a keyed hash, and returns what is known of it.
func (m *Model) Count(name uint64, now int64) Verdict {
	m.pass(now)
	at := m.trials.Seconds()
	s, there := m.series.Find(name, at)
	if s == nil {
		return Verdict{}
	}
	if !there {
		s.Place(name, at, series{})
	}
	s.Use(at)
	m.taken = append(m.taken, name)
	x := &s.Thing
	before := level(x.n)
	x.n = more(x.n)
	far := level(x.n)
	if far == before || x.days < week {
		return Verdict{}
	}
	if far == perOctave {
		m.trials.Make()
	}
	step := beyond(x.step(x.n), m.busier())
	if step == 0 {
		return Verdict{}
	}
	b := m.life.bits(step)
	if b = max(b, x.stake()+bet(b)) - chosen; b < again*float32(x.told) {
		return Verdict{}
	}
	return Verdict{Bits: b, Much: x.n, Usual: number(x.top()), Days: int(x.last) + 1}
}

// busier is by how much today is above the site's busiest day of the weeks before this one: a new office makes more of all, and of some series only on its second day.
func (m *Model) busier() uint8 { return beyond(level(m.all.n), slices.Max(m.all.best[1:])) }

// tell remembers of how many bits of a series was told.
func (m *Model) tell(name uint64, bits float32) {
	m.series.Known(name).Thing.told = uint8(min(bits, richest))
}

// pass moves the site's time forward.
func (m *Model) pass(now int64) {
	m.trials.Pass(now, now-now%(day*1e9))
	d := m.trials.Seconds() / day
	if d <= m.ended {
		return
	}
	turn, busier := d/week-m.ended/week, m.busier()
	for s := range m.series.All() {
		s.Thing.end(busier, &m.life)
		s.Thing.turn(turn)
	}
	m.all.best[0] = max(m.all.best[0], level(m.all.n))
	m.all.n = 0
	m.all.turn(turn)
	if d/fortnight > m.ended/fortnight {
		m.life.table().Halve()
	}
	m.ended = d
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int { return m.series.Bytes() }
