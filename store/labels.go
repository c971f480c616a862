package store

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// labels joins maps: the same on two levels.
func labels(t *arrow.MapType, messages []*message, parts []arrow.ArrayData, rows int, mem *arena) arrow.Array {
	off := append(mem.int32s(rows+1), 0)
	entries, keySize, valSize := labelSizes(messages, parts)
	keys, vals := append(mem.int32s(entries+1), 0), append(mem.int32s(entries+1), 0)
	keyData, valData := mem.bytes(keySize), mem.bytes(valSize)
	for i, p := range parts {
		n := messages[i].Events.Rows()
		end := int32(len(keys) - 1)
		if p == nil {
			for range n {
				off = append(off, end)
			}
			continue
		}
		from := offsets(p.Buffers()[1])
		for _, o := range from[1 : n+1] {
			off = append(off, o-from[0]+end)
		}
		pairs := p.Children()[0].Children()
		count := int(from[n] - from[0])
		keys, keyData = appendEntries(keys, keyData, pairs[0], int(from[0]), count)
		vals, valData = appendEntries(vals, valData, pairs[1], int(from[0]), count)
	}
	n := len(keys) - 1
	str := arrow.BinaryTypes.String
	children := []arrow.ArrayData{
		array.NewData(str, n, []*memory.Buffer{nil, int32Buffer(keys), memory.NewBufferBytes(keyData)}, nil, 0, 0),
		array.NewData(str, n, []*memory.Buffer{nil, int32Buffer(vals), memory.NewBufferBytes(valData)}, nil, 0, 0),
	}
	pairs := array.NewData(t.Elem(), n, []*memory.Buffer{nil}, children, 0, 0)
	return array.NewMapData(array.NewData(t, rows, []*memory.Buffer{nil, int32Buffer(off)}, []arrow.ArrayData{pairs}, 0, 0))
}

// labelSizes is how many labels the messages have, and the bytes of their keys and values.
func labelSizes(messages []*message, parts []arrow.ArrayData) (entries, keys, vals int) {
	for i, p := range parts {
		if p == nil {
			continue
		}
		off := offsets(p.Buffers()[1])
		from, to := off[0], off[messages[i].Events.Rows()]
		pairs := p.Children()[0].Children()
		k, v := offsets(pairs[0].Buffers()[1]), offsets(pairs[1].Buffers()[1])
		entries, keys, vals = entries+int(to-from), keys+int(k[to]-k[from]), vals+int(v[to]-v[from])
	}
	return entries, keys, vals
}

// appendEntries is appendText for entries that begin in the middle of an array.
func appendEntries(off []int32, data []byte, p arrow.ArrayData, first, n int) ([]int32, []byte) {
	from := offsets(p.Buffers()[1])[first : first+n+1]
	move := int32(len(data)) - from[0]
	for _, o := range from[1:] {
		off = append(off, o+move)
	}
	if n > 0 {
		data = append(data, p.Buffers()[2].Bytes()[from[0]:from[n]]...)
	}
	return off, data
}
