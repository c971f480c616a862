// Package meeting finds what speaks to many machines inside for the first time: a tool that goes from one to the next, somebody who looks around. No
// single meeting is rare, and who is let through everywhere is refused nowhere. Use it to tell of each connection inside; it answers how improbable it is
// that one machine meets so many within an hour or a day.
//
// Each machine has the circle of those it has met, as bits of their hashes. How many a window adds to the circles of others is a life table over octaves
// (sketch.Life), to which each window of a machine that was awake counts when it has ended, also one without any meeting: most are such. As many as
// it met in a window of the last two weeks are no news of a machine. A new one meets all it needs within its first days, and is held against others when they were
// new.
//
// A circle has 256 bits: of a server that speaks to everybody nothing is said.
package meeting

import (
	"math/bits"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

// The windows.
const (
	hourly = iota
	daily
	windows
)

const (
	chosen  = 1     // bits: the more telling of two windows is chosen
	dim     = 0.125 // the weight of a window of somebody in an open incident
	settled = 4     // days after which one is known
	enough  = 256   // windows of others from which it is known what is usual
	fewest  = 256   // seats: a machine each
	slots   = 4096
	day     = 24 * time.Hour
)

// spans holds the lengths of the windows, in seconds.
var spans = [windows]uint32{60 * 60, 24 * 60 * 60}

// A Verdict is what is known of a machine that met another.
type Verdict struct {
	Bits   float32       // -log2 of the chance of so many; 0 where that is usual
	Window time.Duration // in which it shows
	Met    uint16        // for the first time in the window
	Fresh  bool          // it is new: Usual is what one in ten of others met when they were
	Usual  uint16        // most that it met before
}

// A Model knows who meets whom at a site. It is for one goroutine.
type Model struct {
	layout  *feature.Layout
	circles sketch.Shelf[circle]
	curves  [windows]curve
	trials  sequence.Trials      // windows begun, since the midnight before the first connection
	taken   *sketch.Seat[circle] // of the row taken last
}

// New returns a Model that knows nothing, for rows of the layout of events.
func New(layout *feature.Layout) *Model {
	return &Model{layout: layout, circles: sketch.NewShelf[circle](fewest, slots)}
}

// Pass moves the site's time forward to t. Windows that are over are learned then.
func (m *Model) Pass(t int64) {
	hour, fortnight := m.trials.Turn(t, t-t%int64(day))
	if !hour {
		return
	}
	for s := range m.circles.All() {
		s.Thing.end(s.Last, m.trials.Seconds(), &m.curves)
	}
	if fortnight {
		m.halve()
	}
}

// halve makes the past count half.
func (m *Model) halve() {
	for w := range m.curves {
		m.curves[w].fresh().Halve()
		m.curves[w].known().Halve()
	}
}

// Meet takes up that a machine speaks to another at a time, and returns what is known of the first.
func (m *Model) Meet(who, whom uint64, now int64) Verdict {
	m.Pass(now)
	at := m.trials.Seconds()
	s := m.seat(who, at)
	if m.taken = s; s == nil {
		return Verdict{}
	}
	c := &s.Thing
	c.end(s.Last, at, &m.curves)
	c.turn(s.Last, at)
	s.Use(at)
	for w := range spans {
		if c.awake>>w&1 == 0 {
			c.awake |= 1 << w
			m.trials.Make()
		}
	}
	if !c.meet(whom) {
		return Verdict{}
	}
	var v Verdict
	for w := range c.met {
		step := reach(c.met[w])
		if step == reach(c.met[w]-1) {
			continue
		}
		b, fresh := c.bits(w, step, &m.curves[w])
		if b -= chosen; b > v.Bits {
			v = Verdict{Bits: b, Window: time.Duration(spans[w]) * time.Second, Met: c.met[w], Fresh: fresh, Usual: c.usual(w, &m.curves[w])}
		}
	}
	return v
}

// seat returns the place of a machine's circle; nil where there is no room.
func (m *Model) seat(who uint64, at uint32) *sketch.Seat[circle] {
	s, there := m.circles.Find(who, at)
	if s == nil || there {
		return s
	}
	if s.Taken() {
		s.Thing.end(s.Last, 1<<32-1, &m.curves)
	}
	s.Place(who, at, circle{})
	return s
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int { return m.circles.Bytes() + curveBytes*windows }

// reach is two more than the octave of a count, one for none.
func reach(n uint16) uint8 { return uint8(bits.Len16(n)) + 1 }
