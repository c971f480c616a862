package parse

import "encoding/binary"

// A table finds fields by name faster than a map does: one multiplication on the name's ends and its length, and the first try
// hits nearly always. It is read-only once made.
type table struct {
	mask  uint64
	slots []entry
}

type entry struct {
	name string
	f    field
}

// newTable returns the table of a map, four times as wide as it has names.
func newTable(maps ...fields) *table {
	n := 0
	for _, m := range maps {
		n += len(m)
	}
	size := 16
	for size < 4*n {
		size *= 2
	}
	t := &table{mask: uint64(size - 1), slots: make([]entry, size)}
	for _, m := range maps {
		for name, f := range m {
			i := hashName([]byte(name)) & t.mask
			for t.slots[i].name != "" && t.slots[i].name != name {
				i = (i + 1) & t.mask
			}
			if t.slots[i].name == "" { // the first map that has a name decides
				t.slots[i] = entry{name, f}
			}
		}
	}
	return t
}

// get returns the field of that name, nil where there is none.
func (t *table) get(name []byte) *field {
	if len(name) == 0 {
		return nil
	}
	for i := hashName(name) & t.mask; ; i = (i + 1) & t.mask {
		switch e := &t.slots[i]; {
		case e.name == "":
			return nil
		case e.name == string(name):
			return &e.f
		}
	}
}

// hashName mixes the first and the last eight bytes of a name. Names that others choose cannot fill the table: nothing is ever
// added to it, and a run of full slots in it is a few long.
func hashName(name []byte) uint64 {
	var a, b uint64
	switch n := len(name); {
	case n >= 8:
		a, b = binary.LittleEndian.Uint64(name), binary.LittleEndian.Uint64(name[n-8:])
	case n >= 4:
		a, b = uint64(binary.LittleEndian.Uint32(name)), uint64(binary.LittleEndian.Uint32(name[n-4:]))
	default:
		for _, c := range name {
			a = a<<8 | uint64(c)
		}
	}
	h := (a ^ b<<7 ^ b>>57 ^ uint64(len(name))<<56) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}
