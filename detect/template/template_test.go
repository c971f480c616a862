package template

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"frontfoot/detect/sketch"
)

func miner() *Miner { return New(sketch.NewKey([16]byte{1})) }

// TestShape says which lines are of one shape and which are not.
func TestShape(t *testing.T) {
	m := miner()
	login := m.Shape("Accepted password for bob from 10.0.0.1 port 22 ssh2")
	for _, same := range []string{
		"Accepted password for bob from 10.9.8.7 port 50001 ssh2",
		"Accepted password for alice from 2001:db8::1 port 3 ssh2",
	} {
		if got := m.Shape(same); got != login {
			t.Errorf("%q has another shape", same)
		}
	}
	for _, other := range []string{
		"Failed password for bob from 10.0.0.1 port 22 ssh2",
		"Accepted password for bob",
		"session opened for user root by (uid=0)",
	} {
		if got := m.Shape(other); got == login {
			t.Errorf("%q has the same shape", other)
		}
	}
	if got := m.Shape(" \t"); got != 0 {
		t.Errorf("a text without words has shape %x", got)
	}
}

// TestBounds checks that shapes without end take no more than their places, and that a shape in use stays.
func TestBounds(t *testing.T) {
	m := miner()
	used := m.Shape("the one line that comes all the time")
	for i := range 100_000 {
		m.Shape(fmt.Sprintf("w%c%c x%c y%c z%c q", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, 'a'+i/7%26, 'a'+i/3%26))
		if i%100 == 0 && m.Shape("the one line that comes all the time") != used {
			t.Fatalf("the used shape was lost after %d others", i)
		}
	}
	if m.Len() > maxShapes {
		t.Errorf("%d shapes, allowed %d", m.Len(), maxShapes)
	}
}

// TestRoundTrip checks that a miner goes on after a snapshot as if nothing had happened.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := miner()
		texts := rapid.SliceOfN(rapid.StringMatching(`[a-e]{1,2}( [a-e0-9=:/]{1,3}){0,6}`), 1, 300).Draw(t, "texts")
		half := len(texts) / 2
		for _, s := range texts[:half] {
			a.Shape(s)
		}
		var e sketch.Encoder
		a.Encode(&e)
		b := miner()
		if err := b.Decode(sketch.NewDecoder(e.Buf)); err != nil {
			t.Fatal(err)
		}
		for _, s := range texts[half:] {
			if x, y := a.Shape(s), b.Shape(s); x != y {
				t.Fatalf("%q has two shapes", s)
			}
		}
		var x, y sketch.Encoder
		a.Encode(&x)
		b.Encode(&y)
		if !bytes.Equal(x.Buf, y.Buf) {
			t.Fatal("the bytes differ")
		}
	})
}
