package sketch

import (
	"math/bits"
	"unsafe"
)

// fewestBits is log2 of the number of buckets of the smallest Counts.
const fewestBits = 5

// mostTimes is to how many times its size a Counts may come: each doubling takes a bit from the tags.
const mostTimes = 64

// Counts holds a decayed count for each of many hashes in bounded memory, with what was seen most often surest to stay.
//
// It is a set-associative table of tags rather than a count-min sketch, because for novelty the error must not go the other way: a
// flood of unique keys raises all cells of a count-min sketch until nothing looks new any more, and the detector is blind. Here a new
// hash that finds its bucket full wears down the smallest count in it (as in HeavyKeeper, Yang et al. 2019, without the dice) and takes its
// place when that is used up. So, with m the weight of new hashes that met a full bucket since the last Scale:
//
//   - a count is too high, but for being rough, only where two hashes have one tag in one bucket: of the unseen hashes one in 2^12 at most in the
//     beginning, and twice as many each time that it has doubled,
//   - a count is too low, but for being rough, by at most m of its own bucket, and by nothing while nothing was refused,
//   - it takes half as much memory again, or a third, when two thirds full, up to its bound: 4 bytes a hash. Where two buckets share a new one, in one
//     of a hundred cases it has no room for all, and the least counts are lost. From 512 KiB on that part must be of hashes with a count
//     of 2 or more: what came once may be worn down by what else comes once.
type Counts struct {
	buckets []bucket
	base    uint   // log2 of their number in the beginning
	times   uint64 // so many times as many there are now: 1, 2, 3, 4, 6, 8, 12, 16, …
	bound   uint   // log2 of the most there may be
	used    int
	tries   int // new hashes since it was last asked whether to double
	dice    dice
}

// ample is the size in bytes from which only what came more than once is worth more memory.
const ample = 512 << 10

// NewCounts returns an empty Counts that begins with so many bytes and never takes more than most, but 2 KiB at least. The further it grows the less its tags tell
// apart.
func NewCounts(fewest, most int) *Counts {
	base, bound := within(fewest), within(most)
	return &Counts{buckets: make([]bucket, 1<<base), base: base, times: 1, bound: bound}
}

// within is log2 of how many buckets so many bytes hold.
func within(size int) uint {
	n := uint(fewestBits)
	for 4*ways<<(n+1) <= size {
		n++
	}
	return n
}

// bucket is where a hash is counted: bits of its high half from below say among which, and the height of its tag says which of those.
func (c *Counts) bucket(h, tag uint64) *bucket {
	return &c.buckets[h>>32&(1<<c.base-1)*c.times+tag*c.times>>16]
}

// Get returns the count of h, 0 where it is not known.
func (c *Counts) Get(h uint64) float32 {
	n, _ := c.Find(h)
	return n
}

// Find returns the count of h, 0 where it is not known, and the way by which AddTo finds it again without a search.
func (c *Counts) Find(h uint64) (n float32, way int8) {
	tag := tagOf(h)
	b := c.bucket(h, tag)
	i := b.find(tag)
	if i < 0 {
		return 0, -1
	}
	return b.n[i].float(), int8(i)
}

// AddTo is Add for what Find returned of h, whatever was added meanwhile.
func (c *Counts) AddTo(h uint64, way int8, w float32) {
	tag := tagOf(h)
	if b := c.bucket(h, tag); way >= 0 && b.tag(int(way)) == tag {
		b.n[way] = c.dice.rough(b.n[way].float() + w)
		return
	}
	c.Add(h, w)
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
		if c.next() <= min(mostTimes, uint64(1)<<(c.bound-c.base)) && c.full() {
			c.grow()
		}
	}
}

// next is how many times as many buckets as in the beginning there are when it has grown: 2^n, then half as many more.
func (c *Counts) next() uint64 {
	if c.times == 1 {
		return 2
	}
	return c.times + 1<<(bits.Len64(c.times)-2)
}

// full reports whether it is time to grow.
func (c *Counts) full() bool {
	worth, room := c.used, ways*len(c.buckets)
	if worth*3 > room*2 && c.Bytes() >= ample {
		worth = 0
		for i := range c.buckets {
			for _, n := range c.buckets[i].n {
				if n.float() >= 2 {
					worth++
				}
			}
		}
	}
	return worth*3 > room*2
}

// grow makes more buckets: the height of a tag says to which of them a hash goes. One that is full keeps what was counted most often.
func (c *Counts) grow() {
	old, was := c.buckets, c.times
	c.times = c.next()
	c.buckets = make([]bucket, c.times<<c.base)
	c.used = 0
	for i := range old {
		for j, n := range old[i].n {
			if n == 0 {
				continue
			}
			tag := old[i].tag(j)
			b := &c.buckets[uint64(i)/was*c.times+tag*c.times>>16]
			low := b.low()
			if b.n[low] == 0 {
				c.used++
			}
			if n > b.n[low] {
				b.set(low, tag, n)
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
