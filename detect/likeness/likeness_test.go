package likeness

import (
	"math"
	"testing"

	"frontfoot/detect/feature"
)

// flows is a layout of a word and two sizes.
var flows = &feature.Layout{Fields: make([]feature.Field, 3), Sizes: []int{1, 2}} //nolint:gochecknoglobals // never written

// clean is how many clean rows are kept.
const clean = 64

func row(word uint64, sizes ...float32) *feature.Row {
	return &feature.Row{Values: []feature.Value{{Hash: word}, {}, {}}, Sizes: sizes}
}

// lacking is the size of what has none.
func lacking() float32 { return float32(math.NaN()) }

func TestScore(t *testing.T) {
	for _, c := range []struct {
		name string
		row  *feature.Row
		want float32
	}{
		{"the same", row(1, 8, 0), 0},
		{"another word", row(2, 8, 0), 1},
		{"an octave more", row(1, 9, 0), 1.0 / 16},
		{"far more", row(1, 30, 0), 1},
		{"a size less", row(1, lacking(), 0), 1},
		{"all of it", row(2, 30, 30), 3},
		{"like the second", row(7, 8, lacking()), 0},
	} {
		m := New(flows, clean)
		if got := m.Score(c.row); got != 0 {
			t.Errorf("%s: where nothing is known it differs in %v", c.name, got)
		}
		for _, r := range []*feature.Row{row(1, 8, 0), row(7, 8, lacking())} {
			m.Score(r)
			m.Trust()
		}
		if got := m.Score(c.row); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// TestLearn checks that what jumped away from the clean rows stays where it is however often it comes, and that what grows out of them is followed.
func TestLearn(t *testing.T) {
	m := New(flows, clean)
	m.Score(row(1, 8, 0))
	m.Trust()
	for range 10_000 {
		m.Learn(m.Score(row(2, 8, 0)))
	}
	if got := m.Score(row(2, 8, 0)); got != 1 {
		t.Errorf("a jump that came ten thousand times is at %v, want 1", got)
	}
	if got := m.Score(row(2, 8, 1)); got != 1+1.0/16 {
		t.Errorf("what is near a jump is at %v, want %v", got, 1+1.0/16)
	}
	far := m.Score(row(1, 12, 0))
	for x := float32(8); x <= 12; x += 0.25 {
		m.Learn(m.Score(row(1, x, 0)))
	}
	if got := m.Score(row(1, 12, 0)); far != 1 || got > far/4 {
		t.Errorf("at the end of small steps it is at %v, where one large step is at %v", got, far)
	}
}

// TestFloodPutsOutNothingClean checks that the room for clean rows is theirs, and that memory is bounded.
func TestFloodPutsOutNothingClean(t *testing.T) {
	m := New(flows, clean)
	for i := range 10 {
		m.Score(row(uint64(1+i), 8, 0))
		m.Trust()
	}
	for i := range 10 * others {
		m.Learn(m.Score(row(uint64(1000+i), 20, 20)))
	}
	for i := range 10 {
		if got := m.Score(row(uint64(1+i), 8, 0)); got != 0 {
			t.Errorf("after a flood clean row %d is at %v", i, got)
		}
	}
	for i := range 2 * clean {
		m.Score(row(uint64(1_000_000+i), 8, 0))
		m.Trust()
	}
	if got := len(m.clean.used); got != clean {
		t.Errorf("%d clean rows are kept, want %d", got, clean)
	}
	if got := len(m.others.used); got != others {
		t.Errorf("%d other rows are kept, want %d", got, others)
	}
}

// TestHalve checks that what came after the clean rows is less unlike them.
func TestHalve(t *testing.T) {
	m := New(flows, clean)
	m.Score(row(1, 8, 0))
	m.Trust()
	m.Learn(m.Score(row(2, 8, 0)))
	m.Halve()
	if got := m.Score(row(2, 8, 0)); got != 0.5 {
		t.Errorf("got %v, want half of 1", got)
	}
}
