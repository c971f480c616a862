package sketch

// A Life is a life table (Cutler and Ederer, J. Chronic Diseases 1958): how many came to step 1, 2, 3 … or beyond. The steps are octaves of a count. It
// says how improbable it is to come far. Each step's share of those who came to it and went on is the mean of a beta distribution whose prior is what is known of the step
// before, on a tail between a power and an exponential (Laherrère and Sornette, EPJ B 1998): so what it says is a product of predictive
// probabilities, and where little is known nothing is improbable. Element 0 is not used; an array of the one who owns it holds the rest.
type Life []float32

const (
	strongest = 16        // that the prior of a step's share is worth at most
	steeper   = 1.4142135 // power of a step's share that the next one is expected to be: √2, of a tail that falls off as the root of the count
)

// Came counts one who had come as far as from, and came as far as to.
func (l Life) Came(from, to uint8, weight float32) {
	for k := int(from) + 1; k <= min(int(to), len(l)-1); k++ {
		l[k] += weight
	}
}

// Bits is how improbable it is that one who came to the step from comes as far as to. Up to its best, what it did before so many times counts first.
func (l Life) Bits(from, to, best, times uint8) (sum float32) {
	if to <= from {
		return 0
	}
	share, strength := float32(0.5), float32(1)
	for k := 1; k < min(int(to), len(l)-1); k++ {
		passed, came := l[k+1], max(l[k], l[k+1])
		yes, all := float32(share*strength)+passed, strength+came
		if k >= int(from) {
			p := yes / all
			if k < int(best) {
				p = (float32(times) + p) / (float32(times) + 1)
			}
			sum -= Log2(p)
		}
		share, strength = Exp2(float32(steeper*Log2((yes+1)/(all+1)))), min(all, strongest)
	}
	return max(0, sum)
}

// Usual is the highest step to which one in ten comes.
func (l Life) Usual() uint8 {
	k := 1
	for k < len(l)-1 && l[k+1]*10 > l[1] {
		k++
	}
	return uint8(k)
}

// Halve makes the past count half.
func (l Life) Halve() {
	for k := range l {
		l[k] /= 2
	}
}
