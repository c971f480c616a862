package parse

import (
	"bytes"
	"strings"

	"frontfoot/ingest/event"
)

// maxCaptures is how many parts of a message one pattern may take.
const maxCaptures = 10

// A message is a program's message as its source code prints it, and what it means: "Accepted {word method} for {word user.name}
// from {ip source.ip} port {int source.port}". A capture is {KIND NAME}; NAME is the ECS name of a column, or else a label, or
// "_" for what is of no use. The whole message must match, so what an attacker writes into one part cannot pass for another:
//
//	word   no space in it              int   decimal digits            ip     an address, or a host's name
//	first  any text, to the first place from where the rest matches   last   the same, to the last place
//	opt    word that may be empty      rest  anything, to the end
//
// Text that others choose is taken with "last" where the program's own words follow it.
type message struct {
	pattern string
	facts   facts
}

// A step of a compiled pattern: a literal, or a capture up to the step after it.
type step struct {
	lit  []byte
	kind string
	f    field
	name []byte
}

type compiled struct {
	steps []step
	facts facts
}

// A programFormat is how one program's messages are read: patterns by their first word ("" for those that begin with a
// capture), tried in order.
type programFormat struct {
	dataset string
	first   map[string][]compiled
	trim    func(p *Parser, text []byte) []byte // takes off what may stand around a message
	own     func(p *Parser, text []byte) bool   // reads what is no pattern
}

func newProgram(dataset string, messages []message) *programFormat {
	f := &programFormat{dataset: dataset, first: map[string][]compiled{}}
	for _, m := range messages {
		c := compiled{steps: compile(m.pattern), facts: m.facts}
		key := ""
		if lit := c.steps[0].lit; bytes.IndexByte(lit, ' ') > 0 {
			first, _ := word(lit)
			key = string(first)
		}
		f.first[key] = append(f.first[key], c)
	}
	return f
}

func compile(pattern string) []step {
	var steps []step
	for pattern != "" {
		lit, rest, ok := strings.Cut(pattern, "{")
		if lit != "" {
			steps = append(steps, step{lit: []byte(lit)})
		}
		if !ok {
			break
		}
		capture, after, _ := strings.Cut(rest, "}")
		kind, name, _ := strings.Cut(capture, " ")
		s := step{kind: kind, name: []byte(name)}
		switch f := commonFields.get([]byte(name)); {
		case f != nil && strings.Contains(name, "."):
			s.f = *f
		case name == "_" || name == "":
			s.f = field{kind: kSkip}
		default:
			s.f = field{label: name}
		}
		steps = append(steps, s)
		pattern = after
	}
	return steps
}

// parse reads a message of the program; one that is not among the patterns is kept as text.
func (f *programFormat) parse(p *Parser, text []byte) bool {
	p.dataset = f.dataset
	p.text(event.Message, text)
	if f.trim != nil {
		text = f.trim(p, text)
	}
	text = bytes.TrimRight(text, " ")
	if !p.pamMessage("system.auth", text) && (f.own == nil || !f.own(p, text)) {
		f.match(p, text)
	}
	return true
}

// match reads a message by the patterns.
func (f *programFormat) match(p *Parser, text []byte) {
	first, _ := word(text)
	if !p.try(f.first[string(first)], text) {
		p.try(f.first[""], text)
	}
}

func (p *Parser) try(list []compiled, text []byte) bool {
	for i := range list {
		c := &list[i]
		if !p.match(c.steps, 0, text) {
			continue
		}
		n := 0
		for j := range c.steps {
			if s := &c.steps[j]; s.lit == nil {
				p.set(&s.f, s.name, p.caps[n])
				n++
			}
		}
		p.facts(c.facts)
		return true
	}
	return false
}

// match reports whether all of text matches the steps; n is the number of captures before them.
func (p *Parser) match(steps []step, n int, text []byte) bool {
	for len(steps) > 0 && steps[0].lit != nil {
		if !bytes.HasPrefix(text, steps[0].lit) {
			return false
		}
		text = text[len(steps[0].lit):]
		steps = steps[1:]
	}
	if len(steps) == 0 {
		return len(text) == 0
	}
	s, rest := &steps[0], steps[1:]
	switch s.kind {
	case "rest":
		p.caps[n] = text
		return len(rest) == 0
	case "int":
		d := digits(text)
		return d > 0 && p.take(rest, n, text, d)
	case "ip":
		d := 0
		for d < len(text) && (alnum(text[d]) || text[d] == '.' || text[d] == ':' || text[d] == '-' || text[d] == '_' || text[d] == '%') {
			d++
		}
		if len(rest) > 0 && rest[0].lit != nil && rest[0].lit[0] == ':' { // address:port
			d = bytes.LastIndexByte(text[:d], ':')
		}
		for d > 0 && (text[d-1] == ':' || text[d-1] == '.') && !isAddr(text[:d]) {
			d--
		}
		return d > 0 && p.take(rest, n, text, d)
	case "word", "opt":
		d := bytes.IndexByte(text, ' ')
		if d < 0 {
			d = len(text)
		}
		if len(rest) > 0 && rest[0].lit != nil && rest[0].lit[0] != ' ' { // the next literal ends it within the word
			if d = bytes.Index(text, rest[0].lit); d < 0 || bytes.IndexByte(text[:d], ' ') >= 0 {
				return false
			}
		}
		return (d > 0 || s.kind == "opt") && p.take(rest, n, text, d)
	case "first":
		return p.search(rest, n, text, false)
	default:
		return p.search(rest, n, text, true)
	}
}

func (p *Parser) take(rest []step, n int, text []byte, d int) bool {
	p.caps[n] = text[:d]
	return p.match(rest, n+1, text[d:])
}

// search tries the places where the next literal stands, from one end on, until the rest matches. It looks at a bounded number
// of them: a line of a megabyte that repeats the literal is nobody's message.
func (p *Parser) search(rest []step, n int, text []byte, last bool) bool {
	if len(rest) == 0 {
		return len(text) > 0 && p.take(rest, n, text, len(text))
	}
	lit := rest[0].lit
	from, to := 1, len(text)
	for tries := 0; tries < 64 && from < to; tries++ {
		var d int
		if last {
			d = bytes.LastIndex(text[from:to], lit)
		} else {
			d = bytes.Index(text[from:to], lit)
		}
		if d < 0 {
			return false
		}
		d += from
		if p.take(rest, n, text, d) {
			return true
		}
		if last {
			to = d + len(lit) - 1
		} else {
			from = d + 1
		}
	}
	return false
}
