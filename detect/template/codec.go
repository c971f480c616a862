package template

import (
	"unsafe"

	"frontfoot/detect/sketch"
)

// Bytes returns the memory that the miner takes.
func (m *Miner) Bytes() int {
	return int(unsafe.Sizeof(*m)) + cap(m.shapes)*int(unsafe.Sizeof(shape{}))
}

// Encode appends the miner to e: the number of shapes, the hand, and for each shape how many words it has and, if its place is not free,
// id, count, life and words.
func (m *Miner) Encode(e *sketch.Encoder) {
	e.Uint(uint64(len(m.shapes)))
	e.Uint(uint64(m.hand))
	for i := range m.shapes {
		s := &m.shapes[i]
		e.Byte(s.n)
		if s.n == 0 {
			continue
		}
		e.Fixed64(s.id)
		e.Uint(s.count)
		e.Uint(uint64(s.life))
		for _, w := range s.words[:s.n] {
			e.Fixed32(uint32(w))
		}
	}
}

// Decode reads what Encode wrote. On an error the miner is of no use.
func (m *Miner) Decode(d *sketch.Decoder) error {
	*m = Miner{secret: m.secret}
	m.shapes = make([]shape, d.Count(maxShapes))
	m.hand = d.Count(maxShapes - 1)
	for i := range m.shapes {
		s := &m.shapes[i]
		s.n = d.Byte()
		if s.n > maxWords {
			return sketch.ErrShort
		}
		if s.n == 0 {
			continue
		}
		s.id = d.Fixed64()
		s.count = d.Uint()
		s.life = uint16(d.Count(1<<16 - 1))
		for k := range s.words[:s.n] {
			s.words[k] = word(d.Fixed32())
			if !s.words[k].valid() {
				return sketch.ErrShort
			}
		}
		s.frame = frame(s.words[:s.n])
		m.link(i)
	}
	return d.Err()
}
