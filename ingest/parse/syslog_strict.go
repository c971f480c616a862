package parse

import (
	"bytes"
	"time"
)

// irregular is what a line is marked with whose header looks like RFC 5424 and is not.
const irregular = "the syslog header is not as RFC 5424 has it"

// versioned reports whether v, which stands behind the priority, begins as RFC 5424 has it: with a number and a blank. RFC 3164 shows a year there, and a month.
func versioned(v []byte) bool {
	d := digits(v)
	if d == 0 || d < len(v) && v[d] != ' ' {
		return false
	}
	_, _, year := readBSD(v[min(d+1, len(v)):])
	return !year
}

// regular5424 reports whether what stands behind the priority is a header by the letter of RFC 5424. It is asked only of lines that no format
// understood: devices take liberties, and what is read all the same must not be lost for them.
func regular5424(v []byte) bool {
	version, v := word(v)
	if d := digits(version); d == 0 || d > 3 || d != len(version) || version[0] == '0' {
		return false
	}
	stamp, v := word(v)
	if string(stamp) != "-" && !regularStamp(stamp) {
		return false
	}
	for _, most := range [...]int{255, 48, 128, 32} { // host, application, process, message
		var name []byte
		name, v = word(v)
		if len(name) == 0 || len(name) > most || !graphic(name) {
			return false
		}
	}
	if len(v) > 0 && v[0] == '-' {
		return len(v) == 1 || v[1] == ' '
	}
	seen := map[string]bool{}
	for len(v) > 0 && v[0] != ' ' {
		id, rest, ok := regularElement(v)
		if !ok || seen[string(id)] {
			return false
		}
		seen[string(id)], v = true, rest
	}
	return len(seen) > 0
}

// regularStamp reports whether v is RFC 3339 with six digits of fraction at most and an offset of less than a day.
func regularStamp(v []byte) bool {
	if _, err := time.Parse(time.RFC3339, string(v)); err != nil || bytes.IndexByte(v, ',') >= 0 || v[len("2006-01-02T15")] != ':' {
		return false // Go reads an hour of one digit, too
	}
	rest := v[len("2006-01-02T15:04:05"):]
	if rest[0] == '.' {
		d := digits(rest[1:])
		if d > 6 {
			return false
		}
		rest = rest[1+d:]
	}
	return rest[0] == 'Z' || two(rest, 1) < 24
}

// regularElement takes one element of structured data off v: [id name="value" …].
func regularElement(v []byte) (id, rest []byte, ok bool) {
	if v[0] != '[' {
		return nil, v, false
	}
	rest, ok = regularName(v[1:])
	id = v[1 : len(v)-len(rest)]
	for ok && len(rest) > 0 && rest[0] == ' ' {
		if rest, ok = regularName(rest[1:]); ok {
			rest, ok = regularValue(rest)
		}
	}
	if !ok || len(rest) == 0 || rest[0] != ']' {
		return nil, v, false
	}
	return id, rest[1:], true
}

// regularValue takes ="value" off v, in which a quote, a bracket and a backslash stand behind a backslash, and nothing else does.
func regularValue(v []byte) (rest []byte, ok bool) {
	v, ok = bytes.CutPrefix(v, []byte(`="`))
	for ; ok && len(v) > 0; v = v[1:] {
		switch v[0] {
		case '"':
			return v[1:], true
		case ']':
			return v, false
		case '\\':
			if v = v[1:]; len(v) == 0 || v[0] != '"' && v[0] != ']' && v[0] != '\\' {
				return v, false
			}
		}
	}
	return v, false
}

// regularName takes the name of an element or a parameter off v: 1 to 32 characters, no blank, equals sign, bracket or quote.
func regularName(v []byte) (rest []byte, ok bool) {
	n := bytes.IndexAny(v, " =]\"")
	return v[max(n, 0):], n > 0 && n <= 32 && graphic(v[:n])
}

// graphic reports whether all of v is visible ASCII.
func graphic(v []byte) bool {
	for _, c := range v {
		if c < '!' || c > '~' {
			return false
		}
	}
	return true
}
