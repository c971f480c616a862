package parse

import (
	"bytes"
	"math"
	"net/netip"
	"unsafe"
)

// severities are the words of RFC 5424 by number.
var severities = [8]string{"emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug"}

// protocolNames are the IANA protocol numbers that firewalls log, in ECS's spelling.
var protocolNames = [256]string{
	0: "hopopt", 1: "icmp", 2: "igmp", 4: "ipv4", 6: "tcp", 8: "egp", 9: "igp", 17: "udp", 27: "rdp", 33: "dccp", 41: "ipv6", 46: "rsvp", 47: "gre",
	50: "esp", 51: "ah", 58: "ipv6-icmp", 88: "eigrp", 89: "ospf", 94: "ipip", 97: "etherip", 103: "pim", 108: "ipcomp",
	112: "vrrp", 115: "l2tp", 132: "sctp", 136: "udplite", 137: "mpls-in-ip",
}

// number reads unsigned decimal digits.
func number(v []byte) (uint64, bool) {
	if len(v) == 0 || len(v) > 20 {
		return 0, false
	}
	var n uint64
	for _, c := range v {
		d := uint64(c - '0')
		if d > 9 || n > (math.MaxUint64-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}

// nanoseconds reads seconds with an optional fraction.
func nanoseconds(v []byte) (uint64, bool) {
	whole, frac, _ := bytes.Cut(v, []byte{'.'})
	n, ok := number(whole)
	if !ok || n > math.MaxUint64/1_000_000_000-1 {
		return 0, false
	}
	f, ok := fraction(frac)
	return n*1_000_000_000 + uint64(f), ok
}

// fraction reads the digits after a decimal point as nanoseconds; digits beyond the ninth are dropped.
func fraction(v []byte) (int64, bool) {
	var n int64
	scale := int64(100_000_000)
	for _, c := range v {
		if c < '0' || c > '9' {
			return 0, false
		}
		n += int64(c-'0') * scale
		scale /= 10
	}
	return n, true
}

// digits counts the decimal digits that v begins with.
func digits(v []byte) int {
	n := 0
	for n < len(v) && v[n]-'0' <= 9 {
		n++
	}
	return n
}

// two reads two digits at v[i:], -1 where they are none.
func two(v []byte, i int) int {
	a, b := v[i]-'0', v[i+1]-'0'
	if a > 9 || b > 9 {
		return -1
	}
	return int(a)*10 + int(b)
}

// isIPv4 reports whether v is an IPv4 address in its canonical form.
func isIPv4(v []byte) bool {
	if len(v) < 7 || len(v) > 15 {
		return false
	}
	octet, width, dots := 0, 0, 0
	for _, c := range v {
		switch {
		case c == '.':
			if width == 0 {
				return false
			}
			octet, width = 0, 0
			dots++
		case c-'0' <= 9:
			if width > 0 && octet == 0 {
				return false
			}
			octet = octet*10 + int(c-'0')
			if width++; octet > 255 {
				return false
			}
		default:
			return false
		}
	}
	return dots == 3 && width > 0
}

// parseAddr reads an address, also in brackets and with a zone.
func parseAddr(v []byte) (netip.Addr, bool) {
	if n := len(v); n > 2 && v[0] == '[' && v[n-1] == ']' {
		v = v[1 : n-1]
	}
	if len(v) < 2 || len(v) > 64 {
		return netip.Addr{}, false
	}
	if i := bytes.IndexByte(v, '%'); i > 0 {
		v = v[:i]
	}
	if !isIPv4(v) && !likeIPv6(v) { // IPv4 is left to isIPv4, but for the bracketed form
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(unsafe.String(unsafe.SliceData(v), len(v)))
	return a, err == nil
}

// likeIPv6 reports whether v is written like an IPv6 address. Times, hardware addresses and ports are not: netip would refuse them too, but with an error, which
// is garbage.
func likeIPv6(v []byte) bool {
	colons, digits := 0, 0
	for _, c := range v {
		switch {
		case c == ':':
			colons++
			digits = 0
		case c == '.' && colons > 0:
			digits = 0
		case c-'0' <= 9 || c|0x20-'a' <= 'f'-'a':
			if digits++; digits > 4 {
				return false
			}
		default:
			return false
		}
	}
	return colons == 7 || colons == 6 && bytes.IndexByte(v, '.') >= 0 || colons >= 2 && bytes.Contains(v, []byte("::"))
}

// isAddr reports whether v is an address.
func isAddr(v []byte) bool {
	if isIPv4(v) {
		return true
	}
	_, ok := parseAddr(v)
	return ok
}

// hostLike reports whether v can be a host's name.
func hostLike(v []byte) bool {
	if len(v) == 0 || len(v) > 255 {
		return false
	}
	for _, c := range v {
		if !alnum(c) && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return alnum(v[0])
}

func alnum(c byte) bool { return c-'0' <= 9 || c|0x20-'a' <= 'z'-'a' }

// formatMAC appends a hardware address of six octets, written with or without separators, as AA-BB-CC-DD-EE-FF.
func formatMAC(dst, v []byte) ([]byte, bool) {
	n := 0
	for i, c := range v {
		switch {
		case c-'0' <= 9:
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c &^= 0x20
		case (c == ':' || c == '-' || c == '.') && i > 0:
			continue
		default:
			return nil, false
		}
		if n == 12 {
			return nil, false
		}
		if n > 0 && n%2 == 0 {
			dst = append(dst, '-')
		}
		dst = append(dst, c)
		n++
	}
	return dst, n == 12
}

// word returns the bytes before the first space, and what follows it.
func word(v []byte) (first, rest []byte) {
	if i := bytes.IndexByte(v, ' '); i >= 0 { //nolint:modernize // bytes.Cut looks for a text, which costs more than the few bytes of a word
		return v[:i], v[i+1:]
	}
	return v, nil
}
