package template

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"frontfoot/detect/sketch"
)

// TestRoundTrip checks that a miner goes on after a snapshot as if nothing had happened.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := miner()
		for i := range rapid.SampledFrom([]int{0, 1000}).Draw(t, "hostile") { // so that shapes have to give way
			a.Shape(hostile(i))
		}
		lines := texts().Draw(t, "texts")
		half := len(lines) / 2
		for _, s := range lines[:half] {
			a.Shape(s)
		}
		b := miner()
		if err := b.Decode(sketch.NewDecoder(encode(a))); err != nil {
			t.Fatal(err)
		}
		for _, s := range lines[half:] {
			if x, y := a.Shape(s), b.Shape(s); x != y {
				t.Fatalf("%q has two shapes", s)
			}
		}
		if !bytes.Equal(encode(a), encode(b)) {
			t.Fatal("the bytes differ")
		}
	})
}

func encode(m *Miner) []byte {
	var e sketch.Encoder
	m.Encode(&e)
	return e.Buf
}

// FuzzDecode checks that no bytes make Decode panic, and that a miner which it accepts has those bytes as its snapshot and can go on.
func FuzzDecode(f *testing.F) {
	m := miner()
	f.Add(encode(m))
	for i := range 200 {
		m.Shape(hostile(i))
	}
	f.Add(encode(m))
	f.Add([]byte{1, 0, 0})
	f.Fuzz(func(t *testing.T, state []byte) {
		m := miner()
		d := sketch.NewDecoder(state)
		if m.Decode(d) != nil {
			return
		}
		if got := encode(m); !bytes.Equal(got, state[:len(state)-d.Left()]) {
			t.Fatalf("got %x back for %x", got, state)
		}
		for i := range 100 {
			m.Shape(hostile(i))
		}
	})
}
