package opening

import (
	"errors"
	"math"

	"frontfoot/detect/sketch"
)

var errOpening = errors.New("damaged circles of what machines have to do with")

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	m.circles.Encode(e, (*circle).encode)
	m.kinds.Encode(e, (*kind).encode)
	m.trials.Encode(e)
}

func (c *circle) encode(e *sketch.Encoder) {
	for _, word := range c.known {
		e.Fixed32(word)
	}
	e.Uint(uint64(c.closed))
	e.Byte(c.opens)
	e.Byte(c.kind)
	e.Byte(c.flags)
}

func (k *kind) encode(e *sketch.Encoder) {
	for i := range k.hours {
		e.Float(k.hours[i].all)
		e.Float(k.hours[i].opened)
	}
	e.Uint(k.made)
}

// Decode reads what Encode wrote into a Model that knows nothing.
func (m *Model) Decode(d *sketch.Decoder) error {
	if err := m.circles.Decode(d, (*circle).decode); err != nil {
		return err
	}
	if err := m.kinds.Decode(d, (*kind).decode); err != nil {
		return err
	}
	if err := m.trials.Decode(d); err != nil {
		return err
	}
	for s := range m.circles.All() {
		if c := &s.Thing; int(c.kind) >= m.kinds.Len() || s.Last > m.trials.Seconds() || c.flags >= flags {
			return errOpening
		}
	}
	for k := range m.kinds.All() {
		if !k.sound() {
			return errOpening
		}
	}
	return d.Err()
}

func (c *circle) decode(d *sketch.Decoder) {
	for i := range c.known {
		c.known[i] = d.Fixed32()
	}
	c.closed = uint16(d.Count(math.MaxUint16))
	c.opens, c.kind, c.flags = d.Byte(), d.Byte(), d.Byte()
}

func (k *kind) decode(d *sketch.Decoder) {
	for i := range k.hours {
		k.hours[i] = row{all: d.Float(), opened: d.Float()}
	}
	k.made = d.Uint()
}

// sound reports whether a kind may be so.
func (k *kind) sound() bool {
	for _, r := range k.hours {
		if r.opened > r.all {
			return false
		}
	}
	return true
}
