package sketch

import "math"

// Classes is how many classes a Hist tells apart.
const Classes = 32

// A Hist is a decayed histogram over Classes ranks, 0 the most ordinary, that answers how much of the past was of a rank or above.
// For ranks that mean "seen so often", the top one being "never", the answer for the top rank is the share of the past in which something
// new came: the Good-Turing estimate of the unseen, made by counting instead of from singletons, so that it holds while things change.
//
// Its answers are of the moment of its last refresh, which is never more than 1/32 of its weight (at most 256 additions) ago.
type Hist struct {
	ranks [Classes]class
	total float32
	stale float32
}

// A class is what is known of a rank, side by side because both are asked for.
type class struct{ n, bits float32 }

// Bits returns -log2 of the chance of rank k or above: 0 ordinary. The prior is half an event above, so that from n events at most
// log2(2n+1) bits can be had.
func (h *Hist) Bits(k int) float32 { return h.ranks[k].bits }

// Add counts one thing of rank k with weight w.
func (h *Hist) Add(k int, w float32) {
	n := &h.ranks[k].n
	*n, h.total = grow(*n, w, h.stale), grow(h.total, w, h.stale)
	if h.stale += w; h.stale >= 256 || h.stale*32 >= h.total {
		h.refresh()
	}
}

func (h *Hist) refresh() {
	h.stale = begin(h.total, h.stale)
	sum := float32(0.5)
	all := Log2(h.total + 0.5)
	for k := Classes - 1; k >= 0; k-- {
		r := &h.ranks[k]
		sum += r.n
		r.bits = max(0, all-Log2(sum))
	}
}

// Total returns the decayed number of additions.
func (h *Hist) Total() float32 { return h.total }

// Scale multiplies the past by f.
func (h *Hist) Scale(f float32) {
	h.total = 0
	for k := range h.ranks {
		r := &h.ranks[k]
		r.n *= f
		h.total += r.n
	}
	h.refresh()
}

// Encode appends the histogram to e.
func (h *Hist) Encode(e *Encoder) {
	var n, bits [Classes]float32
	for k, r := range h.ranks {
		n[k], bits[k] = r.n, r.bits
	}
	e.Floats(n[:])
	e.Floats(bits[:])
	e.Float(h.total)
	e.Float(h.stale)
}

// Decode reads what Encode wrote.
func (h *Hist) Decode(d *Decoder) error {
	var n, bits [Classes]float32
	d.Floats(n[:])
	d.Floats(bits[:])
	for k := range h.ranks {
		h.ranks[k] = class{n[k], bits[k]}
	}
	h.total, h.stale = d.Float(), d.Float()
	return d.Err()
}

const (
	octave   = 32          // bins an octave of a Tail
	tailBins = 16 * octave // scores up to 2^16-1
	few      = 32          // events above which a Tail goes by the shape of its end
)

// A Tail is a decayed histogram of a score that turns a score into bits: -log2 of the chance that an ordinary event has at least this
// score. Bins are a 32nd of an octave wide. Where fewer than 32 events of the past lie higher it goes on along a Pareto tail with their mean
// excess in octaves (Hill's estimator, 1975), so that bits always rise with the score.
//
// Its answers are of the moment of its last refresh, which is never more than 1/32 of its weight (at most 256 additions) ago. It takes as many
// octaves of memory as its highest score has, 256 bytes each.
type Tail struct {
	n     []float32
	bits  []float32 // at the lower edge of each bin; above the edge nobody asks
	total float32
	stale float32
	edge  int32   // bin from which the Pareto tail rules
	slope float32 // its bits per bin
}

// place returns where on the scale of bins x lies.
func place(x float32) float32 {
	return min(max(0, octave*Log2(1+max(0, x))), tailBins-1)
}

// score is the inverse of place at whole bins, and straight between them.
func score(place float32) float32 {
	place = min(max(0, place), tailBins-1)
	i := int(place)
	low := edges[i]
	return low + float32((place-float32(i))*(edges[i+1]-low)) - 1
}

// edges holds 1 + the score at the lower edge of each bin: the powers of two in between are the same to the bit everywhere.
var edges = makeEdges()

func makeEdges() (e [tailBins + 1]float32) {
	for i := range e {
		e[i] = float32(math.Round(math.Exp2(float64(i)/octave)*1024)) / 1024
	}
	return e
}

