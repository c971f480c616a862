package sketch

import (
	"errors"
	"iter"
	"slices"
	"unsafe"
)

// Kinds keeps what is known of each of a few kinds of things, which have hashes for names and are numbered as they come. When there are as
// many as may be the rest share the last place.
type Kinds[T any] struct {
	names []uint64
	all   []*T
	most  int
}

// NewKinds returns Kinds that are none yet, and so many at most.
func NewKinds[T any](most int) Kinds[T] { return Kinds[T]{most: most} }

// Number returns the number of a kind.
func (k *Kinds[T]) Number(name uint64) int {
	if i := slices.Index(k.names, name); i >= 0 {
		return i
	}
	if len(k.names) < k.most {
		k.names, k.all = append(k.names, name), append(k.all, new(T))
	}
	return len(k.names) - 1
}

// Of returns what is known of the kind of a number.
func (k *Kinds[T]) Of(number int) *T { return k.all[number] }

// All goes over what is known of each.
func (k *Kinds[T]) All() iter.Seq[*T] { return slices.Values(k.all) }

// Len returns how many there are.
func (k *Kinds[T]) Len() int { return len(k.names) }

// Bytes returns the memory that they take.
func (k *Kinds[T]) Bytes() int { return (16 + int(unsafe.Sizeof(*new(T)))) * len(k.names) }

// Encode appends the kinds to e; thing appends one.
func (k *Kinds[T]) Encode(e *Encoder, thing func(*T, *Encoder)) {
	e.Uint(uint64(len(k.names)))
	for i, name := range k.names {
		e.Fixed64(name)
		thing(k.all[i], e)
	}
}

var errKinds = errors.New("a kind twice")

// Decode reads what Encode wrote into Kinds that are none yet.
func (k *Kinds[T]) Decode(d *Decoder, thing func(*T, *Decoder)) error {
	for i := range d.Count(k.most) {
		if k.Number(d.Fixed64()) != i {
			return errKinds
		}
		thing(k.all[i], d)
	}
	return d.Err()
}
