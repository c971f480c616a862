package sketch

import (
	"errors"
	"iter"
	"math"
	"unsafe"
)

const shelfWays = 8

// A Seat is the place of a thing on a Shelf.
type Seat[T any] struct {
	Thing T
	Last  uint32 // when it was used, in seconds
	tag   uint32 // the high half of its hash, whose low bits say where it is kept
	keep  uint8  // worth keeping by so much; 0 is an empty seat
}

// Taken reports whether there is a thing on the seat.
func (s *Seat[T]) Taken() bool { return s.keep > 0 }

// Use says that the thing is used at a time, which makes it worth more.
func (s *Seat[T]) Use(at uint32) { s.Last, s.keep = at, min(s.keep, 254)+1 }

// Leave gives up the seat.
func (s *Seat[T]) Leave() { *s = Seat[T]{} }

// A Shelf keeps things by their hashes in bounded memory. A new one wears down the one of its bucket that is worth least (as in HeavyKeeper, Yang et al. 2019,
// without the dice) and takes its seat when that is used up, so that a flood of those that come once only puts out itself. The Shelf doubles
// when it has worn down as many as it holds that came more than once. What was not used for a fortnight is worth nothing.
type Shelf[T any] struct {
	seats        []Seat[T] // nil until the first thing
	worn         int
	fewest, most int
}

const stale = 14 * 24 * 60 * 60 // seconds

// NewShelf returns an empty Shelf of so many seats, powers of two.
func NewShelf[T any](fewest, most int) Shelf[T] { return Shelf[T]{fewest: fewest, most: most} }

// Find returns the seat of a hash, and whether its thing is there. Where it is not, whoever wants the seat must Place a thing on it, and take leave of the
// one that may still be Taken by it. It is nil where there is no room.
func (s *Shelf[T]) Find(hash uint64, at uint32) (seat *Seat[T], there bool) {
	if s.seats == nil {
		s.seats = make([]Seat[T], s.fewest)
	}
	tag := uint32(hash >> 32)
	b := s.bucket(tag)
	for i := range b {
		if b[i].tag == tag && b[i].keep > 0 {
			return &b[i], true
		}
	}
	low, least := 0, b[0].worth(at)
	for i := 1; i < len(b); i++ {
		if w := b[i].worth(at); w < least || w == least && b[i].Last < b[low].Last {
			low, least = i, w
		}
	}
	if least > 1 {
		if len(s.seats) < s.most { // else nobody asks how many
			if s.worn++; s.worn >= len(s.seats) {
				s.grow()
				return s.Find(hash, at)
			}
		}
		b[low].keep--
		return nil, false
	}
	return &b[low], false
}

// Place puts a new thing on a seat that Find returned for its hash. It must be used.
func (s *Seat[T]) Place(hash uint64, at uint32, thing T) {
	*s = Seat[T]{Thing: thing, Last: at, tag: uint32(hash >> 32)}
}

// Known returns the seat of a hash whose thing is there, else nil.
func (s *Shelf[T]) Known(hash uint64) *Seat[T] {
	if s.seats == nil {
		return nil
	}
	tag := uint32(hash >> 32)
	b := s.bucket(tag)
	for i := range b {
		if b[i].tag == tag && b[i].keep > 0 {
			return &b[i]
		}
	}
	return nil
}

// All goes over the seats that are taken.
func (s *Shelf[T]) All() iter.Seq[*Seat[T]] {
	return func(yield func(*Seat[T]) bool) {
		for i := range s.seats {
			if s.seats[i].keep > 0 && !yield(&s.seats[i]) {
				return
			}
		}
	}
}

// worth is how much a thing is worth keeping.
func (s *Seat[T]) worth(at uint32) uint8 {
	if at > s.Last && at-s.Last > stale {
		return 0
	}
	return s.keep
}

// bucket is where a thing is kept: the low bits of its tag say it.
func (s *Shelf[T]) bucket(tag uint32) []Seat[T] {
	i := int(tag) & (len(s.seats)/shelfWays - 1) * shelfWays
	return s.seats[i : i+shelfWays : i+shelfWays]
}

// grow doubles the buckets; what was in one goes to two.
func (s *Shelf[T]) grow() {
	old := s.seats
	s.worn = 0
	s.seats = make([]Seat[T], 2*len(old))
	for i := range old {
		b := s.bucket(old[i].tag)
		for j := range b {
			if old[i].keep > 0 && b[j].keep == 0 {
				b[j] = old[i]
				break
			}
		}
	}
}

// Rest forgets how many were worn down: who calls it each hour has a Shelf that doubles only where as many as it holds are within one.
func (s *Shelf[T]) Rest() { s.worn = 0 }

// Len returns how many seats there are.
func (s *Shelf[T]) Len() int { return len(s.seats) }

// Bytes returns the memory that the seats take.
func (s *Shelf[T]) Bytes() int { return int(unsafe.Sizeof(Seat[T]{})) * len(s.seats) }

// Encode appends the Shelf to e; thing appends one thing.
func (s *Shelf[T]) Encode(e *Encoder, thing func(*T, *Encoder)) {
	e.Uint(uint64(len(s.seats)))
	e.Uint(uint64(s.worn))
	for i := range s.seats {
		x := &s.seats[i]
		if e.Byte(x.keep); x.keep > 0 {
			e.Fixed32(x.tag)
			e.Uint(uint64(x.Last))
			thing(&x.Thing, e)
		}
	}
}

var errShelf = errors.New("damaged shelf")

// Decode reads what Encode wrote into an empty Shelf of the same bounds.
func (s *Shelf[T]) Decode(d *Decoder, thing func(*T, *Decoder)) error {
	n := d.Count(s.most)
	s.worn = d.Count(math.MaxInt32) // full ones went on counting once
	if n&(n-1) != 0 || n > 0 && n < s.fewest || d.Left() < n {
		return errShelf
	}
	s.seats = nil
	if n > 0 {
		s.seats = make([]Seat[T], n)
	}
	for i := range s.seats {
		x := &s.seats[i]
		if x.keep = d.Byte(); x.keep > 0 {
			x.tag = d.Fixed32()
			x.Last = uint32(d.Count(1<<32 - 1))
			thing(&x.Thing, d)
		}
	}
	return d.Err()
}
