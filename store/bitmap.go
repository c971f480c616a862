package store

import (
	"math/bits"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// A bitmap collects which rows have a value; it stays empty as long as all have.
type bitmap struct {
	mem   *arena
	size  int
	bits  []byte
	rows  int
	nulls int
}

func newBitmap(mem *arena, size int) *bitmap { return &bitmap{mem: mem, size: size} }

// absent adds n rows without value.
func (b *bitmap) absent(n int) {
	b.need()
	b.rows += n
	b.nulls += n
}

// join adds n rows that have the values that valid says, all where it is nil.
func (b *bitmap) join(valid *memory.Buffer, n int) {
	switch {
	case valid == nil && b.bits == nil:
		b.rows += n
		return
	case valid == nil:
		setBits(b.bits, b.rows, n)
	default:
		b.need()
		b.nulls += n - orBits(b.bits, b.rows, valid.Bytes(), n)
	}
	b.rows += n
}

// need makes the bits for the rows so far.
func (b *bitmap) need() {
	if b.bits == nil {
		b.bits = b.mem.zeroed((b.size + 7) / 8)
		setBits(b.bits, 0, b.rows)
	}
}

func (b *bitmap) buffer() (nulls int, buf *memory.Buffer) {
	if b.nulls == 0 {
		return 0, nil
	}
	return b.nulls, memory.NewBufferBytes(b.bits)
}

// setBits sets n bits from bit at on.
func setBits(dst []byte, at, n int) {
	for ; n > 0 && at&7 != 0; at, n = at+1, n-1 {
		dst[at>>3] |= 1 << (at & 7)
	}
	for ; n >= 8; at, n = at+8, n-8 {
		dst[at>>3] = 0xff
	}
	if n > 0 {
		dst[at>>3] |= 1<<n - 1
	}
}

// orBits sets the bits from bit at on to the first n bits of src, where they were zero, and returns how many are set.
func orBits(dst []byte, at int, src []byte, n int) int {
	sum, shift := 0, at&7
	for i := 0; n > 0; i, n = i+1, n-8 {
		b := src[i]
		if n < 8 {
			b &= 1<<n - 1
		}
		sum += bits.OnesCount8(b)
		to := at>>3 + i
		dst[to] |= b << shift
		if high := b >> (8 - shift); high != 0 { // shift 0 gives 0
			dst[to+1] |= high
		}
	}
	return sum
}
