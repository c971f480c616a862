package parse

import (
	"bytes"
	"strconv"
	"strings"

	"frontfoot/ingest/event"
	"frontfoot/ingest/parse/format"
)

// An understanding says how much of a line is understood.
type understanding uint8

const (
	notAtAll understanding = iota
	partly
	fully
)

// messages are the patterns of a cut: by the value that finds them, or by the first word that a text must begin with, and the others.
type messages struct {
	by    uint8
	found map[string][]formatMessage
	rest  []formatMessage
}

type formatMessage struct {
	pattern *pattern
	when    []condition
	set     []constant
	partial bool
}

// columns are a compiled format.Columns.
type columns struct {
	separator, quote byte
	braces           bool
	number           int   // of the column that chooses, where slot is 0
	slot             uint8 // of the value that chooses
	counted          bool  // how many columns the line has chooses
	list             []column
	of               map[string][]column
	then             *columns
}

type column struct {
	name []byte // nil for one of no use
	f    *field // nil: a label
}

// countName is what columns call the number of columns of a line.
const countName = "#"

func columnNumber(by string) (int, bool) {
	n, err := strconv.Atoi(by)
	return n, err == nil && n >= 0 && n < maxColumns
}

func (c *compiler) cut(in *format.Cut, t *table) cut {
	out := cut{of: c.slots[in.Of], way: in.Way, table: t, skip: c.spec.SkipOthers, under: in.Under, strip: []byte(in.Strip), kv: *in}
	out.sep, out.eq = newLiteralText([]byte(in.Pair)), newLiteralText([]byte(in.Key))
	out.words = newWordLists(in.Words)
	if in.Brackets != "" {
		out.brackets = []byte(in.Brackets)
	}
	if in.Way == format.JSON {
		out.paths(t)
	}
	if in.Head != "" {
		out.head = c.pattern(in.At, in.Head, t)
		if out.head != nil && len(out.head.captures) == 0 {
			c.report(in.At, "head must have a capture of what is left to cut, such as {rest _} at its end")
		}
	}
	switch in.Way { //nolint:exhaustive // the others need nothing beside the table
	case format.Patterns:
		out.patterns = c.messages(in, t)
	case format.KV:
		if in.PlainPairs() {
			t.foretell(c.spec.Samples, in.Pair[0])
		}
	case format.CSV:
		out.csv = c.columns(in.Columns, t)
		out.csv.separator, out.csv.quote, out.csv.braces = in.Separator, in.Quote, in.Braces
	}
	return out
}

// pattern compiles a pattern whose names mean fields of the format, ECS fields, or values for the rules.
func (c *compiler) pattern(line int, text string, t *table) *pattern {
	pat, err := compile(text, func(name string) field {
		if f := t.get([]byte(name)); f != nil {
			return *f
		}
		if col, ok := ecsColumn(name); ok {
			return fieldOf(col)
		}
		if name == "_" {
			return field{kind: kSkip}
		}
		if name == "@timestamp" {
			return field{kind: kTime}
		}
		return field{label: name}
	})
	if err != nil {
		c.report(line, "%s", err)
		return nil
	}
	return pat
}

func (c *compiler) messages(in *format.Cut, t *table) messages {
	out := messages{by: c.slots[in.By], found: map[string][]formatMessage{}}
	for _, p := range in.Patterns {
		m := formatMessage{c.pattern(p.At, p.Text, t), c.conditions(p.When), c.constants(p.Set), p.Partial}
		if m.pattern == nil {
			continue
		}
		switch first := firstWord(m.pattern); {
		case len(p.Is) > 0 && in.By == "":
			c.report(p.At, "is: needs by: NAME beside patterns")
		case len(p.Is) > 0:
			for _, is := range p.Is {
				out.found[strings.ToLower(is)] = append(out.found[strings.ToLower(is)], m)
			}
		case in.By == "" && first != "":
			out.found[first] = append(out.found[first], m)
		default:
			out.rest = append(out.rest, m)
		}
	}
	return out
}

func (c *compiler) columns(in *format.Columns, t *table) *columns {
	if in == nil {
		return nil
	}
	out := &columns{number: -1, list: c.columnList(in.List, t), then: c.columns(in.Then, t)}
	if in.By == countName {
		out.counted = true
	} else if n, ok := columnNumber(in.By); ok {
		out.number = n
	} else {
		out.slot = c.slots[in.By]
	}
	if in.Of != nil {
		out.of = map[string][]column{}
		for value, names := range in.Of {
			out.of[strings.ToLower(value)] = c.columnList(names, t)
		}
	}
	return out
}

func (c *compiler) columnList(names []string, t *table) []column {
	var out []column
	for _, name := range names {
		switch name {
		case "_", "":
			out = append(out, column{})
		default:
			out = append(out, column{[]byte(name), t.get([]byte(name))})
		}
	}
	return out
}

