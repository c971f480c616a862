// Package rhythm finds machines that call a place again and again at even intervals: beacons, whose single calls are as ordinary as can be.
// Use it to tell of each call from inside to a place outside; it answers how improbable its pair's evenness is if calls came by chance.
//
// Calls that come independently are a Poisson process, with exponential intervals. Against intervals that are more even than that (gamma of
// any shape) the best test compares their arithmetic and geometric means (Moran, JRSS B 1951; with Bartlett's correction chi-squared): it
// needs no clock's period, bears jitter of half the interval, missed calls and nights, and is kept in two sums. People's visits come in
// bursts and by day, which makes them less even than chance. Sizes that stay alike corroborate it, as in RITA's scores; how many machines
// visit the place (RITA's prevalence) weakens it. What a site's other pairs show is kept in a Tail, so that where even calls
// are usual one more says little.
package rhythm

import (
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

const (
	apart    = int64(5 * time.Second) // calls nearer than this are one visit
	shortest = 0.5                    // seconds beyond that, which is how exactly times are told
	slowest  = int64(8 * time.Hour)   // intervals above this are nights: rhythms of a day are those of backups and reports
	missed   = 8                      // and so are those of so many usual ones
	least    = 8                      // intervals from which a pair is looked at
	most     = 128                    // intervals at which the older half is forgotten
	doubted  = 10                     // bits from which a pair is learned at less weight
	dim      = 0.125                  // which is this
	finest   = 1.0 / 4096             // of the usual unevenness: below, clocks' steps show
	scale    = 4                      // bits of evenness an octave of the Tail
	day      = int64(24 * time.Hour)
	week     = 7 * day
)

// A Call is one call of a machine inside to a place outside. Who, To and Log are keyed hashes.
type Call struct {
	Who, To uint64
	Log     uint64 // the kind of log: two devices that see the same call would halve its interval
	At      int64  // when it began, nanoseconds since 1970
	Size    uint64 // bytes sent
	Sized   bool   // whether that is known
	Known   bool   // what goes on now is taken for usual, as while a site learns
}

// A Verdict is what is known of a call's pair.
type Verdict struct {
	Bits  float32       // -log2 of the chance of so even calls, among the site's pairs; 0 where they are not
	Fresh bool          // that was found by this very call, of a pair that has not gone on for long
	Calls int           // so many of the last ones
	Every time.Duration // the usual interval
	Size  float32       // usual bytes sent, 0 where unknown
	Alone float32       // how far the place is this machine's alone, 1 to 0
}

// A Model knows the pairs of a site. It is for one goroutine.
type Model struct {
	pairs  table
	met    *sketch.Counts  // pairs that called more than once, by whatever log, when all was taken for usual
	places *sketch.Spread  // machines that visit each place
	tail   sketch.Tail     // evenness of pairs when they were looked at
	sway   sketch.Mean     // octaves between the sizes of two calls in a row, over all pairs
	trials sequence.Trials // looks at pairs
	turns  int64           // weeks begun

	last float32 // evenness of the pair looked at last, to be learned
	bits float32
	has  bool

	layout *feature.Layout
}

// New returns a Model that knows nothing, for rows of the layout of events.
func New(layout *feature.Layout) *Model {
	return &Model{met: sketch.NewCounts(metBytes/16, metBytes), places: sketch.NewSpread(placeBytes), layout: layout}
}

// Pass moves the site's time forward to t.
func (m *Model) Pass(t int64) {
	if m.trials.Pass(t, t) {
		m.turns = t / week
	}
	if turn := m.trials.Now() / week; turn > m.turns {
		m.turns = turn
		m.places.Turn()
		if turn%2 == 0 {
			m.tail.Scale(0.5)
		}
	}
}

// Score takes up a call and returns what is known of its pair.
func (m *Model) Score(c *Call) Verdict {
	m.has = false
	m.places.Note(c.To, c.Who)
	alone := m.places.Alone(c.To)
	if alone == 0 {
		return Verdict{}
	}
	both := sketch.Mix(c.Who, c.To)
	p := m.pairs.find(sketch.Mix(both, c.Log), c.Who, c.At)
	if p == nil {
		return Verdict{}
	}
	if p.calls == 0 {
		p.begin(c, m.met.Get(both) > 0)
		return Verdict{}
	}
	if c.At-p.last < apart {
		return Verdict{}
	}
	if c.Known { // of places that were called once there are many
		m.met.Add(both, 1)
		p.known = true
	}
	b, counts := m.pairs.take(p, c)
	if counts {
		if sway, sized := b.step(p, c); sized {
			m.sway.Add(sway, 1)
		}
	}
	v := Verdict{Calls: 1, Alone: alone}
	if b == nil {
		return v
	}
	v.Bits, v.Calls, v.Every = b.bits, int(b.n)+1, b.every()
	if b.sized > 0 {
		v.Size = sketch.Exp2(p.size) - 1
	}
	if counts && b.due() {
		v.Fresh = !b.old
		v.Bits = m.look(b, p.known) * alone
		b.bits = v.Bits
	}
	return v
}

// look judges a beat. Each counts once an octave of its calls, and no more when it has gone on for long: what is usual is how new pairs turn out.
func (m *Model) look(b *beat, known bool) float32 {
	m.last, m.has = b.even(m.sway.Mean()), !b.old && b.n&(b.n-1) == 0
	if m.has {
		m.trials.Make()
	}
	x := sketch.Exp2(m.last/scale) - 1
	m.bits = min(m.last, m.tail.Bits(x))
	if known {
		return 0
	}
	return m.bits
}

// learn counts what the last call showed, with a weight of 0 to 1.
func (m *Model) learn(weight float32) {
	if !m.has {
		return
	}
	if m.bits >= doubted {
		weight *= dim
	}
	m.has = false
	m.tail.Add(sketch.Exp2(m.last/scale)-1, weight)
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int {
	return m.pairs.bytes() + m.met.Bytes() + m.places.Bytes() + m.tail.Bytes()
}
