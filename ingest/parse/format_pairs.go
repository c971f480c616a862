package parse

import (
	"bytes"
	"strconv"
	"strings"
)

// maxColumns is how many columns of one line are read.
const maxColumns = 1024

// cutPairs cuts key=value pairs.
func (p *Parser) cutPairs(c *cut, text []byte) (understanding, string) {
	if c.kv.PlainPairs() {
		return p.plainPairs(c, text, c.kv.Pair[0])
	}
	n := 0
	var name, last []byte
	for {
		key, value, rest, ok := p.pair(c, text)
		if !ok {
			break
		}
		if len(key) > 0 {
			p.value(c, key, value)
			name, last = key, value
			n++
		}
		text = rest
	}
	switch {
	case n == 0:
		return notAtAll, "no pairs"
	case beginsAddress(c.table.get(name), last):
		return partly, "it breaks off in the middle of an address"
	}
	return fully, ""
}

// plainPairs cuts pairs of the commonest kind.
func (p *Parser) plainPairs(c *cut, text []byte, sep byte) (understanding, string) {
	cur := cursor{v: text, sep: sep, table: c.table}
	n, named := 0, len(c.strip) == 0 && !c.skip // what has no field is a label by its own name
	var last, stub []byte
	stubbed := false // stub is a word without "=" behind the last pair
pairs:
	for {
		if c.brackets != nil {
			if inside, ok := cur.bracket(); ok {
				p.value(c, c.brackets, bytes.Trim(inside, " "))
				stubbed = false
				continue
			}
		}
		var key []byte
		e, value := cur.foretold()
		switch {
		case e == nil:
			var ok bool
			if key, value, ok = p.spelled(&cur); !ok {
				break pairs
			}
			e = cur.e
		case value == nil:
			key, value = e.ahead.key, p.valueAt(&cur, cur.at)
		default:
			key = e.ahead.key
		}
		if len(key) == 0 {
			if stubbed = c.words == nil || !p.gather(c.words, value); stubbed {
				stub = value
			}
			continue
		}
		n++
		last, stubbed = value, false
		switch {
		case cur.open && e.measures(): // half a number is another number
			p.labelKey(key, value)
		case e != nil && e.f != nil:
			p.set(e.f, key, value)
		case e != nil && named:
			p.nameLabel(e.ahead.label, value)
		default:
			p.value(c, key, value)
		}
	}
	if c.words != nil {
		p.giveGathered(c)
	}
	switch {
	case n == 0:
		return notAtAll, "no pairs"
	case cur.open:
		return partly, "a quote that nothing closes"
	case cur.gap:
		return partly, "a bracket that nothing closes"
	case stubbed && keyLike(stub):
		return partly, "it ends in a word without a value"
	case cur.e != nil && beginsAddress(cur.e.f, last):
		return partly, "it breaks off in the middle of an address"
	}
	return fully, ""
}

// measures reports whether the name's value is a number or an address.
func (e *entry) measures() bool {
	if e == nil || e.f == nil {
		return false
	}
	f := e.f
	return f.kind == kUint || f.kind == kAddr || f.kind == kMAC || f.kind == kSeconds || f.kind >= kMillis && f.kind <= kHex || f.kind == kEndpoint
}

// beginsAddress reports whether v is no address where a field wants one, and might have become one.
func beginsAddress(f *field, v []byte) bool {
	return f != nil && f.kind == kAddr && !absent(v) && digits(v) > 0 && !isAddr(v)
}

// pair cuts the next pair off. A key is what stands before the key's separator, without blanks around it; junk before it that holds a pair's
// separator is skipped.
func (p *Parser) pair(c *cut, text []byte) (key, value, rest []byte, ok bool) {
	for c.sep.begins(text) { // the key may be parted by a blank, which a separator may hold, too
		text = text[len(c.sep.text):]
	}
	i := c.eq.index(text)
	if i < 0 {
		return nil, nil, nil, false
	}
	key = text[:i]
	if j := c.sep.lastIndex(key); j >= 0 {
		key = key[j+len(c.sep.text):]
	}
	key = bytes.Trim(key, " \t")
	text = text[i+len(c.eq.text):]
	if trimmed := bytes.TrimLeft(text, " "); len(trimmed) > 0 && strings.IndexByte(c.kv.Quotes, trimmed[0]) >= 0 {
		value, n := p.quotedBy(trimmed[1:], trimmed[0])
		if n == 0 {
			p.incomplete("a quote that nothing closes")
			return key, trimmed[1:], nil, true
		}
		return key, value, trimmed[1+n:], true
	}
	end := p.pairEnd(c, text)
	return key, bytes.Trim(text[:end], " "), text[end:], true
}

// pairEnd returns where a value without quotes ends: before the separator behind which the next key stands.
func (p *Parser) pairEnd(c *cut, text []byte) int {
	for from := 0; ; {
		i := c.sep.index(text[from:])
		if i < 0 {
			return len(text)
		}
		i += from
		if c.kv.Pair == " " && !c.kv.Spaces {
			return i
		}
		next := bytes.TrimLeft(text[i+len(c.sep.text):], " ")
		if j := c.eq.index(next[:min(len(next), maxName)]); len(next) == 0 || j > 0 && c.isName(bytes.TrimRight(next[:j], " ")) {
			return i
		}
		from = i + len(c.sep.text)
	}
}

