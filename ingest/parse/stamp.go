package parse

import (
	"bytes"
	"strconv"
	"unsafe"
)

// A civil is a date and a time as they are written.
type civil struct {
	year                        int // -1: the stamp has none
	month, day                  int
	hour, minute, second, nanos int
	offset                      int // seconds east of UTC
	zoned                       bool
}

// readISO reads the date and time that v begins with, in the forms of RFC 3339 and ISO 8601 ("T" or a space between,
// fraction after "." or ",", zone "Z", "+01:00", "+0100" or none, "/" in the date; "2026:11:26-10:14:05", too), and returns how many bytes it took.
func readISO(v []byte) (c civil, n int, ok bool) {
	if len(v) < 16 || digits(v[:4]) != 4 || v[7] != v[4] {
		return c, 0, false
	}
	switch v[4] {
	case '-', '/':
		ok = v[10]|0x20 == 't' || v[10] == ' '
	case ':': // Sophos UTM
		ok = v[10] == '-'
	}
	if !ok {
		return c, 0, false
	}
	c.year, c.month, c.day = two(v, 0)*100+two(v, 2), two(v, 5), two(v, 8)
	if n, ok = c.readClock(v, 11); !ok {
		return c, 0, false
	}
	return c, c.readOffset(v, n), c.valid()
}

// readClock reads hh:mm[:ss[.fraction]] at v[i:] and returns where it ends.
func (c *civil) readClock(v []byte, i int) (int, bool) {
	if len(v) < i+5 || v[i+2] != ':' {
		return i, false
	}
	c.hour, c.minute = two(v, i), two(v, i+3)
	i += 5
	if len(v) < i+3 || v[i] != ':' {
		return i, true
	}
	c.second = two(v, i+1)
	i += 3
	if len(v) > i+1 && (v[i] == '.' || v[i] == ',') {
		if d := digits(v[i+1:]); d > 0 {
			nanos, _ := fraction(v[i+1 : i+1+d])
			c.nanos = int(nanos)
			i += 1 + d
		}
	}
	return i, true
}

// readOffset reads a zone at v[i:], if there is one, and returns where it ends.
func (c *civil) readOffset(v []byte, i int) int {
	at := i
	if len(v) > i+1 && v[i] == ' ' && (v[i+1] == '+' || v[i+1] == '-' || bytes.HasPrefix(v[i+1:], []byte("UTC"))) {
		i++
	}
	if bytes.HasPrefix(v[i:], []byte("--")) || bytes.HasPrefix(v[i:], []byte("+-")) { // Check Point writes a sign before the sign
		i++
	}
	if secs, n, ok := readZone(v[i:]); ok {
		c.offset, c.zoned = secs, true
		return i + n
	}
	return at
}

// readZone reads Z, UTC, GMT, +hh, +hhmm, +hh:mm or +h:mm at the beginning of v.
func readZone(v []byte) (secs, n int, ok bool) {
	if len(v) == 0 {
		return 0, 0, false
	}
	if v[0]|0x20 == 'z' && (len(v) == 1 || !alnum(v[1])) {
		return 0, 1, true
	}
	if len(v) >= 3 && (string(v[:3]) == "UTC" || string(v[:3]) == "GMT") {
		return 0, 3, true
	}
	if v[0] != '+' && v[0] != '-' {
		return 0, 0, false
	}
	d := digits(v[1:])
	var hours, minutes int
	switch {
	case d == 4:
		hours, minutes, n = two(v, 1), two(v, 3), 5
	case d == 2 && len(v) >= 6 && v[3] == ':' && digits(v[4:6]) == 2:
		hours, minutes, n = two(v, 1), two(v, 4), 6
	case d == 2:
		hours, n = two(v, 1), 3
	case d == 1 && len(v) >= 5 && v[2] == ':' && digits(v[3:5]) == 2: // Check Point
		hours, minutes, n = int(v[1]-'0'), two(v, 3), 5
	default:
		return 0, 0, false
	}
	if hours > 23 || minutes > 59 {
		return 0, 0, false
	}
	secs = hours*3600 + minutes*60
	if v[0] == '-' {
		secs = -secs
	}
	return secs, n, true
}

