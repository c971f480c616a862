package store

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// maxEntries is the most values that a dictionary with 16-bit indices can name.
const maxEntries = math.MaxUint16

// A dictionary names the values of a column by the order in which they first came. ClickHouse keeps such columns as dictionaries too, and
// takes one over for a fraction of what it costs to look every value up again.
type dictionary struct {
	values []string
	index  map[string]uint16
	recent [256]uint16 // by a weak hash: the value that had it last
	used   bool        // recent holds something
}

// of returns a value's number, false when there is no room for it. Its memory must stay as it is while the dictionary is used.
func (d *dictionary) of(value string) (uint16, bool) {
	slot := &d.recent[weak(value)]
	if d.used && d.values[*slot] == value {
		return *slot, true
	}
	at, ok := d.index[value]
	if !ok {
		if len(d.values) == maxEntries {
			return 0, false
		}
		at = uint16(len(d.values))
		d.index[value] = at
		d.values = append(d.values, value)
		d.used = true
	}
	*slot = at
	return at, true
}

// weak is a cheap hash of a few of a value's bytes.
func weak(value string) uint8 {
	n := len(value)
	if n == 0 {
		return 0
	}
	h := uint32(n)*0x9e37 ^ uint32(value[0])*0x85eb ^ uint32(value[n-1])*0xc2b2 ^ uint32(value[n/2])*0x27d4
	return uint8(bits.RotateLeft32(h, 5) >> 8)
}

// dictionaryOf joins text as a dictionary and its indices; nil where there are too many different values for one.
func dictionaryOf(messages []*message, parts []arrow.ArrayData, rows int, mem *arena) arrow.Array {
	d := dictionary{index: map[string]uint16{}}
	data := mem.bytes(2 * rows)
	for i, p := range parts {
		n := messages[i].Events.Rows()
		if p == nil {
			at, ok := d.of("")
			if !ok {
				return nil
			}
			for range n {
				data = binary.LittleEndian.AppendUint16(data, at)
			}
			continue
		}
		off, text := offsets(p.Buffers()[1]), p.Buffers()[2].Bytes()
		for row := range n {
			value := text[off[row]:off[row+1]]
			at, ok := d.of(unsafe.String(unsafe.SliceData(value), len(value)))
			if !ok {
				return nil
			}
			data = binary.LittleEndian.AppendUint16(data, at)
		}
	}
	return dictionaryArray(arrow.PrimitiveTypes.Uint16, data, rows, d.values)
}

// dictionaryArray puts indices of so many rows and the values that they name together.
func dictionaryArray(index arrow.DataType, data []byte, rows int, values []string) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	b.AppendValues(values, nil)
	indices := array.MakeFromData(array.NewData(index, rows, []*memory.Buffer{nil, memory.NewBufferBytes(data)}, nil, 0, 0))
	return array.NewDictionaryArray(&arrow.DictionaryType{IndexType: index, ValueType: arrow.BinaryTypes.String}, indices, b.NewArray())
}
