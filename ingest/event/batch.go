package event

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// A Batch is a number of events as columns. It is read-only: many goroutines may read one at a time.
type Batch struct {
	rows   int
	cols   [NumColumns]view
	labels labelView

	// Unknown names the columns of the message that this version does not know; they were left out.
	Unknown []string
}

// view is a column's memory in Arrow's layout. valid is empty where every row has a value.
type view struct {
	valid []byte
	off   []int32
	data  []byte
	set   bool
	width uint8 // of a value in bytes, 0 of those that have offsets
}

type labelView struct {
	off        []int32 // rows+1 entries
	keys, vals view
}

// Rows returns the number of events.
func (b *Batch) Rows() int { return b.rows }

// Filled reports whether any row may have a value in c.
func (b *Batch) Filled(c Column) bool { return b.cols[c].set }

// Has reports whether row has a value in c, which may not be the labels.
func (b *Batch) Has(c Column, row int) bool {
	v := &b.cols[c]
	return v.set && v.has(row)
}

// Text returns a text or bytes value, "" where the row has none. It shares the batch's memory: clone it to keep it longer.
func (b *Batch) Text(c Column, row int) string {
	v := &b.cols[c]
	if !v.set {
		return ""
	}
	return v.text(row)
}

// Texts fills in the texts of c in the rows from one on, as many as there are places for, and returns which rows have one, a bit each. What else is in the places stays.
func (b *Batch) Texts(c Column, from int, texts []string) (has uint64) {
	v := &b.cols[c]
	if !v.set {
		return 0
	}
	off := v.off[from : min(from+len(texts), b.rows)+1]
	for i, start := range off[:len(off)-1] {
		if end := off[i+1]; start != end {
			texts[i] = unsafe.String(&v.data[start], int(end-start))
			has |= 1 << i
		}
	}
	return has
}

// Uint returns an unsigned value and whether the row has one.
func (b *Batch) Uint(c Column, row int) (uint64, bool) {
	v := &b.cols[c]
	if !v.set || !v.has(row) {
		return 0, false
	}
	switch v.width {
	case 2:
		return uint64(binary.LittleEndian.Uint16(v.data[2*row:])), true
	case 4:
		return uint64(binary.LittleEndian.Uint32(v.data[4*row:])), true
	default:
		return binary.LittleEndian.Uint64(v.data[8*row:]), true
	}
}

// Time returns a time in nanoseconds since 1970 UTC, 0 where the row has none.
func (b *Batch) Time(c Column, row int) int64 {
	v := &b.cols[c]
	if !v.set || !v.has(row) {
		return 0
	}
	return int64(binary.LittleEndian.Uint64(v.data[8*row:]))
}

// Float returns a 32-bit float, 0 where the row has none.
func (b *Batch) Float(c Column, row int) float32 {
	v := &b.cols[c]
	if !v.set || !v.has(row) {
		return 0
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(v.data[4*row:]))
}

// Labels calls fn with each label of a row, in the order they were given, until it returns false. The strings share the batch's memory.
func (b *Batch) Labels(row int, fn func(key, value string) bool) {
	if !b.cols[LabelsColumn].set {
		return
	}
	for i := b.labels.off[row]; i < b.labels.off[row+1]; i++ {
		if !fn(b.labels.keys.text(int(i)), b.labels.vals.text(int(i))) {
			return
		}
	}
}

func (v *view) has(row int) bool { return len(v.valid) == 0 || v.valid[row>>3]&(1<<(row&7)) != 0 }

func (v *view) text(row int) string {
	from, to := v.off[row], v.off[row+1]
	if from == to {
		return ""
	}
	return unsafe.String(&v.data[from], int(to-from))
}

// Array returns a column as an Arrow array of the batch's length that shares its memory; nil for a column that is not filled.
func (b *Batch) Array(c Column) arrow.Array {
	v := &b.cols[c]
	switch {
	case !v.set:
		return nil
	case c == LabelsColumn:
		return b.labels.array(b.rows)
	}
	return array.MakeFromData(v.arrow(table[c].Kind.Arrow(), b.rows))
}

func (v *view) arrow(t arrow.DataType, rows int) arrow.ArrayData {
	nulls := 0
	var valid *memory.Buffer
	if len(v.valid) > 0 {
		if nulls = rows - countBits(v.valid, rows); nulls > 0 {
			valid = memory.NewBufferBytes(v.valid)
		}
	}
	buffers := []*memory.Buffer{valid, memory.NewBufferBytes(v.data)}
	if v.off != nil {
		buffers = []*memory.Buffer{valid, offsetBuffer(v.off), memory.NewBufferBytes(v.data)}
	}
	return array.NewData(t, rows, buffers, nil, nulls, 0)
}

func (l *labelView) array(rows int) arrow.Array {
	n := len(l.keys.off) - 1
	t := Labels.Arrow()
	entries := t.(*arrow.MapType).Elem() //nolint:errcheck // the kind Labels is a map
	pairs := array.NewData(entries, n, []*memory.Buffer{nil},
		[]arrow.ArrayData{l.keys.arrow(arrow.BinaryTypes.String, n), l.vals.arrow(arrow.BinaryTypes.String, n)}, 0, 0)
	return array.NewMapData(array.NewData(t, rows, []*memory.Buffer{nil, offsetBuffer(l.off)}, []arrow.ArrayData{pairs}, 0, 0))
}

func offsetBuffer(off []int32) *memory.Buffer {
	return memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(off))
}

func countBits(bitmap []byte, n int) int {
	sum := 0
	for _, x := range bitmap[:n>>3] {
		sum += bits.OnesCount8(x)
	}
	if n&7 != 0 {
		sum += bits.OnesCount8(bitmap[n>>3] & (1<<(n&7) - 1))
	}
	return sum
}