// readBSD reads the stamp of RFC 3164 that v begins with: "Jan  2 15:04:05", also with a fraction, with the year before or
// after the time, or with a zone after it.
func readBSD(v []byte) (c civil, n int, ok bool) {
	if len(v) < 14 || v[3] != ' ' {
		return c, 0, false
	}
	if c.month = monthOf(v); c.month == 0 {
		return c, 0, false
	}
	i := 4
	for i < 6 && v[i] == ' ' {
		i++
	}
	d := digits(v[i:min(i+3, len(v))])
	if d == 0 || d > 2 || i+d >= len(v) || v[i+d] != ' ' {
		return c, 0, false
	}
	for _, ch := range v[i : i+d] {
		c.day = c.day*10 + int(ch-'0')
	}
	i += d + 1
	c.year = -1
	if y := v[i:]; len(y) > 5 && digits(y[:5]) == 4 && y[4] == ' ' {
		c.year = two(y, 0)*100 + two(y, 2)
		i += 5
	}
	if len(v) < i+8 {
		return c, 0, false
	}
	if n, ok = c.readClock(v, i); !ok {
		return c, 0, false
	}
	if y := v[n:]; c.year < 0 && len(y) >= 5 && y[0] == ' ' && digits(y[1:]) == 4 && (y[1] == '1' || y[1] == '2') && (len(y) == 5 || y[5] == ' ' || y[5] == ':') {
		c.year = two(y, 1)*100 + two(y, 3)
		n += 5
	}
	return c, c.readOffset(v, n), c.valid()
}

// readCLF reads the stamp of web servers: "10/Oct/2000:13:55:36 -0700", also in brackets.
func readCLF(v []byte) (c civil, ok bool) {
	v = bytes.Trim(v, "[]")
	if len(v) < 20 || v[2] != '/' || v[6] != '/' || v[11] != ':' || digits(v[7:11]) != 4 {
		return c, false
	}
	c.day, c.month, c.year = two(v, 0), monthOf(v[3:]), two(v, 7)*100+two(v, 9)
	n, ok := c.readClock(v, 12)
	c.readOffset(v, n)
	return c, ok && c.valid()
}

// monthOf returns the month that v begins with the English short name of, 0 for none.
func monthOf(v []byte) int {
	const names = "JanFebMarAprMayJunJulAugSepOctNovDec"
	for i := 0; i < len(names); i += 3 {
		if v[0]|0x20 == names[i]|0x20 && v[1]|0x20 == names[i+1] && v[2]|0x20 == names[i+2] {
			return i/3 + 1
		}
	}
	return 0
}

// valid reports whether the date exists (in some year, where it has none) and the time does; second 60 is a leap second.
func (c *civil) valid() bool {
	y := c.year
	if y < 0 {
		y = 2000
	}
	return c.month >= 1 && c.month <= 12 && c.day >= 1 && c.day <= daysIn(y, c.month) &&
		c.hour >= 0 && c.hour <= 23 && c.minute >= 0 && c.minute <= 59 && c.second >= 0 && c.second <= 60
}

func daysIn(year, month int) int {
	if month == 2 && leap(year) {
		return 29
	}
	return int("\x1f\x1c\x1f\x1e\x1f\x1e\x1f\x1f\x1e\x1f\x1e\x1f"[month-1])
}

func leap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

// unix returns the seconds since 1970 of the date and time taken as UTC.
func (c *civil) unix() int64 {
	y, m := int64(c.year), int64(c.month)
	if m <= 2 {
		y--
		m += 12
	}
	days := 365*y + floorDiv(y, 4) - floorDiv(y, 100) + floorDiv(y, 400) + (153*(m-3)+2)/5 + int64(c.day) - 1 - 719468
	return days*86400 + int64(c.hour)*3600 + int64(c.minute)*60 + int64(c.second)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// readEpoch reads a count of seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by its size.
func readEpoch(v []byte) (sec int64, nanos int, ok bool) {
	whole, frac, dotted := bytes.Cut(v, []byte{'.'})
	neg := len(whole) > 0 && whole[0] == '-'
	if neg {
		whole = whole[1:]
	}
	n, ok := number(whole)
	f, fok := fraction(frac)
	if !ok || !fok || n > 1<<63-1 || (dotted && len(frac) == 0) {
		return readFloatEpoch(v)
	}
	s := int64(n)
	switch {
	case s < 1e11:
		nanos = int(f)
	case s < 1e14:
		s, nanos = s/1e3, int(s%1e3)*1e6+int(f/1e3)
	case s < 1e17:
		s, nanos = s/1e6, int(s%1e6)*1e3+int(f/1e6)
	default:
		s, nanos = s/1e9, int(s%1e9)
	}
	if neg {
		if s = -s; nanos > 0 {
			s, nanos = s-1, 1e9-nanos
		}
	}
	return s, nanos, true
}

// readFloatEpoch reads seconds in exponent notation, as some encoders write large numbers.
func readFloatEpoch(v []byte) (sec int64, nanos int, ok bool) {
	if len(v) == 0 || len(v) > 32 || bytes.IndexByte(v, 'e') < 0 && bytes.IndexByte(v, 'E') < 0 {
		return 0, 0, false
	}
	if len(bytes.Trim(v, "0123456789.+-eE")) > 0 { // refused without an error, which is garbage
		return 0, 0, false
	}
	f, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(v), len(v)), 64)
	if err != nil || f < -1e18 || f > 1e18 {
		return 0, 0, false
	}
	for f >= 1e11 {
		f /= 1e3
	}
	if f < 0 {
		return int64(f), 0, true
	}
	return int64(f), int((f - float64(int64(f))) * 1e9), true
}
