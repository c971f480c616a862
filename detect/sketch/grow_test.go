package sketch

import (
	"math"
	"testing"
)

// A million events more are counted to a thirtieth of them, whatever came before; rounded to the nearest, none of them would be.
func TestLargeTotalsGrow(t *testing.T) {
	for _, before := range []float32{1 << 20, 1 << 24, 1 << 26, 1 << 28} {
		for _, w := range []float32{0.25, 1, 1.7} {
			var h Hist
			var tail Tail
			h.Add(0, before)
			tail.Add(0, before)
			const more = 1_000_000
			for range more {
				h.Add(0, w)
				tail.Add(0, w)
			}
			want := float64(w) * more
			for name, total := range map[string]float32{"Hist": h.total, "its rank": h.ranks[0].n, "Tail": tail.total, "its bin": tail.n[0]} {
				if got := float64(total - before); math.Abs(got-want) > want/30 {
					t.Errorf("%s: %v and %d times %v: %v more, want %v", name, before, more, w, got, want)
				}
			}
		}
	}
}

// What is rare stays as rare as it is on a site with many events.
func TestRareAmongMany(t *testing.T) {
	var h Hist
	h.Add(0, 1<<27)
	h.Add(9, 1<<10)
	const rounds, share = 1 << 20, 1 << 17
	for i := range rounds {
		h.Add(0, 1)
		if i%(rounds/8) == 0 {
			h.Add(9, 1)
		}
	}
	if got, want := h.Bits(9), float32(17); math.Abs(float64(got-want)) > 0.1 {
		t.Errorf("one of %d: %v bits, want %v", share, got, want)
	}
}
