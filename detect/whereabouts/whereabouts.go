// Package whereabouts finds accounts that are where they cannot be: a session that is used from abroad while its owner is at work, a stolen password that is tried
// out from a country where nobody here ever was, a new account that comes from one. No single row of these need be rare. Use it to tell of each row of an
// account; it answers how improbable it is that an account comes from there, and so soon after it was elsewhere.
//
// It remembers the last networks outside of which each account came, and when it was seen inside. An account that comes again after an hour, or from another network,
// arrives; each arrival is a trial. What is rare about one is a product of chances: that it is from a network that is new for its account, or of one that was never seen outside; that such a
// one is in that country (rules of succession, Krichevsky and Trofimov 1981); and that it comes so soon after the account was elsewhere, which is a life table over octaves of time (sketch.Life). Places that an
// account was at before are no news of it, whatever it was that made them so: a second home, a phone, a gateway.
//
// Many logs do not say which country an address is in, and firewalls do: what any line says of a network is remembered, and holds for all lines.
//
// It knows no distances: of two countries it knows only that they are two.
package whereabouts

import (
	"net/netip"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

const (
	chosen   = 1       // bits: the more telling of two, how long ago it was inside and elsewhere outside, is chosen
	dim      = 0.125   // the weight of an arrival of somebody in an open incident
	enough   = 32      // arrivals, or moves, of others from which it is known what is usual
	pause    = 60 * 60 // seconds after which one who comes again arrives
	maxKinds = 8       // of logs; the rest share the last place
	fewest   = 64      // seats: an account each
	slots    = 4096
	day      = 24 * time.Hour
	week     = 7 * int64(day)
)

// A Case is that an account is seen outside. Who, Network and Kind are keyed hashes.
type Case struct {
	Who     uint64
	Network uint64
	Kind    uint64 // of log, within which accounts are compared
	Country uint8  // its number, 0 where it is not known
	Address string // in text
	Now     int64  // the site's time
}

// A Verdict is what is known of an account that arrives at a place that is new for it: -log2 of the chances, 0 where a thing is usual.
type Verdict struct {
	Bits   float32 // of all together
	Rare   float32 // that one who arrives is at a new place, or was never seen outside
	First  bool    // which of these
	Abroad float32 // that a new place is in such a country
	Soon   float32 // that one is there so soon after it was elsewhere

	Before  netip.Addr    // where it was: outside, or inside where that is zero
	Country uint8         // and in which country, 0 where that is not known
	After   time.Duration // so much earlier; 0 where that tells nothing
	Least   time.Duration // nine in ten take more
}

// A Model knows where accounts come from at a site. It is for one goroutine.
type Model struct {
	key       sketch.Key
	layout    *feature.Layout
	named     bool // whether the batch names countries
	accounts  sketch.Shelf[account]
	habits    sketch.Kinds[habit]
	countries sketch.Kinds[country]
	atlas     atlas
	trials    sequence.Trials // arrivals
	weeks     int64           // begun
	lesson    lesson          // of the row taken last
}

// New returns a Model that knows nothing, for rows of the layout of events.
func New(key sketch.Key, layout *feature.Layout) *Model {
	return &Model{
		key: key, layout: layout, accounts: sketch.NewShelf[account](fewest, slots), habits: sketch.NewKinds[habit](maxKinds),
		countries: sketch.NewKinds[country](maxCountries),
	}
}

// Pass moves the site's time forward to t.
func (m *Model) Pass(t int64) {
	if m.trials.Pass(t, t) {
		m.weeks = t / week
	}
	if this := m.trials.Now() / week; this > m.weeks {
		for h := range m.habits.All() {
			h.fade(this/2 > m.weeks/2)
		}
		m.weeks = this
	}
}

// Inside takes up that an account is seen inside.
func (m *Model) Inside(who uint64, now int64) {
	m.Pass(now)
	if s := m.accounts.Known(who); s != nil {
		s.Thing.seen[inside] = m.trials.Seconds() + 1
	}
}

// Arrive takes up that an account is seen outside and returns what is known of it where it was elsewhere, or not seen for an hour.
func (m *Model) Arrive(c *Case) Verdict {
	m.Pass(c.Now)
	at := m.trials.Seconds()
	s, there := m.accounts.Find(c.Who, at)
	if s == nil {
		return Verdict{}
	}
	if !there {
		s.Place(c.Who, at, account{})
	}
	s.Use(at)
	a := &s.Thing
	if a.stays(c, at) {
		return Verdict{}
	}
	m.trials.Make()
	m.lesson = a.lesson(c, at, m.habits.Of(m.habits.Number(c.Kind)))
	v := m.judge(c, a, at)
	a.arrive(c, at, &m.lesson)
	return v
}

// judge returns what an arrival is, before the account has come: how rare it is that one comes to a new place, that this is in such a country, and that it is there so soon.
func (m *Model) judge(c *Case, a *account, at uint32) Verdict {
	l := &m.lesson
	if !l.first && !l.moved {
		return Verdict{}
	}
	h := l.habit
	v := Verdict{First: l.first}
	if l.first {
		v.Rare = surprise(h.firsts, h.arrivals)
	} else {
		v.Rare = surprise(h.moves, h.arrivals-h.firsts)
	}
	if c.Country > 0 && !a.was(c.Country) {
		v.Abroad = surprise(h.from[c.Country-1], h.placed)
	}
	v.Bits = v.Rare + v.Abroad
	for way, step := range l.steps {
		life := h.speeds[way].life()
		if step == 0 || life[1] < enough {
			continue
		}
		b := life.Bits(1, step, a.best[way], a.moves) - chosen
		if b <= v.Soon {
			continue
		}
		v.Soon, v.After, v.Least = b, a.ago(way, at), span(life.Usual())
		v.Before, v.Country = netip.Addr{}, 0
		if way == outside {
			v.Before, v.Country = a.last(), a.countries[0]
		}
	}
	v.Bits += v.Soon
	return v
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int {
	return m.accounts.Bytes() + m.habits.Bytes() + m.countries.Bytes() + m.atlas.bytes()
}

// surprise is -log2 of the chance of what was so often among so many, where it was counted often enough to say.
func surprise(n, of float32) float32 {
	if of < enough {
		return 0
	}
	return max(0, sketch.Log2((of+1)/(n+0.5)))
}
