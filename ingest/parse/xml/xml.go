// Package xml walks over one XML element such as a Windows event, after "Extensible Markup Language (XML) 1.0": elements, attributes, text, CDATA and
// character references. Document types are skipped and nothing is ever expanded or fetched.
package xml

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf8"
)

// Errors of a text that is read in part.
var (
	ErrSyntax = errors.New("not XML")
	ErrCut    = errors.New("XML ends early")
	ErrDepth  = errors.New("XML deeper than 64")
	ErrRest   = errors.New("something follows the XML element")
)

const maxDepth = 64

// A Walker walks over one text after the other and reuses its memory. It is for one goroutine.
type Walker struct {
	doc   []byte
	at    int
	path  []byte
	mem   []byte
	depth int
	data  int // unnamed Data elements so far
	visit func(path, value []byte)
}

// Walk calls visit for each text and attribute of the element: by the names of the elements around it below the root, without prefixes of namespaces, joined by
// dots; an attribute has @ before its name. An element with an attribute Name and a text goes by that name in place of its own; Data elements without a
// name by their number. Paths and values hold until the next call. What stands before a fault is visited.
func (w *Walker) Walk(text []byte, visit func(path, value []byte)) error {
	*w = Walker{doc: text, path: w.path[:0], mem: w.mem[:0], visit: visit}
	if err := w.prolog(); err != nil {
		return err
	}
	if err := w.element(true); err != nil {
		return err
	}
	if len(bytes.TrimSpace(w.doc[w.at:])) > 0 {
		return ErrRest
	}
	return nil
}

// prolog skips what may stand before the root.
func (w *Walker) prolog() error {
	for {
		w.space()
		switch {
		case w.begins("<?"):
			if !w.skipTo("?>") {
				return ErrCut
			}
		case w.begins("<!--"):
			if !w.skipTo("-->") {
				return ErrCut
			}
		case w.begins("<!"):
			if !w.skipTo(">") {
				return ErrCut
			}
		case w.begins("<"):
			return nil
		default:
			return ErrSyntax
		}
	}
}

func (w *Walker) space() {
	for w.at < len(w.doc) && (w.doc[w.at] == ' ' || w.doc[w.at] == '\t' || w.doc[w.at] == '\r' || w.doc[w.at] == '\n') {
		w.at++
	}
}

// begins compares byte by byte: what stands there mostly differs in the second.
func (w *Walker) begins(s string) bool {
	rest := w.doc[w.at:]
	if len(rest) < len(s) {
		return false
	}
	for i := range len(s) {
		if rest[i] != s[i] {
			return false
		}
	}
	return true
}

func (w *Walker) skipTo(end string) bool {
	for rest := w.doc[w.at:]; ; {
		i := bytes.IndexByte(rest, end[0])
		if i < 0 {
			w.at = len(w.doc)
			return false
		}
		if w.at = len(w.doc) - len(rest) + i; w.begins(end) {
			w.at += len(end)
			return true
		}
		rest = rest[i+1:]
	}
}

// name reads a name without its prefix.
func (w *Walker) name() []byte {
	from := w.at
	for w.at < len(w.doc) {
		if c := w.doc[w.at]; c <= '>' {
			switch c {
			case ' ', '\t', '\r', '\n', '=', '>', '/', '<', '"', '\'':
				return local(w.doc[from:w.at])
			}
		}
		w.at++
	}
	return local(w.doc[from:])
}

func local(v []byte) []byte { return v[bytes.LastIndexByte(v, ':')+1:] }

// element reads an element; w.at is at its <. The root's name is no part of a path.
func (w *Walker) element(root bool) error {
	if w.depth++; w.depth > maxDepth {
		return ErrDepth
	}
	defer func() { w.depth-- }()
	base := len(w.path)
	defer func() { w.path = w.path[:base] }()
	w.at++
	name := w.name()
	if len(name) == 0 {
		return ErrSyntax
	}
	if !root {
		w.push(name)
	}
	given, empty, err := w.attributes()
	if err != nil || empty {
		if empty && given != nil {
			w.visitAttribute([]byte("Name"), given)
		}
		return err
	}
	return w.content(base, name, given, root)
}

func (w *Walker) push(name []byte) {
	if len(w.path) > 0 {
		w.path = append(w.path, '.')
	}
	w.path = append(w.path, name...)
}

// attributes reads up to the end of a tag. given is the attribute Name.
func (w *Walker) attributes() (given []byte, empty bool, err error) {
	for {
		w.space()
		switch {
		case w.at >= len(w.doc):
			return given, false, ErrCut
		case w.doc[w.at] == '>':
			w.at++
			return given, false, nil
		case w.begins("/>"):
			w.at += 2
			return given, true, nil
		}
		from := w.at
		name := w.name()
		whole := w.doc[from:w.at]
		w.space()
		if w.at >= len(w.doc) {
			return given, false, ErrCut
		}
		if w.doc[w.at] != '=' || len(name) == 0 {
			return given, false, ErrSyntax
		}
		w.at++
		w.space()
		value, err := w.quoted()
		if err != nil {
			return given, false, err
		}
		switch {
		case bytes.HasPrefix(whole, []byte("xmlns")):
		case string(name) == "Name":
			given = value
		default:
			w.visitAttribute(name, value)
		}
	}
}

