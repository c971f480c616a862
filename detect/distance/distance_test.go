package distance

import (
	"math"
	"testing"
)

// steady returns a model that has learned a field that varies by about an octave, and one that never changes.
func steady(t *testing.T) *Model {
	t.Helper()
	m := New(2)
	for i := range 4096 {
		m.Learn([]float32{10 + float32(i%3), 0}, 1)
	}
	return m
}

// TestFarness checks that a size is as far as its own field makes it: an octave is nothing where octaves are usual, and much where nothing
// ever changed.
func TestFarness(t *testing.T) {
	m := steady(t)
	for _, c := range []struct {
		name      string
		sizes     []float32
		low, high float32
	}{
		{"usual", []float32{11, 0}, 0, 0.1},
		{"an octave where they are usual", []float32{12, 0}, 1, 1.5},
		{"an octave where there never was one", []float32{11, 1}, 40, 100},
		{"far in both", []float32{21, 1}, 41, 100},
		{"nothing to measure", []float32{float32(math.NaN()), float32(math.NaN())}, 0, 0},
	} {
		if got := m.Score(c.sizes); got < c.low || got > c.high {
			t.Errorf("%s: got %v, want %v to %v", c.name, got, c.low, c.high)
		}
	}
}

// TestFirstEvents checks that what comes first is no surprise, and that no input makes a score that is no number.
func TestFirstEvents(t *testing.T) {
	if got := New(1).Score([]float32{3}); got > 3 {
		t.Errorf("the first event is %v deviations away", got)
	}
	m := New(1)
	for _, x := range []float32{math.MaxFloat32, -math.MaxFloat32, 0, float32(math.NaN()), 1e-30, 128} {
		if got := m.Score([]float32{x}); got != got || got < 0 { // NaN
			t.Errorf("%v scores %v", x, got)
		}
		m.Learn([]float32{x}, 1)
	}
}

// TestHalve checks that what was learned long ago gives way.
func TestHalve(t *testing.T) {
	m := steady(t)
	for range 8 {
		m.Halve()
	}
	for range 64 {
		m.Learn([]float32{20, 0}, 1)
	}
	if got := m.Score([]float32{20, 0}); got > 1 {
		t.Errorf("what is usual now is %v deviations away", got)
	}
}
