// Package burst says how far what somebody does in a minute goes beyond what he does in others: a scan, a flood, a spray of passwords, whose
// single events are as ordinary as can be. Use it to score one event at a time, then teach it the event. It keeps its counts as MIDAS-F does (Bhatia et
// al., TKDD 2022): of the running minute and of all past ones, in sketches of fixed size. It differs in what it makes of them: how many times the
// usual, because few things come as evenly as a Poisson process, and by Markov's inequality n times its mean is one in n at most of whatever comes. And
// a burst enters the past as far as the past would let it, instead of not at all, so that a server that grows is learned.
package burst

import (
	"math"
	"time"
)

const (
	ways   = 2    // cells that a key is counted in; the least of them is taken
	cells  = 1024 // of a way
	tick   = int64(time.Minute)
	fade   = 0.5               // of the running count, a minute later
	keep   = 1 - 1.0/(7*24*60) // of the past, a minute later: a week's memory
	lenity = 3                 // deviations that a minute may bring into the past
)

// A rate is what is known of how often the keys of one feature come.
type rate struct {
	now, past [ways][cells]float32
}

// A Model knows the rates of some features. It is for one goroutine.
type Model struct {
	rates  []rate
	minute int64   // the running one, of the events' own time
	span   float32 // minutes in the past, faded as it is
}

// New returns a Model of so many features that knows nothing.
func New(features int) *Model { return &Model{rates: make([]rate, features), minute: math.MinInt64} }

// Pass moves the running minute forward to the one of t, nanoseconds since 1970.
func (m *Model) Pass(t int64) {
	minute := t / tick
	if minute <= m.minute {
		return
	}
	gap := int64(0)
	if m.minute != math.MinInt64 {
		gap = minute - m.minute
	}
	m.minute = minute
	if gap == 0 {
		return
	}
	kept := power(keep, gap)
	faded := power(fade, gap)
	was := m.span
	m.span = float32(m.span*kept) + (1-kept)/(1-keep)
	for i := range m.rates {
		r := &m.rates[i]
		for w := range ways {
			for c := range cells {
				now := r.now[w][c]
				if now == 0 && r.past[w][c] == 0 {
					continue
				}
				usual := r.past[w][c] / max(1, was)
				came := min(now*fade, usual+float32(lenity*root(usual+1)))
				r.past[w][c] = float32(r.past[w][c]*kept) + came
				if r.now[w][c] = now * faded; r.now[w][c] < 1.0/64 {
					r.now[w][c] = 0
				}
			}
		}
	}
}

// power is x^n for 0 < x < 1, by squaring, so that it is the same everywhere.
func power(x float32, n int64) float32 {
	p := float32(1)
	for ; n > 0 && p > 0; n >>= 1 {
		if n&1 == 1 {
			p = float32(p * x)
		}
		x = float32(x * x)
	}
	return p
}

func root(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// A Verdict is how far the one of an event's keys that is furthest beyond its usual minute goes.
type Verdict struct {
	Key   int     // which of the keys it is
	Over  float32 // how many times the usual it is, one more at least being usual
	Now   float32 // how often it has come in this minute, this time included, and by half in the one before
	Usual float32 // and how often it does
	Times float32 // how often the last of the keys has come, at least 1
}

// Score judges an event by its keys. A key of 0 is none.
func (m *Model) Score(keys []uint64) Verdict {
	v := Verdict{Times: 1}
	for i, k := range keys {
		if k == 0 {
			continue
		}
		r := &m.rates[i]
		now, past := float32(math.MaxFloat32), float32(math.MaxFloat32)
		for w := range ways {
			c := cell(k, w)
			now, past = min(now, r.now[w][c]), min(past, r.past[w][c])
		}
		now++
		usual := past / max(1, m.span) / fade // the running count holds a part of the minutes before
		if over := now / (1 + usual); over > v.Over {
			v.Key, v.Over, v.Now, v.Usual = i, over, now, usual
		}
		v.Times = now
	}
	return v
}

// Learn counts an event.
func (m *Model) Learn(keys []uint64) {
	for i, k := range keys {
		if k == 0 {
			continue
		}
		for w := range ways {
			m.rates[i].now[w][cell(k, w)]++
		}
	}
}

func cell(k uint64, way int) uint64 { return k >> (10 * way) & (cells - 1) }

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int { return len(m.rates) * ways * cells * 8 }
