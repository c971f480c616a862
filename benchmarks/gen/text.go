package gen

import "strconv"

// An addr is an IPv4 address.
type addr uint32

func ip(a, b, c, d int) addr { return addr(a<<24 | b<<16 | c<<8 | d) }

func (a addr) append(b []byte) []byte {
	b = strconv.AppendUint(b, uint64(a>>24), 10)
	b = append(b, '.')
	b = strconv.AppendUint(b, uint64(a>>16&255), 10)
	b = append(b, '.')
	b = strconv.AppendUint(b, uint64(a>>8&255), 10)
	b = append(b, '.')
	return strconv.AppendUint(b, uint64(a&255), 10)
}

func (a addr) String() string { return string(a.append(nil)) }

const hexDigits = "0123456789abcdef"

// appendMAC appends the lower six bytes of m, as in 00:1b:21:0a:0b:0c.
func appendMAC(b []byte, m uint64) []byte {
	for shift := 40; shift >= 0; shift -= 8 {
		x := byte(m >> shift)
		b = append(b, hexDigits[x>>4], hexDigits[x&15])
		if shift > 0 {
			b = append(b, ':')
		}
	}
	return b
}

// appendHex appends the lowest n hexadecimal digits of v.
func appendHex(b []byte, v uint64, n int) []byte {
	for shift := 4 * (n - 1); shift >= 0; shift -= 4 {
		b = append(b, hexDigits[v>>shift&15])
	}
	return b
}

// appendKey appends a fragment and a number.
func appendKey(b []byte, key string, v uint64) []byte {
	return strconv.AppendUint(append(b, key...), v, 10)
}

// appendAddr appends a fragment and an address.
func appendAddr(b []byte, key string, a addr) []byte { return a.append(append(b, key...)) }

func pad(b []byte, v int64, width int) []byte {
	var tmp [9]byte
	for i := width - 1; i >= 0; i-- {
		tmp[i] = byte('0' + v%10)
		v /= 10
	}
	return append(b, tmp[:width]...)
}

// appendDate appends 2026-03-02.
func appendDate(b []byte, at int64) []byte {
	y, m, d := civil(at / day)
	b = append(pad(b, y, 4), '-')
	b = append(pad(b, m, 2), '-')
	return pad(b, d, 2)
}

// appendClock appends 09:15:22.
func appendClock(b []byte, at int64) []byte {
	s := at / second % 86_400
	b = append(pad(b, s/3600, 2), ':')
	b = append(pad(b, s/60%60, 2), ':')
	return pad(b, s%60, 2)
}

// appendStamp appends 2026-03-02T09:15:22.123456 with so many digits (0 to 9) of the second's fraction, then zone.
func appendStamp(b []byte, at int64, digits int, zone string) []byte {
	b = append(appendDate(b, at), 'T')
	b = appendClock(b, at)
	if digits > 0 {
		f := at % second
		for i := digits; i < 9; i++ {
			f /= 10
		}
		b = pad(append(b, '.'), f, digits)
	}
	return append(b, zone...)
}

// civil turns days since 1970 into a date of the Gregorian calendar.
func civil(days int64) (y, m, d int64) {
	days += 719_468
	era := days / 146_097
	doe := days - era*146_097
	yoe := (doe - doe/1460 + doe/36_524 - doe/146_096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = doy - (153*mp+2)/5 + 1
	m = mp + 3
	y = yoe + era*400
	if m > 12 {
		m -= 12
		y++
	}
	return y, m, d
}
