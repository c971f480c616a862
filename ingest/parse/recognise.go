package parse

import (
	"bytes"
	"slices"
)

// maxCandidates is how many candidates of one line are looked at: more than any line has whose sender does not quote hundreds of formats in it.
const maxCandidates = 512

// recognise tries the formats that a line may be of, from the one that asks for most. Texts may also stand in what the syslog header took for a tag.
func (p *Parser) recognise(app, text []byte) understanding {
	f := p.formats
	text = bytes.TrimLeft(text, " ")
	p.found.Reset()
	p.searched = text
	if p.depth == 0 {
		p.searched = p.line
	}
	f.texts.Find(p.searched, &p.found)
	p.candidates = append(p.candidates[:0], f.always[:min(len(f.always), maxCandidates)]...)
	list := p.candidates
	for n := range p.found.All() {
		for _, i := range f.anchored.of(n) {
			list = insert(list, i)
		}
	}
	if len(app) > 0 && len(app) <= maxTag {
		list = p.byProgram(app, list)
	}
	p.candidates = list
	whole, object := text, withoutCookie(text)
	for _, i := range list {
		c := &f.all[i]
		text := whole
		if c.object {
			text = object
		}
		if why := p.unfit(c, app, text); why != "" {
			if p.trace != nil {
				p.trace.pass(c, why)
			}
			continue
		}
		got := p.takeLine(c.line, len(c.programs) > 0, text)
		if p.trace != nil {
			p.trace.try(c, got)
		}
		if got != notAtAll {
			return got
		}
	}
	return notAtAll
}

// byProgram adds the candidates of a syslog tag.
func (p *Parser) byProgram(app []byte, list []int32) []int32 {
	app = p.lowered(app)
	add := func(name []byte) {
		for _, i := range p.formats.programs[string(name)] {
			list = insert(list, i)
		}
	}
	add(app)
	if i := bytes.LastIndexByte(app, '/'); i >= 0 {
		add(app[i+1:])
	}
	if !p.formats.begun[app[0]] {
		return list
	}
	for i := range p.formats.prefixes {
		if pre := &p.formats.prefixes[i]; len(app) >= len(pre.prefix) && string(app[:len(pre.prefix)]) == pre.prefix {
			for _, c := range pre.candidates {
				list = insert(list, c)
			}
		}
	}
	return list
}

// insert puts a candidate into a sorted list that stays short: of more than maxCandidates those are left that ask for most.
func insert(list []int32, i int32) []int32 {
	at := len(list)
	for at > 0 && list[at-1] > i {
		at--
	}
	if at == maxCandidates || at > 0 && list[at-1] == i {
		return list
	}
	if len(list) < maxCandidates {
		list = append(list, 0)
	}
	if at < len(list)-1 {
		copy(list[at+1:], list[at:])
	}
	list[at] = i
	return list
}

// unfit says what of all that a candidate asks for is not there, "" where it is.
func (p *Parser) unfit(c *candidate, app, text []byte) string {
	if c.object && (len(text) == 0 || text[0] != '{') {
		return "it is JSON"
	}
	if !bytes.HasPrefix(text, c.begins) {
		return "its lines begin otherwise"
	}
	if len(c.programs) > 0 && !p.isProgram(c.programs, app) {
		return "another program writes it"
	}
	for i := range c.has {
		if !c.has[i].In(p.searched) {
			return "it has a text that is missing here"
		}
	}
	if slices.ContainsFunc(c.lacks, p.holdsText) {
		return "it lacks a text that is here"
	}
	if len(c.any) > 0 && !slices.ContainsFunc(c.any, p.holdsText) {
		return "it has one of some texts that are missing here"
	}
	return ""
}

// holdsText reports whether a text stands in what was searched.
func (p *Parser) holdsText(n int32) bool {
	if n < 0 {
		return p.formats.seldom[^n].In(p.searched)
	}
	return p.found.Has(int(n))
}

// isProgram reports whether a tag is one of some programs.
func (p *Parser) isProgram(programs []programTag, app []byte) bool {
	app = p.lowered(app)
	last := app[bytes.LastIndexByte(app, '/')+1:]
	for _, name := range programs {
		switch {
		case name.begins && len(app) >= len(name.text) && string(app[:len(name.text)]) == name.text,
			!name.begins && (name.text == string(app) || name.text != "" && name.text == string(last)):
			return true
		}
	}
	return false
}
