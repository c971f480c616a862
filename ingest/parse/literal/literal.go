// Package literal finds which of some fixed texts stand in a line, all in one pass. Of each text it looks for the four bytes that are rarest in lines like
// those to be searched: a filter that stays in the nearest cache says of most places that none of them stands there, and a text is compared only where its
// four do.
package literal

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"iter"
	"math"
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
	text   []byte  // all texts, one behind the other: what is searched for in every line is to lie close together
	ends   []int32 // by number: where a text begins, and the one before it ends
}

// slots are the first bits of a hash, by which the filter has a word and the list a start; six more choose the word's bit.
const slots = 11

// An entry is what is compared first of a text: all that most places need.
type entry struct {
	head, mask uint64 // the text's first eight bytes, and which of them these are
	four       uint32
	at         int32 // where in the text the four bytes stand
	id         int32
}

// Found is which texts were found. The zero value is empty; it is reused from line to line and is for one goroutine.
type Found struct {
	words []uint64
	dirty []int32 // the words that are not zero
}

// New returns the Set of some texts, each of Least bytes or more. The counts are of lines like those that will be searched, and only matter for the speed.
func New(texts []string, counts *Counts) *Set {
	s := &Set{ends: []int32{0}}
	for id, text := range texts {
		t := []byte(text)
		at := counts.rarest(t)
		e := entry{four: fourOf(t[at:]), at: int32(at), id: int32(id)}
		e.head, e.mask = eightOf(t)
		s.list, s.text = append(s.list, e), append(s.text, t...)
		s.ends = append(s.ends, int32(len(s.text)))
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

// all is the mask of eight bytes.
const all = math.MaxUint64

// eightOf returns the first eight bytes of b, and which of them it has.
func eightOf(b []byte) (head, mask uint64) {
	if len(b) >= 8 {
		return binary.LittleEndian.Uint64(b), all
	}
	for i, c := range b {
		head |= uint64(c) << (8 * i)
	}
	return head, 1<<(8*len(b)) - 1
}

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
	if need := (len(s.ends) + 62) / 64; len(found.words) < need {
		found.words = append(found.words, make([]uint64, need-len(found.words))...)
	}
	at := 0
	for rest := line; len(rest) >= 2*Least; rest = rest[Least:] {
		eight := binary.LittleEndian.Uint64(rest)
		if s.passes(uint32(eight)) {
			s.verify(line, at, found)
		}
		if s.passes(uint32(eight >> 8)) {
			s.verify(line, at+1, found)
		}
		if s.passes(uint32(eight >> 16)) {
			s.verify(line, at+2, found)
		}
		if s.passes(uint32(eight >> 24)) {
			s.verify(line, at+3, found)
		}
		at += Least
	}
	for ; at+Least <= len(line); at++ {
		if s.passes(fourOf(line[at:])) {
			s.verify(line, at, found)
		}
	}
}

// passes reports whether some text may have these four bytes.
func (s *Set) passes(four uint32) bool {
	h := four * spread
	return s.filter[h>>(32-slots)]&(1<<(h>>(32-slots-6)&63)) != 0
}

// verify adds the texts whose four bytes stand at a place of a line and that stand there as a whole.
func (s *Set) verify(line []byte, at int, found *Found) {
	four := fourOf(line[at:])
	slot, _ := place(four)
	for i := s.starts[slot]; i < s.starts[slot+1]; i++ {
		e := &s.list[i]
		if e.four != four {
			continue
		}
		from := at - int(e.at)
		if from < 0 {
			continue
		}
		rest := line[from:]
		whole := len(rest) >= 8
		if whole && (binary.LittleEndian.Uint64(rest)^e.head)&e.mask != 0 {
			continue
		}
		if whole && e.mask != all || bytes.HasPrefix(rest, s.text[s.ends[e.id]:s.ends[e.id+1]]) {
			found.add(e.id)
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
