// Package silence finds machines that stopped sending logs: somebody ended what writes or sends them, or the machine is broken. Nothing is rarer than
// a line that never came, and no row is it. Use it to count each row; it answers, with rows of others, how improbable it is that a machine is silent for so long.
//
// A machine is who wrote the line: the device that saw the event where one is named, else the host it happened on (what a DHCP server says of a telephone
// is no word of the telephone). Each is held against the longest silence of its last two weeks. By how many half octaves others that speak about as often
// went beyond theirs is a life table (sketch.Life), to which each day of a machine counts: so what is shut at night and at weekends is no measure for a
// server, nor the other way round, and what everybody does at holidays is ordinary after the first.
//
// Nothing is told before it is twice as long as ever: so long it takes until it shows who else is silent. Where half of those that ought to have spoken are, it
// is no machine's silence but the site's, or of what carries its logs: of none is told, nothing is learned, and when that is over all begin anew.
//
// A silence is told once, while it lasts, with the last line of the machine as its place: what was done there just before is in the same story.
package silence

import (
	"time"

	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

const (
	twice     = 2      // steps: what is silent for less than twice as long as ever may be one of many whose silence does not show yet
	settled   = 7      // days on which it spoke, after which one is known: a weekend was among them
	enough    = 32     // days of others from which it is known what is usual
	dim       = 0.125  // the weight of a day of somebody in an open incident
	pause     = 5 * 60 // seconds between two looks at who is silent
	daylong   = 86_400 // seconds
	fewest    = 64     // seats: a machine each
	slots     = 256    // and at most
	maxName   = 128    // bytes of a machine's name
	day       = 24 * time.Hour
	fortnight = 14 * day
)

// A Model knows how long the machines of a site are silent. It is for one goroutine.
type Model struct {
	key sketch.Key

	observed []event.Column // that may name the device in this batch
	text     string         // the device named last, in which of them, and its hash
	column   event.Column
	hash     uint64

	sources sketch.Shelf[source]
	lives   [paces]life
	trials  sequence.Trials // days on which machines spoke, since the midnight before the first row
	next    uint32          // second of the next look
	out     bool            // the site is silent, or a good part of it
	taken   *sketch.Seat[source]
}

// New returns a Model that knows nothing.
func New(key sketch.Key) *Model {
	return &Model{key: key, sources: sketch.NewShelf[source](fewest, slots)}
}

// pass moves the site's time forward.
func (m *Model) pass(now int64) {
	if _, fortnight := m.trials.Turn(now, now-now%int64(day)); fortnight {
		for i := range m.lives {
			m.lives[i].table().Halve()
		}
	}
}

// hear takes up that a machine spoke, and returns what is known of it; nil where there is no room.
func (m *Model) hear(hash uint64) (s *source, fresh bool) {
	at := m.trials.Seconds()
	seat, there := m.sources.Find(hash, at)
	if m.taken = seat; seat == nil {
		return nil, false
	}
	s = &seat.Thing
	if !there {
		if seat.Taken() {
			s.end(&m.lives[s.pace()])
		}
		seat.Place(hash, at, source{hash: hash})
	}
	m.turn(seat, at)
	if !s.spoke {
		m.trials.Make()
		s.spoke = true
	}
	if !m.out {
		s.far = max(s.far, step(at-seat.Last))
	}
	if !there || seat.Last/60 != at/60 {
		s.minutes[0]++
	}
	s.told = false
	seat.Use(at)
	return s, !there
}

// turn begins a new day of a machine where the one of its last line is over.
func (m *Model) turn(seat *sketch.Seat[source], at uint32) {
	if seat.Last/daylong == at/daylong {
		return
	}
	s := &seat.Thing
	s.end(&m.lives[s.pace()])
	s.turn(seat.Last, at)
}

// look returns a machine that has been silent for improbably long, and is not yet told of, how improbable that is, and for how long: nil where there is none.
// The one that just speaks is none.
func (m *Model) look(speaks uint64) (found *source, bits float32, silent uint32) {
	at, out := m.trials.Seconds(), false
	for seat := range m.sources.All() {
		s := &seat.Thing
		if s.told || !s.known(seat.Last, at) {
			continue
		}
		far := step(at - seat.Last)
		if far < s.top()+twice {
			continue
		}
		ought, mute := m.others(s, far, at)
		if 2*mute >= ought {
			out = out || ought > 0
			continue
		}
		if b := m.lives[s.pace()].bits(far - s.top()); found == nil && s.hash != speaks && m.trials.Tells(b) {
			found, bits, silent = s, b, at-seat.Last
		}
	}
	was := m.out
	if m.out = out; was && !out {
		m.begin(at)
	}
	if was || out {
		return nil, 0, 0
	}
	return found, bits, silent
}

// others counts those of the others that ought to have spoken within a silence of so many steps, and those of them that did not.
func (m *Model) others(one *source, far uint8, at uint32) (ought, mute int) {
	for seat := range m.sources.All() {
		s := &seat.Thing
		if s == one || s.told || !s.known(seat.Last, at) || far < s.top()+twice {
			continue
		}
		ought++
		if step(at-seat.Last) > s.top() {
			mute++
		}
	}
	return ought, mute
}

// begin lets the silence of everybody begin now.
func (m *Model) begin(at uint32) {
	for seat := range m.sources.All() {
		if !seat.Thing.told {
			m.turn(seat, at)
			seat.Last = at
		}
	}
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int { return m.sources.Bytes() + m.sources.Len()*maxName/2 + lifeBytes }
