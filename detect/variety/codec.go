package variety

import (
	"errors"
	"math"

	"frontfoot/detect/sketch"
)

var errVariety = errors.New("damaged counts of different things")

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	m.tallies.Encode(e, (*tally).encode)
	m.kinds.Encode(e, (*kind).encode)
	for i := range m.door {
		e.Uint(uint64(m.door[i]))
	}
	m.trials.Encode(e)
}

func (t *tally) encode(e *sketch.Encoder) {
	for w := range spans {
		e.Fixed32(uint32(t.seen[w]))
		e.Byte(t.best[0][w])
		e.Byte(t.best[1][w])
		e.Byte(t.ended[w])
	}
	e.Byte(t.kind)
	e.Byte(t.flags)
}

// Decode reads what Encode wrote into a Model that knows nothing.
func (m *Model) Decode(d *sketch.Decoder) error {
	if err := m.tallies.Decode(d, (*tally).decode); err != nil {
		return err
	}
	if err := m.kinds.Decode(d, (*kind).decode); err != nil {
		return err
	}
	for i := range m.door {
		m.door[i] = uint16(d.Count(math.MaxUint16))
	}
	if err := m.trials.Decode(d); err != nil {
		return err
	}
	for s := range m.tallies.All() {
		if t := &s.Thing; int(t.kind) >= m.kinds.Len() || s.Last > m.trials.Seconds() || !t.sound() {
			return errVariety
		}
	}
	return d.Err()
}

// sound reports whether a tally may be so.
func (t *tally) sound() bool {
	return max(t.top(0), t.top(1)) <= reach(math.MaxUint16) && max(t.ended[0], t.ended[1]) <= settled && t.flags < 2*old
}

func (t *tally) decode(d *sketch.Decoder) {
	for w := range spans {
		t.seen[w] = sketch.Crowd(d.Fixed32())
		t.best[0][w], t.best[1][w], t.ended[w] = d.Byte(), d.Byte(), d.Byte()
	}
	t.kind, t.flags = d.Byte(), d.Byte()
}
