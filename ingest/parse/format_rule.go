package parse

import (
	"reflect"

	"frontfoot/ingest/event"
	"frontfoot/ingest/parse/format"
)

// partialLabel tells why a line is understood in part only.
const partialLabel = "event.partial"

// programName is what conditions call the syslog header's tag.
const programName = "program"

// A rule is a compiled format.Rule.
type rule struct {
	when    []condition
	set     []constant
	from    []choice
	sum     []sum
	cut     *cut
	message uint8
	read    uint8   // of the value that is a line of its own; 0 for none
	program []uint8 // of the values that name the program that wrote it
	stop    bool
}

// rules are those of a line, in order, and what of them is looked at for every line.
type rules struct {
	gates []gate
	list  []rule
}

// A gate is what a rule's first condition asks of its value's length. Most rules need not be looked at any closer.
type gate struct {
	lengths uint64
	slot    uint8 // 0 for a condition that looks elsewhere
	sure    bool  // it asks for nothing else
	alike   int   // how many rules behind it have the same first condition: where it does not hold, they need not be looked at
}

// A constant is a value that a rule gives a column, or a label where label is not empty.
type constant struct {
	col    event.Column
	text   string // "" for a number
	value  []byte // the text
	number uint64
	label  string
}

// A choice gives a field the first of some values that is there, or all of them with a text between.
type choice struct {
	of   []uint8
	join *string
	f    field
	once bool // it does nothing where the field's column has a value
}

type sum struct {
	of  []uint8
	col event.Column
}

func (c *compiler) rule(r *format.Rule, t *table) rule {
	out := rule{when: c.conditions(r.When), set: c.constants(r.Set), message: c.slots[r.Message], stop: r.Stop}
	for i := range r.From {
		from := &r.From[i]
		how := from.How
		how.At, how.Name, how.To = from.At, from.Field, []string{from.Field}
		if how.As == "url" || how.As == "file" || how.As == "executable" {
			how.To = nil
		}
		f := c.field(&how)
		once := (f.kind == kText || f.kind == kLower || f.kind == kUint) && !how.Only && f.also == event.Time
		out.from = append(out.from, choice{c.slotsOf(from.Of), from.Join, f, once})
	}
	for _, s := range r.Sum {
		col, ok := ecsColumn(s.Field)
		if !ok || fieldOf(col).kind != kUint {
			c.report(s.At, "sum: %s is no number that a line can set", s.Field)
		}
		out.sum = append(out.sum, sum{c.slotsOf(s.Of), col})
	}
	if r.Cut != nil {
		cut := c.cut(r.Cut, c.nested(r.Cut, t))
		out.cut = &cut
	}
	if r.Read != nil {
		out.read, out.program = c.slots[r.Read.Of], c.slotsOf(r.Read.Program)
	}
	return out
}

// nested returns the table for what a rule cuts: the format's, with the names of the way's own standard.
func (c *compiler) nested(cut *format.Cut, t *table) *table {
	if cut.Way == format.CEF || cut.Way == format.LEEF {
		return c.table(cut.Way)
	}
	return t
}

func (c *compiler) slotsOf(names []string) []uint8 {
	var out []uint8
	for _, name := range names {
		out = append(out, c.slots[name])
	}
	return out
}

func (c *compiler) constants(assigns []format.Assign) []constant {
	var out []constant
	for _, a := range assigns {
		v, err := constantFor(a.Field, a.Value)
		if err != nil {
			c.report(a.At, "set: %s: %s", a.Field, err)
		}
		out = append(out, v)
	}
	return out
}

// newRules returns rules with their gates. Between those that are alike nothing can change: none of them does anything.
func newRules(list []rule) rules {
	gates := make([]gate, len(list))
	for i := len(list) - 1; i >= 0; i-- {
		gates[i].lengths = anyLength
		if len(list[i].when) == 0 {
			continue
		}
		first := &list[i].when[0]
		if first.slot > 0 {
			gates[i].slot, gates[i].lengths, gates[i].sure = first.slot, first.lengths, first.lengthOnly()
		}
		if i+1 < len(list) && len(list[i+1].when) > 0 && reflect.DeepEqual(*first, list[i+1].when[0]) {
			gates[i].alike = gates[i+1].alike + 1
		}
	}
	return rules{gates, list}
}

// apply runs a line's rules.
func (p *Parser) apply(rules *rules) {
	for i := 0; i < len(rules.gates); i++ {
		g := &rules.gates[i]
		if g.lengths&lengthBit(p.slots[g.slot]) == 0 {
			i += g.alike
			continue
		}
		r := &rules.list[i]
		if len(r.when) > 0 && !g.sure && !p.condition(&r.when[0]) {
			i += g.alike
			continue
		}
		if len(r.when) > 1 && !p.holds(r.when[1:]) {
			continue
		}
		if r.cut != nil {
			p.cutAgain(r.cut)
		}
		p.constants(r.set)
		for j := range r.from {
			p.choose(&r.from[j])
		}
		for j := range r.sum {
			p.total(&r.sum[j])
		}
		if v := p.slots[r.message]; r.message > 0 && len(v) > 0 {
			p.text(event.Message, v)
		}
		if r.read > 0 {
			p.readAgain(r)
			return
		}
		if r.stop {
			return
		}
	}
}

// readAgain reads a value as a line of its own. What the line around it said stays; the values that it was cut into are gone.
func (p *Parser) readAgain(r *rule) {
	text := p.kept(p.slots[r.read])
	for _, slot := range r.program {
		if app := p.slots[slot]; len(app) > 0 && len(app) <= maxTag {
			p.head.app = p.kept(app)
			break
		}
	}
	p.depth++
	if p.depth > 1 || !p.body(p.head.app, text) {
		p.text(event.Message, printable(text))
		if !p.b.Has(event.SourceIP) { // else a port or a name would come to stand beside another's address
			p.phrases(text)
		}
	}
}

func (p *Parser) constants(set []constant) {
	for i := range set {
		switch c := &set[i]; {
		case c.label == partialLabel:
			p.incomplete(c.text)
		case c.col == event.Dataset:
			p.dataset = c.text
		case c.label != "":
			p.label(c.label, c.value)
		case c.text != "":
			p.text(c.col, c.value)
		default:
			p.number(c.col, c.number)
		}
	}
}

// choose sets a field from the first of its values that is there, or from all together.
func (p *Parser) choose(c *choice) {
	if c.once && p.b.Has(c.f.col) {
		return
	}
	if c.join != nil {
		if v := p.joined(c.of, *c.join); len(v) > 0 {
			p.set(&c.f, []byte(nil), v)
		}
		return
	}
	for _, slot := range c.of {
		if v := p.slots[slot]; len(v) > 0 {
			p.set(&c.f, []byte(nil), v)
			return
		}
	}
}

func (p *Parser) total(s *sum) {
	var total uint64
	for _, slot := range s.of {
		n, ok := number(p.slots[slot])
		if !ok || total+n < total {
			return
		}
		total += n
	}
	p.number(s.col, total)
}
