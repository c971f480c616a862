package silence

import (
	"errors"
	"math"

	"frontfoot/detect/sketch"
	"frontfoot/ingest/event"
)

var errSilence = errors.New("damaged times of silence")

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	m.sources.Encode(e, (*source).encode)
	for i := range m.lives {
		e.Floats(m.lives[i].table())
	}
	m.trials.Encode(e)
	e.Uint(uint64(m.next))
	e.Bool(m.out)
}

func (s *source) encode(e *sketch.Encoder) {
	e.Fixed64(s.hash)
	e.Text(s.name)
	e.Byte(s.column)
	s.last.Encode(e)
	for w := range s.best {
		e.Byte(s.best[w])
		e.Uint(uint64(s.minutes[w]))
	}
	e.Byte(s.far)
	e.Byte(s.days)
	e.Bool(s.spoke)
	e.Bool(s.odd)
	e.Bool(s.told)
}

// Decode reads what Encode wrote into a Model that knows nothing.
func (m *Model) Decode(d *sketch.Decoder) error {
	if err := m.sources.Decode(d, (*source).decode); err != nil {
		return err
	}
	for i := range m.lives {
		d.Floats(m.lives[i].table())
	}
	if err := m.trials.Decode(d); err != nil {
		return err
	}
	m.next, m.out = uint32(d.Count(math.MaxUint32)), d.Bool()
	for seat := range m.sources.All() {
		if seat.Last > m.trials.Seconds() || !seat.Thing.sound() {
			return errSilence
		}
	}
	return d.Err()
}

// sound reports whether a source may be so.
func (s *source) sound() bool {
	return s.top() <= farthest && s.days <= settled && int(s.column) < event.NumColumns
}

func (s *source) decode(d *sketch.Decoder) {
	s.hash, s.name, s.column = d.Fixed64(), d.Text(maxName), d.Byte()
	s.last.Decode(d)
	for w := range s.best {
		s.best[w], s.minutes[w] = d.Byte(), uint16(d.Count(math.MaxUint16))
	}
	s.far, s.days = d.Byte(), d.Byte()
	s.spoke, s.odd, s.told = d.Bool(), d.Bool(), d.Bool()
}
