package sketch

import "testing"

// TestPoolIsAsLargeAsWhatItHolds checks that numbers that were given back are used before the Pool grows, that it grows by little, and that what is taken is empty.
func TestPoolIsAsLargeAsWhatItHolds(t *testing.T) {
	var p Pool[[2]uint64]
	for i := range uint64(1000) {
		p.At(p.Take())[0] = i
	}
	if n := p.Bytes(); n < 16_000 || n > 16_000*5/4 {
		t.Errorf("%d bytes for 1,000 of 16", n)
	}
	for i := range uint16(500) {
		p.Give(2*i + 1)
	}
	before := cap(p.all)
	for range 500 {
		if x := p.At(p.Take()); *x != [2]uint64{} {
			t.Fatalf("what was taken holds %v", *x)
		}
	}
	if got := p.At(2)[0]; got != 1 {
		t.Errorf("what was kept holds %d, want 1", got)
	}
	if cap(p.all) != before {
		t.Error("it grew though half of it was given back")
	}
	if p.Give(0); p.At(0) != nil || len(p.free) > 0 {
		t.Error("0 is something")
	}
}
