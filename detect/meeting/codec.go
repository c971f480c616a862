package meeting

import (
	"errors"
	"math"

	"frontfoot/detect/sketch"
)

var errMeeting = errors.New("damaged circles of who meets whom")

// Encode appends what is known to e.
func (m *Model) Encode(e *sketch.Encoder) {
	m.circles.Encode(e, (*circle).encode)
	for w := range m.curves {
		e.Floats(m.curves[w].fresh())
		e.Floats(m.curves[w].known())
	}
	m.trials.Encode(e)
}

func (c *circle) encode(e *sketch.Encoder) {
	for _, word := range c.known {
		e.Fixed32(word)
	}
	for w := range spans {
		e.Uint(uint64(c.met[w]))
		e.Byte(c.best[0][w])
		e.Byte(c.best[1][w])
	}
	e.Byte(c.days)
	e.Byte(c.awake)
	e.Byte(c.odd)
}

// Decode reads what Encode wrote into a Model that knows nothing.
func (m *Model) Decode(d *sketch.Decoder) error {
	if err := m.circles.Decode(d, (*circle).decode); err != nil {
		return err
	}
	for w := range m.curves {
		d.Floats(m.curves[w].fresh())
		d.Floats(m.curves[w].known())
	}
	if err := m.trials.Decode(d); err != nil {
		return err
	}
	for s := range m.circles.All() {
		if c := &s.Thing; s.Last > m.trials.Seconds() || !c.sound() {
			return errMeeting
		}
	}
	return d.Err()
}

// sound reports whether a circle may be so.
func (c *circle) sound() bool {
	return c.days <= settled && max(c.top(hourly), c.top(daily)) <= farthest && max(c.awake, c.odd) < 1<<windows
}

func (c *circle) decode(d *sketch.Decoder) {
	for i := range c.known {
		c.known[i] = d.Fixed32()
	}
	for w := range spans {
		c.met[w] = uint16(d.Count(math.MaxUint16))
		c.best[0][w], c.best[1][w] = d.Byte(), d.Byte()
	}
	c.days, c.awake, c.odd = d.Byte(), d.Byte(), d.Byte()
}
