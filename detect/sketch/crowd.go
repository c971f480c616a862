package sketch

import "math/bits"

// A Crowd counts how many different things there were, in 32 bits: a linear map of bits (Whang et al., TODS 1990) that takes the fewer the fuller it is (the
// self-learning bitmap: Chen and Cao, JASA 2011). So it is right to within one in six up to 20 and to within one in three up to 1,000, and counts no further than 1,318. What it did
// not take once it does not take later: a thing counts once, however often it comes.
type Crowd uint32

const (
	places = 32
	free   = 16 // places up to which all are taken
	fewer  = 4  // places after each of which half as many are
)

// Place is where a thing goes, of 32: Add of that is Add of the thing while all are taken.
func Place(hash uint64) uint64 { return hash % places }

// Add takes up a thing by its hash, and reports whether there are more for it.
func (c *Crowd) Add(hash uint64) bool {
	place := Crowd(1) << Place(hash)
	if *c&place != 0 || hash/places%(1<<thinned(bits.OnesCount32(uint32(*c)))) != 0 {
		return false
	}
	*c |= place
	return true
}

// thinned is log2 of how many new things there are for each that is taken where so many places are.
func thinned(taken int) int { return max(0, taken-free+fewer) / fewer }

// Len is about how many there were.
func (c Crowd) Len() uint32 {
	sum := uint32(0) // in 256ths
	for taken := range bits.OnesCount32(uint32(c)) {
		sum += 256 * places << thinned(taken) / uint32(places-taken)
	}
	return (sum + 128) / 256
}
