package novelty

import (
	"bytes"
	"fmt"
	"testing"

	"frontfoot/detect/feature"
	"frontfoot/detect/sketch"
)

// world is a model of three fields and the pair of the first two.
type world struct {
	key   sketch.Key
	model *Model
	v     Verdict
}

func newWorld() *world {
	layout := &feature.Layout{
		Fields: []feature.Field{{Name: "a"}, {Name: "b"}, {Name: "c"}},
		Pairs:  []feature.Pair{{A: 0, B: 1}},
		Shape:  -1,
	}
	return &world{key: sketch.NewKey([16]byte{1}), model: New(layout, 1<<20)}
}

// see scores an event and learns it; it returns the bits of the four features, 0 where they are under one.
func (w *world) see(values ...string) (bits [4]float32) {
	r := feature.Row{Values: make([]feature.Value, 3)}
	for i, s := range values {
		if s != "" {
			r.Values[i] = feature.Value{Hash: w.key.Hash(uint64(i+1), s), Text: s}
		}
	}
	w.model.Score(&r, &w.v)
	w.model.Name(&w.v)
	for _, me := range w.v.Loud {
		bits[me.Feature] = me.Bits
	}
	w.model.Learn(1)
	return bits
}

// TestNewness checks that a new value is worth what new values are worth in its field: here b never brings any, and c with every event.
func TestNewness(t *testing.T) {
	w := newWorld()
	for i := range 4096 {
		w.see("x", fmt.Sprint(i%8), fmt.Sprint(i))
	}
	got := w.see("x", "unheard of", "another one")
	if got[1] < 8 {
		t.Errorf("a value where none came in 4,096 events has %v bits", got[1])
	}
	if got[2] > 1 {
		t.Errorf("a value where every event brings one has %v bits", got[2])
	}
}

// TestPairs checks that two that are known and never met are a surprise, that somebody new is none as a pair, and that one more visitor of
// what everybody visits is none.
func TestPairs(t *testing.T) {
	w := newWorld()
	for i := range 6000 {
		w.see(fmt.Sprintf("user%d", i%20), fmt.Sprintf("desk%d", i%20), "")
		if i%3 == 0 {
			w.see(fmt.Sprintf("user%d", i/3%19), "printer", "") // by all but user19
		}
	}
	if got := w.see("user3", "desk7", ""); got[3] < 8 {
		t.Errorf("a user at another's desk has %v bits", got[3])
	}
	if got := w.see("somebody new", "desk7", ""); got[3] > 3 {
		t.Errorf("somebody new at a desk has %v bits as a pair", got[3])
	}
	w.see("user19", "printer", "")
	printer := w.model.now[3].Raw
	w.see("user18", "desk2", "")
	if desk := w.model.now[3].Raw; printer >= desk {
		t.Errorf("the printer that all use has a raw surprise of %v, another's desk %v", printer, desk)
	}
}

// TestFading checks that what was is forgotten by halves, and that a round trip keeps every bit.
func TestFading(t *testing.T) {
	w := newWorld()
	for range 64 {
		w.see("x", "y", "z")
	}
	for range 3 {
		w.model.Halve()
	}
	if n, _ := w.model.Known(0); n != 8 {
		t.Errorf("after three half-lives 64 events count %v", n)
	}
	var e, again sketch.Encoder
	w.model.Encode(&e)
	other := newWorld()
	if err := other.model.Decode(sketch.NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	other.model.Encode(&again)
	if !bytes.Equal(e.Buf, again.Buf) {
		t.Error("the bytes differ after a round trip")
	}
}

// TestAlike checks that the name and the address of a host tell the same, and what a host did tells something else.
func TestAlike(t *testing.T) {
	for _, c := range []struct {
		name  string
		other func(i int) int
		want  int
	}{
		{"one address a host", func(i int) int { return i % 7 }, 0},
		{"any address", func(i int) int { return i % 5 }, 1},
	} {
		w := newWorld()
		for i := range 1000 {
			w.see(fmt.Sprint("host", i%7), fmt.Sprint("10.0.0.", c.other(i)), "")
		}
		if got := w.model.Alike(1); got != c.want {
			t.Errorf("%s: the address tells the same as field %d, want %d", c.name, got, c.want)
		}
	}
}
