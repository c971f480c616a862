// Package refusal finds who is refused far more often, or at far more places, than anybody is here: guesses of passwords, sprays of one over
// all accounts, slow scans, lists of forgotten files. No single line of these is rare. Use it to tell of each refusal; it answers how improbable
// it is that somebody who is refused at all gets so far.
//
// It counts refusals by actor, in windows of an hour and of a day that fade, and at how many different targets they were. Actors are compared
// within a kind: of one log, and of those inside, those outside, or accounts. How far others got is a life table over octaves (sketch.Life): of
// those that were refused 2^k times, how many came to 2^(k+1); the actor's own way counts in it. So where little is known nobody is
// improbable. What an actor did before is ordinary for it the more, the more often it did that.
//
// People mistype some times and stop, broken clients go on for ever, the world's scanners ask each address once: each kind has its own table.
package refusal

import (
	"math/bits"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

const (
	windows  = 2
	measures = 2 * windows // how often, and at how many targets, in each window
	chosen   = 2           // bits: the most telling of four measures is chosen
	doubted  = 10          // bits from which a way is learned at less weight
	dim      = 0.125       // which is this
	hour     = int64(time.Hour)
	day      = 24 * hour
	week     = 7 * day
)

// spans holds the half-lives of the windows, in seconds. Who is not refused for so long begins anew.
var spans = [windows]uint32{60 * 60, 24 * 60 * 60}

// A Case is one refusal. Who, At and Kind are keyed hashes.
type Case struct {
	Who  uint64 // who was refused
	At   uint64 // the account, service or path: what it was refused
	Kind uint64 // of refusal, within which actors are compared
	Now  int64  // the site's time

	Known bool // what goes on now is taken for usual, as while a site learns
}

// A Verdict is what is known of the one who was refused.
type Verdict struct {
	Bits    float32       // -log2 of the chance that one who is refused twice gets so far; 0 where no more is known than before
	Window  time.Duration // in which it shows
	Times   float32       // refusals in it, as they fade
	Targets float32       // about so many different targets
	Since   time.Duration // how long it has gone on
	Usual   float32       // one in ten of the others comes to so many refusals
}

// A Model knows who is refused at a site. It is for one goroutine.
type Model struct {
	key    sketch.Key
	layout *feature.Layout
	words  words

	actors sketch.Shelf[actor]
	kinds  sketch.Kinds[kind]
	hot    hot
	trials sequence.Trials // at actors that were refused twice
	taken  []uint64        // actors of the row taken last
}

// New returns a Model that knows nothing, for rows of the layout of events.
func New(key sketch.Key, layout *feature.Layout) *Model {
	return &Model{key: key, layout: layout, words: newWords(key), actors: sketch.NewShelf[actor](fewest, slots), kinds: sketch.NewKinds[kind](maxKinds)}
}

// Pass moves the site's time forward to t. What actors did is learned when their windows have ended, so that nobody teaches what is usual while
// it is judged.
func (m *Model) Pass(t int64) {
	hour, fortnight := m.trials.Turn(t, t)
	if !hour {
		return
	}
	for s := range m.actors.All() {
		m.close(s, m.trials.Seconds())
	}
	if fortnight {
		for k := range m.kinds.All() {
			k.halve()
		}
	}
}

// Refuse takes up a refusal and returns what is known of who met it.
func (m *Model) Refuse(c *Case) Verdict {
	m.Pass(c.Now)
	at := m.trials.Seconds()
	number, key := m.kinds.Number(c.Kind), sketch.Mix(c.Who, c.Kind)
	s := m.seat(key, number, at)
	if s == nil {
		return Verdict{}
	}
	m.taken = append(m.taken, key)
	a, curves := &s.Thing, m.kinds.Of(number)
	m.close(s, at)
	a.pass(s.Last, at)
	s.Use(at)
	x, twice := a.take(c.At), a.far[1] < 2 // by the count of a day, which is never below the others
	var v Verdict
	for i := range x {
		far := reach(x[i])
		if far <= a.far[i] {
			continue
		}
		a.far[i] = far
		if b := curves[i].bits(far, a.past[i]>>4, a.past[i]&15) - chosen; b > v.Bits {
			w := i % windows
			v = Verdict{Bits: b, Window: time.Duration(spans[w]) * time.Second, Since: time.Duration(at-a.began[w]) * time.Second}
			v.Times, v.Targets, v.Usual = x[w], x[windows+w], curves[w].usual()
		}
		if c.Known {
			a.learn(i, &curves[i])
		}
	}
	if twice && a.far[1] >= 2 {
		m.trials.Make()
	}
	a.odd = a.odd || v.Bits >= doubted && !c.Known
	return v
}

// seat returns the place of an actor of a kind; nil where there is no room.
func (m *Model) seat(key uint64, kind int, at uint32) *sketch.Seat[actor] {
	s, there := m.actors.Find(key, at)
	if s == nil || there {
		return s
	}
	if s.Taken() {
		m.close(s, 1<<32-1)
	}
	s.Place(key, at, actor{kind: uint8(kind)})
	return s
}

// close ends an actor's windows that are over at a time.
func (m *Model) close(s *sketch.Seat[actor], at uint32) {
	s.Thing.close(s.Last, at, m.kinds.Of(int(s.Thing.kind)))
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int { return m.actors.Bytes() + m.kinds.Bytes() + hotBytes }

// reach is one more than the octave of a count, which fades by a little between two refusals.
func reach(x float32) uint8 {
	const slack = 0.1
	return uint8(min(max(0, sketch.Log2(x)+slack), farthest-1)) + 1
}

// different is about how many set so many of 32 bits: linear counting (Whang et al., TODS 1990).
func different(met uint32) float32 {
	set := float32(bits.OnesCount32(met))
	return max(min(set, 1), 22.18071*(5-sketch.Log2(max(0.5, 32-set))))
}
