// Package drift tells that a site is no longer what it was: slow poisoning moves what is usual step by step, each too small to be unusual, and only who remembers
// what was usual a quarter of a year ago sees how far it came. Use it to count each row; it answers once a week which sort of event has grown.
//
// A sort of event is what its kind of log says was done, how that ended, and which port or program it was for. Of each there are two baselines: the fast one is
// the lesser of its last two weeks, the slow one the median of the weeks before, up to a quarter. By so many octaves as the fast one is above the slow one it has
// grown, less what the sorts of the site have grown by in the median: a new branch office makes more of all. Weeks are whole, so days off are in all of them; in a holiday
// nothing grows; and what came in one week only, however much, has not grown.
//
// How far sorts of events move here by themselves is read off the site's own past, where each step counts once. What was told is usual from then on. Of what is new
// with its kind of log nothing is said: of that the operator knows, and there is no slow baseline.
package drift

import (
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

const (
	fast     = 2  // weeks
	slow     = 13 // weeks before these: a quarter
	weeks    = fast + slow
	fewest   = 4 // of the slow ones that must be known
	week     = 7 * 24 * time.Hour
	seats    = 256            // sorts of events that an ordinary council has room for
	slots    = 1024           // and the largest
	maxKinds = 16             // of logs; the rest share the last place
	twice    = perOctave      // less than that is no growth
	patience = 24 * time.Hour // in which the one who brought the most of it is waited for
)

// A Verdict is how a sort of event has grown.
type Verdict struct {
	Bits    float32 // -log2 of the chance that one of this site's does so by itself
	Was, Is float32 // its share of all events then and now
	Weeks   int     // that are known from before
	Others  int     // that have grown as improbably
	ByOne   float32 // what part of it at least the one who acts in the row brought; 0 where nobody brought a quarter
}

// A Model knows what the events of a site are made of. It is for one goroutine.
type Model struct {
	layout *feature.Layout
	sorts  sketch.Shelf[tally]
	kinds  sketch.Kinds[kind]
	moves  sketch.Tail     // of steps that sorts of events took, in parts of octaves
	trials sequence.Trials // weeks of sorts, since the midnight before the first row
	all    history         // all events
	ended  uint32          // weeks
	news   news
}

// news is what is to be told with the next row that shows it.
type news struct {
	bits   float32
	who    uint32 // brought the most of it, and what part at least; 0 where nobody brought a quarter
	part   float32
	others uint32
	open   bool
}

// New returns a Model that knows nothing, for rows of the layout of events.
func New(layout *feature.Layout) *Model {
	return &Model{layout: layout, sorts: sketch.NewShelf[tally](seats, slots), kinds: sketch.NewKinds[kind](maxKinds)}
}

// Count takes up an event of a sort of a kind of log, by somebody, and returns what is to be told with it. All but the time are keyed hashes, who may be 0.
func (m *Model) Count(sort, log, who uint64, now int64) (v Verdict, told bool) {
	m.pass(now)
	at, number := m.trials.Seconds(), m.kinds.Number(log)
	k := m.kinds.Of(number)
	k.n = more(k.n, 1)
	s, there := m.sorts.Find(sort, at)
	if s == nil {
		return Verdict{}, false
	}
	if !there {
		s.Place(sort, at, tally{kind: uint8(number)})
	}
	s.Use(at)
	s.Thing.count(uint32(who >> 32))
	if s.Thing.chosen && m.news.open && m.shown(who) {
		return m.tell(&s.Thing, who), true
	}
	return Verdict{}, false
}

// shown reports whether a row of the one who acts is to show the news: of the one who brought the most of it, or after a day of anybody.
func (m *Model) shown(who uint64) bool {
	return m.news.who == 0 || m.news.who == uint32(who>>32) || m.trials.Seconds()-m.ended*seconds > uint32(patience/time.Second)
}

const seconds = uint32(week / time.Second)

// pass moves the site's time forward.
func (m *Model) pass(now int64) {
	m.trials.Pass(now, now-now%int64(24*time.Hour))
	if n := m.trials.Seconds() / seconds; n > m.ended {
		m.end()
		m.ended = n
	}
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int { return m.sorts.Bytes() + m.kinds.Bytes() + m.moves.Bytes() }
