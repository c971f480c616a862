// Package distance says how far the sizes of an event lie from their usual ones, all together: a request of fifty kilobytes where two are
// usual, a count that was always nought. Rarity cannot tell this: to it one seldom size is like another. Use it to score the sizes of one
// event at a time, then teach it the event. It neither knows what is measured nor decides what is worth telling.
package distance

import "math"

// A moment is what is known of one size: its weight, its mean and the sum of its squared deviations (Welford 1962, with weights as in West
// 1979).
type moment struct{ n, mean, m2 float64 }

// A Model knows the usual sizes of each of some fields, in octaves. It is for one goroutine.
type Model struct{ moments []moment }

// New returns a Model of so many fields that knows nothing.
func New(fields int) *Model { return &Model{moments: make([]moment, fields)} }

// prior is the squared deviation of the one event that each field is thought to have shown before the first: an octave. By it a field that
// never changes becomes surer of that with each event, and the first events of a field are no surprise.
const prior = 1

// Score returns the length of the vector of standardised deviations: 0 where all sizes are as usual, and about 1 a field. A NaN in sizes is a
// field that the event lacks.
func (m *Model) Score(sizes []float32) float32 {
	sum := 0.0
	for i, x := range sizes {
		if x != x { // NaN
			continue
		}
		s := &m.moments[i]
		d := float64(x) - s.mean
		sum += float64(d*d) * (s.n + 1) / (s.m2 + prior)
	}
	return float32(math.Sqrt(sum))
}

// Learn counts an event with a weight, which is over 1 where later events count more than earlier ones.
func (m *Model) Learn(sizes []float32, weight float32) {
	w := float64(weight)
	for i, x := range sizes {
		if x != x { // NaN
			continue
		}
		s := &m.moments[i]
		s.n += w
		d := float64(x) - s.mean
		s.mean += float64(d*w) / s.n
		s.m2 += float64(float64(w*d) * (float64(x) - s.mean))
	}
}

// Halve makes the past count half.
func (m *Model) Halve() {
	for i := range m.moments {
		m.moments[i].n *= 0.5
		m.moments[i].m2 *= 0.5
	}
}

// Bytes returns the memory that the model takes.
func (m *Model) Bytes() int { return 24 * len(m.moments) }