// Bits returns how improbable score x or above is.
func (t *Tail) Bits(x float32) float32 {
	if len(t.n) == 0 {
		return 0
	}
	p := place(x)
	if p >= float32(t.edge) {
		return t.bits[t.edge] + float32((p-float32(t.edge))*t.slope)
	}
	i := int(p)
	return t.bits[i] + float32((p-float32(i))*(t.bits[i+1]-t.bits[i]))
}

// At returns the least score that has so many bits, to the width of a bin; beyond the past it goes on like Bits.
func (t *Tail) At(bits float32) float32 {
	if len(t.n) == 0 {
		return 0
	}
	if bits >= t.bits[t.edge] {
		if t.slope == 0 {
			return 0
		}
		return score(float32(t.edge) + (bits-t.bits[t.edge])/t.slope)
	}
	lo, hi := int32(0), t.edge
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; t.bits[mid] < bits {
			lo = mid
		} else {
			hi = mid
		}
	}
	return score(float32(hi))
}

// Total returns the decayed number of additions.
func (t *Tail) Total() float32 { return t.total }

// Add counts an event of score x with weight w.
func (t *Tail) Add(x, w float32) {
	i := int(place(x))
	t.reach(i)
	t.n[i], t.total = grow(t.n[i], w, t.stale), grow(t.total, w, t.stale)
	if t.stale += w; t.stale >= 256 || t.stale*32 >= t.total {
		t.refresh()
	}
}

// reach makes room for a bin.
func (t *Tail) reach(i int) {
	if more := (i/octave+1)*octave - len(t.n); more > 0 {
		t.n = append(t.n, make([]float32, more)...)
		t.bits = append(t.bits, make([]float32, more)...)
	}
}

func (t *Tail) refresh() {
	t.stale = begin(t.total, t.stale)
	all := Log2(t.total + 0.5)
	sum, above, found := float32(0.5), float32(0), false
	t.edge = 0
	t.slope = 1
	limit := min(float32(few), t.total/8)
	bits := max(0, all-Log2(sum))
	for k := len(t.n) - 1; k >= 0; k-- {
		if t.n[k] != 0 { // most are empty, and bits stay as they are
			sum += t.n[k]
			bits = max(0, all-Log2(sum))
		}
		t.bits[k] = bits
		if !found {
			if sum-0.5 >= limit && t.n[k] > 0 {
				found = true
				t.edge = int32(k)
				mean := above/(sum-0.5) + 0.5 // bins above the edge; half a one for their width
				t.slope = 1.442695 / mean
			}
			above += sum - 0.5
		}
	}
}

// Bytes returns the memory that the Tail takes.
func (t *Tail) Bytes() int { return 4 * (len(t.n) + len(t.bits) + 4) }

// Scale multiplies the past by f.
func (t *Tail) Scale(f float32) {
	if len(t.n) == 0 { // it must stay as it is: a slope without bins would be restored as a tail
		return
	}
	t.total = 0
	for k := range t.n {
		t.n[k] *= f
		t.total += t.n[k]
	}
	t.refresh()
}

// Encode appends the histogram to e.
func (t *Tail) Encode(e *Encoder) {
	var all [tailBins + 1]float32
	copy(all[:], t.n)
	e.Floats(all[:tailBins])
	clear(all[:])
	if len(t.bits) > 0 {
		copy(all[:], t.bits[:t.edge+1])
	}
	e.Floats(all[:])
	e.Float(t.total)
	e.Float(t.stale)
	e.Uint(uint64(t.edge))
	e.Float(t.slope)
}

// Decode reads what Encode wrote.
func (t *Tail) Decode(d *Decoder) error {
	var n [tailBins]float32
	var bits [tailBins + 1]float32
	d.Floats(n[:])
	d.Floats(bits[:])
	*t = Tail{total: d.Float(), stale: d.Float(), edge: int32(d.Count(tailBins - 1)), slope: d.Float()}
	top := tailBins - 1
	for top > int(t.edge) && n[top] == 0 {
		top--
	}
	if t.slope > 0 || top > 0 {
		t.reach(top)
	}
	copy(t.n, n[:])
	copy(t.bits, bits[:])
	return d.Err()
}
