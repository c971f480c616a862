// Package stride finds who walks through numbers: somebody who looks up one neighbour after the other, or asks a service for record 1001, 1002, 1003 because
// nothing stops him (CWE-639). None of these records is unusual, nor how many there are: what is unusual is that they lie close together. Use it to tell of each record that one
// opens; it answers how improbable it is that so many of his are so close to those before.
//
// A stride is how far a number is from the nearest of the last four that one opened of the same sort. Short is what at most a 64th of all strides of the sort are: the octave up to
// which strides are that seldom is counted, so sorts whose numbers are close by nature, such as the pages of a document, have short strides hardly ever or never. Against
// chance a bet is played (Ville 1939; Page, Biometrika 1954) that half of one's strides are short: it wins much for each that is, and loses one bit for another. Who begins anew when he
// is ruined wins 2^b with a chance of 2^-b a beginning. The chance of one's own short strides is no less than their share in his own past, so that whoever works through a street each week
// wins little by it.
package stride

import (
	"math/bits"
	"time"

	"frontfoot/detect/feature"
	"frontfoot/detect/sequence"
	"frontfoot/detect/sketch"
)

const (
	kept    = 4            // numbers that are remembered of one
	octaves = 33           // of strides
	rarest  = 64           // one in so many strides is short
	dim     = 0.125        // the weight of a stride of somebody in an open incident
	quiet   = 12 * 60 * 60 // seconds after which a bet begins anew
	richest = 64           // bits: beyond, nothing more is to be known
	fewest  = 64           // seats: one who opens records of a sort each
	slots   = 2048
	common  = 16 // seats: a sort of records each
	sorts   = 32
)

// A Verdict is what is known of one who opened another record.
type Verdict struct {
	Bits   float32 // -log2 of the chance of so many short strides; 0 where there are none
	Short  uint32  // of them, since the bet began
	Within uint64  // the longest of them here
	Fresh  bool    // it is to be told: the first time, or there are half as many again
}

// A Model knows how far it is from one record to the next at a site. It is for one goroutine.
type Model struct {
	key     sketch.Key
	layout  *feature.Layout
	walkers sketch.Shelf[walker]
	kinds   sketch.Shelf[kind] // a sort that is seldom opened makes room for one that is often
	trials  sequence.Trials    // bets begun, since the midnight before the first record
	lesson  lesson
}

// A lesson is what the row taken last teaches.
type lesson struct {
	who    uint64
	kind   *kind // nil where there is none
	steps  uint8
	weight float32 // less of one who walks, so that he does not make it ordinary for others
}

// A kind is how long strides of one sort of records are: how many there were, by octaves.
type kind struct{ strides [octaves]float32 }

// New returns a Model that knows nothing, for rows of the layout of events.
func New(key sketch.Key, layout *feature.Layout) *Model {
	return &Model{key: key, layout: layout, walkers: sketch.NewShelf[walker](fewest, slots), kinds: sketch.NewShelf[kind](common, sorts)}
}

// Pass moves the site's time forward to t.
func (m *Model) Pass(t int64) {
	if _, fortnight := m.trials.Turn(t, t-t%int64(24*time.Hour)); fortnight {
		for k := range m.kinds.All() {
			k.Thing.halve()
		}
	}
}

// Open takes up that somebody opened the record at a place, among those of a sort, all but the place keyed hashes, and returns what is known of him.
func (m *Model) Open(who, of, place uint64, now int64) Verdict {
	m.lesson = lesson{}
	m.Pass(now)
	at := m.trials.Seconds()
	who = sketch.Mix(who, of)
	s, there := m.walkers.Find(who, at)
	if s == nil {
		return Verdict{}
	}
	if !there {
		s.Place(who, at, walker{})
		s.Use(at)
	}
	w := &s.Thing
	if at-min(at, s.Last) >= quiet {
		w.rest()
	}
	steps := w.stride(place)
	if steps == 0 {
		s.Last = at
		return Verdict{}
	}
	s.Use(at)
	k := m.sort(of, at)
	if k == nil {
		return Verdict{}
	}
	m.lesson = lesson{who: who, kind: k, steps: steps, weight: 1 / (rarest * w.chance())}
	limit := k.short()
	if limit == 0 {
		return Verdict{}
	}
	if w.bits == 0 {
		m.trials.Make()
	}
	return w.play(steps <= limit, limit, m.trials.Bar())
}

// sort returns what is known of a sort of records; nil where there is no room.
func (m *Model) sort(of uint64, at uint32) *kind {
	s, there := m.kinds.Find(of, at)
	if s == nil {
		return nil
	}
	if !there {
		s.Place(of, at, kind{})
	}
	s.Use(at)
	return &s.Thing
}

// short is the octave up to which a stride is short, 0 where none is. The share of short ones is reckoned as if there had been one more (Laplace).
func (k *kind) short() (limit uint8) {
	var all, below float32
	for _, n := range k.strides {
		all += n
	}
	for i := 1; i < octaves-1; i++ {
		if below += k.strides[i]; (below+1)*rarest > all {
			break
		}
		limit = uint8(i)
	}
	return limit
}

// halve makes the past count half.
func (k *kind) halve() {
	for i := range k.strides {
		k.strides[i] /= 2
	}
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int { return m.walkers.Bytes() + m.kinds.Bytes() }

// octave is that of a distance, from 1; what is beyond all numbers has the last one.
func octave(distance uint64) uint8 { return uint8(min(bits.Len64(distance), octaves-1)) }
