package likeness

import (
	"testing"

	"frontfoot/detect/feature"
)

// TestDeparture checks that a step counts by the column it is in: the same half octave is nothing where ordinary rows move by more, and a thing that
// never was where they stay.
func TestDeparture(t *testing.T) {
	m := New(flows, clean)
	m.Score(row(1, 8, 0))
	if got := m.Departure(); got != 0 {
		t.Errorf("where nothing is known a row departs by %v bits", got)
	}
	m.Trust()
	for i := range 1000 {
		m.Score(row(1, 8, float32(i%5)/4))
		m.Departure()
		m.Ordinary(1)
	}
	bits := func(word uint64, still, moving float32) float32 {
		m.Score(row(word, still, moving))
		return m.Departure()
	}
	if same, moves, stays, word := bits(1, 8, 0), bits(1, 8, 0.5), bits(1, 8.5, 0), bits(2, 8, 0); moves > same+1 || stays < moves+5 || word < moves+5 {
		t.Errorf("the same row departs by %v bits, half an octave where rows move is %v, where they stay %v, another word %v", same, moves, stays, word)
	}
	before := bits(1, 8.5, 0)
	m.Ordinary(1000)
	if got := bits(1, 8.5, 0); got > before-4 {
		t.Errorf("a step that became ordinary departs by %v bits, %v before", got, before)
	}
}

// TestManyColumns checks that what a row is compared with is bounded by columns, too.
func TestManyColumns(t *testing.T) {
	for _, c := range []struct{ columns, want int }{{1, 2048}, {1024, cells / 1024}, {1 << 15, fewest}} {
		layout := *flows
		layout.Fields = make([]feature.Field, c.columns)
		layout.Sizes = nil
		if m := New(&layout, 2048); m.clean.most != c.want || m.others.most > c.want {
			t.Errorf("of rows of %d columns %d and %d are kept, want at most %d", c.columns, m.clean.most, m.others.most, c.want)
		}
	}
}
