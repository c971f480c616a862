package template

import (
	"unsafe"

	"frontfoot/detect/sketch"
)

// Bytes returns the memory that the miner takes.
func (m *Miner) Bytes() int {
	n := int(unsafe.Sizeof(*m)) + cap(m.shapes)*int(unsafe.Sizeof(shape{}))
	for i := range m.shapes {
		n += cap(m.shapes[i].words) * int(unsafe.Sizeof(word(0)))
	}
	return n
}

// Encode appends the miner to e: the number of shapes, the hand, and for each shape how many words it has and, if its place is not free,
// id, count, life and words.
func (m *Miner) Encode(e *sketch.Encoder) {
	e.Uint(uint64(len(m.shapes)))
	e.Uint(uint64(m.hand))
	for i := range m.shapes {
		s := &m.shapes[i]
		e.Byte(uint8(len(s.words)))
		if len(s.words) == 0 {
			continue
		}
		e.Fixed64(s.id)
		e.Uint(s.count)
		e.Uint(uint64(s.life))
		for _, w := range s.words {
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
		n := d.Byte()
		if n > maxWords {
			return sketch.ErrShort
		}
		if n == 0 {
			continue
		}
		s.id = d.Fixed64()
		s.count = d.Uint()
		s.life = uint16(d.Count(1<<16 - 1))
		s.words = make([]word, n)
		for k := range s.words {
			s.words[k] = word(d.Fixed32())
			if !s.words[k].valid() {
				return sketch.ErrShort
			}
		}
		s.frame = frame(s.words)
		m.link(i)
	}
	return d.Err()
}
