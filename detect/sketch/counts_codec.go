package sketch

import (
	"errors"
	"math/bits"
)

var errCounts = errors.New("damaged counts")

// Encode appends the counts to e.
func (c *Counts) Encode(e *Encoder) {
	e.Uint(uint64(ways + c.base))
	e.Uint(c.level())
	e.Uint(uint64(c.used))
	e.Uint(uint64(c.tries))
	e.Uint(uint64(c.dice))
	for i := range c.buckets {
		b := &c.buckets[i]
		var taken uint64 // a bit for each place, so that young sites have small checkpoints
		for j, n := range b.n {
			if n > 0 {
				taken |= 1 << j
			}
		}
		e.Uint(taken)
		for j, n := range b.n {
			if n > 0 {
				e.Fixed32(uint32(b.tag(j))<<16 | uint32(n))
			}
		}
	}
}

// half is added to a level that is half as much again, with 2^level of what there was in the beginning.
const half = 8

// level says how many times as many buckets there are as in the beginning. Before version 8 each step was a doubling.
func (c *Counts) level() uint64 {
	n := uint64(bits.Len64(c.times) - 1)
	if c.times != 1<<n {
		n |= half
	}
	return n
}

// times is how many times as many buckets a level means, 0 where it means nothing.
func times(level uint64) uint64 {
	n := uint64(1) << (level &^ half)
	if level&half > 0 {
		n += n / 2
	}
	if level == half || level >= 2*half || n > mostTimes {
		return 0
	}
	return n
}

// Decode reads what Encode wrote into c, which keeps its own bound and may have had a lower one.
func (c *Counts) Decode(d *Decoder) error {
	base := d.Uint()
	if base < ways {
		return c.decodeWide(base, d)
	}
	more, used, tries, thrown := times(d.Uint()), d.Uint(), d.Count(1<<24), d.Uint()
	base -= ways
	if d.Err() != nil || base < fewestBits || more == 0 || base > uint64(c.bound) || more > 1<<(c.bound-uint(base)) || uint64(d.Left()) < more<<base {
		return errCounts
	}
	c.base, c.times, c.used, c.tries, c.dice = uint(base), more, 0, tries, dice(thrown)
	c.buckets = make([]bucket, more<<base)
	for i := range c.buckets {
		taken := d.Count(1<<ways - 1)
		for j := range ways {
			if taken>>j&1 == 0 {
				continue
			}
			x := d.Fixed32()
			tag, n := uint64(x>>16), rough(x)
			if tag == 0 || n == 0 {
				return errCounts
			}
			c.buckets[i].set(j, tag, n)
			c.used++
		}
	}
	if d.Err() != nil || c.used != int(used) {
		return errCounts
	}
	return nil
}

// decodeWide reads counts of models before version 5 into empty ones: 2,048 slots and twice as many for each level, each a byte, and where that is 1 the
// high half of the hash and a count.
func (c *Counts) decodeWide(level uint64, d *Decoder) error {
	used, _ := d.Uint(), d.Uint()
	if level > 9 || d.Left() < 2048<<level {
		return errCounts
	}
	for range 2048 << level {
		if d.Bool() {
			h, n := uint64(d.Fixed32())<<32, d.Float()
			if n == 0 {
				return errCounts
			}
			c.Add(h, n)
			used--
		}
	}
	if d.Err() != nil || used != 0 {
		return errCounts
	}
	return nil
}
