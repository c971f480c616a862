// Package remit finds changes to what a site's devices and accounts may do, made by somebody whose remit that is not: an account that nobody knows, one that comes from
// where its owner never was, at an hour and of a kind that nobody changes here. Each of these happens by itself. Use it to tell of each row that ECS calls configuration or
// iam; it answers how improbable it is that so much about one visit is strange.
//
// All that an account changes in logs of one kind without pausing for an hour, and within a day, is a visit, and each visit is a trial. A visit has sides: how well the site knows the account,
// whether it ever changed anything here, how well the site knows it at its source, how often the like of what it changes was changed, and the quarter of the day. What each side
// shows is held against what earlier visits of the kind showed, in bits by which that is less likely than if nothing were known (the estimator of Krichevsky and Trofimov, 1981, against an even
// bet); the sides are added as if one told nothing of another, but for the first two. So what a site's administrators do every week is what others are measured by, nobody names them, and where few visits are known little
// is improbable: a thing that none of n visits showed has log2(n+1) bits.
//
// How well the site knows something is how often it was seen in any row, in octaves, so that an administrator's first change is not that of a stranger.
package remit

import (
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

const (
	dim      = 0.125        // the weight of a visit of somebody in an open incident
	pause    = 60 * 60      // seconds after which one who comes again begins a visit
	longest  = 24 * 60 * 60 // seconds after which one who never pauses begins another
	past     = 128          // visits of a kind after which they count half: seven bits a side are enough, and who administers changes
	maxKinds = 8            // of logs; the rest share the last place
	fewest   = 64           // seats: an account, or a sort of change, in one kind of log each
	slots    = 512
	day      = 24 * time.Hour
)

// A Case is a change. Who, Deed and Kind are keyed hashes.
type Case struct {
	Who   uint64  // account
	Deed  uint64  // what sort of change it is
	Kind  uint64  // of log, within which visits are compared
	Known float32 // how often the site has seen the account
	There float32 // and at this source; negative where the row has none
	Now   int64   // the site's time
}

// A Verdict is what is known of a visit: -log2 of the chances, 0 where a thing is usual.
type Verdict struct {
	Bits   float32 // of all together
	Sides  [sides]float32
	Visits float32 // of the kind by which it is measured
}

// A Model knows who changes what at a site. It is for one goroutine.
type Model struct {
	key    sketch.Key
	layout *feature.Layout
	from   [2]int // features: an account with its source inside and outside
	use    bool   // whether the batch says what category its rows are of
	visits sketch.Shelf[visit]
	deeds  sketch.Shelf[deed]
	kinds  sketch.Kinds[kind]
	trials sequence.Trials // visits
	taken  uint64          // the visit of the row taken last, 0 where it is of none
}

// New returns a Model that knows nothing, for rows of the layout of events.
func New(key sketch.Key, layout *feature.Layout) *Model {
	return &Model{
		key: key, layout: layout,
		from:   [2]int{layout.Pair(feature.User, feature.SourceInside), layout.Pair(feature.User, feature.SourceOutside)},
		visits: sketch.NewShelf[visit](fewest, slots), deeds: sketch.NewShelf[deed](fewest, slots), kinds: sketch.NewKinds[kind](maxKinds),
	}
}

// Pass moves the site's time forward to t. Visits that are over are learned then.
func (m *Model) Pass(t int64) {
	if hour, _ := m.trials.Turn(t, t-t%int64(day)); !hour {
		return
	}
	for s := range m.visits.All() {
		s.Thing.end(s.Last, m.trials.Seconds(), m.kinds.Of(int(s.Thing.kind)))
	}
}

// Change takes up a change, and returns what is known of the visit where it shows more than before.
func (m *Model) Change(c *Case) Verdict {
	m.Pass(c.Now)
	at, number := m.trials.Seconds(), m.kinds.Number(c.Kind)
	k := m.kinds.Of(number)
	m.taken = sketch.Mix(c.Who, c.Kind)
	v, there := m.visits.Find(m.taken, at)
	if v == nil { // there is no seat: it is judged by itself, and not learned
		v = new(sketch.Seat[visit])
	}
	if !there {
		if v.Taken() {
			v.Thing.end(v.Last, 1<<32-1, m.kinds.Of(int(v.Thing.kind)))
		}
		v.Place(m.taken, at, visit{kind: uint8(number)})
	}
	v.Thing.end(v.Last, at, k)
	begins := !v.Thing.open
	if begins {
		m.trials.Make()
		k.made++
		v.Thing.begin(at)
	}
	v.Use(at)
	if !v.Thing.show(c, m.before(c, at)) && !begins {
		return Verdict{}
	}
	out := k.judge(&v.Thing)
	if out.Bits < telling {
		return out // what is usual is so wherever there is little of it
	}
	out.Bits += m.trials.Share(k.made, m.kinds.Len())
	return out
}

// before returns how often a sort of change was made before, and counts it.
func (m *Model) before(c *Case, at uint32) (n uint16) {
	key := sketch.Mix(c.Deed, c.Kind)
	s, there := m.deeds.Find(key, at)
	if s == nil {
		return 0
	}
	if !there {
		s.Place(key, at, deed{})
	}
	s.Use(at)
	n = s.Thing.times
	s.Thing.times += min(1, 1<<16-1-n)
	return n
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int { return m.visits.Bytes() + m.deeds.Bytes() + m.kinds.Bytes() }
