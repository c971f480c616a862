package parse

import (
	"time"

	"frontfoot/ingest/event"
)

// The store's DateTime64(9) holds these seconds since 1970: 1900-01-01 to 2262-04-11.
const (
	firstSecond = -2208988800
	lastSecond  = 9223372035
)

// liveWindow is how far a live source's stamp may be from its reception.
const liveWindow = int64(26 * time.Hour)

// A moment is a point in time that a line gives. sec may be outside of what the store can hold.
type moment struct {
	sec   int64 // since 1970 UTC
	nanos int
	text  []byte // as it stands in the line, where that is known
	ok    bool
}

// A Stamp says what became of a line's time.
type Stamp uint8

// What a stamp of a live source may be. With Replay every stamp that the store can hold is Plain.
const (
	Plain  Stamp = iota // kept, or there was none
	Skewed              // not to be believed: replaced by the time of reception
	Late                // kept, more than an hour before reception
)

// lateAfter is how old a live source's line may be.
const lateAfter = int64(time.Hour)

// Stamp says what became of the time of the last line.
func (p *Parser) Stamp() Stamp { return p.verdict }

// clock sets the event's time and the time of reception. A stamp that is not to be believed is kept as a label.
func (p *Parser) clock() {
	if !p.stamp.ok {
		p.stamp = p.head.stamp
	}
	t, m := p.received, p.stamp
	if m.ok {
		held := m.sec >= firstSecond && m.sec <= lastSecond
		if held {
			t = m.sec*1e9 + int64(m.nanos)
		}
		if !held || (!p.replay && !near(t, p.received)) {
			t = p.received
			p.verdict = Skewed
			if p.label("clock", m.text); len(m.text) == 0 {
				p.label("clock", []byte("absurd"))
			}
		}
	}
	if !p.replay && t < p.received-lateAfter {
		p.verdict = Late
	}
	p.b.SetTime(event.Time, t)
	p.b.SetTime(event.Received, p.received)
}

func near(a, b int64) bool {
	if a < b {
		a, b = b, a
	}
	return uint64(a)-uint64(b) <= uint64(liveWindow)
}

// clampStored moves a time into what the store holds.
func clampStored(ns int64) int64 { return max(ns, firstSecond*1e9) }

// anyTime reads a stamp in any of the forms that the package knows.
func (p *Parser) anyTime(v []byte) moment {
	if len(v) == 0 {
		return moment{}
	}
	if c, n, ok := readISO(v); ok && n == len(v) {
		return p.resolve(c, v)
	}
	if sec, nanos, ok := readEpoch(v); ok {
		return moment{sec: sec, nanos: nanos, text: v, ok: true}
	}
	if c, n, ok := readBSD(v); ok && n == len(v) {
		return p.resolve(c, v)
	}
	if c, ok := readCLF(v); ok {
		return p.resolve(c, v)
	}
	return moment{}
}

// resolve turns what is written into a moment, with the source's zone and the year nearest to reception where they are missing.
func (p *Parser) resolve(c civil, text []byte) moment {
	m := moment{nanos: c.nanos, text: text, ok: true}
	switch {
	case c.year < 0:
		m.sec = p.nearestYear(c)
	case c.zoned:
		m.sec = c.unix() - int64(c.offset)
	default:
		m.sec = inZone(c, p.zone)
	}
	return m
}

// inZone returns the Unix second at which a zone's clocks show c. Where they show it twice it is the first time; a time that
// they skip counts on from before the gap.
func inZone(c civil, zone *time.Location) int64 {
	if zone == time.UTC {
		return c.unix()
	}
	return time.Date(c.year, time.Month(c.month), c.day, c.hour, c.minute, c.second, 0, zone).Unix()
}

// quarter is the grain, in seconds, at which reception counts when a year is chosen: the choice is a function of the stamp and
// of it alone, and one cached answer serves for many lines.
const quarter = 900

// yearCache remembers the last minute that nearestYear worked out.
type yearCache struct {
	stamp    civil // seconds and fraction are zero
	received int64
	base     int64
	filled   bool
}

// nearestYear returns the second of a stamp without a year: the year is the one that brings it nearest to the time of
// reception, and so is the turn of an hour that clocks show twice.
func (p *Parser) nearestYear(c civil) int64 {
	second := c.second
	c.second, c.nanos = 0, 0
	at := floorDiv(floorDiv(p.received, 1e9), quarter) * quarter
	y := &p.years
	if !y.filled || y.stamp != c || y.received != at {
		*y = yearCache{stamp: c, received: at, base: chooseYear(c, at, p.zone), filled: true}
	}
	return y.base + int64(second)
}

func chooseYear(c civil, received int64, zone *time.Location) int64 {
	year := time.Unix(received, 0).UTC().Year()
	reach := 1
	if c.month == 2 && c.day == 29 {
		reach = 8 // from one leap day to the next, over a year such as 2100
	}
	best, found := int64(0), false
	try := func(t int64) {
		if !found || distance(t, received) < distance(best, received) {
			best, found = t, true
		}
	}
	for c.year = year - reach; c.year <= year+reach; c.year++ {
		switch {
		case !c.valid():
		case c.zoned:
			try(c.unix() - int64(c.offset))
		default:
			t := inZone(c, zone)
			try(t)
			for _, other := range [...]int64{t - 3600, t + 3600} {
				if zone != time.UTC && sameClock(other, t, zone) {
					try(other)
				}
			}
		}
	}
	if !found {
		return received
	}
	return best
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

func sameClock(a, b int64, zone *time.Location) bool {
	ta, tb := time.Unix(a, 0).In(zone), time.Unix(b, 0).In(zone)
	return ta.Hour() == tb.Hour() && ta.Minute() == tb.Minute() && ta.Day() == tb.Day()
}
