package likeness

import "frontfoot/detect/sketch"

// A departure is what a row differs in from the row most like it, column by column. Each column goes by how far ordinary rows depart there: in some
// with every row, and in others half an octave is a thing that never was.
type departure struct {
	columns []sketch.Hist // words first, then sizes: how far ordinary rows departed
	ranks   []int         // of the row scored last
}

// A word that is another has the highest rank. Sizes rise to it by quarters of an octave of their difference, from a sixteenth of an octave on.
const (
	another  = sketch.Classes - 1
	quarters = 4
	finest   = 4 // octaves below one octave
)

func newDeparture(columns int) departure {
	return departure{columns: make([]sketch.Hist, columns), ranks: make([]int, columns)}
}

// Departure returns how seldom ordinary rows depart as far from the row most like them as the row scored last, in any of its columns: log2 of the sum
// of the inverses of the columns' chances. It is 0 where nothing is known.
func (m *Model) Departure() float32 {
	d := &m.departs
	clear(d.ranks)
	if m.near == nil {
		return 0
	}
	words := m.near.words[int(m.near.wording[m.at])*len(m.word):][:len(m.word)]
	for i, w := range m.word {
		if w != words[i] {
			d.ranks[i] = another
		}
	}
	sizes := m.near.sizes[m.at*len(m.size):][:len(m.size)]
	for i, x := range m.size {
		d.ranks[len(words)+i] = rankOf(octaves * (x - sizes[i]))
	}
	chances := float32(1)
	for i, rank := range d.ranks {
		chances += sketch.Exp2(d.columns[i].Bits(rank))
	}
	return sketch.Log2(chances)
}

// rankOf returns the rank of a difference of so many octaves.
func rankOf(octaves float32) int {
	if octaves == 0 {
		return 0
	}
	return 1 + int(min(max(0, quarters*(sketch.Log2(max(octaves, -octaves))+finest)), another-1))
}

// Ordinary counts, with a weight, how far the row departed that Departure was asked of last.
func (m *Model) Ordinary(weight float32) {
	for i, rank := range m.departs.ranks {
		m.departs.columns[i].Add(rank, weight)
	}
}
