package sketch

import "errors"

// ways is how many slots a bucket has: 64 bytes, one line of the processor's cache.
const ways = 8

// baseBits is log2 of the number of buckets of the smallest Counts.
const baseBits = 8

// A slot counts one hash, known by 32 of its bits. A slot with n = 0 is empty.
type slot struct {
	tag uint32
	n   float32
}

// Counts holds a decayed count for each of many hashes in bounded memory, with what was seen most often surest to stay.
//
// It is a set-associative table of tags rather than a count-min sketch, because for novelty the error must not go the other way: a
// flood of unique keys raises all cells of a count-min sketch until nothing looks new any more, and the detector is blind. Here a new
// hash that finds its bucket full wears down the smallest count in it (as in HeavyKeeper, Yang et al. 2019, without the dice) and takes its
// place when that is used up. So, with m the weight of new hashes that met a full bucket since the last Scale:
//
//   - a count is never too high, but for two hashes with one tag in one bucket: at most ways/2^23 of the unseen hashes,
//   - a count is too low by at most m of its own bucket, and 0 while nothing was refused,
//   - it doubles its memory when five eighths full, up to its bound: 8 bytes a slot. From 1 MiB on that share must be of hashes with a count
//     of 2 or more: what came once may be worn down by what else comes once.
type Counts struct {
	slots []slot
	level uint // doublings so far
	most  uint // doublings allowed
	used  int
	tries int // new hashes since it was last asked whether to double
}

// ample is the size in bytes from which only what came more than once is worth more memory.
const ample = 1 << 20

// NewCounts returns an empty Counts that never takes more than maxBytes (and never less than 16 KiB).
func NewCounts(maxBytes int) *Counts {
	c := &Counts{slots: make([]slot, ways<<baseBits)}
	for len(c.slots)*8<<(c.most+1) <= maxBytes && c.most < 9 {
		c.most++
	}
	return c
}

func (c *Counts) bucket(h uint64) []slot {
	i := (h&(1<<baseBits-1))<<c.level | h>>32>>(32-c.level)
	return c.slots[i*ways : i*ways+ways : i*ways+ways]
}

// Get returns the count of h, 0 where it is not known.
func (c *Counts) Get(h uint64) float32 {
	tag := uint32(h >> 32)
	b := c.bucket(h)
	for i := range b {
		if b[i].tag == tag {
			return b[i].n
		}
	}
	return 0
}

// Add adds w > 0 to the count of h.
func (c *Counts) Add(h uint64, w float32) {
	tag := uint32(h >> 32)
	b := c.bucket(h)
	low := -1
	for i := range b {
		if b[i].n == 0 {
			if low < 0 || b[low].n > 0 {
				low = i
			}
			continue
		}
		if b[i].tag == tag {
			b[i].n += w
			return
		}
		if low < 0 || b[i].n < b[low].n {
			low = i
		}
	}
	if b[low].n > 0 {
		if b[low].n -= w; b[low].n <= 0 {
			b[low] = slot{tag, w}
		}
	} else {
		b[low] = slot{tag, w}
		c.used++
	}
	if c.tries++; c.tries*64 >= len(c.slots) {
		c.tries = 0
		if c.level < c.most && c.full() {
			c.grow()
		}
	}
}

// full reports whether it is time to double.
func (c *Counts) full() bool {
	worth := c.used
	if worth*8 > len(c.slots)*5 && c.Bytes() >= ample {
		worth = 0
		for i := range c.slots {
			if c.slots[i].n >= 2 {
				worth++
			}
		}
	}
	return worth*8 > len(c.slots)*5
}

// grow doubles the buckets: the next bit of the tag says which half a slot goes to.
func (c *Counts) grow() {
	old := c.slots
	c.level++
	c.slots = make([]slot, 2*len(old))
	for i := 0; i < len(old); i += ways {
		fill := [2]int{2 * i, 2*i + ways}
		for _, s := range old[i : i+ways] {
			if s.n > 0 {
				half := s.tag >> (32 - c.level) & 1
				c.slots[fill[half]] = s
				fill[half]++
			}
		}
	}
}

// Scale multiplies all counts by f and forgets those that fall below least.
func (c *Counts) Scale(f, least float32) {
	c.used = 0
	for i := range c.slots {
		s := &c.slots[i]
		if s.n *= f; s.n < least {
			*s = slot{}
			continue
		}
		c.used++
	}
}

// Len returns how many hashes have a count.
func (c *Counts) Len() int { return c.used }

// Bytes returns the memory that the counts take.
func (c *Counts) Bytes() int { return 8 * len(c.slots) }

var errCounts = errors.New("damaged counts")

// Encode appends the counts to e.
func (c *Counts) Encode(e *Encoder) {
	e.Uint(uint64(c.level))
	e.Uint(uint64(c.used))
	e.Uint(uint64(c.tries))
	for i := range c.slots { // an empty slot is one byte, so that young sites have small checkpoints
		if s := &c.slots[i]; s.n > 0 {
			e.Byte(1)
			e.Fixed32(s.tag)
			e.Float(s.n)
		} else {
			e.Byte(0)
		}
	}
}

// Decode reads what Encode wrote into c, which keeps its own bound.
func (c *Counts) Decode(d *Decoder) error {
	level, used, tries := d.Uint(), d.Uint(), d.Count(1<<24)
	if d.Err() != nil || level > uint64(c.most) || d.Left() < ways<<(baseBits+level) {
		return errCounts
	}
	c.level, c.used, c.tries = uint(level), 0, tries
	c.slots = make([]slot, ways<<(baseBits+level))
	for i := range c.slots {
		switch d.Byte() {
		case 0:
		case 1:
			s := slot{d.Fixed32(), d.Float()}
			if !(s.n > 0) {
				return errCounts
			}
			c.slots[i] = s
			c.used++
		default:
			return errCounts
		}
	}
	if d.Err() != nil || c.used != int(used) {
		return errCounts
	}
	return nil
}
