package parse

import (
	"bytes"
	"time"
	"unsafe"

	"frontfoot/ingest/parse/format"
)

// A timeValue is a compiled format.Time.
type timeValue struct {
	of         []uint8
	zone, near uint8
	finer      uint8
	layout     string
	yearless   bool // the layout has no year
	zoned      bool // the layout has a zone
}

func (c *compiler) time(t format.Time) timeValue {
	out := timeValue{of: c.slotsOf(t.Of), zone: c.slots[t.Zone], near: c.slots[t.Near], finer: c.slots[t.Finer], layout: t.Layout}
	if t.Layout == "" {
		return out
	}
	// What a layout holds shows in two times that differ in it alone.
	a := time.Date(2021, 3, 4, 5, 6, 7, 0, time.UTC)
	out.yearless = a.Format(t.Layout) == a.AddDate(1, 0, 0).Format(t.Layout)
	out.zoned = a.Format(t.Layout) != time.Date(2021, 3, 4, 5, 6, 7, 0, time.FixedZone("", 7200)).Format(t.Layout)
	if _, err := time.Parse(t.Layout, a.Format(t.Layout)); err != nil || a.Format(t.Layout) == t.Layout {
		c.report(t.At, "layout %q is no layout of Go's package time, such as 02.01.2006 15:04:05", t.Layout)
	}
	return out
}

// readTimes finds the event's time among a format's values. What should be a time and is none is kept as a label.
func (p *Parser) readTimes(times []timeValue) {
	var absurd []byte
	for i := range times {
		if p.stamp.ok {
			return
		}
		text := bytes.TrimSpace(p.joined(times[i].of, " "))
		if absent(text) {
			continue
		}
		if p.readTime(&times[i], text); !p.stamp.ok && absurd == nil {
			absurd = text
		}
		p.refineTime(p.slots[times[i].finer])
	}
	if !p.stamp.ok {
		p.label("clock", absurd)
	}
}

// refineTime takes a finer stamp of the same moment, which may have been read when the coarse one's second was over.
func (p *Parser) refineTime(finer []byte) {
	const apart = 2
	sec, nanos, ok := secondStamp(finer)
	if d := sec - p.stamp.sec; p.stamp.ok && ok && p.stamp.nanos == 0 && -apart <= d && d <= apart {
		p.stamp.sec, p.stamp.nanos = sec, nanos
	}
}

func (p *Parser) readTime(t *timeValue, text []byte) {
	if t.layout != "" {
		p.stamp = p.laidOut(t, text)
		return
	}
	if t.zone == 0 && t.near == 0 {
		p.stamp = p.anyTime(text)
		return
	}
	c, n, ok := readISO(text)
	if !ok || n != len(text) {
		if c, n, ok = readBSD(text); !ok || n != len(text) {
			p.stamp = p.anyTime(text)
			return
		}
	}
	sec, nanos, known := secondStamp(p.slots[t.near])
	if secs, ok := wholeZone(p.slots[t.zone]); ok {
		c.offset, c.zoned = secs, true
	} else if known && c.year > 0 {
		c.offset, c.zoned = zoneBetween(c.unix(), sec)
	}
	p.stamp = p.resolve(c, text)
	// The device's own second stays; a finer clock that shows the same one gives the fraction.
	if known && sec == p.stamp.sec && p.stamp.nanos == 0 {
		p.stamp.nanos = nanos
	}
}

// secondStamp reads a stamp from which the first takes its zone: seconds since 1970, or one with its zone.
func secondStamp(v []byte) (sec int64, nanos int, ok bool) {
	if sec, nanos, ok = readEpoch(v); ok {
		return sec, nanos, true
	}
	c, n, ok := readISO(v)
	return c.unix() - int64(c.offset), c.nanos, ok && c.zoned && n == len(v)
}

// wholeZone reads a zone that stands for itself: an offset, or one of the short names of Europe that mean one offset only.
func wholeZone(v []byte) (offset int, ok bool) {
	switch string(v) {
	case "WET":
		return 0, true
	case "BST", "WEST", "CET":
		return 3600, true
	case "CEST", "EET":
		return 2 * 3600, true
	case "EEST":
		return 3 * 3600, true
	}
	offset, n, ok := readZone(v)
	return offset, ok && n == len(v)
}

// zoneBetween returns the zone in which a clock shows local at the second utc: whole quarter hours, and none beyond 15 hours.
func zoneBetween(local, utc int64) (offset int, ok bool) {
	const reach = 15 * 3600
	off := local - utc
	if off <= -reach || off >= reach {
		return 0, false
	}
	return int(floorDiv(off+quarter/2, quarter) * quarter), true
}

// joined returns values with a text between them, nil where one is missing.
func (p *Parser) joined(of []uint8, between string) []byte {
	if len(of) == 1 {
		return p.slots[of[0]]
	}
	at := len(p.mem)
	for i, slot := range of {
		v := p.slots[slot]
		if len(v) == 0 {
			return nil
		}
		if i > 0 {
			p.mem = append(p.mem, between...)
		}
		p.mem = append(p.mem, v...)
	}
	return p.mem[at:len(p.mem):len(p.mem)]
}

// laidOut reads a stamp by a layout of Go's.
func (p *Parser) laidOut(t *timeValue, text []byte) moment {
	if len(text) > 64 {
		return moment{}
	}
	text = bytes.TrimSpace(text)
	at, err := time.ParseInLocation(t.layout, unsafe.String(unsafe.SliceData(text), len(text)), p.zone)
	if err != nil {
		return moment{}
	}
	if !t.yearless && (t.zoned || t.zone == 0) {
		return moment{sec: at.Unix(), nanos: at.Nanosecond(), text: text, ok: true}
	}
	c := civil{year: at.Year(), month: int(at.Month()), day: at.Day(), hour: at.Hour(), minute: at.Minute(), second: at.Second(), nanos: at.Nanosecond()}
	if t.yearless {
		c.year = -1
	}
	if t.zoned {
		_, c.offset = at.Zone()
		c.zoned = true
	} else if secs, ok := wholeZone(p.slots[t.zone]); ok {
		c.offset, c.zoned = secs, true
	}
	return p.resolve(c, text)
}
