package parse

import (
	"bytes"

	"frontfoot/ingest/event"
)

// nextPair reads the next word or key=value pair of v, after separators. A value in double quotes may hold anything, with
// backslashes before quotes; its closing quote is the first that a separator or the end follows, so that a quote which a sender
// forgot to escape does not end it. A word without "=" is a value without key. A value that no quote closes is the rest of a line that was cut off.
func (p *Parser) nextPair(v []byte, sep byte) (key, value, rest []byte) {
	i := 0
	for i < len(v) && (v[i] == sep || v[i] == ' ' || v[i] == '\t') {
		i++
	}
	v = v[i:]
	for i = 0; i < len(v); i++ {
		if c := v[i]; c == '=' && i > 0 {
			break
		} else if c == sep || c == '\t' {
			return nil, v[:i], v[i:]
		}
	}
	if i == len(v) {
		return nil, v, nil
	}
	key, v = v[:i], v[i+1:]
	if len(v) > 0 && v[0] == '"' {
		if value, n := p.quoted(v[1:], sep); n > 0 {
			return key, value, v[1+n:]
		}
		return key, v[1:], nil
	}
	end := bytes.IndexByte(v, sep)
	if end < 0 {
		return key, v, v[len(v):]
	}
	return key, v[:end], v[end:]
}

// quoted reads a value up to its closing quote and returns it with the number of bytes read, the quote included; 0 where no
// quote closes it.
func (p *Parser) quoted(v []byte, sep byte) (value []byte, n int) {
	at, from := -1, 0
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '"':
			if next := i + 1; next < len(v) && v[next] != sep && v[next] != ' ' && v[next] != '\t' && v[next] != ',' && v[next] != ';' {
				continue
			}
			if at < 0 {
				return v[:i:i], i + 1
			}
			p.mem = append(p.mem, v[from:i]...)
			return p.mem[at:len(p.mem):len(p.mem)], i + 1
		case '\\':
			if i+1 < len(v) && (v[i+1] == '"' || v[i+1] == '\\') {
				if at < 0 {
					at = len(p.mem)
				}
				p.mem = append(p.mem, v[from:i]...)
				from = i + 1
				i++
			}
		}
	}
	return nil, 0
}

// pairs reads a line of key=value pairs (logfmt and its like) that no product claims. Text in which a pair or two occur is not
// one: the first word must be a pair and half of the words at least.
func (p *Parser) pairs(app, text []byte) bool {
	if i := bytes.IndexByte(text, '='); i < 1 || !keyLike(text[:i]) {
		return false
	}
	pairs, words := 0, 0
	for rest := text; len(rest) > 0; {
		var key, value []byte
		if key, value, rest = p.nextPair(rest, ' '); key != nil && keyLike(key) {
			pairs++
		} else if len(value) > 0 {
			words++
		}
	}
	if pairs < 2 || words > pairs {
		return false
	}
	for rest := text; len(rest) > 0; {
		var key, value []byte
		key, value, rest = p.nextPair(rest, ' ')
		if key == nil {
			continue
		}
		p.pair(key, bytes.TrimRight(value, ",;"))
	}
	p.commonEnd()
	p.dataset = "kv"
	if len(app) > 0 {
		p.text(event.ProcessName, app)
	}
	if !p.b.Has(event.Message) {
		p.text(event.Message, text)
	}
	return true
}

func (p *Parser) pair(key, value []byte) {
	if !keyLike(key) {
		return
	}
	p.put(commonFields, p.lowered(key), value)
}

// keyLike reports whether v can be a name.
func keyLike(v []byte) bool {
	if len(v) == 0 || len(v) > 64 || (!alnum(v[0]) && v[0] != '_' && v[0] != '@') {
		return false
	}
	for _, c := range v[1:] {
		if !alnum(c) && c != '_' && c != '.' && c != '-' && c != '/' && c != '@' {
			return false
		}
	}
	return true
}
