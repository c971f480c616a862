// Package sketch counts what passes by in fixed memory: keyed hashes, decayed counts of hashed things, and decayed histograms that turn a
// score into the share of the past that was at least as high. All of it is deterministic on every machine: the same calls give the same
// answers and the same bytes. It knows nothing of events, fields or time: the caller says what to count and when to forget.
// Nothing here may be used by two goroutines at once.
package sketch

import (
	"encoding/binary"
	"math/bits"
	"unsafe"

	"github.com/dchest/siphash"
)

// A Key is the secret of a site's hashes: who does not know it cannot choose texts that collide.
type Key struct{ k0, k1 uint64 }

// NewKey makes a Key of a site's secret.
func NewKey(secret [16]byte) Key {
	return Key{k0: binary.LittleEndian.Uint64(secret[:8]), k1: binary.LittleEndian.Uint64(secret[8:])}
}

// Hash is SipHash-2-4 of s within a domain, such as the number of a field. It is never 0, so that 0 can stand for "absent".
func (k Key) Hash(domain uint64, s string) uint64 {
	h := siphash.Hash(k.k0^domain, k.k1, unsafe.Slice(unsafe.StringData(s), len(s)))
	return max(1, h)
}

// Number is Hash of a number: cheaper than writing it out.
func (k Key) Number(domain, v uint64) uint64 {
	return Mix(k.k0^domain, k.k1^v)
}

// Mix makes one hash of two and the number of what joins them. Its arguments must be keyed already. It is never 0.
func Mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xbf58476d1ce4e5b9)
	h := hi ^ lo
	h ^= h >> 29
	h *= 0x94d049bb133111eb
	h ^= h >> 32
	return max(1, h)
}
