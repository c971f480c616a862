package sketch

import "math"

// plain is a sum to which less than 1 can still be added as it is.
const plain = 1 << 20

// grow returns n + w. A large n has no place left for what w adds, so it is rounded up or down by chance, the nearer the likelier: it is right on average,
// where rounding to the nearest would let n stand still at 2^24, a day or two of a busy site. turn moves with each addition: the same additions, the same chance.
func grow(n, w, turn float32) float32 {
	if n < plain {
		return n + w
	}
	const cut = 52 - 23 // bits of a float64's mantissa that a float32 lacks
	sum := math.Float64bits(float64(n) + float64(w))
	return float32(math.Float64frombits((sum + uint64(shuffled(n, turn)>>(32-cut))) &^ (1<<cut - 1)))
}

// begin is where the turns of a total start again: at 0 or, where there are dice, at a fraction of 1 that is another each time, so that they do not fall the same way
// again.
func begin(total, turn float32) float32 {
	if total < plain {
		return 0
	}
	return float32(shuffled(total, turn)>>16) / (1 << 16)
}

// shuffled returns a number that looks like chance.
func shuffled(a, b float32) uint32 {
	return uint32(Mix(uint64(math.Float32bits(a)), uint64(math.Float32bits(b))) >> 32)
}
