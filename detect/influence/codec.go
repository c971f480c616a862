package influence

import (
	"errors"
	"math"

	"frontfoot/detect/sketch"
)

// mostParts is beyond what an account ever has: a thousand years of a million events a second.
const mostParts = math.MaxInt64

var errBook = errors.New("damaged book of influence")

// Encode appends all that the book knows to e.
func (b *Book) Encode(e *sketch.Encoder) {
	b.sources.Encode(e, func(s *source, e *sketch.Encoder) {
		e.Text(s.name)
		s.encode(e)
	})
	b.others.encode(e)
	b.all.encode(e)
	e.Uint(b.kept)
	e.Uint(uint64(b.began))
}

// Decode reads what Encode wrote into a new book.
func (b *Book) Decode(d *sketch.Decoder) error {
	err := b.sources.Decode(d, func(s *source, d *sketch.Decoder) {
		s.name = d.Text(longest)
		b.names += len(s.name)
		s.decode(d)
	})
	if err != nil {
		return err
	}
	b.others.decode(d)
	b.all.decode(d)
	b.kept = d.Uint()
	b.began = uint32(d.Count(math.MaxUint32))
	if b.kept > mostParts {
		return errBook
	}
	return d.Err()
}

func (a *account) encode(e *sketch.Encoder) {
	e.Uint(uint64(a.day))
	e.Uint(a.events)
	e.Uint(a.asked)
	e.Uint(a.taught)
	e.Uint(a.best)
}

func (a *account) decode(d *sketch.Decoder) {
	a.day = uint32(d.Count(math.MaxUint32))
	a.events, a.asked, a.taught, a.best = d.Uint(), d.Uint(), d.Uint(), d.Uint()
}
