package parse

import (
	"bytes"
	"math/bits"

	"frontfoot/ingest/event"
)

// A cursor walks over key=value pairs.
type cursor struct {
	v    []byte
	at   int
	sep  byte // between pairs, beside spaces
	open bool // a quote that nothing closes was met
	gap  bool // a bracket that nothing closes was met

	table *table // of the names; nil for none
	e     *entry // the last pair's name in the table, nil where it has none
	known *entry // the last name that the table has: what is foretold stands behind it
}

// bracket cuts off what stands in square brackets at the cursor, others within it included. Of brackets that nothing closes it takes all that is left.
func (c *cursor) bracket() (inside []byte, ok bool) {
	v, i := c.v, c.at
	for i < len(v) && (v[i] == ' ' || v[i] == c.sep || v[i] == '\t') {
		i++
	}
	c.at = i
	if i == len(v) || v[i] != '[' {
		return nil, false
	}
	depth := 0
	for j := i; j < len(v); j++ {
		switch v[j] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				c.at = j + 1
				return v[i+1 : j], true
			}
		}
	}
	c.at, c.gap = len(v), true
	return v[i+1:], true
}

// next reads the next word or key=value pair, after separators, and reports whether there was one. A value in double quotes may
// hold anything, with backslashes before quotes; its closing quote is the first that a separator or the end follows, so that a
// quote which a sender forgot to escape does not end it. A value that no quote closes is the rest of a line that was cut off.
// A word without "=" is a value without key.
func (p *Parser) next(c *cursor) (key, value []byte, ok bool) {
	if e, value := c.foretold(); e == nil {
		return p.spelled(c)
	} else if value != nil {
		return e.ahead.key, value, true
	}
	return c.e.ahead.key, p.valueAt(c, c.at), true
}

// spelled is next for a name that must be read.
func (p *Parser) spelled(c *cursor) (key, value []byte, ok bool) {
	v, i, sep := c.v, c.at, c.sep
	for i < len(v) && (v[i] == ' ' || v[i] == sep || v[i] == '\t') {
		i++
	}
	from := i
	for i < len(v) && v[i] != '=' && v[i] != sep && v[i] != '\t' {
		i++
	}
	if i == len(v) || v[i] != '=' || i == from {
		for i < len(v) && v[i] != sep && v[i] != '\t' { // a word may begin with "="
			i++
		}
		c.at = i
		return nil, v[from:i], i > from
	}
	key = v[from:i]
	if c.table != nil {
		c.find(key)
	}
	return key, p.valueAt(c, i+1), true
}

// valueAt reads the value that stands at a place of the cursor's text.
func (p *Parser) valueAt(c *cursor, at int) []byte {
	v, sep := c.v[at:], c.sep
	if len(v) == 0 || v[0] != '"' {
		n := until(v, sep, sep)
		c.at = at + n
		return v[:n]
	}
	n := 1 + until(v[1:], '"', '\\')
	if n < len(v) && v[n] == '"' && (n+1 == len(v) || v[n+1] == sep || v[n+1] == ' ') {
		c.at = at + n + 1
		return v[1:n]
	}
	if value, n := p.quoted(v[1:], sep); n > 0 {
		c.at = at + 1 + n
		return value
	}
	c.at, c.open = len(c.v), true
	return v[1:]
}

// until returns where the first of two bytes stands in v, its length where neither does. Most values end within 16 bytes, and nobody can foretell where:
// so many are looked at all at once.
func until(v []byte, a, b byte) int {
	n, as, bs := 0, each(a), each(b)
	for ; len(v)-n >= 16; n += 16 {
		x, y := sixteen(v[n:])
		first, second := below(x^as, 1)|below(x^bs, 1), below(y^as, 1)|below(y^bs, 1)
		if first|second != 0 {
			at := 8 + bits.TrailingZeros64(second)>>3
			if first != 0 {
				at = bits.TrailingZeros64(first) >> 3
			}
			return n + at
		}
	}
	for n < len(v) && v[n] != a && v[n] != b {
		n++
	}
	return n
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
				return v[:i], i + 1
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
	c := cursor{v: text, sep: ' '}
	for key, _, ok := p.next(&c); ok; key, _, ok = p.next(&c) {
		if keyLike(key) {
			pairs++
		} else {
			words++
		}
	}
	if pairs < 2 || words > pairs {
		return false
	}
	clear(p.slots[:commonSlots])
	c = cursor{v: text, sep: ' '}
	for key, value, ok := p.next(&c); ok; key, value, ok = p.next(&c) {
		if keyLike(key) {
			p.put(commonFields, p.lowered(key), bytes.TrimRight(value, ",;"))
		}
	}
	if c.open {
		p.incomplete("a quote that nothing closes")
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