// takeLine cuts a line that a candidate recognises. Where it cannot be cut it is the format's all the same if its program says so, and else nothing was
// set.
func (p *Parser) takeLine(l *formatLine, certain bool, text []byte) understanding {
	clear(p.slots[:l.slots])
	if l.msgid > 0 && p.depth == 0 {
		p.slots[l.msgid] = p.head.msgid
	}
	if l.ownHeader && p.depth == 0 && len(p.line) > 0 && p.line[0]-'0' <= 9 {
		head := p.head
		p.head = header{pri: -1, body: p.line}
		got := p.takeText(l, certain, p.line)
		if got == notAtAll {
			p.head = head // of whoever reads the line in the end
		}
		return got
	}
	return p.takeText(l, certain, text)
}

// takeText cuts a line's text behind its header.
func (p *Parser) takeText(l *formatLine, certain bool, text []byte) understanding {
	if l.whole > 0 {
		p.slots[l.whole] = text
	}
	got, why := p.cut(&l.cut, text)
	switch {
	case got == notAtAll && !certain:
		return notAtAll
	case got != fully:
		p.incomplete(why)
		got = partly
	}
	p.dataset = l.format.name
	p.readTimes(l.times)
	p.apply(&l.rules)
	p.text(event.ObserverVendor, l.format.vendor)
	p.text(event.ObserverProduct, l.format.product)
	p.text(event.ObserverType, l.format.kind)
	if len(l.format.kind) > 0 { // it watches others: what the header calls the host is the device
		p.text(event.ObserverHostname, p.head.host)
	}
	return got
}

// incomplete notes why a line is understood in part only; the first reason stays.
func (p *Parser) incomplete(why string) {
	if p.broken == "" {
		p.broken = why
	}
}

// cutAgain cuts a value once more. Where it cannot be cut it stays what it is.
func (p *Parser) cutAgain(c *cut) {
	if v := p.slots[c.of]; len(v) > 0 {
		if got, why := p.cut(c, v); got == partly {
			p.incomplete(why)
		}
	}
}

// cut cuts a text and says how much of it is understood, and what is missing. A text whose head fits is understood in part at least.
func (p *Parser) cut(c *cut, text []byte) (got understanding, why string) {
	text = bytes.TrimRight(text, " ")
	p.cased = nil // a reader's memory is used again
	if c.head == nil {
		return p.cutText(c, text)
	}
	if !p.fits(c.head, text) {
		return notAtAll, "the head fits no line of this format"
	}
	n := len(c.head.captures) - 1
	rest := p.caps[c.head.captures[n].n]
	for _, s := range c.head.captures[:n] {
		if v := p.caps[s.n]; v != nil {
			p.set(&s.f, s.name, v)
		}
	}
	if got, why = p.cutText(c, rest); got == notAtAll {
		got = partly
	}
	return got, why
}

// cutText cuts what is behind the head.
func (p *Parser) cutText(c *cut, text []byte) (understanding, string) {
	switch c.way {
	case format.Patterns:
		return p.cutMessage(c, text)
	case format.KV:
		return p.cutPairs(c, text)
	case format.CSV:
		return p.cutColumns(c, text)
	case format.JSON:
		return p.cutJSON(c, text)
	case format.CEF, format.LEEF, format.XML:
		return p.cutMarked(c, text)
	case format.SD:
		return p.cutStructured(c, text)
	default:
		p.text(event.Message, text)
		return fully, ""
	}
}

func (p *Parser) cutMessage(c *cut, text []byte) (understanding, string) {
	m := &c.patterns
	var list []formatMessage
	if m.by > 0 {
		list = m.found[string(p.lowered(p.slots[m.by]))]
	} else if len(m.found) > 0 {
		first, _ := word(text)
		list = m.found[string(first)]
	}
	if p.oneOf(list, text) || p.oneOf(m.rest, text) {
		return fully, ""
	}
	return notAtAll, "no pattern fits the message"
}

// oneOf takes the first message that fits and whose conditions hold.
func (p *Parser) oneOf(list []formatMessage, text []byte) bool {
	for i := range list {
		m := &list[i]
		if len(m.when) > 0 && !p.holds(m.when) || !p.fits(m.pattern, text) {
			continue
		}
		p.take(m.pattern)
		p.constants(m.set)
		if m.partial {
			p.incomplete("the message breaks off")
		}
		return true
	}
	return false
}

// value takes a named value: to its field, or to the labels.
func (p *Parser) value(c *cut, name, v []byte) {
	f := c.table.get(name)
	if f == nil && len(c.strip) > 0 && bytes.HasPrefix(name, c.strip) {
		name = name[len(c.strip):]
		f = c.table.get(name)
	}
	if f != nil {
		p.set(f, name, v)
	} else if !c.skip {
		p.labelKey(name, v)
	}
}
