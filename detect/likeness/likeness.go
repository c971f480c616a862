// Package likeness says how unlike a row is, as a whole, each of the rows that are trusted: known to be clean, because somebody vouches for them, or
// found to be ordinary. Use it to trust those, and to score each row. Where rows are known to be clean, learn all others: one clean row is enough to
// know its like, which no count of values can do; and what grows out of the clean by small steps is followed, while what jumps stays as unlike
// however often it comes. It neither knows which rows to trust nor what is unlike enough to tell.
//
// What a row differs in from the one most like it tells more where ordinary rows never differ: Departure measures each column by these. It needs no
// clean rows.
//
// Two rows differ by the sum over their columns of the squares of what they differ in, at most 1 a column. A row's distance is the least, over the
// rows that are kept, of that row's own distance, 0 of a trusted one, and what the two differ in. Because of the squares, ten steps of a tenth are a
// tenth of one step, as for what wanders at random. So every row can be learned, and none has to be ruled out by a threshold: it brings its own
// distance along.
package likeness

import (
	"math"
	"slices"

	"frontfoot/detect/feature"
	"frontfoot/detect/sketch"
)

const (
	octaves = 4        // by so many octaves sizes differ wholly
	nothing = 1e6      // stands for a size that a row lacks: far from all sizes
	alike   = 1.0 / 64 // what differs by half an octave in one size is not kept twice
	others  = 512      // rows that are kept beside those that are trusted
	cells   = 1 << 17  // of the rows of each sort that are kept, so that a row of many columns is compared with fewer
	fewest  = 64       // rows of each sort, however many columns there are
)

// A Model knows clean rows and what came after them, each as many as it keeps at most; those that were nearest to a row lately are kept. It is for
// one goroutine.
type Model struct {
	words   []int // the fields that are no sizes
	clean   shelf // known to be clean, at distance 0
	others  shelf // learned since
	departs departure
	clock   uint64 // of rows learned

	// of the row scored last
	word     []uint64
	size     []float32
	distance float32
	near     *shelf // nil where nothing is kept
	at       int
	own      float32 // what it differs in from the nearest
}

// A shelf is rows that are kept. Many have the same words: such a wording is kept once, and compared once a row. The sizes of the row at i stand from i times
// their number on, and so the words of a wording.
type shelf struct {
	most     int
	words    []uint64
	shared   []uint16  // rows that have each wording; where 0 do, there is room
	differs  []float32 // how many words of each are others than those of the row scored last
	wording  []uint16  // of each row
	sizes    []float32
	distance []float32
	used     []uint64 // when it was the nearest of a row last
	last     int      // the nearest of a row last
}

// New returns a Model of rows of a layout that knows nothing, and will keep so many clean ones, fewer of rows of many columns.
func New(layout *feature.Layout, clean int) *Model {
	columns := len(layout.Fields)
	room := max(fewest, cells/max(1, columns))
	m := &Model{clean: shelf{most: min(clean, room)}, others: shelf{most: min(others, room)}, departs: newDeparture(columns)}
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
	if m.distance == 0 || len(s.used) == 0 {
		return
	}
	m.compare(s, int(s.wording[s.last]))
	m.try(s, s.last)
	if m.distance > 0 {
		for i := range s.differs {
			m.compare(s, i)
		}
		for at, w := range s.wording {
			if s.distance[at]+s.differs[w] < m.distance {
				m.try(s, at)
			}
		}
	}
	if m.near == s {
		s.last = m.at
	}
}

// try takes a row of a shelf where it is nearer than what was found. It gives up where it is not.
func (m *Model) try(s *shelf, at int) {
	own, enough := s.differs[s.wording[at]], m.distance-s.distance[at]
	sizes := s.sizes[at*len(m.size):][:len(m.size)]
	for i, x := range m.size {
		if own >= enough {
			break
		}
		x -= sizes[i]
		own += min(1, float32(x*x))
	}
	if d := s.distance[at] + own; d < m.distance {
		m.distance, m.near, m.at, m.own = d, s, at, own
	}
}

// compare counts the words of a wording that are others than the row's, without branches, which nobody can foresee.
func (m *Model) compare(s *shelf, wording int) {
	others := uint64(0)
	kept := s.words[wording*len(m.word):][:len(m.word)]
	for i, w := range m.word {
		w ^= kept[i]
		others += (w | -w) >> 63
	}
	s.differs[wording] = float32(others)
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
		s.wording, s.sizes = append(s.wording, s.add(m.word)), append(s.sizes, m.size...)
		s.distance, s.used = append(s.distance, distance), append(s.used, m.clock)
		return
	}
	at = 0
	for i, used := range s.used {
		if used < s.used[at] {
			at = i
		}
	}
	s.shared[s.wording[at]]--
	s.wording[at] = s.add(m.word)
	copy(s.sizes[at*len(m.size):], m.size)
	s.distance[at], s.used[at] = distance, m.clock
}

// add returns the wording of a row more.
func (s *shelf) add(words []uint64) uint16 {
	free := len(s.shared)
	for i, n := range s.shared {
		switch kept := s.words[i*len(words):][:len(words)]; {
		case n == 0:
			free = i
		case slices.Equal(kept, words):
			s.shared[i]++
			return uint16(i)
		}
	}
	if free == len(s.shared) {
		s.words, s.shared, s.differs = append(s.words, words...), append(s.shared, 0), append(s.differs, 0)
	}
	copy(s.words[free*len(words):], words)
	s.shared[free] = 1
	return uint16(free)
}

// Halve makes what came after the clean rows half as unlike them, and how far ordinary rows departed count half.
func (m *Model) Halve() {
	for i := range m.departs.columns {
		m.departs.columns[i].Scale(0.5)
	}
	for i := range m.others.distance {
		m.others.distance[i] /= 2
	}
}

// Bytes returns the memory that the model takes at most.
func (m *Model) Bytes() int {
	kept := (m.clean.most + m.others.most) * (8*len(m.word) + 4*len(m.size) + 20)
	return kept + len(m.departs.columns)*(sketch.Classes*8+16)
}
