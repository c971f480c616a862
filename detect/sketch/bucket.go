package sketch

import "math/bits"

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

// find returns the place of a tag, -1 where it is not: four at a time, as the lowest lane of a word that is 0 borrows first.
func (b *bucket) find(tag uint64) int {
	tag *= ones
	for i := range b.tags {
		w := b.tags[i] ^ tag
		if zero := (w - ones) &^ w & tops; zero != 0 {
			return i*lanes + bits.TrailingZeros64(zero)/16
		}
	}
	return -1
}

func (b *bucket) tag(i int) uint64 { return b.tags[i/lanes] >> (i % lanes * 16) & 0xffff }

func (b *bucket) set(i int, tag uint64, n rough) {
	at := i % lanes * 16
	b.tags[i/lanes] = b.tags[i/lanes]&^(0xffff<<at) | tag<<at
	b.n[i] = n
}

// low returns the place of the smallest count, the first of those: one with room where there is one.
func (b *bucket) low() (place int) {
	for i := range b.n {
		if b.n[i] < b.n[place] {
			place = i
		}
	}
	return place
}
