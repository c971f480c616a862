package novelty

import (
	"slices"
	"testing"

	"frontfoot/detect/feature"
)

// TestCompany checks of some events, with more pairs than there are in a word, that those are gone over in order of which no half is lacking.
func TestCompany(t *testing.T) {
	const fields = 13
	l := &feature.Layout{Fields: make([]feature.Field, fields)}
	for a := range fields {
		for b := range a {
			l.Pairs = append(l.Pairs, feature.Pair{A: a, B: b})
		}
	}
	c := newCompany(l)
	for _, has := range []uint{0, 1<<fields - 1, 1<<12 | 1, 0b1_0101_1100_0110, 1 << 5} {
		var want []int
		for j, p := range l.Pairs {
			if (has>>p.A)&(has>>p.B)&1 == 1 {
				want = append(want, j)
			}
		}
		var there []int32
		for i := range int32(fields) {
			if has>>i&1 == 1 {
				there = append(there, i)
			}
		}
		if got := slices.Collect(c.of(there)); !slices.Equal(got, want) {
			t.Errorf("with the fields %b: pairs %v, want %v", has, got, want)
		}
	}
}
