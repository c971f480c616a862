package debut

import (
	"errors"
	"math"

	"frontfoot/detect/sketch"
)

var errDebut = errors.New("damaged first days of places")

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	m.places.Encode(e, (*place).encode)
	m.kinds.Encode(e, (*kind).encode)
	m.trials.Encode(e)
}

func (p *place) encode(e *sketch.Encoder) {
	e.Fixed32(uint32(p.from))
	e.Uint(uint64(p.kib))
	e.Uint(uint64(p.calls))
	e.Uint(uint64(p.begun))
	e.Byte(p.kind)
	e.Bool(p.held)
	e.Bool(p.known)
}

func (k *kind) encode(e *sketch.Encoder) {
	for i := range k.came {
		e.Floats(k.came[i].life())
	}
	e.Uint(k.made)
}

// Decode reads what Encode wrote into a Model that knows nothing.
func (m *Model) Decode(d *sketch.Decoder) error {
	if err := m.places.Decode(d, (*place).decode); err != nil {
		return err
	}
	if err := m.kinds.Decode(d, (*kind).decode); err != nil {
		return err
	}
	if err := m.trials.Decode(d); err != nil {
		return err
	}
	for s := range m.places.All() {
		if p := &s.Thing; int(p.kind) >= m.kinds.Len() || p.begun > s.Last || s.Last > m.trials.Seconds() {
			return errDebut
		}
	}
	return d.Err()
}

func (p *place) decode(d *sketch.Decoder) {
	p.from = sketch.Crowd(d.Fixed32())
	p.kib, p.calls, p.begun = uint32(d.Count(math.MaxUint32)), uint32(d.Count(math.MaxUint32)), uint32(d.Count(math.MaxUint32))
	p.kind, p.held, p.known = d.Byte(), d.Bool(), d.Bool()
}

func (k *kind) decode(d *sketch.Decoder) {
	for i := range k.came {
		d.Floats(k.came[i].life())
	}
	k.made = d.Uint()
}
