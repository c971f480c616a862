package feature

import (
	"math"
	"strings"
	"testing"
)

// TestSize checks how numbers of bytes are said.
func TestSize(t *testing.T) {
	for n, want := range map[float64]string{
		0: "0 B", 762: "762 B", 1000: "1.0 kB", 19_068: "19.1 kB", 999_999: "1.0 MB", 3_559_391_232: "3.6 GB", math.MaxUint64: "18446.7 PB",
	} {
		if got := Size(n); got != want {
			t.Errorf("Size(%v) = %q, want %q", n, got, want)
		}
	}
}

// TestSeldom checks that each pair that has words has others for what was seen before.
func TestSeldom(t *testing.T) {
	for i := range eventPairs {
		p := &eventPairs[i]
		if got := p.Seldom(); p.Say != "" && (got == p.Say || strings.Count(got, "%") != 2) {
			t.Errorf("%q is said as %q of what was seen before", p.Say, got)
		}
	}
}
