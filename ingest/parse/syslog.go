package parse

import "bytes"

// A header is what stands before a line's own text. The slices are parts of the line.
type header struct {
	pri         int // -1: none
	stamp       moment
	host, app   []byte
	pid, msgid  []byte
	sd          []byte // structured data of RFC 5424
	level, body []byte
	found       bool // a stamp or a priority was there
}

// scanHeader takes the syslog header off a line: RFC 5424, RFC 3164 and what devices send in its place (no priority, nothing
// but a priority, ISO stamps, sequence numbers before the stamp, no host, no tag). A line without one is all body.
func (p *Parser) scanHeader(line []byte) header {
	h := header{pri: -1, body: line}
	rest := line
	if pri, n := readPriority(rest); n > 0 {
		h.pri, h.found = pri, true
		rest = rest[n:]
		if p.header5424(&h, rest) {
			return h
		}
		rest = bytes.TrimLeft(rest, " ")
		h.body = rest
	}
	return p.header3164(h, rest)
}

// readPriority reads <0> to <191>.
func readPriority(v []byte) (pri, n int) {
	if len(v) < 3 || v[0] != '<' {
		return 0, 0
	}
	d := digits(v[1:min(5, len(v))])
	if d == 0 || d > 3 || len(v) <= d+1 || v[d+1] != '>' {
		return 0, 0
	}
	for _, c := range v[1 : 1+d] {
		pri = pri*10 + int(c-'0')
	}
	if pri > 191 {
		return 0, 0
	}
	return pri, d + 2
}

// header3164 reads [sequence:] stamp [host] [facility.level] [tag[pid]:] at the beginning of v.
func (p *Parser) header3164(h header, v []byte) header {
	rest := skipSequence(v)
	starred := len(rest) > 0 && (rest[0] == '*' || rest[0] == '.') // the clock of a Cisco device was never or not lately set
	if starred {
		rest = rest[1:]
	}
	c, n, ok := readBSD(rest)
	if !ok {
		c, n, ok = readISO(rest)
	}
	if first, after := word(rest); !ok && len(first) > 1 && first[len(first)-1] == ':' { // Cisco with an origin: host, colon, stamp
		after = bytes.TrimLeft(after, "*.")
		if c, n, ok = readBSD(after); ok {
			h.host, rest = first[:len(first)-1], after
		}
	}
	if !ok || (len(rest) > n && rest[n] != ' ' && rest[n] != ':') {
		if h.pri >= 0 {
			h.app, h.pid, h.body = scanTag(h.body)
		}
		return h
	}
	h.stamp = p.resolve(c, rest[:n])
	h.found = true
	rest = rest[n:]
	if zone := zoneName(rest); zone > 0 {
		rest = rest[zone:]
	}
	if len(rest) > 0 && rest[0] == ':' { // Cisco: the message follows at once
		h.body = bytes.TrimLeft(rest[1:], " ")
		return h
	}
	if bytes.HasPrefix(rest, []byte("  ")) || h.host != nil { // the host is empty, or was there before
		rest = bytes.TrimLeft(rest, " ")
	} else {
		rest = bytes.TrimLeft(rest, " ")
		h.host, rest = scanHost(rest)
	}
	if first, after := word(rest); isFacilityLevel(first) {
		_, h.level, _ = bytes.Cut(first, []byte{'.'})
		rest = after
	}
	if h.app, h.pid, h.body = scanTag(rest); h.app == nil && h.host != nil {
		h.app, h.pid, h.body = scanSpacedTag(rest)
	}
	return h
}

// scanHost takes a host's name off; there is none where the first word is a tag already, or the text of a repeated message.
func scanHost(v []byte) (host, rest []byte) {
	first, after := word(v)
	if len(first) == 0 || len(first) > maxName || after == nil || bytes.HasPrefix(v, []byte("last message repeated")) || bytes.HasPrefix(v, []byte("---")) {
		return nil, v
	}
	if c := first[0]; c == '[' || c == '{' || c == '%' || c == '"' || c == '(' {
		return nil, v
	}
	if isAddr(first) {
		return first, after
	}
	if app, _, _ := scanTag(v); app != nil {
		return nil, v
	}
	if bytes.IndexByte(first, '=') >= 0 {
		return nil, v
	}
	if n := len(first); first[n-1] == ':' { // Cisco: host and colon
		first = first[:n-1]
	}
	return first, after
}

