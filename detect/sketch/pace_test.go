package sketch

import (
	"math"
	"testing"
)

// Findings that are seldom come as often as was asked for, though they come in bursts, and more of them in one dataset than its tail has.
func TestPace(t *testing.T) {
	for _, rate := range []float64{0.0005, 0.0001} {
		const events, burst = 200_000, 5
		datasets := []struct {
			alarm Alarm
			bias  float64 // bits by which things look rarer than they are
		}{{NewAlarm(3), 2}, {NewAlarm(3), -1}}
		var pace Pace
		rang := 0
		for i := range events {
			d := &datasets[i/burst%2]
			_, chance := math.Modf(float64(i/burst+1) * math.Phi) // the same for a whole burst
			if d.alarm.Rings(float32(d.bias-math.Log2(chance)), rate, &pace) {
				rang++
			}
		}
		if got := float64(rang) / events / rate; got < 0.8 || got > 1.2 {
			t.Errorf("at a rate of %v there are %d findings, %.2f times what was asked for", rate, rang, got)
		}
	}
}

// However much there was to find, what is eight times as rare as the bar of its dataset has it is found; however little, what is more than four times as frequent is not.
func TestPaceIsBounded(t *testing.T) {
	const rate = 0.0001
	bar := float32(-math.Log2(rate))
	flood, calm := Pace{}, Pace{}
	for range 100 {
		flood.keep(true, rate)
	}
	for range 1_000_000 {
		calm.keep(false, rate)
	}
	for name, x := range map[string]struct {
		pace Pace
		tail float32
		want bool
	}{
		"after a flood, rarer by a little":    {flood, bar + 2.9, false},
		"after a flood, rarer by far":         {flood, bar + 3.1, true},
		"after a calm, less rare by a little": {calm, bar - 1.9, true},
		"after a calm, less rare by far":      {calm, bar - 2.1, false},
	} {
		a := NewAlarm(3)
		if got := a.Rings(x.tail, rate, &x.pace); got != x.want {
			t.Errorf("%s: a finding: %v", name, got)
		}
	}
}
