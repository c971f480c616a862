package parse

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxCaptures is how many parts of a message one pattern may take.
const maxCaptures = 32

// maxSteps is how many steps are tried to fit a text to patterns before it counts as nobody's: a line made to repeat what a pattern waits for
// must not hold up the others. A search takes one for each kibibyte that it looks at, and what goes byte by byte one for each 64.
const maxSteps = 20_000

// A step of a compiled pattern: a literal, a capture, or a fork, behind which either next or skip fits. docs/writing-formats.md has the syntax.
type step struct {
	lit  literalText
	next *step
	skip *step
	kind captureKind
	n    int // the capture's place in Parser.caps
	f    field
	name []byte
}

type captureKind uint8

const (
	capNone captureKind = iota
	capWord
	capOpt
	capInt
	capIP
	capFirst
	capLast
	capRest
	capFork
)

var captureKinds = map[string]captureKind{
	"word": capWord, "opt": capOpt, "int": capInt, "ip": capIP, "first": capFirst, "last": capLast, "rest": capRest,
}

// A pattern is a compiled text with captures.
type pattern struct {
	first    *step
	captures []*step
	wanted   []*step // the captures that are of some use
}

// errPattern is wrapped by every error of compile.
var errPattern = errors.New("bad pattern")

// compile compiles a pattern. resolve tells what a capture's name means.
func compile(text string, resolve func(name string) field) (*pattern, error) {
	c := patternCompiler{rest: text, resolve: resolve, pat: &pattern{}}
	first, _, err := c.sequence(0)
	switch {
	case err != nil:
	case c.rest != "":
		err = errors.New("] without [")
	case len(c.pat.captures) > maxCaptures:
		err = fmt.Errorf("more than %d captures", maxCaptures)
	default:
		c.pat.first = first
		err = check(first)
	}
	for _, s := range c.pat.captures {
		if s.f.kind != kSkip || s.f.slot > 0 {
			c.pat.wanted = append(c.pat.wanted, s)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w %q: %w", errPattern, text, err)
	}
	return c.pat, nil
}

type patternCompiler struct {
	rest    string
	resolve func(string) field
	pat     *pattern
}

// sequence compiles up to the end or the bracket that closes it. ends are the links that what follows must be tied to.
func (c *patternCompiler) sequence(depth int) (first *step, ends []**step, err error) {
	ends = []**step{&first}
	tie := func(s *step) {
		for _, end := range ends {
			*end = s
		}
		ends = []**step{&s.next}
	}
	for c.rest != "" {
		switch c.rest[0] {
		case ']':
			if depth == 0 {
				return nil, nil, errors.New("] without [")
			}
			return first, ends, nil
		case '[':
			c.rest = c.rest[1:]
			if depth > 4 {
				return nil, nil, errors.New("brackets nest too deep")
			}
			body, bodyEnds, err := c.sequence(depth + 1)
			if err != nil {
				return nil, nil, err
			}
			if !strings.HasPrefix(c.rest, "]") {
				return nil, nil, errors.New("[ without ]")
			}
			c.rest = c.rest[1:]
			fork := &step{kind: capFork, next: body}
			if body == nil {
				return nil, nil, errors.New("nothing in []")
			}
			tie(fork)
			ends = slices.Concat(bodyEnds, []**step{&fork.skip})
		case '{':
			s, err := c.capture()
			if err != nil {
				return nil, nil, err
			}
			tie(s)
		default:
			lit, err := c.literal()
			if err != nil {
				return nil, nil, err
			}
			tie(&step{lit: newLiteralText(lit)})
		}
	}
	if depth > 0 {
		return nil, nil, errors.New("[ without ]")
	}
	return first, ends, nil
}

func (c *patternCompiler) literal() ([]byte, error) {
	var lit []byte
	for c.rest != "" {
		switch b := c.rest[0]; b {
		case '{', '[', ']':
			return lit, nil
		case '}':
			return nil, errors.New("} without {")
		case '\\':
			if len(c.rest) < 2 {
				return nil, errors.New("nothing behind the backslash")
			}
			c.rest = c.rest[1:]
		}
		lit = append(lit, c.rest[0])
		c.rest = c.rest[1:]
	}
	return lit, nil
}

func (c *patternCompiler) capture() (*step, error) {
	inside, after, ok := strings.Cut(c.rest[1:], "}")
	word, name, _ := strings.Cut(inside, " ")
	kind, known := captureKinds[word]
	switch {
	case !ok:
		return nil, errors.New("{ without }")
	case !known:
		return nil, fmt.Errorf("{%s}: no such capture; there are word, opt, int, ip, first, last and rest", inside)
	case name == "":
		return nil, fmt.Errorf("{%s}: no name; _ is for what is of no use", inside)
	}
	c.rest = after
	s := &step{kind: kind, n: len(c.pat.captures), f: c.resolve(name), name: []byte(name)}
	c.pat.captures = append(c.pat.captures, s)
	return s, nil
}

// check refuses a pattern of which no text can be told where one capture ends.
func check(s *step) error {
	switch {
	case s == nil:
		return nil
	case s.kind == capFork:
		if err := check(s.next); err != nil {
			return err
		}
		return check(s.skip)
	case s.kind == capRest && s.next != nil:
		return errors.New("{rest} must be the last")
	case s.kind == capFirst || s.kind == capLast:
		if open(s.next) {
			return errors.New("{first} and {last} need a text behind them, or the end")
		}
	}
	return check(s.next)
}

// open reports whether a capture stands where a text is needed.
func open(s *step) bool {
	switch {
	case s == nil:
		return false
	case s.kind == capFork:
		return open(s.next) || open(s.skip)
	}
	return s.kind != capNone
}

// firstWord returns the word that every text of a pattern begins with, "" where there is none.
func firstWord(pat *pattern) string {
	if pat.first == nil {
		return ""
	}
	first, rest, ok := bytes.Cut(pat.first.lit.text, []byte{' '})
	if !ok && rest == nil {
		return ""
	}
	return string(first)
}

// fits reports whether all of text matches the pattern, and leaves what the captures took in p.caps.
func (p *Parser) fits(pat *pattern, text []byte) bool {
	if s := pat.first; s != nil && s.kind == capNone && !s.lit.begins(text) { // as most patterns that are tried
		return false
	}
	clear(p.caps[:len(pat.captures)])
	p.steps = maxSteps
	return p.match(pat.first, text)
}

// take sets what the captures took.
func (p *Parser) take(pat *pattern) {
	for _, s := range pat.wanted {
		if v := p.caps[s.n]; v != nil {
			p.set(&s.f, s.name, v)
		}
	}
}

// match reports whether all of text matches from s on.
func (p *Parser) match(s *step, text []byte) bool {
	for {
		if p.steps--; p.steps < 0 {
			return false
		}
		switch {
		case s == nil:
			return len(text) == 0
		case s.kind == capFork:
			if p.match(s.next, text) {
				return true
			}
			s = s.skip
			continue
		case s.kind != capNone:
			return p.capture(s, s.next, text)
		}
		if !s.lit.begins(text) {
			return false
		}
		text, s = text[len(s.lit.text):], s.next
	}
}

// capture matches text from a capture on, after which comes next.
func (p *Parser) capture(s, next *step, text []byte) bool {
	if next != nil && next.kind == capFork && s.kind != capInt {
		return p.capture(s, next.next, text) || p.capture(s, next.skip, text)
	}
	switch s.kind {
	case capRest:
		p.caps[s.n] = text
		return true
	case capInt:
		d := digits(text)
		p.steps -= d >> 6
		return d > 0 && p.taken(s, next, text, d)
	case capIP:
		return p.address(s, next, text)
	case capWord, capOpt:
		return p.word(s, next, text)
	case capFirst:
		return p.search(s, next, text, false)
	default:
		return p.search(s, next, text, true)
	}
}

// taken has a capture take d bytes and matches what follows. A capture that fits in a fork which does not is cleared again.
func (p *Parser) taken(s, next *step, text []byte, d int) bool {
	p.caps[s.n] = text[:d]
	if p.match(next, text[d:]) {
		return true
	}
	p.caps[s.n] = nil
	return false
}

func (p *Parser) address(s, next *step, text []byte) bool {
	d := 0
	for d < len(text) && (alnum(text[d]) || text[d] == '.' || text[d] == ':' || text[d] == '-' || text[d] == '_' || text[d] == '%') {
		d++
	}
	if p.steps -= d >> 6; p.steps < 0 {
		return false
	}
	if next != nil && next.lit.first() == ':' { // address:port
		d = max(bytes.LastIndexByte(text[:d], ':'), 0)
		for d > 0 && !isAddr(text[:d]) && bytes.IndexByte(text[:d], ':') > 0 { // address:scheme://…
			d = bytes.LastIndexByte(text[:d], ':')
		}
	}
	for d > 0 && (text[d-1] == ':' || text[d-1] == '.') && !isAddr(text[:d]) {
		d--
	}
	return d > 0 && p.taken(s, next, text, d)
}

func (p *Parser) word(s, next *step, text []byte) bool {
	d := bytes.IndexByte(text, ' ')
	if d < 0 {
		d = len(text)
	}
	p.steps -= d >> 10
	if next != nil && next.kind == capNone && next.lit.first() != ' ' { // the next literal ends it within the word
		if d = next.lit.index(text[:min(len(text), d+len(next.lit.text)-1)]); d < 0 {
			return false
		}
	}
	return (d > 0 || s.kind == capOpt) && p.taken(s, next, text, d)
}

// search tries the places where the next literal stands, from one end on, until the rest matches. It looks at a bounded number
// of them: a line of a megabyte that repeats the literal is nobody's message.
func (p *Parser) search(s, next *step, text []byte, last bool) bool {
	if next == nil {
		return len(text) > 0 && p.taken(s, nil, text, len(text))
	}
	lit := &next.lit
	from, to := 1, len(text)
	for tries := 0; tries < 64 && from < to; tries++ {
		var d int
		seen := to - from
		if last {
			d = lit.lastIndex(text[from:to])
			seen -= max(d, 0)
		} else if d = lit.index(text[from:to]); d >= 0 {
			seen = d
		}
		if p.steps -= seen >> 10; d < 0 || p.steps < 0 {
			return false
		}
		d += from
		if p.taken(s, next, text, d) {
			return true
		}
		if last {
			to = d + len(lit.text) - 1
		} else {
			from = d + 1
		}
	}
	return false
}
