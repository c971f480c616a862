package sketch

import (
	"math"
	"testing"
)

// Scores that look rarer than they are become findings about as often as was asked for, also where that is too seldom to learn from.
func TestAlarmOfBiasedScores(t *testing.T) {
	for _, rate := range []float64{0.01, 0.001, 0.0001} {
		const events, bias = 100_000, 1.25 // bits: 2.4 times too many
		a, rang := NewAlarm(3), 0
		for i := range events {
			_, chance := math.Modf(float64(i+1) * math.Phi) // as even as can be, so that little is left to luck
			if a.Rings(float32(bias-math.Log2(chance)), rate, nil) {
				rang++
			}
		}
		if got := float64(rang) / events / rate; got < 0.8 || got > 1.4 {
			t.Errorf("at a rate of %v there are %d findings, %.2f times what was asked for", rate, rang, got)
		}
	}
}