func (w *Walker) visitAttribute(name, value []byte) {
	base := len(w.path)
	w.path = append(append(w.path, '@'), name...)
	w.visit(w.path, value)
	w.path = w.path[:base]
}

func (w *Walker) quoted() ([]byte, error) {
	if w.at >= len(w.doc) {
		return nil, ErrCut
	}
	quote := w.doc[w.at]
	if quote != '"' && quote != '\'' {
		return nil, ErrSyntax
	}
	w.at++
	i := bytes.IndexByte(w.doc[w.at:], quote)
	if i < 0 {
		w.at = len(w.doc)
		return nil, ErrCut
	}
	v := w.doc[w.at : w.at+i]
	w.at += i + 1
	return w.decoded(v), nil
}

// content reads up to the end of an element that began with a tag.
func (w *Walker) content(base int, name, given []byte, root bool) error {
	var text []byte
	children := false
	for w.at < len(w.doc) {
		switch {
		case w.doc[w.at] != '<':
			if t := w.text(); len(bytes.TrimSpace(t)) > 0 {
				text = t
			}
		case w.begins("</"):
			if !w.skipTo(">") {
				return ErrCut
			}
			w.ended(base, name, given, text, children, root)
			return nil
		case w.begins("<!--"):
			if !w.skipTo("-->") {
				return ErrCut
			}
		case w.begins("<![CDATA["):
			from := w.at + len("<![CDATA[")
			if !w.skipTo("]]>") {
				return ErrCut
			}
			text = w.doc[from : w.at-len("]]>")]
		case w.begins("<?"):
			if !w.skipTo("?>") {
				return ErrCut
			}
		default:
			if given != nil && !children {
				w.visitAttribute([]byte("Name"), given)
			}
			children = true
			if err := w.element(false); err != nil {
				return err
			}
		}
	}
	if text != nil {
		w.ended(base, name, given, text, children, root)
	}
	return ErrCut
}

// text reads up to the next tag.
func (w *Walker) text() []byte {
	from := w.at
	if i := bytes.IndexByte(w.doc[w.at:], '<'); i >= 0 {
		w.at += i
	} else {
		w.at = len(w.doc)
	}
	return w.decoded(bytes.TrimSpace(w.doc[from:w.at]))
}

// ended visits an element's text, and its Name where it has no other use.
func (w *Walker) ended(base int, name, given, text []byte, children, root bool) {
	switch {
	case len(text) == 0 && given != nil && !children:
		w.visitAttribute([]byte("Name"), given)
	case len(text) == 0 || root && given == nil:
		return
	case given != nil:
		w.path = w.path[:base]
		w.push(given)
		w.visit(w.path, text)
	case string(name) == "Data":
		w.path = strconv.AppendInt(append(w.path, '.'), int64(w.data), 10)
		w.data++
		w.visit(w.path, text)
	default:
		w.visit(w.path, text)
	}
}

// decoded returns v with its character references replaced; unknown ones stay as they are.
func (w *Walker) decoded(v []byte) []byte {
	if bytes.IndexByte(v, '&') < 0 {
		return v
	}
	at := len(w.mem)
	for len(v) > 0 {
		if v[0] == '&' {
			if r, n := reference(v); n > 0 {
				w.mem = utf8.AppendRune(w.mem, r)
				v = v[n:]
				continue
			}
		}
		w.mem = append(w.mem, v[0])
		v = v[1:]
	}
	return w.mem[at:len(w.mem):len(w.mem)]
}

// reference reads a character reference and returns how long it is, 0 where v begins with none.
func reference(v []byte) (r rune, n int) {
	end := bytes.IndexByte(v[:min(len(v), 12)], ';')
	if end < 2 {
		return 0, 0
	}
	switch name := string(v[1:end]); {
	case name == "amp":
		r = '&'
	case name == "lt":
		r = '<'
	case name == "gt":
		r = '>'
	case name == "quot":
		r = '"'
	case name == "apos":
		r = '\''
	case name[0] == '#' && len(name) > 1:
		digits, base := name[1:], 10
		if digits[0] == 'x' || digits[0] == 'X' {
			digits, base = digits[1:], 16
		}
		code, err := strconv.ParseUint(digits, base, 32)
		if err != nil || code == 0 || code > utf8.MaxRune {
			return 0, 0
		}
		r = rune(code)
	default:
		return 0, 0
	}
	return r, end + 1
}
