// Package feature turns the columns of an event, or of a line of CSV, into what novelty is counted on: values of fields that say who,
// where from, to what, with which program and when, and the pairs of fields that belong together. It hashes each value once, with the
// site's key, and counts nothing itself.
package feature

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"frontfoot/detect/sketch"
)

// A Kind is what the values of a field are.
type Kind uint8

// The kinds.
const (
	Categorical Kind = iota // a word from a small set
	IP                      // an address
	Port                    // a port that was spoken to
	Numeric                 // a number, taken in bins half an octave wide
	Text                    // free text: its shape is a feature, its words are not
	Hour                    // hour of the day or of the week
)

// A Role is what part a field plays in an incident.
type Role uint8

// The roles.
const (
	Plain   Role = iota
	Actor        // who did it: incidents gather around actors
	Target       // to whom it was done
	Context      // where it was logged; never links two findings
)

// A Field is one feature of a Layout.
type Field struct {
	Name string // ECS name, or the column's name in CSV
	Kind Kind
	Role Role
	Say  string // what it is in a sentence: "destination port"; "" means Name
	Hint Hint   // what novelty in it may mean
	Side Side   // what of an event it tells
}

// A Side is what of an event a field tells. Fields of one side go together by nature (a port, its service, its application), so that novelty
// in several of them is one piece of evidence, not several.
type Side uint8

// The sides of an event. A table's columns are a side each, from Column on.
const (
	Who Side = iota
	Origin
	Peer
	Service
	Deed
	Program
	Naming
	Rights
	Volume
	Moment
	Signature
	Column
)

// A Hint is the ATT&CK tactic that novelty in a field or a pair often belongs to, "" where it tells none.
type Hint string

// Hints. An incident's tactic is the one most of its evidence hints at.
const (
	Reconnaissance   Hint = "TA0043"
	InitialAccess    Hint = "TA0001"
	Execution        Hint = "TA0002"
	Persistence      Hint = "TA0003"
	Escalation       Hint = "TA0004"
	Evasion          Hint = "TA0005"
	CredentialAccess Hint = "TA0006"
	Discovery        Hint = "TA0007"
	LateralMovement  Hint = "TA0008"
	Collection       Hint = "TA0009"
	Exfiltration     Hint = "TA0010"
	CommandControl   Hint = "TA0011"
)

// A Pair is two fields, by number, whose values may or may not come together.
type Pair struct {
	A, B int
	Say  string // what a new one means, with %s for each value; "" for no better words than both names
	Hint Hint   // what novelty in it may mean
}

// Seldom is Say for a pair that was seen before, if hardly ever.
func (p *Pair) Seldom() string {
	return strings.NewReplacer("never", "hardly ever", "nobody", "hardly anybody", "is not active", "is seldom active", "is new", "is rare").Replace(p.Say)
}

// A Layout is the list of features that a model counts. It never changes during the life of a model.
type Layout struct {
	Fields []Field
	Pairs  []Pair
	Shape  int   // the field that takes the shape of a row's message; -1 where there is none
	Sizes  []int // the fields that are sizes
}

// Features returns how many features there are: fields first, then pairs.
func (l *Layout) Features() int { return len(l.Fields) + len(l.Pairs) }

// Parts returns the fields of a feature: b is -1 for a single field.
func (l *Layout) Parts(i int) (a, b int) {
	if i < len(l.Fields) {
		return i, -1
	}
	p := l.Pairs[i-len(l.Fields)]
	return p.A, p.B
}

// Pair returns the feature that is a pair of fields, -1 where the layout has none of them.
func (l *Layout) Pair(a, b int) int {
	for j, p := range l.Pairs {
		if p.A == a && p.B == b {
			return len(l.Fields) + j
		}
	}
	return -1
}

// Side returns what of an event a feature tells: for a pair, the side of its first field that is nobody who acts and no context.
func (l *Layout) Side(i int) Side {
	a, b := l.Parts(i)
	if b < 0 {
		return l.Fields[a].Side
	}
	if r := l.Fields[a].Role; r == Actor || r == Context {
		return l.Fields[b].Side
	}
	return l.Fields[a].Side
}

// Key is the hash of what a row has in a feature: of a value, or of a pair of values. It is 0 where the row lacks it.
func (l *Layout) Key(i int, r *Row) uint64 {
	a, b := l.Parts(i)
	first := r.Values[a].Hash
	if b < 0 {
		return first
	}
	second := r.Values[b].Hash
	if first == 0 || second == 0 {
		return 0
	}
	return sketch.Mix(first^uint64(i), second)
}

// Name returns the name of a feature: the ECS field, or two joined by " + ".
func (l *Layout) Name(i int) string {
	a, b := l.Parts(i)
	if b < 0 {
		return l.Fields[a].Name
	}
	return l.Fields[a].Name + " + " + l.Fields[b].Name
}

// A Value is what an event has in a field. Hash 0 means nothing.
type Value struct {
	Hash   uint64
	Text   string // shares the memory of the batch or the line; "" for numbers
	Number uint64
}

// Format returns a value of the field as people write it, in memory of its own.
func (f *Field) Format(v Value) string {
	switch {
	case v.Hash == 0:
		return ""
	case v.Text != "":
		return Clip(v.Text)
	case f.Kind == Numeric:
		return Size(float64(v.Number))
	}
	return strconv.FormatUint(v.Number, 10)
}

// Clip copies a text and shortens it to what a sentence can bear.
func Clip(text string) string {
	const most = 120
	if len(text) <= most {
		return strings.Clone(text)
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// A Row is the features of one event. Extractors overwrite it from row to row.
type Row struct {
	Values  []Value   // a field of the layout each
	Sizes   []float32 // of the fields of Layout.Sizes, in octaves: log2(1+|x|) with the sign of x; NaN where there is none
	Class   uint64    // hash of the dataset or of the kind of datasets within which scores are compared
	Message string    // free text of the event, whose shape counts
	Time    int64     // nanoseconds since 1970 UTC, or a row number where there are no times
	Timed   bool      // whether Time is a time
}

// memory spares the hashing of a value that comes again and again. It copies the text: a batch's memory is used anew.
type memory struct {
	text [48]byte
	n    int
	hash uint64
	size float32 // of a number
}

// hashIn returns the hash of text in a field.
func (m *memory) hashIn(key sketch.Key, field int, text string) uint64 {
	if m.hash != 0 && string(m.text[:m.n]) == text {
		return m.hash
	}
	h := key.Hash(uint64(field+1), text)
	if len(text) <= len(m.text) {
		m.n, m.hash = copy(m.text[:], text), h
	}
	return h
}
