package spelling

import "frontfoot/detect/sketch"

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	m.chain.encode(e)
	m.usual.Encode(e)
	m.names.Encode(e)
	m.odd.Encode(e)
	m.full.Encode(e)
	m.lost[0].Encode(e)
	m.lost[1].Encode(e)
	m.askers.encode(e)
	m.tunnels.encode(e)
	m.shared.Encode(e)
	m.trials.Encode(e)
	e.Int(m.turns)
}

// Decode reads what Encode wrote into a Model that knows nothing.
func (m *Model) Decode(d *sketch.Decoder) error {
	m.chain.decode(d)
	m.usual.Decode(d)
	if err := m.names.Decode(d); err != nil {
		return err
	}
	_ = m.odd.Decode(d) // d keeps the first error
	_ = m.full.Decode(d)
	m.lost[0].Decode(d)
	m.lost[1].Decode(d)
	m.askers.decode(d)
	m.tunnels.decode(d)
	if err := m.shared.Decode(d); err != nil {
		return err
	}
	if err := m.trials.Decode(d); err != nil {
		return err
	}
	m.turns = d.Int()
	return d.Err()
}

func (x *table) encode(e *sketch.Encoder) {
	for _, number := range x.seats {
		b := x.bets.At(number)
		if e.Bool(b != nil); b == nil {
			continue
		}
		e.Fixed64(b.key)
		e.Int(b.last)
		e.Float(b.bits)
		e.Uint(uint64(b.names))
		e.Uint(uint64(b.bytes))
		e.Uint(uint64(b.told))
	}
}

func (x *table) decode(d *sketch.Decoder) {
	for i := range x.seats {
		if d.Bool() {
			x.seats[i] = x.bets.Take()
			*x.bets.At(x.seats[i]) = bet{key: d.Fixed64(), last: d.Int(), bits: d.Float(), names: count(d), bytes: count(d), told: count(d)}
		}
	}
}

func count(d *sketch.Decoder) uint32 { return uint32(d.Count(1<<32 - 1)) }
