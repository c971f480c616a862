package detect

import (
	"time"

	"frontfoot/detect/sketch"
)

const (
	leap    = 26 * time.Hour // a stamp further ahead than this is doubted
	witness = 16             // until so many in a row agree with it
	latest  = 1 << 62        // a time in the year 2116: what lies beyond is taken as this
)

// clock is a site's time: the watermark of its records, and never that of the machine.
type clock struct {
	first  int64 // of the first record
	now    int64 // the watermark
	ahead  int64 // a time far ahead that some records claim
	claims int   // how many in a row
	set    bool
}

// see moves the watermark for a record of time t and reports whether it moved.
func (c *clock) see(t int64) bool {
	t = min(max(t, 0), latest)
	if !c.set {
		c.first, c.now, c.set = t, t, true
		return true
	}
	if t <= c.now {
		c.claims = 0
		return false
	}
	if t-c.now > int64(leap) {
		if c.claims > 0 && t-c.ahead <= int64(leap) && c.ahead-t <= int64(leap) {
			c.claims++
		} else {
			c.claims = 1
		}
		if c.ahead = t; c.claims < witness {
			return false
		}
	}
	c.now, c.claims = t, 0
	return true
}

// age is how much of the site's own time has passed.
func (c *clock) age() time.Duration { return time.Duration(c.now - c.first) }

// day is the number of the day since 1970 UTC.
func (c *clock) day() uint32 { return uint32(c.now / int64(24*time.Hour)) }

func (c *clock) encode(e *sketch.Encoder) {
	e.Bool(c.set)
	e.Int(c.first)
	e.Int(c.now)
	e.Int(c.ahead)
	e.Uint(uint64(c.claims))
}

func (c *clock) decode(d *sketch.Decoder) {
	c.set = d.Bool()
	c.first, c.now, c.ahead = d.Int(), d.Int(), d.Int()
	c.claims = d.Count(witness)
}
