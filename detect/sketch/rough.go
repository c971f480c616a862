package sketch

import "math"

// A rough is a count in few bits: five of an exponent and eleven of a mantissa, from 1/16 to 2^28. Whole numbers up to 4,096 are exact, and so is what has the bits
// of one of them. All else is rounded up or down by chance, so that it is right on average however often little is added to much, and in the
// end by about 1 in a hundred (as of Morris, CACM 1978).
type rough uint16

const (
	cut      = 23 - 11               // bits of a float32's mantissa that a rough lacks
	smallest = 127 - 4               // exponent of 1/16 in a float32
	lowest   = smallest<<11 - 1      // what 0 would be
	tiny     = float32(1) / (1 << 4) // is 1
)

func (n rough) float() float32 {
	if n == 0 {
		return 0
	}
	return math.Float32frombits((uint32(n) + lowest) << cut)
}

// dice are thrown by count: the same calls, the same numbers. The multiples of the golden section are spread as evenly as can be.
type dice uint64

// face is how they lie.
func (d *dice) face() uint32 { return uint32(uint64(*d) * 0x9e3779b97f4a7c15 >> 32) }

// rough rounds x up or down, the nearer the likelier.
func (d *dice) rough(x float32) rough {
	b := math.Float32bits(x)
	if x < tiny {
		*d++
		if x > float32(d.face()>>8)*(tiny/(1<<24)) {
			return 1
		}
		return 0
	}
	*d += dice(b&(1<<cut-1)+(1<<cut-1)) >> cut // thrown where there is something to round: where there is not, how they lie is nothing to x
	return rough(min((b+d.face()>>(32-cut))>>cut-lowest, math.MaxUint16))
}
