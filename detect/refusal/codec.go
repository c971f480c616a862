package refusal

import (
	"errors"

	"frontfoot/detect/sketch"
)

var errRefusal = errors.New("damaged counts of refusals")

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	m.actors.Encode(e, (*actor).encode)
	m.kinds.Encode(e, (*kind).encode)
	e.Uint(uint64(len(m.hot.all)))
	for i := range m.hot.all {
		s := &m.hot.all[i]
		e.Fixed64(s.who)
		e.Fixed64(s.class)
		e.Fixed64(s.kind)
		e.Int(s.until)
		e.Float(s.bits)
	}
	m.trials.Encode(e)
}

func (a *actor) encode(e *sketch.Encoder) {
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
	if err := m.actors.Decode(d, (*actor).decode); err != nil {
		return err
	}
	if err := m.kinds.Decode(d, (*kind).decode); err != nil {
		return err
	}
	m.hot = hot{}
	for range d.Count(hottest) {
		m.hot.all = append(m.hot.all, suspect{d.Fixed64(), d.Fixed64(), d.Fixed64(), d.Int(), d.Float()})
	}
	if err := m.trials.Decode(d); err != nil {
		return err
	}
	for x := range m.actors.All() {
		if !x.Thing.sound(x.Last, m.trials.Seconds(), m.kinds.Len()) {
			return errRefusal
		}
	}
	return d.Err()
}

func (a *actor) decode(d *sketch.Decoder) {
	for w := range spans {
		a.began[w], a.n[w], a.met[w] = moment(d), d.Float(), d.Fixed32()
	}
	for i := range a.far {
		a.far[i], a.past[i] = d.Byte(), d.Byte()
	}
	a.kind, a.odd = d.Byte(), d.Bool()
}

func moment(d *sketch.Decoder) uint32 { return uint32(d.Count(1<<32 - 1)) }

// sound reports whether an actor that was refused last then may be so at a time, where there are so many kinds.
func (a *actor) sound(last, at uint32, kinds int) bool {
	for i := range a.far {
		if a.far[i] > farthest {
			return false
		}
	}
	return max(last, a.began[0], a.began[1]) <= at && int(a.kind) < kinds
}
