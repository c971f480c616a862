package sketch

import "unsafe"

// fewestBits is log2 of the number of buckets of the smallest Counts.
const fewestBits = 8

// Each doubling takes a bit from the tags: so many are foreseen, and so many may be where the bound was raised since.
const (
	doublings     = 4
	mostDoublings = 6
)

// Counts holds a decayed count for each of many hashes in bounded memory, with what was seen most often surest to stay.
//
// It is a set-associative table of tags rather than a count-min sketch, because for novelty the error must not go the other way: a
// flood of unique keys raises all cells of a count-min sketch until nothing looks new any more, and the detector is blind. Here a new
// hash that finds its bucket full wears down the smallest count in it (as in HeavyKeeper, Yang et al. 2019, without the dice) and takes its
// place when that is used up. So, with m the weight of new hashes that met a full bucket since the last Scale:
//
//   - a count is too high, but for being rough, only where two hashes have one tag in one bucket: of the unseen hashes one in 2^12 at most in the
//     beginning, and twice as many each time that it doubles,
//   - a count is too low, but for being rough, by at most m of its own bucket, and by nothing while nothing was refused,
//   - it doubles its memory when three quarters full, up to its bound: 4 bytes a hash. From 512 KiB on that part must be of hashes with a count
//     of 2 or more: what came once may be worn down by what else comes once.
type Counts struct {
	buckets []bucket
	base    uint // log2 of their number in the beginning
	level   uint // doublings so far
	bound   uint // log2 of the most there may be
	used    int
	tries   int // new hashes since it was last asked whether to double
	dice    dice
}

// ample is the size in bytes from which only what came more than once is worth more memory.
const ample = 512 << 10

// NewCounts returns an empty Counts that never takes more than maxBytes (and never less than 16 KiB). It begins with a 16th of that.
func NewCounts(maxBytes int) *Counts {
	bound := uint(fewestBits)
	for 4*ways<<(bound+1) <= maxBytes {
		bound++
	}
	base := max(fewestBits, bound-doublings)
	return &Counts{buckets: make([]bucket, 1<<base), base: base, bound: bound}
}

// bucket is where a hash is counted: bits of its high half from below, and as it grows of its tag from above.
func (c *Counts) bucket(h, tag uint64) *bucket {
	return &c.buckets[h>>32&(1<<c.base-1)<<c.level|tag>>(16-c.level)]
}

// Get returns the count of h, 0 where it is not known.
func (c *Counts) Get(h uint64) float32 {
	tag := tagOf(h)
	b := c.bucket(h, tag)
	if i := b.find(tag); i >= 0 {
		return b.n[i].float()
	}
	return 0
}

// Add adds w > 0 to the count of h.
func (c *Counts) Add(h uint64, w float32) {
	tag := tagOf(h)
	b := c.bucket(h, tag)
	if i := b.find(tag); i >= 0 {
		b.n[i] = c.dice.rough(b.n[i].float() + w)
		return
	}
	low := b.low()
	least := b.n[low]
	if left := least.float() - w; left > 0 {
		b.n[low] = max(1, c.dice.rough(left))
	} else if n := c.dice.rough(w); n > 0 {
		if b.set(low, tag, n); least == 0 {
			c.used++
		}
	}
	if c.tries++; c.tries*64 >= ways*len(c.buckets) {
		c.tries = 0
		if c.base+c.level < c.bound && c.level < mostDoublings && c.full() {
			c.grow()
		}
	}
}

// full reports whether it is time to double.
func (c *Counts) full() bool {
	worth, room := c.used, ways*len(c.buckets)
	if worth*4 > room*3 && c.Bytes() >= ample {
		worth = 0
		for i := range c.buckets {
			for _, n := range c.buckets[i].n {
				if n.float() >= 2 {
					worth++
				}
			}
		}
	}
	return worth*4 > room*3
}

// grow doubles the buckets: the next bit of the tag says which half a hash goes to.
func (c *Counts) grow() {
	old := c.buckets
	c.level++
	c.buckets = make([]bucket, 2*len(old))
	for i := range old {
		var fill [2]int
		for j, n := range old[i].n {
			if n > 0 {
				tag := old[i].tag(j)
				half := tag >> (16 - c.level) & 1
				c.buckets[2*i+int(half)].set(fill[half], tag, n)
				fill[half]++
			}
		}
	}
}

// Scale multiplies all counts by f and forgets those that fall below least.
func (c *Counts) Scale(f, least float32) {
	c.used = 0
	for i := range c.buckets {
		b := &c.buckets[i]
		for j, was := range b.n {
			n := was.float() * f
			if n < least {
				b.set(j, 0, 0)
				continue
			}
			b.n[j] = max(1, c.dice.rough(n))
			c.used++
		}
	}
}

// Len returns how many hashes have a count.
func (c *Counts) Len() int { return c.used }

// Bytes returns the memory that the counts take.
func (c *Counts) Bytes() int { return int(unsafe.Sizeof(bucket{})) * len(c.buckets) }
