package sketch

import (
	"math"
	"testing"
)

// TestCrowd checks how exact counts of different things are, and that a thing that comes again is none.
func TestCrowd(t *testing.T) {
	key := NewKey([16]byte{3})
	for n, most := range map[int]float64{1: 0, 2: 0.1, 8: 0.15, 20: 0.17, 200: 0.37, 1000: 0.37} {
		sum := 0.0
		const runs = 400
		for run := range runs {
			var c Crowd
			for range 3 {
				for i := range n {
					c.Add(key.Number(uint64(run), uint64(i)))
				}
			}
			sum += math.Pow(float64(c.Len())/float64(n)-1, 2)
		}
		if off := math.Sqrt(sum / runs); off > most {
			t.Errorf("%d things: off by %.3f, want at most %.3f", n, off, most)
		} else {
			t.Logf("%d things: off by %.3f", n, off)
		}
	}
}

// TestCrowdGrows checks that what is taken makes the count larger, and that it ends somewhere.
func TestCrowdGrows(t *testing.T) {
	var c Crowd
	key, was := NewKey([16]byte{4}), uint32(0)
	for i := range 1 << 16 {
		if c.Add(key.Number(1, uint64(i))) != (c.Len() > was) {
			t.Fatalf("thing %d: %d after %d", i, c.Len(), was)
		}
		was = c.Len()
	}
	if was != 1318 {
		t.Errorf("%d at most, want 1,318", was)
	}
}
