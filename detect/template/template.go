// Package template finds the shapes of log lines: the words that stay while numbers, addresses and names change. Use a Miner to turn the
// texts of a site into numbers of shapes, in fixed memory and in one pass, and to learn what stands where the texts of a shape differ.
//
// It goes on from Drain (He et al., "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017): a text belongs to the shape
// of as many words that shares most of them, if it shares enough. It differs in four things. What is a parameter by its form (numbers,
// addresses, paths, the values of keys) is none of the words, and neighbours are one, so that lists of any length are one shape. Keys must
// be the same and add nothing to the likeness, so that a dozen of them do not drown the two words that differ. Words in capitals, which
// programs use for constants, never change within a shape. And where many shapes differ in the same word alone, that word is a parameter.
//
// It does not say whether a shape is unusual.
package template

import "frontfoot/detect/sketch"

const (
	maxWords  = 32   // words of a text that count
	maxText   = 1024 // bytes of it that are read
	maxShapes = 768  // shapes that a Miner keeps, of 48 bytes each and 4 a word
	lists     = 512  // lists of shapes
)

// A Miner tells shapes of texts apart. It is for one goroutine.
type Miner struct {
	secret [2]uint64
	shapes []shape           // at most maxShapes; some may be free
	heads  [lists]uint16     // first shape of each list, from 1; 0 is none
	rests  [maxShapes]uint32 // of each shape the hash of all but its first word, 0 where a place is free
	hand   int               // where the next shape that may give way is looked for
	line   line              // the text at hand
	last   int               // its shape
	params [maxWords]Parameter
}

// New returns a Miner that knows no shape. The key is the site's.
func New(key sketch.Key) *Miner {
	return &Miner{secret: [2]uint64{key.Number(1<<40, 1), key.Number(1<<40, 2)}}
}

// Shape returns the hash of the shape of a text, 0 for a text without words. A text that fits no known shape becomes one; when all
// places are taken one that is little used gives way. The Miner refers to the text until the next call.
func (m *Miner) Shape(text string) uint64 {
	m.split(text)
	if m.line.n == 0 {
		return 0
	}
	i := m.find()
	if i < 0 {
		i = m.siblings()
	}
	if i < 0 {
		i = m.add()
	}
	m.take(i)
	m.last = i
	return m.shapes[i].id
}

// Count returns how many texts had the shape of the last one, itself included, since the shape was last begun.
func (m *Miner) Count() uint64 {
	if m.line.n == 0 {
		return 0
	}
	return m.shapes[m.last].count
}

// Len returns how many shapes are known.
func (m *Miner) Len() (n int) {
	for i := range m.shapes {
		if len(m.shapes[i].words) > 0 {
			n++
		}
	}
	return n
}
