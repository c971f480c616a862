// Package opening finds what leaves a closed circle: a server that never went further than to a few places and calls another, a machine that is asked at a port where it
// never answered. The place and the port may be ordinary for others. Use it to tell of each connection of a machine inside; it answers how improbable it is that this one
// begins something new within this hour.
//
// Each machine has a circle for each relation (relation.go), as bits of hashes, and the number of hours in which it was awake and nothing was added. How often circles
// that were closed for so long open within the next hour is the hazard of a life table with a row for each octave of closed hours, as in discrete survival analysis
// (Singer and Willett, 1993). A machine that meets somebody new every day opens its circle by the way; of one that was closed for months as many others were, an
// opening is told. So nobody says which machines are servers, and a site whose servers go anywhere has no news of it.
//
// It says nothing of machines that are new, and little where few circles have been closed for long.
package opening

import (
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

const (
	dim     = 0.125 // the weight of an hour of somebody in an open incident
	nothing = 4     // bits of an opening below which an hour can show nothing, and is no trial
	fewest  = 256   // seats: a machine in one relation each
	slots   = 4096
	hour    = int64(time.Hour)
	day     = 24 * time.Hour
)

// A Verdict is what is known of a machine that did something for the first time.
type Verdict struct {
	Bits   float32 // -log2 of the chance that its circle opens in this hour; 0 where it is open, or nothing is new
	Closed uint16  // hours in which it was awake and did nothing new
}

// A Model knows how closed the circles of a site's machines are. It is for one goroutine.
type Model struct {
	layout    *feature.Layout
	relations []relation
	circles   sketch.Shelf[circle]
	kinds     sketch.Kinds[kind]
	trials    sequence.Trials // hours of closed circles, since the midnight before the first connection
	taken     []uint64        // circles of the row taken last
}

// New returns a Model that knows nothing, for rows of the layout of events.
func New(layout *feature.Layout) *Model {
	return &Model{
		layout: layout, relations: relations(),
		circles: sketch.NewShelf[circle](fewest, slots), kinds: sketch.NewKinds[kind](len(relations())),
	}
}

// Pass moves the site's time forward to t. Hours that are over are learned then.
func (m *Model) Pass(t int64) {
	hour, fortnight := m.trials.Turn(t, t-t%int64(day))
	if !hour {
		return
	}
	for s := range m.circles.All() {
		m.end(&s.Thing)
	}
	if fortnight {
		for k := range m.kinds.All() {
			k.halve()
		}
	}
	m.circles.Rest()
}

// end learns the hour of a circle that is over.
func (m *Model) end(c *circle) { c.end(m.kinds.Of(int(c.kind))) }

// Meet takes up that a machine has to do with a thing in a relation, both keyed hashes, and returns what is known of the machine where that is new.
func (m *Model) Meet(who, thing, of uint64, now int64) Verdict {
	m.Pass(now)
	at, number := m.trials.Seconds(), m.kinds.Number(of)
	who = sketch.Mix(who, of)
	s, there := m.circles.Find(who, at)
	if s == nil {
		return Verdict{}
	}
	if !there {
		if s.Taken() {
			m.end(&s.Thing)
		}
		s.Place(who, at, circle{kind: uint8(number), flags: young})
		s.Use(at)
	}
	c, k := &s.Thing, m.kinds.Of(number)
	s.Last = at
	m.taken = append(m.taken, who)
	added, first := c.add(thing), c.flags&awake == 0
	if !added && !first || c.full() {
		return Verdict{}
	}
	bits := k.bits(c.octave())
	if first {
		c.flags |= awake
		s.Use(at)
		if bits >= nothing {
			m.trials.Make()
			k.made++
		}
	}
	if !added || c.flags&young != 0 {
		return Verdict{}
	}
	c.flags |= opened
	if bits < nothing {
		return Verdict{}
	}
	return Verdict{Bits: bits + m.trials.Share(k.made, m.kinds.Len()), Closed: c.closed}
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int { return m.circles.Bytes() + m.kinds.Bytes() }
