package sketch

import "unsafe"

// A Pool holds what only some of the things of a table have, so that the others take no memory for it. What it holds has numbers from 1 to 65,535; 0 is nothing.
type Pool[T any] struct {
	all  []T
	free []uint16 // numbers that were given back
}

// Take returns the number of one that is empty.
func (p *Pool[T]) Take() (number uint16) {
	if n := len(p.free); n > 0 {
		number, p.free = p.free[n-1], p.free[:n-1]
		return number
	}
	if n := len(p.all); n == cap(p.all) { // by less than append does
		p.all = append(make([]T, 0, n+n/8+8), p.all...)
	}
	p.all = append(p.all, *new(T))
	return uint16(len(p.all))
}

// At returns what has a number, nil for 0. It is good until the next Take.
func (p *Pool[T]) At(number uint16) *T {
	if number == 0 {
		return nil
	}
	return &p.all[number-1]
}

// Give takes back a number, and empties what had it.
func (p *Pool[T]) Give(number uint16) {
	if number != 0 {
		p.all[number-1] = *new(T)
		p.free = append(p.free, number)
	}
}

// Bytes returns the memory that the Pool takes.
func (p *Pool[T]) Bytes() int { return int(unsafe.Sizeof(*new(T)))*cap(p.all) + 2*cap(p.free) }
