package drift

import (
	"errors"
	"math"

	"frontfoot/detect/sketch"
)

var errDrift = errors.New("damaged counts of what a site is made of")

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	m.sorts.Encode(e, (*tally).encode)
	m.kinds.Encode(e, (*kind).encode)
	m.moves.Encode(e)
	m.trials.Encode(e)
	m.all.encode(e)
	e.Uint(uint64(m.ended))
	e.Bool(m.news.open)
	e.Float(m.news.bits)
	e.Fixed32(m.news.who)
	e.Float(m.news.part)
	e.Uint(uint64(m.news.others))
}

func (h *history) encode(e *sketch.Encoder) { e.Buf = append(e.Buf, h[:]...) }

func (h *history) decode(d *sketch.Decoder) {
	for i := range h {
		h[i] = d.Byte()
	}
}

func (k *kind) encode(e *sketch.Encoder) {
	e.Byte(k.known)
	e.Uint(uint64(k.n))
}

func (k *kind) decode(d *sketch.Decoder) {
	k.known = uint8(d.Count(weeks))
	k.n = uint32(d.Count(math.MaxUint32))
}

func (t *tally) encode(e *sketch.Encoder) {
	t.past.encode(e)
	e.Uint(uint64(t.n))
	e.Fixed32(t.who)
	e.Uint(uint64(t.votes))
	e.Byte(t.far)
	e.Byte(t.kind)
	e.Bool(t.grown)
	e.Bool(t.chosen)
}

func (t *tally) decode(d *sketch.Decoder) {
	t.past.decode(d)
	t.n, t.who, t.votes = uint32(d.Count(math.MaxUint32)), d.Fixed32(), uint32(d.Count(math.MaxUint32))
	t.far, t.kind = d.Byte(), d.Byte()
	t.grown, t.chosen = d.Bool(), d.Bool()
}

// Decode reads what Encode wrote into a Model that knows nothing.
func (m *Model) Decode(d *sketch.Decoder) error {
	if err := m.sorts.Decode(d, (*tally).decode); err != nil {
		return err
	}
	if err := m.kinds.Decode(d, (*kind).decode); err != nil {
		return err
	}
	if err := m.moves.Decode(d); err != nil {
		return err
	}
	if err := m.trials.Decode(d); err != nil {
		return err
	}
	m.all.decode(d)
	m.ended = uint32(d.Count(math.MaxUint32))
	m.news = news{open: d.Bool(), bits: d.Float(), who: d.Fixed32(), part: d.Float(), others: uint32(d.Count(slots))}
	if m.ended > m.trials.Seconds()/seconds {
		return errDrift
	}
	for s := range m.sorts.All() {
		if t := &s.Thing; int(t.kind) >= m.kinds.Len() || s.Last > m.trials.Seconds() || t.votes > t.n || t.chosen && m.kinds.Of(int(t.kind)).known <= fast {
			return errDrift
		}
	}
	return d.Err()
}
