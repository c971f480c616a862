package remit

import (
	"errors"
	"math"

	"frontfoot/detect/sketch"
)

var errRemit = errors.New("damaged visits of those who change things")

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	m.visits.Encode(e, (*visit).encode)
	m.deeds.Encode(e, (*deed).encode)
	m.kinds.Encode(e, (*kind).encode)
	m.trials.Encode(e)
}

func (v *visit) encode(e *sketch.Encoder) {
	for _, step := range v.shown {
		e.Byte(step)
	}
	e.Uint(uint64(v.before))
	e.Uint(uint64(v.began))
	e.Byte(v.kind)
	e.Bool(v.open)
	e.Bool(v.held)
}

func (x *deed) encode(e *sketch.Encoder) { e.Uint(uint64(x.times)) }

func (k *kind) encode(e *sketch.Encoder) {
	for side := range k.sides {
		e.Floats(k.sides[side][:])
	}
	e.Float(k.visits)
	e.Uint(k.made)
}

// Decode reads what Encode wrote into a Model that knows nothing.
func (m *Model) Decode(d *sketch.Decoder) error {
	if err := m.visits.Decode(d, (*visit).decode); err != nil {
		return err
	}
	if err := m.deeds.Decode(d, (*deed).decode); err != nil {
		return err
	}
	if err := m.kinds.Decode(d, (*kind).decode); err != nil {
		return err
	}
	if err := m.trials.Decode(d); err != nil {
		return err
	}
	for s := range m.visits.All() {
		if s.Last > m.trials.Seconds() || s.Thing.began > s.Last || !s.Thing.sound(m.kinds.Len()) {
			return errRemit
		}
	}
	for k := range m.kinds.All() {
		if !k.sound() {
			return errRemit
		}
	}
	for s := range m.deeds.All() {
		if s.Last > m.trials.Seconds() {
			return errRemit
		}
	}
	return d.Err()
}

// sound reports whether a visit may be so where there are so many kinds.
func (v *visit) sound(kinds int) bool {
	for _, step := range v.shown {
		if step > none {
			return false
		}
	}
	return int(v.kind) < kinds && v.shown[moment] < quarters
}

func (v *visit) decode(d *sketch.Decoder) {
	for side := range v.shown {
		v.shown[side] = d.Byte()
	}
	v.before = uint16(d.Count(math.MaxUint16))
	v.began = uint32(d.Count(math.MaxUint32))
	v.kind, v.open, v.held = d.Byte(), d.Bool(), d.Bool()
}

func (x *deed) decode(d *sketch.Decoder) { x.times = uint16(d.Count(math.MaxUint16)) }

func (k *kind) decode(d *sketch.Decoder) {
	for side := range k.sides {
		d.Floats(k.sides[side][:])
	}
	k.visits = d.Float()
	k.made = d.Uint()
}

// sound reports whether a kind may be so.
func (k *kind) sound() bool {
	for side := range k.sides {
		for _, n := range k.sides[side] {
			if !(n >= 0 && n <= 2*past) {
				return false
			}
		}
	}
	return k.visits >= 0 && k.visits < past
}
