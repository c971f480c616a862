// Package template finds the shapes of log lines: the words that stay while numbers, addresses and names change. Use a Miner to turn the
// texts of a site into numbers of shapes, in fixed memory and in one pass. It follows Drain (He et al., ICWS 2017): texts of as many words
// with the same opening are one group, and within the group the shape that shares most words takes a text up if it shares enough. It
// does not say whether a shape is unusual.
package template

import (
	"math/bits"

	"frontfoot/detect/sketch"
)

const (
	maxWords  = 24  // words of a text that count
	maxText   = 512 // bytes of it that are read
	maxShapes = 768 // shapes that a Miner keeps; about 140 bytes each
	groups    = 256 // lists of shapes
	perGroup  = 24  // shapes that a text is compared with
	wildcard  = 0   // stands for a word that changes
)

// A shape is the words that its texts share.
type shape struct {
	words [maxWords]uint32
	id    uint64 // hash of its first text: what it is known by
	hits  uint32 // texts it took up, halved now and then
	n     uint8  // words
	group uint8
}

// A Miner tells shapes of texts apart. It is for one goroutine.
type Miner struct {
	secret uint64
	shapes []shape
	lists  [groups][]uint16 // numbers of shapes, oldest first

	words [maxWords]uint32 // of the text at hand
}

// New returns a Miner that knows no shape. The key is the site's.
func New(key sketch.Key) *Miner { return &Miner{secret: key.Number(1<<40, 1)} }

// Shape returns the hash of the shape of a text, 0 for a text without words. A text that fits no known shape becomes one; when all
// places are taken the one least used gives way.
func (m *Miner) Shape(text string) uint64 {
	n := m.split(text)
	if n == 0 {
		return 0
	}
	group := uint8((uint32(n)*2654435761 ^ m.words[0]*40503) >> 11)
	best, most := -1, 0
	for _, i := range m.lists[group] {
		s := &m.shapes[i]
		if int(s.n) != n || s.words[0] != m.words[0] && s.words[0] != wildcard {
			continue
		}
		same := 0
		for w := range n {
			if s.words[w] == m.words[w] {
				same++
			}
		}
		if same > most {
			best, most = int(i), same
		}
	}
	if best >= 0 && 2*most >= n {
		s := &m.shapes[best]
		s.hits++
		if most < n {
			for w := range n {
				if s.words[w] != m.words[w] {
					s.words[w] = wildcard
				}
			}
		}
		return s.id
	}
	return m.add(group, n)
}

// add makes a shape of the text at hand.
func (m *Miner) add(group uint8, n int) uint64 {
	s := shape{words: m.words, n: uint8(n), group: group, hits: 1, id: m.secret}
	for w := range n {
		s.id = sketch.Mix(s.id+uint64(w), uint64(m.words[w]))
	}
	clear(s.words[n:])
	i := len(m.shapes)
	switch {
	case len(m.lists[group]) == perGroup:
		i = m.least(m.lists[group])
		m.drop(i)
	case i == maxShapes:
		i = m.least(nil)
		m.drop(i)
	default:
		m.shapes = append(m.shapes, shape{})
	}
	m.shapes[i] = s
	m.lists[group] = append(m.lists[group], uint16(i))
	return s.id
}

// least returns the shape that is used least among some, or among all, and lets all of them age.
func (m *Miner) least(some []uint16) int {
	best := -1
	look := func(i int) {
		s := &m.shapes[i]
		if best < 0 || s.hits < m.shapes[best].hits {
			best = i
		}
		s.hits -= s.hits >> 4
	}
	for _, i := range some {
		look(int(i))
	}
	if some == nil {
		for i := range m.shapes {
			look(i)
		}
	}
	return best
}

// drop takes a shape out of its list.
func (m *Miner) drop(i int) {
	list := m.lists[m.shapes[i].group]
	for k, j := range list {
		if int(j) == i {
			m.lists[m.shapes[i].group] = append(list[:k], list[k+1:]...)
			return
		}
	}
}

// split cuts a text into words and returns how many there are. A word that holds a digit is taken up to its first "=" or ":", because what
// follows is a number, an address or an identifier; so is one that looks like a path.
func (m *Miner) split(text string) int {
	text = text[:min(len(text), maxText)]
	n, i := 0, 0
	for i < len(text) && n < maxWords {
		if isSpace(text[i]) {
			i++
			continue
		}
		h, stop, digit, mark := m.secret, 0, false, uint64(0)
		from := i
		for i < len(text) && !isSpace(text[i]) {
			c := text[i]
			digit = digit || c-'0' <= 9 || c == '/'
			if (c == '=' || c == ':') && stop == 0 && i > from {
				stop, mark = i+1-from, h
			}
			h = (h ^ uint64(c)) * 0x9e3779b97f4a7c15
			h ^= h >> 32
			i++
		}
		switch {
		case !digit:
		case stop > 0:
			h = mark ^ 0x5bd1e995
		default:
			h = uint64(wildcard + 1)
		}
		m.words[n] = fold(h)
		n++
	}
	return n
}

// fold makes a word's number, which is never the wildcard's.
func fold(h uint64) uint32 {
	w := uint32(h) ^ uint32(h>>32)
	return w | uint32(bits.LeadingZeros32(w)>>5)
}

func isSpace(c byte) bool {
	return c <= ' ' || c == ',' || c == ';' || c == '(' || c == ')' || c == '[' || c == ']' || c == '"' || c == '\''
}

// Len returns how many shapes are known.
func (m *Miner) Len() int { return len(m.shapes) }

// Bytes returns the memory that the miner takes at most.
func (m *Miner) Bytes() int { return len(m.shapes)*120 + groups*24 + len(m.shapes)*4 }

// Encode appends the miner to e.
func (m *Miner) Encode(e *sketch.Encoder) {
	e.Uint(uint64(len(m.shapes)))
	for i := range m.shapes {
		s := &m.shapes[i]
		e.Byte(s.n)
		e.Byte(s.group)
		e.Fixed32(s.hits)
		e.Fixed64(s.id)
		for _, w := range s.words[:s.n] {
			e.Fixed32(w)
		}
	}
	for g := range m.lists {
		e.Uint(uint64(len(m.lists[g])))
		for _, i := range m.lists[g] {
			e.Uint(uint64(i))
		}
	}
}

// Decode reads what Encode wrote. On an error the miner is of no use.
func (m *Miner) Decode(d *sketch.Decoder) error {
	n := d.Count(maxShapes)
	m.shapes = make([]shape, n)
	for i := range m.shapes {
		s := &m.shapes[i]
		s.n = d.Byte()
		s.group = d.Byte()
		s.hits = d.Fixed32()
		s.id = d.Fixed64()
		if s.n == 0 || s.n > maxWords {
			return sketch.ErrShort
		}
		for w := range int(s.n) {
			s.words[w] = d.Fixed32()
		}
	}
	placed := make([]bool, n)
	for g := range m.lists {
		m.lists[g] = nil
		for range d.Count(perGroup) {
			i := d.Count(n - 1)
			if d.Err() != nil || placed[i] || m.shapes[i].group != uint8(g) {
				return sketch.ErrShort
			}
			placed[i] = true
			m.lists[g] = append(m.lists[g], uint16(i))
		}
	}
	return d.Err()
}
