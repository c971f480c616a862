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
	p.header3164(&h, rest)
	return h
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
func (p *Parser) header3164(h *header, v []byte) {
	rest := skipSequence(v)
	c, n, ok := readHeaderStamp(&rest)
	if !ok {
		c, n, ok = readNamed(h, &rest)
	}
	if !ok || (len(rest) > n && rest[n] != ' ' && rest[n] != ':') {
		if h.pri >= 0 {
			if host, body := ciscoHost(h.body); host != nil {
				h.host, h.body = host, body
				return
			}
		}
		if app, pid, body := scanTag(h.body); h.pri >= 0 || len(pid) > 0 && digits(pid) == len(pid) && len(body) > 0 {
			h.app, h.pid, h.body = app, pid, body
		}
		return
	}
	zone := zoneName(rest[n:])
	if secs, known := wholeZone(bytes.TrimLeft(rest[n:n+zone], " ")); known && !c.zoned {
		c.offset, c.zoned = secs, true
	}
	h.stamp = p.resolve(c, rest[:n])
	h.found = true
	rest = rest[n+zone:]
	if len(rest) > 0 && rest[0] == ':' { // Cisco: the message follows at once
		h.body = bytes.TrimLeft(rest[1:], " ")
		return
	}
	if bytes.HasPrefix(rest, []byte("  ")) || h.host != nil { // the host is empty, or was there before
		rest = bytes.TrimLeft(rest, " ")
	} else {
		rest = bytes.TrimLeft(rest, " ")
		if _, n, again := readBSD(rest); again && c.year != 0 && n < len(rest) && rest[n] == ' ' { // CloudWatch: its own stamp, with the year, before the whole line
			rest = bytes.TrimLeft(rest[n:], " ")
		}
		if first, after := word(rest); after != nil && len(first) > 2 && first[0] == '<' && isFacilityLevel(first[1:len(first)-1]) { // NetScaler's own files
			_, h.level, _ = bytes.Cut(first[1:len(first)-1], []byte{'.'})
			rest = bytes.TrimLeft(after, " ")
		}
		if first, after := word(rest); isLevel(first) && after != nil { // log4j: the level stands where the host should
			h.level, rest = first, bytes.TrimLeft(after, " ")
		} else {
			h.host, rest = scanHost(rest)
		}
		if bytes.HasPrefix(rest, []byte("1 2")) { // a relay's header, and behind it a whole one without its priority
			if inner := *h; p.header5424(&inner, rest) {
				*h = inner
				return
			}
		}
	}
	if first, after := word(rest); isFacilityLevel(first) {
		_, h.level, _ = bytes.Cut(first, []byte{'.'})
		rest = after
	}
	if h.app, h.pid, h.body = scanTag(rest); h.app == nil && h.host != nil {
		h.app, h.pid, h.body = scanSpacedTag(rest)
	}
}

// readHeaderStamp reads the stamp of a header: RFC 3164's, also with the year in front, or ISO's. A colon before it is Cisco's EMBLEM form and NX-OS; a star or
// a dot says that the clock of a Cisco device was never or not lately set.
func readHeaderStamp(v *[]byte) (c civil, n int, ok bool) {
	rest := *v
	if len(rest) > 1 && rest[0] == ':' {
		rest = bytes.TrimLeft(rest[1:], " ")
	}
	if len(rest) > 0 && (rest[0] == '*' || rest[0] == '.') {
		rest = rest[1:]
	}
	if c, n, ok = readBSD(rest); !ok {
		c, n, ok = readISO(rest)
	}
	if !ok && len(rest) > 5 && digits(rest[:5]) == 4 && rest[4] == ' ' { // NX-OS: 2026 Nov 26 10:14:01
		if c, n, ok = readBSD(rest[5:]); ok {
			c.year = two(rest, 0)*100 + two(rest, 2)
			ok = c.valid()
			n += 5
		}
	}
	if ok {
		*v = rest
	}
	return c, n, ok
}

// readNamed reads Cisco's headers with names before the stamp: "host: stamp", and of AireOS "host: *task: stamp" or "*task: stamp".
func readNamed(h *header, v *[]byte) (c civil, n int, ok bool) {
	var host, task []byte
	rest := *v
	for range 2 {
		first, after := word(rest)
		if len(first) < 2 || len(first) > maxName || first[len(first)-1] != ':' {
			break
		}
		if first = first[:len(first)-1]; first[0] == '*' {
			task = first[1:]
		} else if host == nil {
			host = first
		} else {
			break
		}
		rest = after
		if c, n, ok = readHeaderStamp(&rest); ok {
			h.host, h.app, *v = host, task, rest
			return c, n, true
		}
	}
	return c, n, false
}

// ciscoHost takes off the name that a Cisco device writes before a message without a stamp: "host : %ASA-…", "host: %…" or "host %…".
func ciscoHost(v []byte) (host, body []byte) {
	host, body = word(v)
	host, body = bytes.TrimSuffix(host, []byte{':'}), bytes.TrimPrefix(body, []byte(": "))
	if len(host) == digits(host) || !hostLike(host) || len(body) < 2 || body[0] != '%' || body[1] < 'A' || body[1] > 'Z' {
		return nil, v
	}
	return host, body
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
	if app, _, body := scanTag(v); app != nil {
		if len(body) > 1 && body[0] == '%' && 'A' <= body[1] && body[1] <= 'Z' { // Cisco: host, colon and message
			return app, body
		}
		return nil, v
	}
	if bytes.IndexByte(first, '=') >= 0 || bytes.IndexByte(first, ',') >= 0 {
		return nil, v
	}
	if n := len(first); first[n-1] == ':' { // Cisco: host and colon
		first = first[:n-1]
	}
	return first, after
}

// maxTag is how long a tag may be: RFC 3164 says 32, macOS and systemd write longer ones.
const maxTag = 128

// scanTag reads "name:", "name[pid]:", "(name)[pid]:", "name(pam_module)[pid]:" or "name[pid]" at the beginning of v.
func scanTag(v []byte) (app, pid, body []byte) {
	from := 0
	if len(v) > 0 && v[0] == '(' {
		from = 1
	}
	i := from
	for i < len(v) && i < maxTag && tagByte(v[i]) {
		i++
	}
	if i == from || i == len(v) || digits(v[from:i]) == i-from || (!alnum(v[from]) && v[from] != '_' && v[from] != '/' && v[from] != '-') {
		return nil, nil, v
	}
	app, body = v[from:i], v[i:]
	if from > 0 { // children of Squid and systemd
		if !bytes.HasPrefix(body, []byte(")[")) {
			return nil, nil, v
		}
		body = body[1:]
	}
	if module := pamModule(body); module > 0 {
		body = body[module:]
	}
	if string(app) == "CEF" || string(app) == "LEEF" { // "CEF: 0|…": the blank is some senders' own
		return nil, nil, v
	}
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

// pamModule returns the length of "(pam_unix)" before "[" or ":" at the beginning of v: PAM up to 0.99 puts the module's name into the tag.
func pamModule(v []byte) int {
	if !bytes.HasPrefix(v, []byte("(pam_")) {
		return 0
	}
	end := 1
	for end < len(v) && end < maxTag && tagByte(v[end]) {
		end++
	}
	if end+1 >= len(v) || v[end] != ')' || v[end+1] != '[' && v[end+1] != ':' {
		return 0
	}
	return end + 1
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

// isLevel reports whether v is a level as log4j writes it.
func isLevel(v []byte) bool {
	switch string(v) {
	case "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL":
		return true
	}
	return false
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
