package event

import (
	"bytes"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// Rows that a column leaves out, few or many, have no value in it, and a batch that is taken again after more rows has all of them.
func TestGaps(t *testing.T) {
	b := NewBuilder()
	set := map[int]bool{0: true, 1: true, 3: true, 12: true, 60: true, 61: true}
	for row := range 100 {
		if set[row] {
			b.AddText(UserName, []byte(strconv.Itoa(row)))
			b.AddUint(SourcePort, uint64(row))
			b.AddUint(SourceBytes, uint64(row)<<40|1)
		}
		b.End()
		if row != 40 && row != 99 {
			continue
		}
		batch := b.Batch()
		for at := range batch.Rows() {
			text := ""
			if set[at] {
				text = strconv.Itoa(at)
			}
			port, ported := batch.Uint(SourcePort, at)
			size, sized := batch.Uint(SourceBytes, at)
			if batch.Has(UserName, at) != set[at] || batch.Text(UserName, at) != text || ported != set[at] || sized != set[at] ||
				set[at] && (port != uint64(at) || size != uint64(at)<<40|1) {
				t.Errorf("%d rows: row %d has %q, %d and %d", row+1, at, batch.Text(UserName, at), port, size)
			}
		}
	}
}

// Texts are those that Text returns, of as many rows as there are, and of a column without any there are none.
func TestTexts(t *testing.T) {
	b := NewBuilder()
	for row := range 21 {
		if row%3 != 1 {
			b.AddText(UserName, []byte(strconv.Itoa(row)))
		}
		b.End()
	}
	batch := b.Batch()
	for from := 0; from < batch.Rows(); from += 8 {
		var texts [8]string
		has := batch.Texts(UserName, from, texts[:])
		for i := range texts {
			want := ""
			if from+i < batch.Rows() {
				want = batch.Text(UserName, from+i)
			}
			if texts[i] != want || has>>i&1 == 1 != (want != "") {
				t.Errorf("row %d has %q, want %q; rows %b have one", from+i, texts[i], want, has)
			}
		}
		if has := batch.Texts(HostHostname, from, texts[:]); has != 0 {
			t.Errorf("rows %b have a text in a column without any", has)
		}
	}
}

// modelColumns are columns of each width, in the order of a row.
var modelColumns = []Column{Time, SourceIP, SourcePort, SourceBytes, UserName, ProcessPID, Message, LabelsColumn, Raw}

// A modelRow holds the values of a row as rowText tells them; a label is one more of its column.
type modelRow map[Column][]string

func (m modelRow) set(c Column, v any) { m[c] = []string{fmt.Sprint(c.Spec().Name, ": ", v)} }

// add is set for a row that has no value in c.
func (m modelRow) add(c Column, v any) {
	if m[c] == nil {
		m.set(c, v)
	}
}

func (m modelRow) text() []string {
	var out []string
	for _, c := range modelColumns {
		out = append(out, m[c]...)
	}
	return out
}

// Any sequence of calls gives the rows that a plain model has, each time that a batch is taken, cut and sent over the wire.
func TestBuilderAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, row := NewBuilder(), modelRow{}
		var rows []modelRow
		numbers := rapid.OneOf(rapid.Uint64Max(300), rapid.Uint64())
		pick := func(among ...Column) Column { return rapid.SampledFrom(among).Draw(t, "column") }
		t.Repeat(map[string]func(*rapid.T){
			"text": func(t *rapid.T) {
				c, v := pick(SourceIP, UserName, Message, Raw), rapid.StringN(0, 20, -1).Draw(t, "value")
				if rapid.Bool().Draw(t, "again") {
					b.SetString(c, v)
				} else if b.AddString(c, v); row[c] != nil {
					v = ""
				}
				if v != "" {
					row.set(c, v)
				}
			},
			"number": func(t *rapid.T) {
				c, v := pick(SourcePort, ProcessPID, SourceBytes), numbers.Draw(t, "value")
				held := bits.Len64(v) <= 8*c.Spec().Kind.width()
				if rapid.Bool().Draw(t, "again") {
					if b.SetUint(c, v); held {
						row.set(c, v)
					}
					return
				}
				if has := row[c] != nil || held; b.AddUint(c, v) != has {
					t.Fatalf("%v %d: the row has one: %v", c, v, !has)
				}
				if held {
					row.add(c, v)
				}
			},
			"time": func(t *rapid.T) {
				v := rapid.Int64().Draw(t, "value")
				b.SetTime(Time, v)
				row.set(Time, v)
			},
			"label": func(t *rapid.T) {
				key, value := rapid.StringN(0, 20, -1).Draw(t, "key"), rapid.StringN(0, 20, -1).Draw(t, "value")
				if b.Label(key, []byte(value)); key != "" && value != "" {
					row[LabelsColumn] = append(row[LabelsColumn], key+"="+value)
				}
			},
			"end": func(t *rapid.T) {
				for range rapid.IntRange(1, 30).Draw(t, "rows") {
					b.End()
					rows, row = append(rows, row), modelRow{}
				}
			},
			"discard": func(*rapid.T) {
				b.Discard()
				row = modelRow{}
			},
			"reset": func(*rapid.T) {
				b.Reset()
				rows, row = nil, modelRow{}
			},
			"batch": func(t *rapid.T) {
				compare(t, b.Batch(), rows)
				row = modelRow{}
			},
			"": func(t *rapid.T) {
				for _, c := range modelColumns {
					if c != LabelsColumn && b.Has(c) != (row[c] != nil) {
						t.Fatalf("%v: the row has one: %v", c, b.Has(c))
					}
				}
				if got := string(b.TextOf(UserName)); got != "" && row[UserName][0] != "user_name: "+got {
					t.Fatalf("got user %q, want %s", got, row[UserName])
				}
			},
		})
	})
}

// compare checks a batch, a part of it, and what both are behind the wire.
func compare(t *rapid.T, batch *Batch, want []modelRow) {
	from := rapid.IntRange(0, len(want)).Draw(t, "from")
	to := rapid.IntRange(from, len(want)).Draw(t, "to")
	part := batch.Slice(from, to)
	for _, c := range []struct {
		batch *Batch
		want  []modelRow
	}{{batch, want}, {sent(t, batch), want}, {part, want[from:to]}, {sent(t, part), want[from:to]}} {
		if c.batch.Rows() != len(c.want) {
			t.Fatalf("got %d rows, want %d", c.batch.Rows(), len(c.want))
		}
		for r, row := range c.want {
			if got, want := rowText(c.batch, r), row.text(); !slices.Equal(got, want) {
				t.Fatalf("row %d: got %q, want %q", r, got, want)
			}
		}
	}
}

// sent returns a batch as it comes out at the other end of the wire.
func sent(t *rapid.T, batch *Batch) *Batch {
	var wire bytes.Buffer
	if err := Encode(&wire, batch); err != nil {
		t.Fatal(err)
	}
	back, err := Decode(wire.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return back
}
