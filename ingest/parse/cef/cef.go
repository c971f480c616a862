// Package cef cuts ArcSight's Common Event Format ("CEF Implementation Standard", version 25) and IBM QRadar's Log Event Extended Format
// ("LEEF 2.0 guide") into named values, as devices write them: what the standards want escaped and is not, is still read.
package cef

import (
	"bytes"
	"errors"
)

// Errors of a text that is read in part.
var (
	ErrHeader = errors.New("no CEF or LEEF header")
	ErrCut    = errors.New("the header ends early")
)

// maxLabels is how many labels of one text are heeded, several times as many as the standard has: each pair is compared with each of them.
const maxLabels = 64

// A Walker cuts one text after the other and reuses its memory. It is for one goroutine.
type Walker struct {
	mem    []byte
	pairs  []pair
	labels []label
}

type pair struct{ key, value []byte }

type label struct{ key, text []byte }

// CEF visits the parts of a text: cef.vendor, cef.product, cef.version, cef.class, cef.name and cef.severity, then each extension by its name. A custom one
// goes by its label: cs1Label=Rule has cs1 visited as Rule. Names and values hold until the next call. A header that ends early is ErrCut; what there is of
// it was visited.
func (w *Walker) CEF(text []byte, visit func(name, value []byte)) error {
	rest, ok := bytes.CutPrefix(text, []byte("CEF:"))
	if !ok {
		return ErrHeader
	}
	w.mem = w.mem[:0]
	_, rest, _ = bytes.Cut(rest, []byte{'|'}) // the version, 0 or 1, also with a blank before it
	for _, name := range [...]string{"cef.vendor", "cef.product", "cef.version", "cef.class", "cef.name", "cef.severity"} {
		var v []byte
		if v, rest, ok = w.part(rest); len(v) > 0 {
			visit(w.name(name), v)
		}
		if !ok && name != "cef.severity" {
			return ErrCut
		}
	}
	w.blanks(rest)
	w.visit(visit)
	return nil
}

// part reads up to the bar that ends a part of the header.
func (w *Walker) part(v []byte) (part, rest []byte, ok bool) {
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '\\':
			i++
		case '|':
			return w.plain(v[:i]), v[i+1:], true
		}
	}
	return w.plain(v), nil, false
}

// name returns a text as bytes of the Walker's memory.
func (w *Walker) name(text string) []byte {
	at := len(w.mem)
	w.mem = append(w.mem, text...)
	return w.mem[at:len(w.mem):len(w.mem)]
}

// plain takes the backslashes out of a value.
func (w *Walker) plain(v []byte) []byte {
	if bytes.IndexByte(v, '\\') < 0 {
		return v
	}
	at := len(w.mem)
	for i := 0; i < len(v); i++ {
		if v[i] == '\\' && i+1 < len(v) {
			switch v[i+1] {
			case '\\', '|', '=':
				i++
			case 'n', 'r':
				i++
				w.mem = append(w.mem, '\n')
				continue
			}
		}
		w.mem = append(w.mem, v[i])
	}
	return w.mem[at:len(w.mem):len(w.mem)]
}

// blanks collects pairs whose values end before the blank that the next key follows.
func (w *Walker) blanks(v []byte) {
	w.pairs = w.pairs[:0]
	key, from, at := []byte(nil), 0, 0 // at is where a key may begin: behind the last blank
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '\\':
			if i++; i < len(v) && v[i] == ' ' {
				at = i + 1
			}
		case ' ':
			at = i + 1
		case '=':
			if !named(v[at:i]) || key != nil && at == from {
				continue // an = that the sender forgot to escape
			}
			w.add(key, v[from:max(at-1, from)])
			key, from, at = v[at:i], i+1, i+1
		}
	}
	w.add(key, v[min(from, len(v)):])
}

func (w *Walker) add(key, value []byte) {
	if key != nil {
		w.pairs = append(w.pairs, pair{key, w.plain(bytes.TrimSpace(value))})
	}
}

func named(v []byte) bool {
	if len(v) == 0 || len(v) > 64 {
		return false
	}
	for _, c := range v {
		if c-'0' > 9 && c|0x20-'a' > 'z'-'a' && c != '_' && c != '.' && c != '-' && c != '[' && c != ']' {
			return false
		}
	}
	return true
}

// visit visits the pairs, custom ones by their labels.
func (w *Walker) visit(visit func(name, value []byte)) {
	w.labels = w.labels[:0]
	for _, p := range w.pairs {
		if of := p.labels(); len(of) > 0 && len(w.labels) < maxLabels {
			w.labels = append(w.labels, label{of, p.value})
		}
	}
	passed := 0 // labels
	for _, p := range w.pairs {
		if passed < len(w.labels) && len(p.labels()) > 0 {
			passed++
			continue
		}
		name := p.key
		for i := range w.labels {
			if bytes.Equal(w.labels[i].key, p.key) {
				name = w.labels[i].text
				break
			}
		}
		visit(name, p.value)
	}
}

// labels returns the key of the pair that this one is the label of, nothing where it is none.
func (p *pair) labels() []byte {
	of, ok := bytes.CutSuffix(p.key, []byte("Label"))
	if !ok || len(p.value) == 0 {
		return nil
	}
	return of
}

// LEEF visits the parts of a text: leef.vendor, leef.product, leef.version and leef.event, then each attribute by its name. It parts them at the delimiter
// that the header of version 2 names, at tabs otherwise, and where there are none, at the blanks that a key follows.
func (w *Walker) LEEF(text []byte, visit func(name, value []byte)) error {
	rest, ok := bytes.CutPrefix(text, []byte("LEEF:"))
	if !ok {
		return ErrHeader
	}
	w.mem = w.mem[:0]
	version, rest, _ := bytes.Cut(rest, []byte{'|'})
	for _, name := range [...]string{"leef.vendor", "leef.product", "leef.version", "leef.event"} {
		var v []byte
		if v, rest, ok = bytes.Cut(rest, []byte{'|'}); len(v) > 0 {
			visit(w.name(name), v)
		}
		if !ok {
			return ErrCut
		}
	}
	sep := byte('\t')
	if bytes.HasPrefix(version, []byte("2")) {
		if spec, after, ok := bytes.Cut(rest, []byte{'|'}); ok && len(spec) <= 4 && bytes.IndexByte(spec, '=') < 0 {
			sep, rest = delimiter(spec), after
		}
	}
	if bytes.IndexByte(rest, sep) < 0 {
		w.blanks(rest)
	} else {
		w.delimited(rest, sep)
	}
	w.visit(visit)
	return nil
}

// delimiter reads a character, or its code as 0x09, x09 or 09.
func delimiter(v []byte) byte {
	if len(v) == 1 {
		return v[0]
	}
	n := byte(0)
	for _, c := range bytes.TrimPrefix(bytes.TrimPrefix(v, []byte("0")), []byte("x")) {
		switch {
		case c-'0' <= 9:
			n = n<<4 | (c - '0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			n = n<<4 | (c | 0x20 - 'a' + 10)
		}
	}
	if n == 0 {
		return '\t'
	}
	return n
}

func (w *Walker) delimited(v []byte, sep byte) {
	w.pairs = w.pairs[:0]
	for len(v) > 0 {
		var one []byte
		one, v, _ = bytes.Cut(v, []byte{sep})
		key, value, ok := bytes.Cut(one, []byte{'='})
		if key = bytes.TrimSpace(key); ok && len(key) > 0 {
			w.add(key, value)
		}
	}
}
