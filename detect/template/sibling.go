package template

// siblings looks for a place in which alone so many shapes differ from the text at hand that it must be a parameter's. It makes them one,
// the one that took up most, and returns it, or -1.
func (m *Miner) siblings() int {
	l := &m.line
	var found [variants]uint16
	var many [maxWords]uint8
	place := -1
	for next := m.heads[list(l.frame, l.words[0])]; next != 0 && place < 0; next = m.shapes[next-1].next {
		if i := l.difference(&m.shapes[next-1]); i >= 0 {
			if many[i]++; many[i] == variants {
				place = i
			}
		}
	}
	n := 0
	if place >= 0 {
		for next := m.heads[list(l.frame, l.words[0])]; next != 0 && n < variants; next = m.shapes[next-1].next {
			if l.difference(&m.shapes[next-1]) == place {
				found[n] = next - 1
				n++
			}
		}
		return m.merge(found[:n], place)
	}
	rest := restOf(l.frame, l.words[:l.n])
	for i := 0; i < len(m.shapes) && n < variants; i++ { // those that begin otherwise are in other lists
		if m.rests[i] == rest && l.difference(&m.shapes[i]) == 0 {
			found[n] = uint16(i)
			n++
		}
	}
	if n < variants {
		return -1
	}
	return m.merge(found[:n], 0)
}

// merge makes one shape of some that differ in one place, and returns it.
func (m *Miner) merge(some []uint16, place int) int {
	keep := int(some[0])
	count := uint64(0)
	for _, i := range some {
		count += m.shapes[i].count
		if m.shapes[i].count > m.shapes[keep].count {
			keep = int(i)
		}
	}
	for _, i := range some {
		m.unlink(int(i))
		if int(i) != keep {
			m.shapes[i] = shape{words: m.shapes[i].words[:0]}
			m.rests[i] = 0
		}
	}
	s := &m.shapes[keep]
	s.count = count
	s.words[place] = proven
	m.link(keep)
	return keep
}

// difference returns the one place in which a shape and the text differ, -1 if there are more, or if nothing else is there than parameters.
func (l *line) difference(s *shape) int {
	if s.frame != l.frame || len(s.words) != l.n {
		return -1
	}
	place, others := -1, false
	for i, w := range l.words[:l.n] {
		switch {
		case s.words[i] == w:
			others = others || w >= literal
		case place >= 0:
			return -1
		default:
			place = i
		}
	}
	if !others {
		return -1
	}
	return place
}
