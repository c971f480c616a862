package parse

import (
	"bytes"
	"encoding/binary"
)

// A table finds fields by name faster than a map does: a name's ends and length are its hash and, to 16 bytes, the name itself.
// It is read-only once made. What most lookups read are the slots, four bytes each.
type table struct {
	mask    uint64
	slots   []uint32 // the place of an entry, from 1; 0 is an empty slot
	entries []*entry
}

type entry struct {
	nameKey
	f     *field // nil for a name of which nothing is known but where it stands
	name  string
	ahead ahead
}

// A nameKey is the length of a name and its first and last eight bytes, which for a name of 16 bytes at most are all of it.
type nameKey struct {
	a, b uint64
	n    int
}

// newTable returns the table of some maps, four times as wide as they have names. The first map that has a name decides.
func newTable(maps ...fields) *table {
	n := 0
	for _, m := range maps {
		n += len(m)
	}
	size := 16
	for size < 4*n {
		size *= 2
	}
	t := &table{mask: uint64(size - 1), slots: make([]uint32, size)}
	for _, m := range maps {
		for name, f := range m {
			t.add(name, &f)
		}
	}
	return t
}

// add enters a field, unless the table has one of that name.
func (t *table) add(name string, f *field) {
	key := keyOf([]byte(name))
	i := key.hash() & t.mask
	for ; t.slots[i] > 0; i = (i + 1) & t.mask {
		if t.entries[t.slots[i]-1].name == name {
			return
		}
	}
	t.entries = append(t.entries, &entry{nameKey: key, f: f, name: name})
	t.slots[i] = uint32(len(t.entries))
}

// get returns the field of that name, nil where there is none.
func (t *table) get(name []byte) *field {
	if e := t.find(name); e != nil {
		return e.f
	}
	return nil
}

// find returns the entry of that name, nil where there is none. Names that others choose cannot fill the table: nothing is
// added to it, and a run of full slots in it is a few long.
func (t *table) find(name []byte) *entry {
	key := keyOf(name)
	for i := key.hash() & t.mask; ; i = (i + 1) & t.mask {
		n := t.slots[i]
		if n == 0 {
			return nil
		}
		if e := t.entries[n-1]; e.nameKey == key && (key.n <= 16 || e.name == string(name)) {
			return e
		}
	}
}

// above returns the field of the nearest path above one, nil where none has a field.
func (t *table) above(path []byte) *field {
	for {
		i := bytes.LastIndexByte(path, '.')
		if i <= 0 {
			return nil
		}
		path = path[:i]
		if f := t.get(path); f != nil {
			return f
		}
	}
}

func keyOf(name []byte) (k nameKey) {
	k.n = len(name)
	switch n := k.n; {
	case n >= 8:
		k.a, k.b = binary.LittleEndian.Uint64(name), binary.LittleEndian.Uint64(name[n-8:])
	case n >= 4:
		k.a, k.b = uint64(binary.LittleEndian.Uint32(name)), uint64(binary.LittleEndian.Uint32(name[n-4:]))
	default:
		for _, c := range name {
			k.a = k.a<<8 | uint64(c)
		}
	}
	return k
}

func (k *nameKey) hash() uint64 {
	h := (k.a ^ k.b<<7 ^ k.b>>57 ^ uint64(k.n)<<56) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}