// maxTag is how long a tag may be: RFC 3164 says 32, macOS and systemd write longer ones.
const maxTag = 128

// scanTag reads "name:", "name[pid]:" or "name[pid]" at the beginning of v.
func scanTag(v []byte) (app, pid, body []byte) {
	i := 0
	for i < len(v) && i < maxTag && tagByte(v[i]) {
		i++
	}
	if i == 0 || i == len(v) || digits(v[:i]) == i || (!alnum(v[0]) && v[0] != '_' && v[0] != '/' && v[0] != '-') {
		return nil, nil, v
	}
	app, body = v[:i], v[i:]
	if body[0] == '[' {
		end := bytes.IndexByte(body[:min(len(body), maxTag)], ']')
		if end < 1 {
			return nil, nil, v
		}
		pid, body = body[1:end], body[end+1:]
		if len(body) > 0 && body[0] != ':' && body[0] != ' ' {
			return nil, nil, v
		}
		body = bytes.TrimPrefix(body, []byte{':'})
	} else {
		if body[0] != ':' || (len(body) > 1 && body[1] != ' ' && body[1] != '[' && body[1] != '{') {
			return nil, nil, v
		}
		body = body[1:]
	}
	if len(body) > 0 && body[0] == ' ' {
		body = body[1:]
	}
	return app, pid, body
}

// scanSpacedTag reads the tag of a macOS application, "Google Chrome[853]:": a few words with capital letters and a process number.
func scanSpacedTag(v []byte) (app, pid, body []byte) {
	end := bytes.IndexByte(v[:min(len(v), maxTag)], '[')
	if end < 3 {
		return nil, nil, v
	}
	for i, c := range v[:end] {
		if start := i == 0 || v[i-1] == ' '; start && (c < 'A' || c > 'Z') || !start && c != ' ' && !tagByte(c) {
			return nil, nil, v
		}
	}
	n := digits(v[end+1:])
	if rest := v[end+1+n:]; n > 0 && bytes.HasPrefix(rest, []byte("]:")) {
		return v[:end], v[end+1 : end+1+n], bytes.TrimPrefix(rest[2:], []byte{' '})
	}
	return nil, nil, v
}

func tagByte(c byte) bool {
	return alnum(c) || c == '-' || c == '_' || c == '.' || c == '/' || c == '@' || c == '+' || c == '#'
}

// skipSequence skips the counters that Cisco devices put before the stamp: "000123: ".
func skipSequence(v []byte) []byte {
	for range 2 {
		d := digits(v)
		if d == 0 || d > 10 || len(v) < d+2 || v[d] != ':' || v[d+1] != ' ' {
			break
		}
		v = v[d+2:]
	}
	return v
}

// zoneName returns the length of " UTC", " CEST" and the like between a stamp and its colon.
func zoneName(v []byte) int {
	if len(v) < 3 || v[0] != ' ' {
		return 0
	}
	n := 1
	for n < len(v) && n < 7 && v[n] >= 'A' && v[n] <= 'Z' {
		n++
	}
	if n < 3 || n >= len(v) || v[n] != ':' {
		return 0
	}
	return n
}

// isFacilityLevel reports whether v is "facility.level", which some routers put between host and tag.
func isFacilityLevel(v []byte) bool {
	facility, level, ok := bytes.Cut(v, []byte{'.'})
	if !ok {
		return false
	}
	switch string(facility) {
	case "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "security",
		"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7":
	default:
		return false
	}
	switch string(level) {
	case "emerg", "alert", "crit", "err", "error", "warning", "warn", "notice", "info", "debug":
		return true
	}
	return false
}
