package surge

import (
	"errors"
	"math"

	"frontfoot/detect/sketch"
)

var errSurge = errors.New("damaged counts of days")

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	m.series.Encode(e, (*series).encode)
	m.all.encode(e)
	e.Floats(m.life[:])
	m.trials.Encode(e)
	e.Uint(uint64(m.ended))
}

func (x *series) encode(e *sketch.Encoder) {
	e.Uint(uint64(x.n))
	e.Uint(uint64(x.held))
	e.Buf = append(e.Buf, x.best[0], x.best[1], x.best[2], x.days, x.won, x.last, x.far, x.told)
}

func (x *series) decode(d *sketch.Decoder) {
	x.n, x.held = uint32(d.Count(math.MaxUint32)), uint32(d.Count(math.MaxUint32))
	for _, b := range [...]*uint8{&x.best[0], &x.best[1], &x.best[2], &x.days, &x.won, &x.last, &x.far, &x.told} {
		*b = d.Byte()
	}
}

// sound reports whether a series may be so.
func (x *series) sound() bool {
	return x.held <= x.n && x.days <= week && x.last <= fortnight && int(x.top())+int(x.far) <= highest
}

// Decode reads what Encode wrote into a Model that knows nothing.
func (m *Model) Decode(d *sketch.Decoder) error {
	if err := m.series.Decode(d, (*series).decode); err != nil {
		return err
	}
	m.all.decode(d)
	d.Floats(m.life[:])
	if err := m.trials.Decode(d); err != nil {
		return err
	}
	m.ended = uint32(d.Count(math.MaxUint32))
	if m.ended > m.trials.Seconds()/day || !m.all.sound() {
		return errSurge
	}
	for s := range m.series.All() {
		if s.Last > m.trials.Seconds() || !s.Thing.sound() {
			return errSurge
		}
	}
	return d.Err()
}
