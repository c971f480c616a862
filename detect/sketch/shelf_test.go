package sketch

import (
	"bytes"
	"testing"
)

func put(s *Shelf[int], hash uint64, at uint32, n int) bool {
	seat, there := s.Find(hash, at)
	if seat == nil {
		return false
	}
	if !there {
		seat.Place(hash, at, n)
	}
	seat.Use(at)
	return true
}

// TestShelfUnderFlood checks that what came often stays through a million others that come once, in bounded memory, and that it makes room for what comes
// again and again when all seats are taken.
func TestShelfUnderFlood(t *testing.T) {
	s, key := NewShelf[int](256, 512), testKey()
	for range 5 {
		for i := range 100 {
			put(&s, key.Number(1, uint64(i)), 10, i)
		}
	}
	for i := range uint64(1 << 20) {
		put(&s, key.Number(2, i), 20, -1)
	}
	kept := 0
	for i := range 100 {
		if seat := s.Known(key.Number(1, uint64(i))); seat != nil && seat.Thing == i {
			kept++
		}
	}
	if kept < 95 || s.Len() > 512 {
		t.Errorf("%d of 100 kept, on %d seats", kept, s.Len())
	}
	for i := range 2000 {
		put(&s, key.Number(3, uint64(i%1000)), 30, 7)
	}
	there := false
	for range 20 {
		there = put(&s, key.Number(4, 1), 30, 8)
	}
	if !there {
		t.Error("no room for what came 20 times")
	}
	if seat := s.Known(key.Number(1, 3)); seat != nil && seat.worth(10+2*stale) != 0 {
		t.Error("what was not used for long is worth something")
	}
}

// TestShelfRoundTrip checks that the same state has the same bytes, and that what was cut off or is too large is refused.
func TestShelfRoundTrip(t *testing.T) {
	a, key := NewShelf[int](64, 256), testKey()
	for i := range uint64(150) {
		put(&a, key.Number(1, i%90), uint32(i), int(i))
	}
	write := func(n *int, e *Encoder) { e.Int(int64(*n)) }
	read := func(n *int, d *Decoder) { *n = int(d.Int()) }
	var e, again Encoder
	a.Encode(&e, write)
	b := NewShelf[int](64, 256)
	if err := b.Decode(NewDecoder(e.Buf), read); err != nil {
		t.Fatal(err)
	}
	if b.Encode(&again, write); !bytes.Equal(e.Buf, again.Buf) {
		t.Error("the bytes differ after a round trip")
	}
	for n := range e.Buf {
		c := NewShelf[int](64, 256)
		if c.Decode(NewDecoder(e.Buf[:n]), read) == nil {
			t.Fatalf("no error of the first %d bytes of %d", n, len(e.Buf))
		}
	}
	small := NewShelf[int](16, 32)
	if small.Decode(NewDecoder(e.Buf), read) == nil {
		t.Error("more seats are read than may be")
	}
}

// TestFullShelfIsRead checks that a Shelf that has all its seats counts no more what it wears down, and is read back also where it did.
func TestFullShelfIsRead(t *testing.T) {
	a, key := NewShelf[int](64, 128), testKey()
	for i := range uint64(1000) {
		for range 100 {
			put(&a, key.Number(1, i), 10, 1)
		}
	}
	if a.Len() != 128 {
		t.Fatalf("%d seats, want all", a.Len())
	}
	if a.worn != 0 {
		t.Errorf("it has counted %d", a.worn)
	}
	a.worn = 1000
	var e Encoder
	a.Encode(&e, func(n *int, e *Encoder) { e.Int(int64(*n)) })
	b := NewShelf[int](64, 128)
	if err := b.Decode(NewDecoder(e.Buf), func(n *int, d *Decoder) { *n = int(d.Int()) }); err != nil {
		t.Error(err)
	}
}
