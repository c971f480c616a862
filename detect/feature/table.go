package feature

import (
	"math"
	"strconv"
	"strings"

	"frontfoot/detect/sketch"
)

// MaxPairs is how many pairs of columns a table may have: all of them up to 45 columns.
const MaxPairs = 990

// Table extracts features from the cells of a table with named columns of known kinds. It is for one goroutine.
type Table struct {
	key    sketch.Key
	layout Layout
	cells  []int // column of each field
	words  []int // text columns, whose shape counts
	seen   []memory
}

// NewTable returns an extractor for columns with the given names and kinds, in the table's order. Text columns become the row's message.
func NewTable(key sketch.Key, names []string, kinds []Kind) *Table {
	t := &Table{key: key}
	for i, name := range names {
		role := Plain
		switch kinds[i] {
		case Text:
			t.words = append(t.words, i)
			continue
		case IP:
			role = Actor
		case Categorical:
			role = Target
		case Numeric:
			t.layout.Sizes = append(t.layout.Sizes, len(t.cells))
		default: // neither
		}
		t.cells = append(t.cells, i)
		t.layout.Fields = append(t.layout.Fields, Field{Name: name, Kind: kinds[i], Role: role, Side: Column + Side(min(len(t.cells), 200))})
	}
	t.layout.Pairs = allPairs(len(t.cells))
	t.layout.Shape = -1
	if len(t.words) > 0 {
		t.layout.Shape = len(t.layout.Fields)
		t.layout.Fields = append(t.layout.Fields, Field{Name: "text", Kind: Text, Say: "shape of line"})
	}
	t.seen = make([]memory, len(t.cells))
	return t
}

// allPairs returns all pairs of n fields, or those of a fixed pattern that keeps every field in as many: the nearest neighbours on a ring.
func allPairs(n int) []Pair {
	var pairs []Pair
	for step := 1; step <= n/2 && len(pairs) < MaxPairs; step++ {
		for a := range n {
			b := (a + step) % n
			if 2*step == n && a >= b || len(pairs) == MaxPairs {
				continue
			}
			pairs = append(pairs, Pair{A: min(a, b), B: max(a, b)})
		}
	}
	return pairs
}

// Layout returns the features of a row.
func (t *Table) Layout() *Layout { return &t.layout }

// Row fills r with the features of a line's cells. Its texts share their memory. Time is left to the caller.
func (t *Table) Row(cells []string, r *Row) {
	if len(r.Values) != len(t.layout.Fields) {
		r.Values = make([]Value, len(t.layout.Fields))
	}
	r.Sizes = r.Sizes[:0]
	for i, c := range t.cells {
		text := strings.TrimSpace(cells[c])
		switch {
		case t.layout.Fields[i].Kind == Numeric:
			t.number(i, text)
			r.Values[i] = Value{Hash: t.seen[i].hash, Text: text}
			r.Sizes = append(r.Sizes, t.seen[i].size)
		case text == "":
			r.Values[i] = Value{}
		default:
			r.Values[i] = Value{Hash: t.seen[i].hashIn(t.key, i, text), Text: text}
		}
	}
	r.Class, r.Message = 1, ""
	for _, c := range t.words {
		r.Message += cells[c] + " "
	}
}

// number remembers the hash of the bin of a number and its size; what is no number is taken as a word, and no text as nothing.
func (t *Table) number(field int, text string) {
	m := &t.seen[field]
	if m.hash != 0 && string(m.text[:m.n]) == text {
		return
	}
	x, err := strconv.ParseFloat(text, 64)
	switch {
	case text == "":
		*m = memory{size: noSize}
		return
	case err != nil && !math.IsInf(x, 0):
		m.hash, m.size = t.key.Hash(uint64(field+1), text), noSize
	default:
		m.hash, m.size = t.key.Number(uint64(field+1), uint64(bin(x))), size(x)
	}
	if m.n = 0; len(text) <= len(m.text) {
		m.n = copy(m.text[:], text)
	}
}
