package decoy

import (
	"fmt"

	"frontfoot/detect/sketch"
)

// Encode appends the decoys and what was told of them to e.
func (s *Set) Encode(e *sketch.Encoder) {
	for _, list := range s.decoys.lists() {
		e.Uint(uint64(len(*list)))
		for _, text := range *list {
			e.Text(text)
		}
	}
	e.Uint(uint64(len(s.recent)))
	for _, r := range s.recent {
		e.Fixed64(r.what)
		e.Int(r.at)
	}
}

// Decode reads what Encode wrote. On an error the Set is of no use.
func (s *Set) Decode(d *sketch.Decoder) error {
	var decoys Decoys
	for _, list := range decoys.lists() {
		for range d.Count(Max) {
			*list = append(*list, d.Text(MaxText))
		}
	}
	s.recent = nil
	for range d.Count(maxTold) {
		s.recent = append(s.recent, recent{d.Fixed64(), d.Int()})
	}
	if err := d.Err(); err != nil {
		return err
	}
	if err := decoys.Validate(); err != nil {
		return fmt.Errorf("reading decoys: %w", err)
	}
	s.Put(decoys)
	return nil
}

// Bytes is about the memory that the decoys take.
func (s *Set) Bytes() int {
	n := len(s.recent) * 16
	for _, list := range s.decoys.lists() {
		for _, text := range *list {
			n += 96 + 2*len(text)
		}
	}
	return n
}
