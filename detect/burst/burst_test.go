package burst

import (
	"testing"
	"time"
)

const minute = int64(time.Minute)

// live lets keys come so often a minute for some minutes and returns the time after them.
func live(m *Model, from int64, minutes int, often map[uint64]int) int64 {
	for range minutes {
		m.Pass(from)
		for key, n := range often {
			for range n {
				m.Learn([]uint64{key})
			}
		}
		from += minute
	}
	return from
}

const (
	quiet  = 0x1234567
	server = 0x89abcdef01
)

// TestBurst checks that sixty a minute are much for who comes once, and nothing for a server that has them always.
func TestBurst(t *testing.T) {
	m := New(1)
	now := live(m, 0, 600, map[uint64]int{quiet: 1, server: 60})
	m.Pass(now)
	var got float32
	for range 60 {
		got = m.Score([]uint64{quiet}).Over
		m.Learn([]uint64{quiet})
	}
	if got < 15 {
		t.Errorf("60 in a minute of who comes once are %v times the usual", got)
	}
	for range 60 {
		got = m.Score([]uint64{server}).Over
		m.Learn([]uint64{server})
	}
	if got > 1.25 {
		t.Errorf("60 in a minute of who always has them are %v times the usual", got)
	}
}

// TestGrowth checks that a server that doubles its load is usual a day later.
func TestGrowth(t *testing.T) {
	m := New(1)
	now := live(m, 0, 1440, map[uint64]int{server: 60})
	now = live(m, now, 2880, map[uint64]int{server: 120})
	m.Pass(now)
	var got float32
	for range 120 {
		got = m.Score([]uint64{server}).Over
		m.Learn([]uint64{server})
	}
	if got > 1.5 {
		t.Errorf("two days after it doubled, its load is %v times the usual", got)
	}
}

// TestTimes checks that the times of a minute are counted, those of the minute before by half, and that time that runs back changes nothing.
func TestTimes(t *testing.T) {
	m := New(2)
	m.Pass(100 * minute)
	for range 8 {
		m.Learn([]uint64{server, 0})
	}
	if got := m.Score([]uint64{server, 0}).Times; got != 9 {
		t.Errorf("the ninth time is taken for %v", got)
	}
	m.Pass(99 * minute)
	if got := m.Score([]uint64{server, 0}).Times; got != 9 {
		t.Errorf("after time ran back the ninth time is taken for %v", got)
	}
	m.Pass(101 * minute)
	if got := m.Score([]uint64{server, 0}).Times; got != 5 {
		t.Errorf("a minute later 8 times count %v, with this one", got)
	}
	m.Pass(1 << 62)
	if got := m.Score([]uint64{server, 0}); got.Times != 1 || got.Over < 0 || got.Over > 2 {
		t.Errorf("after ages: %+v", got)
	}
	if got := m.Score([]uint64{0, server}); got.Key != 1 || got.Now != 1 {
		t.Errorf("the busiest is %+v, want the second key", got)
	}
}
