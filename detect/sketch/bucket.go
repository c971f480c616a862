package sketch

import (
	"math"
	"math/bits"
)

// ways is how many hashes a bucket counts: 64 bytes, one line of the processor's cache.
const ways = 16

const (
	lanes = 4 // tags in a word
	ones  = 0x0001_0001_0001_0001
	tops  = ones << 15
)

// A bucket knows each hash by a tag, its highest bits but never 0, and counts it roughly. Where the count is 0, so is the tag, and there is room.
type bucket struct {
	tags [ways / lanes]uint64
	n    [ways]rough
}

func tagOf(h uint64) uint64 { return max(1, h>>48) }

// find returns the place of a tag, -1 where it is not. All are looked at without a branch, as nothing tells which it is: the lowest lane of a word that is 0
// borrows first, and no tag is there twice, so the lowest lane of all words is the one.
func (b *bucket) find(tag uint64) int {
	tag *= ones
	w0, w1, w2, w3 := b.tags[0]^tag, b.tags[1]^tag, b.tags[2]^tag, b.tags[3]^tag
	zero := (w0-ones)&^w0&tops>>15 | (w1-ones)&^w1&tops>>14 | (w2-ones)&^w2&tops>>13 | (w3-ones)&^w3&tops>>12
	if zero == 0 {
		return -1
	}
	at := uint(bits.TrailingZeros64(zero))
	return int(at%16*lanes + at/16)
}

func (b *bucket) tag(i int) uint64 { return b.tags[i/lanes] >> (i % lanes * 16) & 0xffff }

func (b *bucket) set(i int, tag uint64, n rough) {
	at := i % lanes * 16
	b.tags[i/lanes] = b.tags[i/lanes]&^(0xffff<<at) | tag<<at
	b.n[i] = n
}

// low returns the place of the smallest count, the first of those: one with room where there is one. Count and place are compared as one number, which takes no
// branch.
func (b *bucket) low() (place int) {
	least := uint32(math.MaxUint32)
	for i, n := range b.n {
		least = min(least, uint32(n)*ways|uint32(i))
	}
	return int(least % ways)
}
