// Package literal finds which of some fixed texts stand in a line, all in one pass. Of each text it looks for the four bytes that are rarest in lines like
// those to be searched: a filter that stays in the nearest cache says of most places that none of them stands there, and a text is compared only where its
// four do.
package literal

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"iter"
	"math/bits"
	"slices"
)

// Least is how many bytes of a text are looked for. No text may be shorter.
const Least = 4

// A Set finds its texts. It is read-only once made and may serve many goroutines.
type Set struct {
	filter [1 << slots]uint64   // a bit for each hash of some text's four bytes; 16 KiB, which half of the nearest cache holds
	starts [1<<slots + 1]uint32 // by a hash's first bits: where its entries start; they end where the next ones start
	list   []entry
	n      int
}

// slots are the first bits of a hash, by which the filter has a word and the list a start; six more choose the word's bit.
const slots = 11

// An entry is a text and where in it the four bytes stand that are looked for.
type entry struct {
	text []byte
	four uint32
	at   int32
	id   int32
}

// Found is which texts were found. The zero value is empty; it is reused from line to line and is for one goroutine.
type Found struct {
	words []uint64
	dirty []int32 // the words that are not zero
}

// New returns the Set of some texts, each of Least bytes or more. The counts are of lines like those that will be searched, and only matter for the speed.
func New(texts []string, counts *Counts) *Set {
	s := &Set{n: len(texts)}
	for id, text := range texts {
		e := entry{text: []byte(text), id: int32(id)}
		e.at = int32(counts.rarest(e.text))
		e.four = fourOf(e.text[e.at:])
		s.list = append(s.list, e)
	}
	slices.SortStableFunc(s.list, func(a, b entry) int { return cmp.Compare(hash(a.four), hash(b.four)) })
	s.build()
	return s
}

// build makes the filter and the table behind it.
func (s *Set) build() {
	for i := range s.list {
		slot, bit := place(s.list[i].four)
		s.filter[slot] |= 1 << bit
		s.starts[slot+1] = uint32(i + 1)
	}
	for i := range s.starts[1:] {
		s.starts[i+1] = max(s.starts[i+1], s.starts[i])
	}
}

func fourOf(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

// hash spreads four bytes over 32 bits, of which the first are the best.
func hash(four uint32) uint32 { return four * spread }

const spread = 0x9e3779b1

// place returns where the filter has the bit for four bytes.
func place(four uint32) (slot, bit uint32) {
	h := hash(four)
	return h >> (32 - slots), h >> (32 - slots - 6) & 63
}

// Find adds the texts that stand in line to found.
func (s *Set) Find(line []byte, found *Found) {
	if need := (s.n + 63) / 64; len(found.words) < need {
		found.words = append(found.words, make([]uint64, need-len(found.words))...)
	}
	rest := line
	for ; len(rest) >= 2*Least; rest = rest[Least:] {
		eight := binary.LittleEndian.Uint64(rest)
		if (s.passes(uint32(eight))|s.passes(uint32(eight>>8))|s.passes(uint32(eight>>16))|s.passes(uint32(eight>>24)))&1 != 0 {
			at := len(line) - len(rest)
			s.verify(line, at, at+Least, found)
		}
	}
	s.verify(line, len(line)-len(rest), len(line)-Least+1, found)
}

// passes returns a number whose last bit is 1 where some text may have these four bytes.
func (s *Set) passes(four uint32) uint64 {
	h := four * spread
	return s.filter[h>>(32-slots)] >> (h >> (32 - slots - 6) & 63)
}

// verify adds the texts whose four bytes stand at one of some places of a line and that stand there as a whole.
func (s *Set) verify(line []byte, from, to int, found *Found) {
	for at := from; at < to; at++ {
		four := fourOf(line[at:])
		if s.passes(four)&1 == 0 {
			continue
		}
		slot, _ := place(four)
		for i := s.starts[slot]; i < s.starts[slot+1]; i++ {
			e := &s.list[i]
			if e.four != four {
				continue
			}
			if from := at - int(e.at); from >= 0 && bytes.HasPrefix(line[from:], e.text) {
				found.add(e.id)
			}
		}
	}
}

func (f *Found) add(id int32) {
	w := id >> 6
	if f.words[w] == 0 {
		f.dirty = append(f.dirty, w)
	}
	f.words[w] |= 1 << (id & 63)
}

// Has reports whether text number i was found.
func (f *Found) Has(i int) bool { return f.words[i>>6]&(1<<(i&63)) != 0 }

// All yields the numbers of the texts that were found, each once.
func (f *Found) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for _, w := range f.dirty {
			for word := f.words[w]; word != 0; word &= word - 1 {
				if !yield(int(w)<<6 + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// Reset forgets what was found.
func (f *Found) Reset() {
	for _, w := range f.dirty {
		f.words[w] = 0
	}
	f.dirty = f.dirty[:0]
}
