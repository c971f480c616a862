package template

import "frontfoot/detect/sketch"

// add makes a shape of the text at hand and returns its place.
func (m *Miner) add() int {
	l := &m.line
	s := shape{frame: l.frame, id: m.secret[0]}
	for i, w := range l.words[:l.n] {
		s.id = sketch.Mix(s.id+uint64(i), uint64(w))
	}
	i := m.victim(list(l.frame, l.words[0]))
	if i < 0 {
		i = len(m.shapes)
		if i == cap(m.shapes) {
			m.shapes = append(make([]shape, 0, min(max(16, 2*i), maxShapes)), m.shapes...)
		}
		m.shapes = append(m.shapes, shape{})
	} else if len(m.shapes[i].words) > 0 {
		m.unlink(i)
	}
	if s.words = m.shapes[i].words; cap(s.words) < l.n { // else nothing is left for the collector
		s.words = make([]word, l.n)
	}
	s.words = append(s.words[:0], l.words[:l.n]...)
	m.shapes[i] = s
	m.link(i)
	return i
}

// victim returns the place of a shape that has to give way to one in a list, -1 if none has to. A hand goes round over the list if it is
// full, over all shapes if they are, and halves the life of what it passes, until it finds one that took up no second text. So texts that
// come once push out each other, and a shape that took up many outlives as many rounds as their number has bits.
func (m *Miner) victim(list int) int {
	n := 0
	for next := m.heads[list]; next != 0; next = m.shapes[next-1].next {
		n++
	}
	if n < perList {
		if len(m.shapes) < maxShapes {
			return -1
		}
		for {
			i := m.hand
			m.hand = (i + 1) % maxShapes
			if m.pass(i) {
				return i
			}
		}
	}
	for ; ; m.hand = 0 {
		for next := m.heads[list]; next != 0; next = m.shapes[next-1].next {
			if i := int(next - 1); i >= m.hand && m.pass(i) {
				m.hand = (i + 1) % maxShapes
				return i
			}
		}
	}
}

// pass halves the life of the shape in a place, and reports whether there was none to halve.
func (m *Miner) pass(i int) bool {
	s := &m.shapes[i]
	if s.life <= 1 {
		return true
	}
	s.life >>= 1
	return false
}

// list returns the list for shapes of a frame that begin with a word.
func list(frame uint32, first word) int {
	if first < literal {
		first = wild
	}
	return int((frame^uint32(first)*0x9e3779b1)>>7) % lists
}

// link puts a shape into its list, in the order of places, so that lists and rests follow from the shapes.
func (m *Miner) link(i int) {
	s := &m.shapes[i]
	m.rests[i] = restOf(s.frame, s.words)
	at := &m.heads[list(s.frame, s.words[0])]
	for *at != 0 && int(*at-1) < i {
		at = &m.shapes[*at-1].next
	}
	s.next = *at
	*at = uint16(i + 1)
}

// unlink takes a shape out of its list.
func (m *Miner) unlink(i int) {
	s := &m.shapes[i]
	at := &m.heads[list(s.frame, s.words[0])]
	for int(*at-1) != i {
		at = &m.shapes[*at-1].next
	}
	*at = s.next
}
