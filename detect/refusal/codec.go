package refusal

import (
	"errors"

	"frontfoot/detect/sketch"
)

var errRefusal = errors.New("damaged counts of refusals")

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	e.Uint(uint64(len(m.actors.actors)))
	e.Uint(uint64(m.actors.worn))
	for i := range m.actors.actors {
		a := &m.actors.actors[i]
		e.Byte(a.keep)
		if a.keep > 0 {
			a.encode(e)
		}
	}
	e.Uint(uint64(len(m.kinds.all)))
	for i := range m.kinds.all {
		e.Fixed64(m.kinds.all[i].name)
		for j := range m.kinds.all[i].curves {
			e.Floats(m.kinds.all[i].curves[j].n[:])
		}
	}
	e.Uint(uint64(len(m.hot.all)))
	for i := range m.hot.all {
		s := &m.hot.all[i]
		e.Fixed64(s.who)
		e.Fixed64(s.class)
		e.Int(s.until)
		e.Float(s.bits)
		e.Float(s.times)
	}
	e.Float(m.looks)
	e.Int(m.began)
	e.Int(m.now)
	e.Int(m.turns)
}

func (a *actor) encode(e *sketch.Encoder) {
	e.Fixed32(a.tag)
	e.Uint(uint64(a.last))
	e.Uint(uint64(a.began))
	for w := range spans {
		e.Float(a.n[w])
		e.Fixed32(a.met[w])
	}
	for i := range a.far {
		e.Byte(a.far[i])
		e.Byte(a.past[i])
	}
}

// Decode reads what Encode wrote into a Model that knows nothing.
func (m *Model) Decode(d *sketch.Decoder) error {
	n := d.Count(slots)
	m.actors = table{worn: d.Count(slots)}
	if n&(n-1) != 0 || n > 0 && n < fewest || d.Left() < n {
		return errRefusal
	}
	if n > 0 {
		m.actors.actors = make([]actor, n)
	}
	for i := range m.actors.actors {
		a := &m.actors.actors[i]
		if a.keep = d.Byte(); a.keep > 0 && !a.decode(d) {
			return errRefusal
		}
	}
	m.kinds = kinds{}
	for range d.Count(maxKinds) {
		k := &m.kinds.all
		number := m.kinds.of(d.Fixed64())
		if number+1 != len(*k) {
			return errRefusal
		}
		for j := range (*k)[number].curves {
			d.Floats((*k)[number].curves[j].n[:])
		}
	}
	m.hot = hot{}
	for range d.Count(hottest) {
		m.hot.all = append(m.hot.all, suspect{d.Fixed64(), d.Fixed64(), d.Int(), d.Float(), d.Float()})
	}
	m.looks = d.Float()
	m.began, m.now, m.turns = d.Int(), d.Int(), d.Int()
	return d.Err()
}

func (a *actor) decode(d *sketch.Decoder) bool {
	a.tag = d.Fixed32()
	a.last, a.began = uint32(d.Count(1<<32-1)), uint32(d.Count(1<<32-1))
	for w := range spans {
		a.n[w], a.met[w] = d.Float(), d.Fixed32()
	}
	for i := range a.far {
		if a.far[i], a.past[i] = d.Byte(), d.Byte(); a.far[i] > farthest {
			return false
		}
	}
	return a.began <= a.last
}
