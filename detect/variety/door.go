package variety

import "frontfoot/detect/sketch"

// A door keeps out what is seen with one thing alone, which is most of all there is, in two bytes each (as the doorkeeper of TinyLFU, Einziger et al., TOS 2017): of
// the last key that came to a place and had no seat, some bits and the place of its thing in a Crowd.
type door [doors]uint16

const doors = 256

// pass lets in a key that was seen with another thing before, and says with which; else it remembers the key, and says whether it is another than the last.
func (d *door) pass(key, thing uint64) (before uint64, in, other bool) {
	at := &d[key%doors]
	mark := uint16(key>>16)&^31 | uint16(sketch.Place(thing))
	was := *at
	*at = mark
	return uint64(was & 31), was != mark && was&^31 == mark&^31, was&^31 != mark&^31
}
