package sketch

import (
	"errors"
	"math/bits"
)

const (
	spreadWays  = 8
	spreadBytes = 12 // of a slot
	allWords    = 16 // words of the map of all others
)

// A mark is with whom a thing was seen: a bit set by the hash of each, in this period and in the one before.
type mark struct {
	tag      uint32 // the high half of the thing's hash, whose low bits say where it is kept
	now, old uint32
}

// A Spread knows with how many different others each of many things was seen in this period and the last: how many machines of a site visit a
// host. It counts linearly in maps of bits (Whang et al., TODS 1990), 32 a thing. A thing that was seen with several is never put out by new
// ones, so that no flood makes what everybody uses look rare; what is not known counts as seen with one.
type Spread struct {
	marks    []mark
	most     int
	all, was [allWords]uint64 // all others
	crowd    float32          // so many of them make a thing everybody's; 0 where that is not reckoned yet
}

// NewSpread returns an empty Spread. It grows as things are seen with several, to maxBytes at most and 1.5 KiB at least.
func NewSpread(maxBytes int) *Spread {
	return &Spread{marks: make([]mark, spreadWays*spreadWays), most: maxBytes / spreadBytes}
}

func (s *Spread) bucket(tag uint32) []mark {
	i := int(tag) & (len(s.marks)/spreadWays - 1) * spreadWays
	return s.marks[i : i+spreadWays : i+spreadWays]
}

// Note counts that a thing was seen with another. Neither may be 0.
func (s *Spread) Note(thing, other uint64) {
	if word := &s.all[other>>6&(allWords-1)]; *word>>(other&63)&1 == 0 {
		*word |= 1 << (other & 63)
		s.crowd = 0
	}
	tag, bit := uint32(thing>>32), uint32(1)<<(other>>59)
	b := s.bucket(tag)
	free := -1 // the first empty one, else the one with one other that was there for longest
	for i := range b {
		with := bits.OnesCount32(b[i].now | b[i].old)
		if b[i].tag == tag && with > 0 {
			b[i].now |= bit
			return
		}
		if with == 0 && (free < 0 || b[free].now|b[free].old != 0) || with == 1 && free < 0 {
			free = i
		}
	}
	if free < 0 {
		if 2*len(s.marks) > s.most {
			return
		}
		s.grow()
		s.Note(thing, other)
		return
	}
	copy(b[free:], b[free+1:])
	b[spreadWays-1] = mark{tag: tag, now: bit}
}

// grow doubles the buckets; what was in one goes to two.
func (s *Spread) grow() {
	old := s.marks
	s.marks = make([]mark, 2*len(old))
	for i := 0; i < len(old); i += spreadWays {
		for _, m := range old[i : i+spreadWays] {
			if m.now|m.old != 0 {
				b := s.bucket(m.tag)
				copy(b, b[1:])
				b[spreadWays-1] = m
			}
		}
	}
}

// Of returns with about how many others a thing was seen, 1 to 133.
func (s *Spread) Of(thing uint64) float32 {
	tag := uint32(thing >> 32)
	b := s.bucket(tag)
	for i := range b {
		if with := bits.OnesCount32(b[i].now | b[i].old); with > 1 && b[i].tag == tag {
			return linear(32-with, 32)
		}
	}
	return 1
}

// All returns about how many others there are.
func (s *Spread) All() float32 {
	empty := 0
	for i := range s.all {
		empty += 64 - bits.OnesCount64(s.all[i]|s.was[i])
	}
	return linear(empty, 64*allWords)
}

// linear is how many there are where so many of all bits are empty.
func linear(empty, all int) float32 {
	return max(1, float32(all)*0.6931472*(Log2(float32(all))-Log2(max(0.5, float32(empty)))))
}

const (
	commons = 1.0 / 16 // part of all others from which a thing is everybody's
	plenty  = 64       // as are so many
)

// Alone returns how far a thing is the matter of one alone: 1 where nobody else was seen with it, 0 from where a sixteenth of all others were.
func (s *Spread) Alone(thing uint64) float32 {
	if s.crowd == 0 {
		s.crowd = min(max(2, float32(commons*s.All())), plenty)
	}
	return max(0, 1-(s.Of(thing)-1)/s.crowd)
}

// Turn begins a new period.
func (s *Spread) Turn() {
	for i := range s.marks {
		if m := &s.marks[i]; m.now == 0 {
			*m = mark{}
		} else {
			m.old, m.now = m.now, 0
		}
	}
	s.was, s.all, s.crowd = s.all, [allWords]uint64{}, 0
}

// Bytes returns the memory that it takes.
func (s *Spread) Bytes() int { return spreadBytes*len(s.marks) + 16*allWords }

// Encode appends the Spread to e.
func (s *Spread) Encode(e *Encoder) {
	e.Uint(uint64(len(s.marks)))
	for i := range s.marks {
		m := &s.marks[i]
		e.Bool(m.now|m.old != 0)
		if m.now|m.old != 0 {
			e.Fixed32(m.tag)
			e.Fixed32(m.now)
			e.Fixed32(m.old)
		}
	}
	for i := range s.all {
		e.Uint(s.all[i])
		e.Uint(s.was[i])
	}
}

var errSpread = errors.New("damaged spread")

// Decode reads what Encode wrote into s, which keeps its own bound.
func (s *Spread) Decode(d *Decoder) error {
	n := d.Count(max(s.most, spreadWays*spreadWays))
	if n < spreadWays*spreadWays || n&(n-1) != 0 || d.Left() < n {
		return errSpread
	}
	s.marks = make([]mark, n)
	for i := range s.marks {
		if d.Bool() {
			if s.marks[i] = (mark{d.Fixed32(), d.Fixed32(), d.Fixed32()}); s.marks[i].now|s.marks[i].old == 0 {
				return errSpread
			}
		}
	}
	s.crowd = 0
	for i := range s.all {
		s.all[i], s.was[i] = d.Uint(), d.Uint()
	}
	return d.Err()
}
