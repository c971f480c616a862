package gen

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// A rng is one stream of chance. Streams of different names are independent, so that what one of them is asked for changes no other.
type rng struct{ *rand.Rand }

func newRNG(seed uint64, name string) rng {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash takes everything
	return rng{rand.New(rand.NewPCG(seed, h.Sum64()))}
}

// chance is true with probability p.
func (r rng) chance(p float64) bool { return r.Float64() < p }

// between returns a whole number from lo up to hi, both included.
func (r rng) between(lo, hi int) int { return lo + r.IntN(hi-lo+1) }

// skewed returns a log-normal number: half of them are below the median, sigma says how far the tail reaches.
func (r rng) skewed(median, sigma float64) float64 { return median * math.Exp(sigma*r.NormFloat64()) }

// span returns a log-normal time.
func (r rng) span(median int64, sigma float64) int64 { return int64(r.skewed(float64(median), sigma)) }

// ephemeral returns a client's port.
func (r rng) ephemeral() uint16 { return uint16(32768 + r.IntN(28232)) }

// letters makes up a name of so many random letters.
func (r rng) letters(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + r.IntN(26))
	}
	return string(b)
}

// nanos returns a time of less than one second.
func (r rng) nanos() int64 { return r.Int64N(second) }

func pick[T any](r rng, s []T) T { return s[r.IntN(len(s))] }

// An alias draws one of n things with given weights in constant time (Walker's method).
type alias struct {
	keep  []float64
	other []int32
}

func newAlias(weights []float64) alias {
	n := len(weights)
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	a := alias{keep: make([]float64, n), other: make([]int32, n)}
	var small, large []int32
	for i, w := range weights {
		a.keep[i] = w * float64(n) / sum
		if a.keep[i] < 1 {
			small = append(small, int32(i))
		} else {
			large = append(large, int32(i))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		a.other[s] = l
		if a.keep[l] -= 1 - a.keep[s]; a.keep[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, i := range append(small, large...) {
		a.keep[i] = 1
	}
	return a
}

// zipf returns an alias in which the k-th thing (from 1) weighs 1/(k+shift)^s.
func zipf(n int, s, shift float64) alias {
	w := make([]float64, n)
	for i := range w {
		w[i] = math.Pow(float64(i+1)+shift, -s)
	}
	return newAlias(w)
}

func (a alias) draw(r rng) int {
	i := r.IntN(len(a.keep))
	if r.Float64() < a.keep[i] {
		return i
	}
	return int(a.other[i])
}
