package feature

import (
	"math"
	"strconv"
	"strings"

	"frontfoot/detect/sketch"
)

// isBeside reports whether a field is filled in with another one: what is outside with what is inside, the shape of a line by whoever knows shapes.
func (h how) isBeside() bool { return h == outside || h == network || h == asRow }

// Private tells whether an address in canonical text is of private, local or shared space: the council's own.
func Private(ip string) bool {
	switch {
	case len(ip) < 3:
		return ip == "::"
	case strings.HasPrefix(ip, "10."), strings.HasPrefix(ip, "192.168."), strings.HasPrefix(ip, "127."), strings.HasPrefix(ip, "169.254."):
		return true
	case strings.HasPrefix(ip, "172."):
		return len(ip) > 6 && ip[6] == '.' && ip[4:6] >= "16" && ip[4:6] <= "31"
	case strings.HasPrefix(ip, "100."):
		second, _, _ := strings.Cut(ip[4:], ".")
		return len(second) == 2 && second >= "64" || len(second) == 3 && second >= "100" && second <= "127"
	case ip == "::1", strings.HasPrefix(ip, "fc"), strings.HasPrefix(ip, "fd"), strings.HasPrefix(ip, "fe80:"):
		return strings.Contains(ip, ":")
	case strings.HasPrefix(ip, "22") || strings.HasPrefix(ip, "23") || strings.HasPrefix(ip, "255."):
		return len(ip) > 3 && ip[3] == '.' && ip[:3] >= "224" && ip[:3] <= "255" // multicast and broadcast never leave
	case strings.HasPrefix(ip, "ff"), strings.HasPrefix(ip, "0."):
		return true
	}
	return false
}

// subnet is the /24 of an IPv4 address or the /48 of an IPv6 address, as the text before its last mark.
func subnet(ip string) string {
	if i := strings.LastIndexByte(ip, '.'); i > 0 {
		return ip[:i]
	}
	marks := 0
	for i := range len(ip) {
		if ip[i] == ':' {
			if marks++; marks == 3 {
				return ip[:i]
			}
		}
	}
	return ip
}

// Registered is the part of a host name that somebody had to register: the last two labels, or three where the last but one is as short
// as in co.uk and gov.uk.
func Registered(name string) string {
	name = strings.TrimSuffix(name, ".")
	last := strings.LastIndexByte(name, '.')
	if last < 0 {
		return name
	}
	second := strings.LastIndexByte(name[:last], '.')
	if second < 0 {
		return name
	}
	if last-second <= 4 && len(name)-last <= 3 {
		if third := strings.LastIndexByte(name[:second], '.'); third >= 0 {
			return name[third+1:]
		}
		return name
	}
	return name[second+1:]
}

// shape is a text up to its first digit, at most 64 bytes of it.
func shape(text string) string {
	for i := range len(text) {
		if c := text[i]; c >= '0' && c <= '9' || i == 64 {
			return text[:i]
		}
	}
	return text
}

// bin is the half octave that x lies in, negative for negative numbers; values between 0 and 1 fall into tenths, kept apart below.
func bin(x float64) int64 {
	switch {
	case math.IsNaN(x):
		return math.MinInt32
	case math.IsInf(x, 0):
		return int64(math.Copysign(math.MaxInt32, x))
	case x > 0 && x < 1:
		return -1000 - int64(10*x)
	case x < 0:
		return -halves(-x)
	}
	return halves(x)
}

// noSize is the size of what has none.
var noSize = float32(math.NaN()) //nolint:gochecknoglobals // there are no constants of this value

// size is log2(1+|x|) with the sign of x.
func size(x float64) float32 {
	if math.IsNaN(x) {
		return noSize
	}
	n := sketch.Log2(float32(1 + math.Abs(x)))
	if x < 0 {
		return -n
	}
	return n
}

// halves is round(2 log2(1+x)), by comparison with whole numbers so that it is the same everywhere.
func halves(x float64) int64 {
	frac, exp := math.Frexp(1 + x) // 1+x = frac * 2^exp, frac in [0.5, 1)
	n := int64(2 * (exp - 1))
	switch f := 2 * frac; {
	case f >= 1.6817928305074292: // 2^(3/4)
		return n + 2
	case f >= 1.189207115002721: // 2^(1/4)
		return n + 1
	}
	return n
}

// Size writes a number of bytes as people say it: "762 B", "19.1 kB".
func Size(n float64) string {
	unit := 0
	for n >= 999.95 && unit < 5 { // what would be rounded to 1000.0 is one of the next unit
		n /= 1000
		unit++
	}
	if unit == 0 {
		return strconv.FormatFloat(n, 'f', 0, 64) + " B"
	}
	return strconv.FormatFloat(n, 'f', 1, 64) + " " + "kMGTP"[unit-1:unit] + "B"
}
