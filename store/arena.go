package store

import "github.com/apache/arrow/go/v15/arrow"

// An arena is memory for one insert after another: what it gave is free again after reset. It is for one goroutine.
type arena struct {
	block []byte // the current block; what is given lies before len
	used  int    // bytes given since reset, over all blocks
}

// bytes returns an empty slice that takes size bytes without growing.
func (a *arena) bytes(size int) []byte {
	size = (size + 63) &^ 63 // Arrow likes its buffers aligned
	if len(a.block)+size > cap(a.block) {
		a.block = make([]byte, 0, max(size, 2*cap(a.block), 64<<10))
	}
	n := len(a.block)
	a.block = a.block[:n+size]
	a.used += size
	return a.block[n : n : n+size]
}

// zeroed returns size zero bytes.
func (a *arena) zeroed(size int) []byte {
	b := a.bytes(size)[:size]
	clear(b)
	return b
}

// int32s returns an empty slice that takes n values without growing.
func (a *arena) int32s(n int) []int32 {
	b := a.bytes(4 * n)
	return arrow.Int32Traits.CastFromBytes(b[:cap(b)])[:0]
}

// reset makes all memory free again, and lets go of it when it is more than limit bytes.
func (a *arena) reset(limit int) {
	switch {
	case a.used > limit:
		a.block = nil
	case a.used > cap(a.block): // one block the next time
		a.block = make([]byte, 0, a.used)
	}
	a.block, a.used = a.block[:0], 0
}
