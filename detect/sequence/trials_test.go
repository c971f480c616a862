package sequence

import (
	"math"
	"testing"
	"time"

	"frontfoot/detect/sketch"
)

const day = int64(24 * time.Hour)

// TestBarOfManyTrials checks that the bar is as high after so many trials that a float32 could not count them as it was in the beginning.
func TestBarOfManyTrials(t *testing.T) {
	const daily = 5_000_000
	var x Trials
	x.Pass(day, day)
	var bars [10]float32
	for d := range bars {
		for range daily {
			x.Make()
		}
		x.Pass(int64(d+2)*day, 0)
		bars[d] = x.Bar()
	}
	for d, bar := range bars {
		if want := float32(math.Log2(daily)) + 3; math.Abs(float64(bar-want)) > 0.01 {
			t.Errorf("on day %d the bar is at %.2f bits, want %.2f", d+1, bar, want)
		}
	}
}

// TestSeldomTrialsAreWorthMore checks that a trial made as often as events come is worth its bits, and one made by a quarter of them two more.
func TestSeldomTrialsAreWorthMore(t *testing.T) {
	var x Trials
	x.Pass(day, day)
	for range 1024 {
		x.Make()
	}
	for daily, want := range map[float32]float32{1: 10, 1024: 10, 4096: 12} {
		if got := x.Worth(10, daily); math.Abs(float64(got-want)) > 0.01 {
			t.Errorf("of %v events a day: %v bits, want %v", daily, got, want)
		}
	}
}

// TestTrialsAreReadBack checks that trials are the same when they were written and read, and that what is cut short is refused.
func TestTrialsAreReadBack(t *testing.T) {
	x := Trials{made: 1 << 40, began: -5, now: day}
	var e sketch.Encoder
	x.Encode(&e)
	var y Trials
	if err := y.Decode(sketch.NewDecoder(e.Buf)); err != nil || x != y {
		t.Errorf("%+v, want %+v: %v", y, x, err)
	}
	for n := range e.Buf {
		if new(Trials).Decode(sketch.NewDecoder(e.Buf[:n])) == nil {
			t.Errorf("no error of %d bytes", n)
		}
	}
}

// TestShare checks that a kind of which little is tried counts for more, that none loses more than a bit, and that all together tell as often as without.
func TestShare(t *testing.T) {
	var x Trials
	made := []uint64{6000, 1900, 90, 10}
	for range 8000 {
		x.Make()
	}
	var chance float64
	for _, n := range made {
		bits := float64(x.Share(n, len(made)))
		if bits < -1 {
			t.Errorf("%d of 8000: %.2f bits", n, bits)
		}
		chance += float64(n) * math.Exp2(bits) * math.Exp2(-20)
	}
	if got, want := chance, 8000*math.Exp2(-20); math.Abs(got/want-1) > 0.001 {
		t.Errorf("told by chance %g times, want %g", got, want)
	}
	if rare, common := x.Share(10, 4), x.Share(6000, 4); rare < 6 || common > 0 {
		t.Errorf("%.2f bits of ten in 8000, %.2f of 6000", rare, common)
	}
}

// TestTurn checks that the first time ends nothing, and that hours and fortnights end once each, however far time jumps, and never by running backwards.
func TestTurn(t *testing.T) {
	var x Trials
	const hour = int64(time.Hour)
	start := 2000 * 14 * day
	for i, c := range []struct {
		at              int64
		hour, fortnight bool
	}{
		{start, false, false},
		{start + hour - 1, false, false},
		{start + hour, true, false},
		{start + hour, false, false},
		{start, false, false},
		{start + 9*day, true, false},
		{start + 14*day, true, true},
		{start + 14*day + 1, false, false},
		{start + 80*day, true, true},
	} {
		if h, f := x.Turn(c.at, c.at); h != c.hour || f != c.fortnight {
			t.Errorf("time %d: %v and %v, want %v and %v", i, h, f, c.hour, c.fortnight)
		}
	}
}
