package rhythm

import (
	"errors"

	"frontfoot/detect/sketch"
)

var errRhythm = errors.New("damaged rhythms")

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	e.Uint(uint64(len(m.pairs.pairs)))
	e.Int(m.pairs.day)
	e.Uint(uint64(m.pairs.put))
	for i := range m.pairs.pairs {
		p := &m.pairs.pairs[i]
		e.Byte(p.calls)
		if p.calls > 0 {
			p.encode(m.pairs.beats.At(p.beat), e)
		}
	}
	m.met.Encode(e)
	m.places.Encode(e)
	m.tail.Encode(e)
	m.sway.Encode(e)
	m.trials.Encode(e)
	e.Int(m.turns)
}

// encode appends a pair with its beat, which is one of no intervals where it has none.
func (p *pair) encode(b *beat, e *sketch.Encoder) {
	if b == nil {
		b = new(beat)
	}
	e.Fixed32(p.tag)
	e.Int(p.last)
	for _, f := range [...]float32{b.sum, b.logs, p.size, b.sway, b.bits} {
		e.Float(f)
	}
	e.Uint(uint64(b.n))
	e.Uint(uint64(b.sized))
	e.Byte(p.who)
	e.Bool(p.known)
	e.Bool(b.old)
}

// Decode reads what Encode wrote into a Model that knows nothing.
func (m *Model) Decode(d *sketch.Decoder) error {
	n := d.Count(slots)
	m.pairs = table{day: d.Int(), put: d.Count(slots)}
	if n&(n-1) != 0 || n > 0 && n < fewest || d.Left() < n {
		return errRhythm
	}
	m.pairs.pairs = make([]pair, n)
	if n == 0 {
		m.pairs.pairs = nil
	}
	for i := range m.pairs.pairs {
		p := &m.pairs.pairs[i]
		if p.calls = d.Byte(); p.calls > 0 {
			b := p.decode(d)
			m.pairs.held[p.who]++
			if b.n > 0 {
				p.beat = m.pairs.beats.Take()
				*m.pairs.beats.At(p.beat) = b
			} else if b != (beat{}) {
				return errRhythm
			}
		}
	}
	if err := m.met.Decode(d); err != nil {
		return err
	}
	if err := m.places.Decode(d); err != nil {
		return err
	}
	_ = m.tail.Decode(d) // d keeps the first error
	m.sway.Decode(d)
	if err := m.trials.Decode(d); err != nil {
		return err
	}
	m.turns = d.Int()
	return d.Err()
}

func (p *pair) decode(d *sketch.Decoder) (b beat) {
	p.tag, p.last = d.Fixed32(), d.Int()
	b.sum, b.logs = d.Float(), d.Signed() // of intervals below a second beyond the shortest the logarithms are negative
	p.size, b.sway, b.bits = d.Float(), d.Float(), d.Float()
	b.n, b.sized = uint8(d.Count(most)), uint8(d.Count(most))
	p.who, p.known, b.old = d.Byte(), d.Bool(), d.Bool()
	return b
}
