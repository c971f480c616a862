package parse

import (
	"bytes"
	"strings"
)

// paths finds out which kinds of paths a table has beside plain ones.
func (c *cut) paths(t *table) {
	below := fields{}
	for i := range t.entries {
		e := t.entries[i]
		if e.f == nil {
			continue
		}
		if above, ok := strings.CutSuffix(e.name, ".**"); ok {
			below[above] = *e.f
			c.firsts[e.name[0]] = true
			continue
		}
		c.stars = c.stars || strings.Contains(e.name, "*")
		c.named = c.named || strings.HasSuffix(e.name, "]")
	}
	c.below = newTable(below)
}

// cutJSON cuts a document. A value of another document is cut by a reader of its own: the first one's memory is in use.
func (p *Parser) cutJSON(c *cut, text []byte) (understanding, string) {
	outer := p.cutting
	p.cutting = c
	w := p.walkerOf(c)
	n, err := w.walk(text, p.visit.format)
	p.cutting = outer
	switch {
	case err == nil && n == len(text):
		return fully, ""
	case w.members == 0:
		return notAtAll, "no JSON object"
	case err == nil:
		p.label("json_rest", printable(text[n:]))
		return partly, "something follows the JSON object"
	}
	return partly, err.Error()
}

// walkerOf returns the reader of a cut's documents.
func (p *Parser) walkerOf(c *cut) *walker {
	if c.of > 0 {
		return &p.inner
	}
	return &p.json
}

// formatValue takes a value of a document by the cut at hand.
func (p *Parser) formatValue(path, v []byte, t jsonType) {
	c := p.cutting
	if t == jsonNull || c == nil {
		return
	}
	f := c.table.get(path)
	if f == nil && c.under != "" && len(path) > len(c.under) && path[len(c.under)] == '.' && string(path[:len(c.under)]) == c.under {
		path = path[len(c.under)+1:]
		f = c.table.get(path)
	}
	if f == nil && (c.stars || c.named) && p.walkerOf(c).arrays > 0 {
		if c.stars {
			f = c.table.get(p.starred(path))
		}
		if f == nil && c.named {
			f = c.table.get(p.named(c, path, v))
		}
	}
	if f == nil && len(path) > 0 && c.firsts[path[0]] {
		f = c.below.above(path)
	}
	if f != nil {
		p.set(f, path, v)
	} else if !c.skip {
		p.labelKey(path, v)
	}
}

// named returns LIST[NAME] for the value of an element {"name": NAME, "value": …} of LIST, and nothing for other paths. The name
// must stand before the value.
func (p *Parser) named(c *cut, path, v []byte) []byte {
	w := p.walkerOf(c)
	element, member, _ := cutLast(path, '.')
	list, number, numbered := cutLast(element, '.')
	switch m := string(member); {
	case !numbered || digits(number) != len(number):
		return nil
	case m == "name" || m == "Name" || m == "key" || m == "Key":
		w.element, w.name = append(w.element[:0], element...), append(w.name[:0], v...)
		return nil
	case !bytes.Equal(element, w.element) || !strings.HasSuffix(m, "alue") && !strings.HasPrefix(m, "Value") || strings.HasPrefix(m, "Old") || strings.HasPrefix(m, "old"):
		return nil
	}
	if _, last, ok := cutLast(list, '.'); ok {
		list = last
	}
	at := len(p.mem)
	p.mem = append(append(append(append(p.mem, list...), '['), w.name...), ']')
	out := p.mem[at:len(p.mem):len(p.mem)]
	p.mem = p.mem[:at]
	return out
}

// starred returns a path with * for the numbers of elements.
func (p *Parser) starred(path []byte) []byte {
	at := len(p.mem)
	for i := 0; i < len(path); {
		if d := digits(path[i:]); d > 0 && (i == 0 || path[i-1] == '.') && (i+d == len(path) || path[i+d] == '.') {
			p.mem = append(p.mem, '*')
			i += d
			continue
		}
		p.mem = append(p.mem, path[i])
		i++
	}
	out := p.mem[at:len(p.mem):len(p.mem)]
	p.mem = p.mem[:at]
	return out
}

func cutLast(v []byte, c byte) (before, after []byte, ok bool) {
	i := bytes.LastIndexByte(v, c)
	if i < 0 {
		return v, nil, false
	}
	return v[:i], v[i+1:], true
}
