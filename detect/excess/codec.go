package excess

import (
	"errors"
	"math"

	"frontfoot/detect/sketch"
)

var errExcess = errors.New("damaged counts of what is done")

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	m.tallies.Encode(e, m.encodeTally)
	m.kinds.Encode(e, (*kind).encode)
	m.trials.Encode(e)
}

func (m *Model) encodeTally(t *tally, e *sketch.Encoder) {
	n := m.doings.At(t.doing)
	if n == nil {
		n = new(doing)
	}
	for i := range n {
		e.Uint(uint64(n[i]))
		e.Byte(t.best[0][i])
		e.Byte(t.best[1][i])
	}
	for w := range spans {
		e.Byte(t.ended[w])
	}
	e.Byte(t.kind)
	e.Byte(t.odd)
}

// Decode reads what Encode wrote into a Model that knows nothing.
func (m *Model) Decode(d *sketch.Decoder) error {
	if err := m.tallies.Decode(d, m.decodeTally); err != nil {
		return err
	}
	if err := m.kinds.Decode(d, (*kind).decode); err != nil {
		return err
	}
	if err := m.trials.Decode(d); err != nil {
		return err
	}
	for s := range m.tallies.All() {
		if t := &s.Thing; int(t.kind) >= m.kinds.Len() || s.Last > m.trials.Seconds() || !t.sound() {
			return errExcess
		}
	}
	return d.Err()
}

// sound reports whether a tally may be so.
func (t *tally) sound() bool {
	most, ended := uint8(0), max(t.ended[0], t.ended[1])
	for i := range measures {
		most = max(most, t.top(i))
	}
	return most <= farthest && ended <= settled && t.odd < 1<<windows
}

func (m *Model) decodeTally(t *tally, d *sketch.Decoder) {
	var n doing
	for i := range n {
		n[i] = uint32(d.Count(math.MaxUint32))
		t.best[0][i], t.best[1][i] = d.Byte(), d.Byte()
	}
	for w := range spans {
		t.ended[w] = d.Byte()
	}
	t.kind, t.odd = d.Byte(), d.Byte()
	if n != (doing{}) {
		t.doing = m.doings.Take()
		*m.doings.At(t.doing) = n
	}
}
