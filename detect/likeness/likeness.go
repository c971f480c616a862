// Package likeness says how unlike a row is, as a whole, each of the rows that are trusted: known to be clean, because somebody vouches for them, or
// found to be ordinary. Use it to trust those, and to score each row. Where rows are known to be clean, learn all others: one clean row is enough to
// know its like, which no count of values can do; and what grows out of the clean by small steps is followed, while what jumps stays as unlike
// however often it comes. It neither knows which rows to trust nor what is unlike enough to tell.
//
// Two rows differ by the sum over their columns of the squares of what they differ in, at most 1 a column. A row's distance is the least, over the
// rows that are kept, of that row's own distance, 0 of a trusted one, and what the two differ in. Because of the squares, ten steps of a tenth are a
// tenth of one step, as for what wanders at random. So every row can be learned, and none has to be ruled out by a threshold: it brings its own
// distance along.
package likeness

import (
	"math"

	"frontfoot/detect/feature"
)

const (
	octaves = 4        // by so many octaves sizes differ wholly
	nothing = 1e6      // stands for a size that a row lacks: far from all sizes
	alike   = 1.0 / 64 // what differs by half an octave in one size is not kept twice
	others  = 512      // rows that are kept beside those that are trusted
)

// A Model knows clean rows and what came after them, each as many as it keeps at most; those that were nearest to a row lately are kept. It is for
// one goroutine.
type Model struct {
	words  []int  // the fields that are no sizes
	clean  shelf  // known to be clean, at distance 0
	others shelf  // learned since
	clock  uint64 // of rows learned

	// of the row scored last
	word     []uint64
	size     []float32
	distance float32
	near     *shelf // nil where nothing is kept
	at       int
	own      float32 // what it differs in from the nearest
}

// A shelf is rows that are kept. The row at i has the words from i times the number of words on, and so its sizes.
type shelf struct {
	most     int
	words    []uint64
	sizes    []float32
	distance []float32
	used     []uint64 // when it was the nearest of a row last
	last     int      // the nearest of a row last
}

// New returns a Model of rows of a layout that knows nothing, and will keep so many clean ones.
func New(layout *feature.Layout, clean int) *Model {
	m := &Model{clean: shelf{most: clean}, others: shelf{most: others}}
	sizes := make([]bool, len(layout.Fields))
	for _, f := range layout.Sizes {
		sizes[f] = true
	}
	for f := range layout.Fields {
		if !sizes[f] {
			m.words = append(m.words, f)
		}
	}
	m.word, m.size = make([]uint64, len(m.words)), make([]float32, len(layout.Sizes))
	return m
}

// Score returns the distance of a row: 0 for one that is trusted, up to 1 a column; 0 where nothing is known.
func (m *Model) Score(r *feature.Row) float32 {
	for i, f := range m.words {
		m.word[i] = r.Values[f].Hash
	}
	for i, x := range r.Sizes {
		if m.size[i] = x / octaves; x != x { // NaN
			m.size[i] = nothing
		}
	}
	m.near, m.distance = nil, math.MaxFloat32
	m.look(&m.clean)
	m.look(&m.others)
	if m.near == nil {
		m.distance = 0
	}
	return m.distance
}

// look takes the nearest row of a shelf, where it is nearer than what was found. The nearest of the row before is tried first: rows come in runs,
// and the sooner a near one is known the less is to be compared.
func (m *Model) look(s *shelf) {
	for i := -1; i < len(s.used); i++ {
		at := i
		if i < 0 {
			at = s.last
		}
		if at >= len(s.used) || s.distance[at] >= m.distance {
			continue
		}
		own := m.differs(s, at, m.distance-s.distance[at])
		if d := s.distance[at] + own; d < m.distance {
			m.distance, m.near, m.at, m.own = d, s, at, own
		}
	}
	if m.near == s {
		s.last = m.at
	}
}

// differs returns what the row differs in from a kept one. It gives up where that is enough.
func (m *Model) differs(s *shelf, at int, enough float32) float32 {
	other := uint64(0) // counted without branches, which nobody can foresee
	kept := s.words[at*len(m.word):][:len(m.word)]
	for i, w := range m.word {
		w ^= kept[i]
		other += (w | -w) >> 63
	}
	d := float32(other)
	sizes := s.sizes[at*len(m.size):][:len(m.size)]
	for i, x := range m.size {
		if d >= enough {
			break
		}
		x -= sizes[i]
		d += min(1, float32(x*x))
	}
	return d
}

// Trust learns the row scored last as one to compare others with.
func (m *Model) Trust() { m.keep(&m.clean, 0) }

// Pass learns nothing of the row scored last but that the nearest row is still in use.
func (m *Model) Pass() {
	m.clock++
	if m.near != nil {
		m.near.used[m.at] = m.clock
	}
}

// Learn learns the row scored last at a distance, such as its own.
func (m *Model) Learn(distance float32) { m.keep(&m.others, distance) }

func (m *Model) keep(s *shelf, distance float32) {
	m.clock++
	if m.near != nil {
		m.near.used[m.at] = m.clock
		if m.own <= alike && m.near.distance[m.at] <= distance {
			return // there is one like it
		}
	}
	at := len(s.used)
	if at < s.most {
		s.words, s.sizes = append(s.words, m.word...), append(s.sizes, m.size...)
		s.distance, s.used = append(s.distance, distance), append(s.used, m.clock)
		return
	}
	at = 0
	for i, used := range s.used {
		if used < s.used[at] {
			at = i
		}
	}
	copy(s.words[at*len(m.word):], m.word)
	copy(s.sizes[at*len(m.size):], m.size)
	s.distance[at], s.used[at] = distance, m.clock
}

// Halve makes what came after the clean rows half as unlike them.
func (m *Model) Halve() {
	for i := range m.others.distance {
		m.others.distance[i] /= 2
	}
}

// Bytes returns the memory that the model takes at most.
func (m *Model) Bytes() int { return (m.clean.most + others) * (8*len(m.word) + 4*len(m.size) + 12) }
