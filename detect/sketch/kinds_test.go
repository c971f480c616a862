package sketch

import (
	"bytes"
	"testing"
)

// TestKinds checks that kinds are numbered as they come, that those above the bound share the last place, and that they are the same when they were written and
// read; one that is there twice, and more than may be, are refused.
func TestKinds(t *testing.T) {
	a := NewKinds[int](3)
	for i, x := range []struct {
		name uint64
		want int
	}{{70, 0}, {71, 1}, {70, 0}, {72, 2}, {73, 2}, {74, 2}, {71, 1}} {
		n := a.Number(x.name)
		if n != x.want {
			t.Errorf("number %d for the kind %d, want %d", n, x.name, x.want)
		}
		*a.Of(n) += 1 << i
	}
	sum := 0
	for n := range a.All() {
		sum = sum*1000 + *n
	}
	if want := 5_066_056; sum != want || a.Len() != 3 {
		t.Errorf("what is known is %d of %d kinds, want %d of 3", sum, a.Len(), want)
	}
	write := func(n *int, e *Encoder) { e.Int(int64(*n)) }
	read := func(n *int, d *Decoder) { *n = int(d.Int()) }
	var e, again, twice Encoder
	a.Encode(&e, write)
	b, c, small := NewKinds[int](3), NewKinds[int](3), NewKinds[int](2)
	if err := b.Decode(NewDecoder(e.Buf), read); err != nil {
		t.Fatal(err)
	}
	if b.Encode(&again, write); !bytes.Equal(e.Buf, again.Buf) {
		t.Error("the bytes differ after a round trip")
	}
	twice.Uint(2)
	for range 2 {
		twice.Fixed64(70)
		twice.Int(1)
	}
	if c.Decode(NewDecoder(twice.Buf), read) == nil || small.Decode(NewDecoder(e.Buf), read) == nil {
		t.Error("a kind twice or too many are read")
	}
}
