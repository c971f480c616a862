package stride

import (
	"errors"
	"math"

	"frontfoot/detect/sketch"
)

var errStride = errors.New("damaged strides through records")

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	m.walkers.Encode(e, (*walker).encode)
	m.kinds.Encode(e, (*kind).encode)
	m.trials.Encode(e)
}

func (w *walker) encode(e *sketch.Encoder) {
	for _, p := range w.places {
		e.Fixed64(p)
	}
	e.Float(w.bits)
	for _, n := range w.counts() {
		e.Uint(uint64(*n))
	}
	e.Bool(w.held)
}

// counts returns what is counted of a walker.
func (w *walker) counts() [5]*uint16 {
	return [...]*uint16{&w.past[0], &w.past[1], &w.fresh[0], &w.fresh[1], &w.told}
}

func (k *kind) encode(e *sketch.Encoder) { e.Floats(k.strides[:]) }

// Decode reads what Encode wrote into a Model that knows nothing.
func (m *Model) Decode(d *sketch.Decoder) error {
	if err := m.walkers.Decode(d, (*walker).decode); err != nil {
		return err
	}
	if err := m.kinds.Decode(d, (*kind).decode); err != nil {
		return err
	}
	if err := m.trials.Decode(d); err != nil {
		return err
	}
	for s := range m.walkers.All() {
		if s.Last > m.trials.Seconds() || !s.Thing.sound() {
			return errStride
		}
	}
	return d.Err()
}

// sound reports whether a walker may be so.
func (w *walker) sound() bool {
	return w.bits >= 0 && w.bits <= richest && w.past[1] <= w.past[0] && w.fresh[1] <= w.fresh[0] && w.told <= w.fresh[1]
}

func (w *walker) decode(d *sketch.Decoder) {
	for i := range w.places {
		w.places[i] = d.Fixed64()
	}
	w.bits = d.Float()
	for _, n := range w.counts() {
		*n = uint16(d.Count(math.MaxUint16))
	}
	w.held = d.Bool()
}

func (k *kind) decode(d *sketch.Decoder) { d.Floats(k.strides[:]) }