// isName reports whether v can be a name of a pair. One with blanks is one where fields has it.
func (c *cut) isName(v []byte) bool { return keyLike(v) || c.table.get(v) != nil }

// quotedBy reads a value up to the quote that closes it, with backslashes before quotes and themselves, and returns how many bytes it took; 0 where
// nothing closes it.
func (p *Parser) quotedBy(v []byte, quote byte) (value []byte, n int) {
	plain := true
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] == '\\' && i+1 < len(v) && (v[i+1] == quote || v[i+1] == '\\'):
			plain = false
			i++
		case v[i] != quote:
		case plain:
			return v[:i], i + 1
		default:
			return p.unescaped(v[:i], quote), i + 1
		}
	}
	return nil, 0
}

func (p *Parser) unescaped(v []byte, quote byte) []byte {
	at := len(p.mem)
	for i := 0; i < len(v); i++ {
		if v[i] == '\\' && i+1 < len(v) && (v[i+1] == quote || v[i+1] == '\\') {
			i++
		}
		p.mem = append(p.mem, v[i])
	}
	return p.mem[at:len(p.mem):len(p.mem)]
}

// cutColumns cuts the columns of a CSV line.
func (p *Parser) cutColumns(c *cut, text []byte) (understanding, string) {
	cells, open := p.cells(c.csv, text)
	if len(cells) < 2 {
		return notAtAll, "no columns"
	}
	used := 0
	var last *field
	for list := c.csv; list != nil; list = list.then {
		names, ok := p.columnsOf(list, cells)
		if !ok {
			if used == 0 {
				return notAtAll, "no columns are known for this kind of line"
			}
			break
		}
		for _, col := range names {
			if used == len(cells) {
				break
			}
			last = col.f
			if col.f != nil {
				p.set(col.f, col.name, cells[used])
			} else if col.name != nil && !c.skip {
				p.labelKey(col.name, cells[used])
			}
			used++
		}
	}
	switch {
	case open:
		return partly, "a quote that nothing closes"
	case used == len(cells) && beginsAddress(last, cells[used-1]):
		return partly, "it breaks off in the middle of an address"
	}
	return fully, ""
}

// columnsOf returns the names of the columns that a list has for this line.
func (p *Parser) columnsOf(list *columns, cells [][]byte) ([]column, bool) {
	if list.of == nil {
		return list.list, true
	}
	var by []byte
	switch {
	case list.counted:
		at := len(p.mem)
		p.mem = strconv.AppendInt(p.mem, int64(len(cells)), 10)
		by = p.mem[at:]
	case list.number >= len(cells):
	case list.number >= 0:
		by = cells[list.number]
	default:
		by = p.slots[list.slot]
	}
	names, ok := list.of[string(p.lowered(by))]
	if !ok {
		names, ok = list.of[""]
	}
	return names, ok
}

// cells cuts a line at its separators. A cell in quotes may hold them; quotes in it are doubled. open reports a quote that nothing closes.
func (p *Parser) cells(c *columns, text []byte) (cells [][]byte, open bool) {
	cells = p.columns[:0]
	for len(cells) < maxColumns {
		lead := text
		if c.separator != ' ' {
			for len(lead) > 0 && lead[0] == ' ' {
				lead = lead[1:]
			}
		}
		if len(lead) > 0 && lead[0] == c.quote {
			value, rest, closed := p.quotedCell(lead[1:], c)
			cells, open = append(cells, value), open || !closed
			if rest == nil {
				break
			}
			text = rest
			continue
		}
		from := 0
		if c.braces && len(text) > 0 && text[0] == '{' {
			from = braced(text)
		}
		end := bytes.IndexByte(text[from:], c.separator)
		if end < 0 {
			cells = append(cells, text)
			break
		}
		cells = append(cells, text[:from+end])
		text = text[from+end+1:]
	}
	p.columns = cells
	return cells, open
}

// braced returns the length of what stands in braces at the beginning of v, 0 where nothing closes them.
func braced(v []byte) int {
	depth := 0
	for i, b := range v {
		switch b {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// quotedCell reads a cell behind its quote; rest is nil at the end of the line.
func (p *Parser) quotedCell(v []byte, c *columns) (value, rest []byte, closed bool) {
	at := -1
	from := 0
	for i := 0; i < len(v); i++ {
		if v[i] != c.quote {
			continue
		}
		if i+1 < len(v) && v[i+1] == c.quote { // doubled
			if at < 0 {
				at = len(p.mem)
			}
			p.mem = append(p.mem, v[from:i+1]...)
			i++
			from = i + 1
			continue
		}
		if i+1 < len(v) && v[i+1] != c.separator && v[i+1] != ' ' { // a quote that the sender forgot to double
			continue
		}
		value = v[from:i]
		if at >= 0 {
			p.mem = append(p.mem, value...)
			value = p.mem[at:len(p.mem):len(p.mem)]
		}
		_, rest, more := bytes.Cut(v[i+1:], []byte{c.separator})
		if !more {
			rest = nil
		} else if rest == nil {
			rest = []byte{}
		}
		return value, rest, true
	}
	return v, nil, false
}
