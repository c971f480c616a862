package parse

import (
	"bytes"
	"reflect"
	"strings"

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
	alike   int // how many rules behind it have the same first condition: where it does not hold, they need not be looked at
}

// A condition is a compiled format.Condition: it looks at a slot, at a column, or at the header's tag. Words are in lower case.
type condition struct {
	slot                       uint8
	col                        event.Column // where slot is 0 and program false
	program                    bool
	is, not, begins, ends, has [][]byte
	present                    *bool
	same                       uint8 // of the value that must be the same
}

// A constant is a value that a rule gives a column, or a label where label is not empty.
type constant struct {
	col    event.Column
	text   string // "" for a number
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

func (c *compiler) conditions(when []format.Condition) []condition {
	var out []condition
	for _, w := range when {
		k := condition{is: words(w.Is), not: words(w.Not), begins: words(w.Begins), ends: words(w.Ends), has: words(w.Has), present: w.Present, same: c.slots[w.Same]}
		col, ok := c.column(w.Name)
		switch {
		case w.Name == programName && c.slots[programName] == 0:
			k.program = true
		case ok && col.Spec().Kind != event.Text:
			c.report(w.At, "when: %s is a number: compare the source's own value", w.Name)
		case ok:
			k.col = col
		default:
			k.slot = c.slots[w.Name]
		}
		out = append(out, k)
	}
	return out
}

func words(list []string) [][]byte {
	var out [][]byte
	for _, v := range list {
		out = append(out, []byte(strings.ToLower(v)))
	}
	return out
}

// holds reports whether all conditions hold.
func (p *Parser) holds(when []condition) bool {
	for i := range when {
		if !p.condition(&when[i]) {
			return false
		}
	}
	return true
}

func (p *Parser) condition(c *condition) bool {
	var v []byte
	switch {
	case c.program:
		v = p.head.app
	case c.slot > 0:
		v = p.slots[c.slot]
	default:
		v = p.b.TextOf(c.col)
	}
	if c.present != nil && *c.present == (len(v) == 0) {
		return false
	}
	if c.same > 0 && !bytes.Equal(v, p.slots[c.same]) {
		return false
	}
	return (c.is == nil || one(c.is, v, equalLower)) && (c.begins == nil || one(c.begins, v, beginsLower)) && (c.ends == nil || one(c.ends, v, endsLower)) &&
		(c.has == nil || one(c.has, p.lowered(v), bytes.Contains)) && (c.not == nil || !one(c.not, v, equalLower))
}

// one reports whether one of the words fits v.
func one(words [][]byte, v []byte, fits func(v, word []byte) bool) bool {
	for _, w := range words {
		if fits(v, w) {
			return true
		}
	}
	return false
}

// equalLower reports whether v in lower case is the word.
func equalLower(v, word []byte) bool { return len(v) == len(word) && beginsLower(v, word) }

// endsLower reports whether v in lower case ends in the word.
func endsLower(v, word []byte) bool {
	return len(v) >= len(word) && beginsLower(v[len(v)-len(word):], word)
}

// beginsLower reports whether v in lower case begins with the word. It makes no copy in lower case: most words differ in the first byte.
func beginsLower(v, word []byte) bool {
	if len(v) < len(word) {
		return false
	}
	for i, w := range word {
		if c := v[i]; c != w && (c-'A' > 'Z'-'A' || c|0x20 != w) {
			return false
		}
	}
	return true
}

// countAlike tells rules how many behind them have the same first condition. Nothing can change in between: none of them does anything.
func countAlike(rules []rule) {
	for i := len(rules) - 2; i >= 0; i-- {
		a, b := &rules[i], &rules[i+1]
		if len(a.when) > 0 && len(b.when) > 0 && reflect.DeepEqual(a.when[0], b.when[0]) {
			a.alike = b.alike + 1
		}
	}
}

// apply runs a line's rules.
func (p *Parser) apply(rules []rule) {
	for i := 0; i < len(rules); i++ {
		r := &rules[i]
		if len(r.when) > 0 && !p.condition(&r.when[0]) {
			i += r.alike
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
			p.label(c.label, p.scratch(c.text))
		case c.text != "":
			p.str(c.col, c.text)
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
