package whereabouts

import (
	"errors"
	"slices"

	"frontfoot/detect/sketch"
)

var errWhereabouts = errors.New("damaged whereabouts of accounts")

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	m.accounts.Encode(e, (*account).encode)
	m.habits.Encode(e, (*habit).encode)
	m.countries.Encode(e, (*country).encode)
	e.Bool(m.atlas != nil)
	for _, x := range m.atlas {
		e.Uint(uint64(x))
	}
	m.trials.Encode(e)
	e.Int(m.weeks)
}

func (a *account) encode(e *sketch.Encoder) {
	e.Text(string(a.address[:]))
	for i := range a.networks {
		e.Fixed32(a.networks[i])
		e.Byte(a.countries[i])
	}
	for way := range a.seen {
		e.Uint(uint64(a.seen[way]))
		e.Byte(a.best[way])
	}
	e.Byte(a.moves)
}

func (h *habit) encode(e *sketch.Encoder) {
	for _, n := range h.counts() {
		e.Float(*n)
	}
	e.Floats(h.from[:])
	for i := range h.speeds {
		e.Floats(h.speeds[i].life())
	}
}

// Decode reads what Encode wrote into a Model that knows nothing.
func (m *Model) Decode(d *sketch.Decoder) error {
	if err := m.accounts.Decode(d, (*account).decode); err != nil {
		return err
	}
	if err := m.habits.Decode(d, (*habit).decode); err != nil {
		return err
	}
	if err := m.countries.Decode(d, (*country).decode); err != nil {
		return err
	}
	if d.Bool() {
		m.atlas = make(atlas, sheets)
	}
	countries := m.countries.Len()
	for i := range m.atlas {
		m.atlas[i] = uint16(d.Count(1<<16 - 1))
		if int(m.atlas[i]&maxCountries) > countries {
			return errWhereabouts
		}
	}
	if err := m.trials.Decode(d); err != nil {
		return err
	}
	m.weeks = d.Int()
	for s := range m.accounts.All() {
		if s.Last > m.trials.Seconds() || !s.Thing.sound(m.trials.Seconds(), countries) {
			return errWhereabouts
		}
	}
	return d.Err()
}

// sound reports whether an account may be so at a time, where there are so many countries.
func (a *account) sound(at uint32, countries int) bool {
	return max(a.best[inside], a.best[outside]) <= fastest && uint64(max(a.seen[inside], a.seen[outside])) <= uint64(at)+1 &&
		int(slices.Max(a.countries[:])) <= countries
}

func (a *account) decode(d *sketch.Decoder) {
	copy(a.address[:], d.Text(len(a.address)))
	for i := range a.networks {
		a.networks[i], a.countries[i] = d.Fixed32(), d.Byte()
	}
	for way := range a.seen {
		a.seen[way], a.best[way] = uint32(d.Count(1<<32-1)), d.Byte()
	}
	a.moves = d.Byte()
}

func (h *habit) decode(d *sketch.Decoder) {
	for _, n := range h.counts() {
		*n = d.Float()
	}
	d.Floats(h.from[:])
	for i := range h.speeds {
		d.Floats(h.speeds[i].life())
	}
}
