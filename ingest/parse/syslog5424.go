package parse

import (
	"bytes"
	"unsafe"

	"frontfoot/ingest/event"
)

// header5424 reads version, stamp, host, app, procid, msgid and structured data after the priority, and reports whether the
// line has that form. Names may be longer than the RFC allows, but not without end.
func (p *Parser) header5424(h *header, v []byte) bool {
	d := digits(v[:min(4, len(v))])
	if d == 0 || d > 3 || v[0] == '0' || len(v) < d+2 || v[d] != ' ' {
		return false
	}
	rest := v[d+1:]
	stamp, v := word(rest)
	if string(stamp) != "-" {
		c, n, ok := readISO(rest)
		if !ok || n >= len(rest) || rest[n] != ' ' {
			return false
		}
		stamp, v = rest[:n], rest[n+1:] // older Check Point: a blank between date and time
		h.stamp = p.resolve(c, stamp)
	}
	v0 := v
	var f [4][]byte
	for i := range f {
		if len(v) == 0 {
			return false
		}
		before := v
		f[i], v = word(v)
		if i == 1 && (bytes.HasPrefix(f[i], []byte("CEF:")) || bytes.HasPrefix(f[i], []byte("LEEF:"))) { // at once behind the host: CyberArk
			h.host, h.body = f[0], before
			return true
		}
		if len(f[i]) > maxName {
			return false
		}
		if absent(f[i]) {
			f[i] = nil
		}
	}
	if bytes.IndexByte(f[1], ',') >= 0 { // columns follow the host at once: PAN-OS
		_, after := word(v0)
		h.host, h.body = f[0], after
		return true
	}
	h.host, h.app, h.pid, h.msgid = f[0], f[1], f[2], f[3]
	n, ok := structuredEnd(v)
	if !ok || quotedID(v) {
		h.body = v
		return true
	}
	if v[0] == '[' {
		h.sd = v[:n]
	}
	v = bytes.TrimPrefix(v[n:], []byte{' '})
	h.body = bytes.TrimPrefix(v, []byte("\xef\xbb\xbf"))
	return true
}

// quotedID reports whether what looks like structured data begins with no identifier of the RFC's, but with a value in quotes: Check Point's own brackets.
func quotedID(v []byte) bool {
	id, _ := word(v)
	return bytes.IndexByte(id, '"') >= 0
}

// structuredEnd returns the length of the structured data that v begins with.
func structuredEnd(v []byte) (int, bool) {
	if len(v) == 0 {
		return 0, false
	}
	if v[0] == '-' {
		return 1, len(v) == 1 || v[1] == ' '
	}
	if v[0] != '[' {
		return 0, false
	}
	quoted := false
	for i := 1; i < len(v); i++ {
		switch c := v[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ']' && !quoted:
			if i+1 == len(v) || v[i+1] == ' ' {
				return i + 1, true
			}
			if v[i+1] != '[' {
				return 0, false
			}
		}
	}
	return 0, false
}

// structured hands over the parameters of structured data; an element without parameters has the name nil and the value "true".
func (p *Parser) structured(v []byte, each func(id, name, value []byte)) {
	for len(v) > 1 && v[0] == '[' {
		v = v[1:]
		i := bytes.IndexAny(v, " ]")
		if i < 0 {
			return
		}
		id := v[:i]
		if v = v[i:]; v[0] == ']' {
			each(id, nil, []byte("true"))
		}
		for len(v) > 0 && v[0] == ' ' {
			name, rest, ok := bytes.Cut(v[1:], []byte(`="`))
			if !ok {
				return
			}
			value, n := p.unescape(rest)
			if n < 0 {
				return
			}
			each(id, name, value)
			v = rest[n:]
		}
		v = bytes.TrimPrefix(v, []byte{']'})
	}
}

// addStructured adds a parameter as the label sd.ID.PARAM, an element without parameters as sd.ID.
func (p *Parser) addStructured(id, name, value []byte) { p.label(p.join("sd.", id, name), value) }

// cutStructured cuts the structured data of the line's header: each parameter by its name. The text behind it is the message.
func (p *Parser) cutStructured(c *cut, text []byte) (understanding, string) {
	if p.head.sd == nil || p.depth > 0 {
		return notAtAll, "no structured data"
	}
	p.sdTaken = true
	p.structured(p.head.sd, func(_, name, value []byte) {
		if name != nil {
			p.value(c, name, value)
		}
	})
	p.text(event.Message, text)
	return fully, ""
}

// join returns prefix+a or prefix+a.b in lower case, in the line's scratch memory.
func (p *Parser) join(prefix string, a, b []byte) string {
	at := len(p.mem)
	p.mem = append(append(p.mem, prefix...), a...)
	if b != nil {
		p.mem = append(append(p.mem, '.'), b...)
	}
	out := p.lowered(p.mem[at:len(p.mem):len(p.mem)])
	return unsafe.String(unsafe.SliceData(out), len(out))
}

// unescape reads a value up to its closing quote, taking the backslash off whatever it stands before, and returns it with the
// number of bytes read, the quote included; -1 where there is none.
func (p *Parser) unescape(v []byte) (value []byte, n int) {
	at, from := -1, 0
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '"':
			if at < 0 {
				return v[:i], i + 1
			}
			p.mem = append(p.mem, v[from:i]...)
			return p.mem[at:len(p.mem):len(p.mem)], i + 1
		case '\\':
			if i+1 == len(v) {
				return nil, -1
			}
			if at < 0 {
				at = len(p.mem)
			}
			p.mem = append(p.mem, v[from:i]...)
			from = i + 1
			i++
		}
	}
	return nil, -1
}
