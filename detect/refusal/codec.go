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
	e.Uint(uint64(len(m.actors.kinds.all)))
	for i := range m.actors.kinds.all {
		e.Fixed64(m.actors.kinds.all[i].name)
		for j := range m.actors.kinds.all[i].curves {
			e.Floats(m.actors.kinds.all[i].curves[j].n[:])
		}
	}
	e.Uint(uint64(len(m.hot.all)))
	for i := range m.hot.all {
		s := &m.hot.all[i]
		e.Fixed64(s.who)
		e.Fixed64(s.class)
		e.Fixed64(s.kind)
		e.Int(s.until)
		e.Float(s.bits)
	}
	e.Float(m.looks)
	e.Int(m.began)
	e.Int(m.now)
	e.Int(m.hours)
}

func (a *actor) encode(e *sketch.Encoder) {
	e.Fixed32(a.tag)
	e.Uint(uint64(a.last))
	for w := range spans {
		e.Uint(uint64(a.began[w]))
		e.Float(a.n[w])
		e.Fixed32(a.met[w])
	}
	for i := range a.far {
		e.Byte(a.far[i])
		e.Byte(a.past[i])
	}
	e.Byte(a.kind)
	e.Bool(a.odd)
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
		if a.keep = d.Byte(); a.keep > 0 {
			a.decode(d)
		}
	}
	k := &m.actors.kinds
	for i := range d.Count(maxKinds) {
		if k.of(d.Fixed64()) != i {
			return errRefusal
		}
		for j := range k.all[i].curves {
			d.Floats(k.all[i].curves[j].n[:])
		}
	}
	m.hot = hot{}
	for range d.Count(hottest) {
		m.hot.all = append(m.hot.all, suspect{d.Fixed64(), d.Fixed64(), d.Fixed64(), d.Int(), d.Float()})
	}
	m.looks = d.Float()
	m.began, m.now, m.hours = d.Int(), d.Int(), d.Int()
	for i := range m.actors.actors {
		if a := &m.actors.actors[i]; a.keep > 0 && !a.sound(m.seconds(), len(k.all)) {
			return errRefusal
		}
	}
	return d.Err()
}

func (a *actor) decode(d *sketch.Decoder) {
	a.tag, a.last = d.Fixed32(), moment(d)
	for w := range spans {
		a.began[w], a.n[w], a.met[w] = moment(d), d.Float(), d.Fixed32()
	}
	for i := range a.far {
		a.far[i], a.past[i] = d.Byte(), d.Byte()
	}
	a.kind, a.odd = d.Byte(), d.Bool()
}

func moment(d *sketch.Decoder) uint32 { return uint32(d.Count(1<<32 - 1)) }

// sound reports whether an actor may be so at a time, where there are so many kinds.
func (a *actor) sound(at uint32, kinds int) bool {
	for i := range a.far {
		if a.far[i] > farthest {
			return false
		}
	}
	return max(a.last, a.began[0], a.began[1]) <= at && int(a.kind) < kinds
}
