package parse

import (
	"bytes"
	"errors"
	"strconv"
)

// maxDepth is how deep objects and arrays may stand in each other.
const maxDepth = 64

// Errors of the JSON reader.
var (
	errJSON      = errors.New("not JSON")
	errJSONEnd   = errors.New("JSON ends early")
	errJSONDepth = errors.New("JSON deeper than 64")
)

// A value's type in JSON.
type jsonType uint8

const (
	jsonString jsonType = iota
	jsonNumber
	jsonBool
	jsonNull
)

// A walker goes over the bytes of a JSON document once and calls visit for each scalar with its path: names joined by dots,
// elements of arrays that are objects or arrays by their number. An array's scalars come together as one value with commas
// between, after the array's end. Names and values hold until the next walk. What it accepts is what encoding/json does, to a
// depth of 64; lone surrogates become U+FFFD.
type walker struct {
	doc   []byte
	at    int
	depth int
	path  []byte
	mem   []byte // unescaped text
	lists []byte // joined arrays
	visit func(path, value []byte, t jsonType)

	members int // how many were begun
	arrays  int // how many of them the value at hand stands in

	element, name []byte // of a list of named values: the path of the element at hand, and what it is called
}

// walk reads one document and returns how many bytes it took, white space around it included. Where the document is broken,
// what stands before the fault was visited.
func (w *walker) walk(doc []byte, visit func(path, value []byte, t jsonType)) (int, error) {
	w.doc, w.at, w.depth, w.members, w.arrays, w.visit = doc, 0, 0, 0, 0, visit
	w.path, w.mem, w.lists, w.element = w.path[:0], w.mem[:0], w.lists[:0], w.element[:0]
	w.space()
	_, _, _, err := w.value(true)
	if err == nil {
		w.space()
	}
	return w.at, err
}

// space skips white space, of which there is mostly none.
func (w *walker) space() {
	if w.at < len(w.doc) && w.doc[w.at] <= ' ' {
		w.spaces()
	}
}

func (w *walker) spaces() {
	for w.at < len(w.doc) {
		switch w.doc[w.at] {
		case ' ', '\t', '\n', '\r':
			w.at++
		default:
			return
		}
	}
}

// value reads one value. A scalar is given to visit, or returned where emit is false.
func (w *walker) value(emit bool) (v []byte, t jsonType, scalar bool, err error) {
	if w.at >= len(w.doc) {
		return nil, 0, false, errJSONEnd
	}
	switch c := w.doc[w.at]; {
	case c == '{':
		return nil, 0, false, w.object()
	case c == '[':
		return nil, 0, false, w.array()
	case c == '"':
		v, err = w.text()
	case c == '-' || c-'0' <= 9:
		t = jsonNumber
		v, err = w.numeral()
	case c == 't':
		t = jsonBool
		v, err = w.literal("true")
	case c == 'f':
		t = jsonBool
		v, err = w.literal("false")
	case c == 'n':
		t = jsonNull
		v, err = w.literal("null")
	default:
		err = errJSON
	}
	if err == nil && emit {
		w.visit(w.path, v, t)
	}
	return v, t, true, err
}

func (w *walker) enter() error {
	if w.depth++; w.depth > maxDepth {
		return errJSONDepth
	}
	w.at++
	w.space()
	return nil
}

// object reads an object; w.at is at its brace.
func (w *walker) object() error {
	if err := w.enter(); err != nil {
		return err
	}
	if w.next('}') {
		w.depth--
		return nil
	}
	base := len(w.path)
	for {
		if w.at >= len(w.doc) {
			return errJSONEnd
		}
		if w.doc[w.at] != '"' {
			return errJSON
		}
		name, err := w.text()
		if err != nil {
			return err
		}
		w.space()
		if err := w.expect(':'); err != nil {
			return err
		}
		w.members++
		w.space()
		if base > 0 {
			w.path = append(w.path, '.')
		}
		w.path = append(w.path, name...)
		if _, _, _, err := w.value(true); err != nil {
			return err
		}
		w.path = w.path[:base]
		w.space()
		if w.next('}') {
			w.depth--
			return nil
		}
		if err := w.expect(','); err != nil {
			return err
		}
		w.space()
	}
}

// array reads an array; w.at is at its bracket.
func (w *walker) array() error {
	if err := w.enter(); err != nil {
		return err
	}
	if w.next(']') {
		w.depth--
		return nil
	}
	base := len(w.path)
	w.arrays++
	var l list
	for i := 0; ; i++ {
		if w.at < len(w.doc) && (w.doc[w.at] == '{' || w.doc[w.at] == '[') {
			w.path = strconv.AppendUint(w.dot(base), uint64(i), 10)
		}
		v, t, scalar, err := w.value(false)
		if err != nil {
			return err
		}
		w.path = w.path[:base]
		if scalar && t != jsonNull {
			w.join(&l, v, t)
		}
		w.space()
		if w.next(']') {
			break
		}
		if err := w.expect(','); err != nil {
			return err
		}
		w.space()
	}
	w.depth--
	w.arrays--
	w.flush(&l)
	return nil
}

// A list is the joined scalars of an array, a part of walker.lists.
type list struct {
	from, to, n int
	t           jsonType
}

func (w *walker) join(l *list, v []byte, t jsonType) {
	if l.n > 0 && l.to != len(w.lists) { // an array within the array took the room behind: what there is goes out by itself
		w.flush(l)
	}
	if l.n == 0 {
		l.from, l.t = len(w.lists), t
	} else {
		w.lists = append(w.lists, ',')
		l.t = jsonString
	}
	w.lists = append(w.lists, v...)
	l.to = len(w.lists)
	l.n++
}

func (w *walker) flush(l *list) {
	if l.n > 0 {
		w.visit(w.path, w.lists[l.from:l.to:l.to], l.t)
	}
	*l = list{}
}

func (w *walker) dot(base int) []byte {
	if base > 0 {
		return append(w.path, '.')
	}
	return w.path
}

func (w *walker) next(c byte) bool {
	if w.at < len(w.doc) && w.doc[w.at] == c {
		w.at++
		return true
	}
	return false
}

func (w *walker) expect(c byte) error {
	if w.at >= len(w.doc) {
		return errJSONEnd
	}
	if !w.next(c) {
		return errJSON
	}
	return nil
}

func (w *walker) literal(s string) ([]byte, error) {
	rest := w.doc[w.at:]
	if !bytes.HasPrefix(rest, []byte(s)) {
		if bytes.HasPrefix([]byte(s), rest) {
			return nil, errJSONEnd
		}
		return nil, errJSON
	}
	w.at += len(s)
	return rest[:len(s)], nil
}

// numeral reads a number by JSON's grammar; its size does not matter.
func (w *walker) numeral() ([]byte, error) {
	from := w.at
	w.next('-')
	switch d := digits(w.doc[w.at:]); {
	case d == 0:
		return nil, w.broken()
	case w.doc[w.at] == '0':
		w.at++
	default:
		w.at += d
	}
	if w.next('.') {
		d := digits(w.doc[w.at:])
		if d == 0 {
			return nil, w.broken()
		}
		w.at += d
	}
	if w.next('e') || w.next('E') {
		if !w.next('+') {
			w.next('-')
		}
		d := digits(w.doc[w.at:])
		if d == 0 {
			return nil, w.broken()
		}
		w.at += d
	}
	return w.doc[from:w.at], nil
}

func (w *walker) broken() error {
	if w.at >= len(w.doc) {
		return errJSONEnd
	}
	return errJSON
}
