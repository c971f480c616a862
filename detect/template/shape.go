package template

import "math"

const (
	opening  = 2  // words at the beginning that texts of a shape have in common
	likeness = 70 // percent of the words that a text shares with its shape
	perList  = 64 // shapes that begin alike, have as many words and the same keys
	variants = 16 // shapes that differ in one word alone before it is taken for a parameter
)

// A shape is the words that its texts share.
type shape struct {
	words []word // none in a free place
	id    uint64 // hash of its first text: what it is known by
	count uint64 // texts it took up
	frame uint32
	next  uint16 // in its list, from 1; 0 is none
	life  uint16 // texts it took up, halved now and then
}

// take makes a shape take the text at hand up.
func (m *Miner) take(i int) {
	s := &m.shapes[i]
	s.count++
	if s.life < math.MaxUint16 {
		s.life++
	}
	changed := false
	for k, w := range m.line.words[:m.line.n] {
		if v := s.words[k]; v != w && v >= literal {
			s.words[k] = wild
			changed = true
		}
	}
	if changed {
		m.rests[i] = restOf(s.frame, s.words)
	}
}

// find returns the shape that shares most words with the text at hand, -1 if none shares enough. Of two that share as many it is the one
// in the lower place.
func (m *Miner) find() int {
	l := &m.line
	best := match{shape: -1, all: 1}
	if first := l.words[0]; first >= literal && m.look(list(l.frame, first), &best) {
		return best.shape
	}
	m.look(list(l.frame, wild), &best)
	return best.shape
}

// A match is a shape and how many of how many words it shares with a text.
type match struct{ shape, same, all int }

// look goes through a list for a better match, and reports whether there can be no better one.
func (m *Miner) look(list int, best *match) bool {
	l := &m.line
	for next := m.heads[list]; next != 0; {
		i := int(next - 1)
		s := &m.shapes[i]
		next = s.next
		if s.frame != l.frame || len(s.words) != l.n {
			continue
		}
		same, all, ok := l.compare(s)
		if !ok {
			continue
		}
		if same == all {
			*best = match{i, same, all}
			return true
		}
		if a, b := same*best.all, best.same*all; a > b || a == b && (same > best.same || same == best.same && i < best.shape) {
			*best = match{i, same, all}
		}
	}
	return false
}

// compare returns how many words a shape shares with the text, of how many, and whether they are enough. Keys and what is a parameter on
// both sides do not count.
func (l *line) compare(s *shape) (same, all int, ok bool) {
	seen := 0 // words that are no parameters on both sides
	words := l.words[:l.n]
	for i, w := range words {
		v := s.words[i]
		switch {
		case v == w:
			if w >= literal {
				seen++
				if w&label == 0 {
					same++
					all++
				}
			}
		case v == proven:
			seen++
		case w&label != 0 && w >= literal || v&label != 0 && v >= literal:
			return 0, 0, false
		case v >= literal && w >= literal && (seen < opening || (v|w)&capitals != 0):
			return 0, 0, false
		default:
			seen++
			all++
			if (all-same)*100 > l.n*(100-likeness) { // the rest cannot mend it
				return 0, 0, false
			}
		}
	}
	return same, all, same*100 >= all*likeness
}
