// Package excess finds who moves or asks for far more than ever: data that leave in one night or in drops, whole shares that are drawn from a server, hundreds
// of tickets within a minute, a reflector of packets. No single connection of these need be rare. Use it to tell of each connection; it answers
// how improbable it is that one who does this at all does so much of it.
//
// It counts connections and kibibytes of one who acts with one other (a server of one's own, or all that is outside) in hours and in days, and the longest connection of a day,
// and the same of all outside with one service of ours, because what each of many does there may be little: a page that takes something, a port that answers, logins
// that fail. One who is known is held
// against the most it came to in its last two weeks: by how many octaves others of its kind went beyond theirs is a life table (sketch.Life), to which each
// window that ended counts. So a server that copies terabytes each night is no measure for a workstation, nor the other way round, and there is no
// threshold of bytes. One who is new is held against what others came to when they were new.
//
// Half of what may be told by chance is shared among sorts, whatever there is of each (sequence.Trials.Share): a few services are not lost among thousands of
// connections.
//
// It knows no hours of the week: what is done at night is not more improbable for that. What somebody does once is ordinary for it for two
// weeks, so a change is told once.
package excess

import (
	"math/bits"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

// The quantities.
const (
	times   = iota // connections
	kib            // kibibytes that moved
	longest        // seconds of the longest connection
	quantities
)

const (
	windows  = 2
	measures = quantities*windows - 1 // the longest connection is one of a day alone
	chosen   = 2.32                   // bits: the most telling of five measures is chosen
	dim      = 0.125                  // the weight of a window of somebody in an open incident
	settled  = 4                      // windows after which one is known
	enough   = 32                     // windows of others from which it is known what is usual
	fewest   = 2048                   // seats: one for each pair of an ordinary council, or what is done once a day is forgotten
	slots    = 4096
	day      = 24 * time.Hour
)

const shortest = 60 * 60 // seconds: no window is over before an hour is

// spans holds the lengths of the windows, in seconds.
var spans = [windows]uint32{24 * 60 * 60, shortest}

// A Case is one connection. Who, At and Kind are keyed hashes.
type Case struct {
	Who   uint64 // acts
	At    uint64 // with whom
	Kind  uint64 // within which those who act are compared
	Bytes uint64 // that moved the way that matters
	Long  uint64 // nanoseconds that it took, 0 where that is not known
	Now   int64  // the site's time
}

// A Verdict is what is known of one who acts.
type Verdict struct {
	Bits   float32       // -log2 of the chance of so much; 0 where that is usual
	Window time.Duration // in which it shows
	What   int           // quantity that there is too much of
	Much   float32       // of it in the window: connections, bytes or seconds
	Usual  float32       // most that it came to before
	Fresh  bool          // it is new: Usual is what one in ten of others came to when they were
}

// A Model knows how much is done at a site. It is for one goroutine.
type Model struct {
	key     sketch.Key
	layout  *feature.Layout
	sized   bool // whether the batch has sizes
	web     bool // whether it has answers of web servers
	tallies sketch.Shelf[tally]
	doings  sketch.Pool[doing]
	kinds   sketch.Kinds[kind]
	trials  sequence.Trials // windows begun, since the midnight before the first connection
	taken   []uint64        // tallies of the row taken last
}

// New returns a Model that knows nothing, for rows of the layout of events.
func New(key sketch.Key, layout *feature.Layout) *Model {
	return &Model{key: key, layout: layout, tallies: sketch.NewShelf[tally](fewest, slots), kinds: sketch.NewKinds[kind](maxKinds)}
}

// Pass moves the site's time forward to t. Windows that are over are learned then.
func (m *Model) Pass(t int64) {
	hour, fortnight := m.trials.Turn(t, t-t%int64(day))
	if !hour {
		return
	}
	for s := range m.tallies.All() {
		m.end(s, m.trials.Seconds())
	}
	if fortnight {
		for k := range m.kinds.All() {
			k.halve()
		}
	}
}

// Count takes up a connection and returns what is known of who made it.
func (m *Model) Count(c *Case) Verdict {
	m.Pass(c.Now)
	at, number := m.trials.Seconds(), m.kinds.Number(c.Kind)
	key := sketch.Mix(sketch.Mix(c.Who, c.At), c.Kind)
	s := m.seat(key, number, at)
	if s == nil {
		return Verdict{}
	}
	m.taken = append(m.taken, key)
	t, k := &s.Thing, m.kinds.Of(number)
	m.end(s, at)
	t.turn(s.Last, at)
	s.Use(at)
	if t.doing == 0 {
		t.doing = m.doings.Take()
	}
	n := m.doings.At(t.doing)
	for w := range spans {
		if n[w] == 0 {
			m.trials.Make()
			k.made++
		}
	}
	var v Verdict
	before := *n
	n.add(c)
	for i := range before {
		step := reach(n[i])
		if step == reach(before[i]) {
			continue
		}
		b, fresh := t.bits(i, step, k)
		if b == 0 {
			continue // what is usual is so wherever there is little of it
		}
		if b += m.trials.Share(k.made, m.kinds.Len()) - chosen; b <= v.Bits {
			continue
		}
		v = Verdict{Bits: b, Window: time.Duration(spans[i%windows]) * time.Second, What: i / windows, Much: amount(i, n[i]), Usual: t.usual(i, k), Fresh: fresh}
	}
	return v
}

// seat returns the place of a tally of a kind; nil where there is no room.
func (m *Model) seat(key uint64, kind int, at uint32) *sketch.Seat[tally] {
	s, there := m.tallies.Find(key, at)
	if s == nil || there {
		return s
	}
	if s.Taken() {
		m.end(s, 1<<32-1)
		m.doings.Give(s.Thing.doing)
	}
	s.Place(key, at, tally{kind: uint8(kind)})
	return s
}

// end ends the windows of a tally that are over at a time.
func (m *Model) end(s *sketch.Seat[tally], at uint32) {
	t := &s.Thing
	n := m.doings.At(t.doing)
	if n == nil || s.Last/shortest == at/shortest {
		return
	}
	if t.end(n, s.Last, at, m.kinds.Of(int(t.kind))); *n == (doing{}) {
		m.doings.Give(t.doing)
		t.doing = 0
	}
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int { return m.tallies.Bytes() + m.doings.Bytes() + m.kinds.Bytes() }

// reach is one more than the octave of a count, 0 for none.
func reach(n uint32) uint8 { return uint8(bits.Len32(n)) }
