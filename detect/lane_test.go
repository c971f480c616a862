package detect

import (
	"fmt"
	"testing"
)

// Sites must spread over lanes, and stay where they are for ever: the place records say so.
func TestLaneOfSpreadsAndStays(t *testing.T) {
	for site, want := range map[string]int{"ashford-vale": 1, "northmoor": 3, "saltmarsh": 3, "local": 1} {
		if got := laneOf(site, 4); got != want {
			t.Errorf("laneOf(%q, 4) = %d, want %d", site, got, want)
		}
	}
	count := make([]int, 16)
	for i := range 1600 {
		count[laneOf(fmt.Sprint("council-", i), len(count))]++
	}
	for lane, n := range count {
		if n < 60 || n > 140 {
			t.Errorf("lane %d has %d of 1,600 sites", lane, n)
		}
	}
}
