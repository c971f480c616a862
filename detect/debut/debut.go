// Package debut finds places outside, addresses and names of domains, that are new to a site and get more of it on their first day than new places do: many machines that come to one nobody ever spoke to,
// megabytes that are sent to one, dozens of calls. A new place is no news by itself, for each day has hundreds, and neither is what each machine does there. Use it to tell
// of each row that goes to a place outside; it answers how improbable it is that a new one comes to so much.
//
// What new places come to on their first day is a life table (sketch.Life) for each service and each measure, to which each such day counts when it is over. A service that is
// itself new is held against all places. So a department that takes up a new application teaches what the next one may come to.
//
// An address of which a row says a domain that the site knew before today is no news: who sends to many moves from one address to another every day.
//
// It says nothing of places that were there in the site's first days, or after their own first; and what is sent to many new places, little to each, it does not add up.
package debut

import (
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

const (
	dim       = 0.125                // the weight of a first day of what is in an open incident
	chosen    = 1.58                 // bits: the most telling of three measures is chosen
	enough    = 32                   // first days of others from which it is known what is usual
	beginning = 4 * 24 * 60 * 60     // seconds in which what comes was there before
	first     = uint32(24 * 60 * 60) // seconds of a place's first day
	fewest    = 256                  // seats
	slots     = 2048
	maxKinds  = 8 // the rest share the last place
	day       = 24 * time.Hour
)

// everything is the kind of all places together.
const everything = 1

// A Case is a row that goes to a place outside. All but New, Bytes, Call and Now are keyed hashes.
type Case struct {
	Place   uint64
	Service uint64
	From    uint64 // who goes there
	New     bool   // nobody here ever did
	Named   bool   // the row says that it is of a domain which is not new
	Call    bool   // the row is a connection of which is known how much was sent
	Bytes   uint64 // that were sent
	Now     int64  // the site's time
}

// A Verdict is what is known of a place that is new.
type Verdict struct {
	Bits  float32 // -log2 of the chance of so much; 0 where that is usual
	What  int     // measure that there is too much of
	Much  uint32  // of it: machines, kibibytes or calls
	Usual uint32  // to which one new place in ten comes
}

// A Model knows what becomes of new places at a site. It is for one goroutine.
type Model struct {
	key    sketch.Key
	layout *feature.Layout
	places sketch.Shelf[place]
	kinds  sketch.Kinds[kind]
	trials sequence.Trials // new places, since the midnight before the first row
	taken  uint64          // the place of the row taken last, 0 where it is not new
}

// New returns a Model that knows nothing, for rows of the layout of events.
func New(key sketch.Key, layout *feature.Layout) *Model {
	return &Model{key: key, layout: layout, places: sketch.NewShelf[place](fewest, slots), kinds: sketch.NewKinds[kind](maxKinds)}
}

// Pass moves the site's time forward to t. First days that are over are learned then.
func (m *Model) Pass(t int64) {
	hour, fortnight := m.trials.Turn(t, t-t%int64(day))
	if !hour {
		return
	}
	at := m.trials.Seconds()
	for s := range m.places.All() {
		if s.Thing.over(at) {
			m.end(s)
			s.Leave()
		}
	}
	if fortnight {
		for k := range m.kinds.All() {
			k.halve()
		}
	}
	m.places.Rest()
}

// Count takes up a row and returns what is known of the place that it goes to.
func (m *Model) Count(c *Case) Verdict {
	m.Pass(c.Now)
	at := m.trials.Seconds()
	m.taken = 0
	s := m.places.Known(c.Place)
	switch {
	case s != nil && s.Thing.over(at), s == nil && (!c.New || at < beginning):
		return Verdict{}
	case s == nil:
		if s = m.enter(c, at); s == nil {
			return Verdict{}
		}
	}
	m.taken, s.Last = c.Place, at
	p, k := &s.Thing, m.kinds.Of(int(s.Thing.kind))
	if p.known = p.known || c.Named; p.known {
		return Verdict{}
	}
	was := *p
	if !p.add(c) {
		return Verdict{}
	}
	before, now := was.steps(), p.steps()
	if now != before { // what comes to little gives way to what comes to much
		s.Use(at)
	}
	var v Verdict
	for i := range now {
		if now[i] == before[i] {
			continue
		}
		of := &k.came[i]
		if of.life()[1] < enough {
			of = &m.kinds.Of(0).came[i]
		}
		if of.life()[1] < enough {
			continue
		}
		b := of.life().Bits(1, now[i], 0, 0)
		if b == 0 {
			continue // what is usual is so wherever there is little of it
		}
		if b += m.trials.Share(k.made, m.kinds.Len()-1) - chosen; b > v.Bits {
			v = Verdict{Bits: b, What: i, Much: p.much(i), Usual: most(i, of.life().Usual())}
		}
	}
	return v
}

// enter gives a seat to a new place; nil where there is no room.
func (m *Model) enter(c *Case, at uint32) *sketch.Seat[place] {
	m.kinds.Number(everything)
	number := m.kinds.Number(sketch.Mix(c.Service, everything))
	s, _ := m.places.Find(c.Place, at)
	if s == nil {
		return nil
	}
	s.Place(c.Place, at, place{begun: at, kind: uint8(number)}) // one that gives way for it teaches nothing: how far it would have come is not known
	m.trials.Make()
	m.kinds.Of(number).made++
	return s
}

// end counts what a place came to among what others do.
func (m *Model) end(s *sketch.Seat[place]) {
	p := &s.Thing
	if p.known {
		return
	}
	weight := float32(1)
	if p.held {
		weight = dim
	}
	for i, far := range p.steps() {
		m.kinds.Of(0).came[i].life().Came(0, far, weight)
		m.kinds.Of(int(p.kind)).came[i].life().Came(0, far, weight)
	}
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int { return m.places.Bytes() + m.kinds.Bytes() }
