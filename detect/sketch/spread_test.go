package sketch

import (
	"bytes"
	"testing"
)

// TestSpreadUnderFlood checks that what many were seen with is known as such, also after a million others, and through a turn.
func TestSpreadUnderFlood(t *testing.T) {
	const most = 1 << 15
	s, key := NewSpread(most), testKey()
	for i := range uint64(100) {
		s.Note(key.Number(1, 1), key.Number(2, i))
		s.Note(key.Number(1, 2+i), key.Number(2, i))
	}
	for i := range uint64(1 << 20) {
		s.Note(key.Number(3, i), key.Number(2, i%100))
	}
	if n := s.Bytes(); n > most+256 {
		t.Errorf("%d bytes, allowed %d", n, most)
	}
	for turn := range 2 {
		if n := s.Of(key.Number(1, 1)); n < 70 || n > 140 {
			t.Errorf("turn %d: seen with %v, want about 100", turn, n)
		}
		if n := s.All(); n < 90 || n > 110 {
			t.Errorf("turn %d: %v in all, want about 100", turn, n)
		}
		if a := s.Alone(key.Number(1, 1)); a != 0 {
			t.Errorf("turn %d: what everybody was seen with is alone by %v", turn, a)
		}
		if a := s.Alone(key.Number(4, 1)); a != 1 {
			t.Errorf("turn %d: what is not known is alone by %v", turn, a)
		}
		s.Turn()
	}
	if n := s.Of(key.Number(1, 1)); n != 1 {
		t.Errorf("seen with %v two turns later, want 1", n)
	}
}

// TestSpreadRoundTrip checks that the same state has the same bytes.
func TestSpreadRoundTrip(t *testing.T) {
	a, b, key := NewSpread(1<<12), NewSpread(1<<12), testKey()
	for i := range uint64(300) {
		a.Note(key.Number(1, i%40), key.Number(2, i))
		if i == 200 {
			a.Turn()
		}
	}
	var e, again Encoder
	a.Encode(&e)
	if err := b.Decode(NewDecoder(e.Buf)); err != nil {
		t.Fatal(err)
	}
	if b.Encode(&again); !bytes.Equal(e.Buf, again.Buf) {
		t.Fatal("the bytes differ after a round trip")
	}
	if a.Of(key.Number(1, 3)) != b.Of(key.Number(1, 3)) || a.All() != b.All() {
		t.Error("what was restored gives other answers")
	}
	if err := b.Decode(NewDecoder(e.Buf[:len(e.Buf)-1])); err == nil {
		t.Error("no error of a truncated state")
	}
}

// TestMean checks a mean, its fading and its round trip.
func TestMean(t *testing.T) {
	var m, back Mean
	if m.Mean() != 0 {
		t.Error("the mean of nothing is not 0")
	}
	m.Add(2, 1)
	m.Add(5, 2)
	m.Scale(0.5)
	if m.Mean() != 4 || m.Weight() != 1.5 {
		t.Errorf("mean %v of %v, want 4 of 1.5", m.Mean(), m.Weight())
	}
	var e Encoder
	m.Encode(&e)
	if back.Decode(NewDecoder(e.Buf)); back != m {
		t.Errorf("%+v after a round trip of %+v", back, m)
	}
}
