package event

import (
	"encoding/binary"
	"math"
	"net/netip"
	"slices"
	"unicode/utf8"
	"unsafe"
)

// A Builder collects events row by row into columns and reuses its memory from batch to batch. A column that no row sets
// costs nothing. Set may be called several times for a column of one row: the last value stands.
// A Builder is for one goroutine.
type Builder struct {
	rows    int
	cols    [NumColumns]buffer
	views   [NumColumns]view // what Batch made of them last; their memory is used again
	labels  labelBuffer
	size    int // bytes of values held by finished rows
	rowSize int // and by the current one
	trusted bool
}

// buffer holds the values of one column, those of the rows that have one: what a row does not set costs nothing. Batch gives the others their place.
type buffer struct {
	n     int // behind the last row with a value
	cells []cell
	data  []byte
}

// A cell is a value: the row it is of, and where it ends in data.
type cell struct{ row, end int32 }

// labelBuffer holds the labels: row r has the entries from off[r] to off[r+1].
type labelBuffer struct {
	off        []int32
	keys, vals texts
}

// texts are one behind the other; text i ends at off[i+1].
type texts struct {
	off  []int32
	data []byte
}

// NewBuilder returns an empty Builder.
func NewBuilder() *Builder { return &Builder{} }

// Trust says whether every text that the current row is given is known to be UTF-8, because the line it was cut from was
// checked as a whole; that spares checking each of them. It holds until it is called again.
func (b *Builder) Trust(valid bool) { b.trusted = valid }

// Rows returns how many rows are finished.
func (b *Builder) Rows() int { return b.rows }

// Size returns about how many bytes the finished rows take on the wire before compression.
func (b *Builder) Size() int { return b.size }

// SetText sets a text or bytes column of the current row. An empty value leaves the row as it is; text that is no UTF-8 is
// repaired with U+FFFD. The bytes are copied.
func (b *Builder) SetText(c Column, v []byte) {
	if len(v) > 0 {
		b.cols[c].cut(b.rows)
		b.AddText(c, v)
	}
}

// AddText is SetText for a row that has no value in c; one that has keeps it.
func (b *Builder) AddText(c Column, v []byte) {
	col := &b.cols[c]
	if len(v) == 0 || col.n > b.rows {
		return
	}
	if !b.trusted && table[c].Kind == Text && !utf8.Valid(v) {
		v = repair(v)
	}
	col.data = appendShort(col.data, v)
	col.end(b.rows)
	b.rowSize += len(v)
}

// short is how long a value may be that is copied together with what stands behind it: for most, that is faster than to find out how long it is.
const short = 16

// appendShort is append for values most of which are short.
func appendShort(dst, v []byte) []byte {
	n := len(dst)
	if len(v) > short || cap(v) < short || cap(dst)-n < short {
		return append(dst, v...)
	}
	*(*[short]byte)(dst[n : n+short]) = [short]byte(v[:short])
	return dst[:n+len(v)]
}

// Constant returns a text that many rows are given, as SetText copies it fastest.
func Constant(v string) []byte { return append(make([]byte, 0, len(v)+short), v...) }

// SetString is SetText for a string.
func (b *Builder) SetString(c Column, v string) {
	b.SetText(c, unsafe.Slice(unsafe.StringData(v), len(v)))
}

// AddString is AddText for a string.
func (b *Builder) AddString(c Column, v string) {
	b.AddText(c, unsafe.Slice(unsafe.StringData(v), len(v)))
}

// SetAddr sets a text column to the canonical form of an address, without zone and with IPv4-mapped addresses as IPv4.
// An invalid address leaves the row as it is.
func (b *Builder) SetAddr(c Column, a netip.Addr) {
	if !a.IsValid() {
		return
	}
	var tmp [64]byte
	b.SetText(c, a.Unmap().WithZone("").AppendTo(tmp[:0]))
}

// SetUint sets an unsigned column of the current row; a value that the column's type cannot hold leaves the row as it is.
func (b *Builder) SetUint(c Column, v uint64) {
	if table[c].Kind.holds(v) {
		b.cols[c].cut(b.rows)
		b.AddUint(c, v)
	}
}

// AddUint is SetUint for a row that has no value in c; one that has keeps it. It reports whether the row has one now.
func (b *Builder) AddUint(c Column, v uint64) bool {
	col := &b.cols[c]
	if col.n > b.rows {
		return true
	}
	if !table[c].Kind.holds(v) {
		return false
	}
	col.data = binary.LittleEndian.AppendUint64(col.data, v)
	col.end(b.rows)
	b.rowSize += 8
	return true
}

// holds reports whether v is a value of an unsigned kind.
func (k Kind) holds(v uint64) bool {
	switch k { //nolint:exhaustive // the others are not unsigned
	case Uint16:
		return v <= math.MaxUint16
	case Uint32:
		return v <= math.MaxUint32
	}
	return k == Uint64
}

// SetTime sets a time column of the current row to ns nanoseconds since 1970 UTC.
func (b *Builder) SetTime(c Column, ns int64) {
	col := &b.cols[c]
	col.cut(b.rows)
	col.data = binary.LittleEndian.AppendUint64(col.data, uint64(ns))
	col.end(b.rows)
	b.rowSize += 8
}

// Label adds a label to the current row. An empty key or value adds nothing; both are copied and repaired like text.
// A key that is given twice stands twice.
func (b *Builder) Label(key string, value []byte) {
	b.AddLabel(unsafe.Slice(unsafe.StringData(key), len(key)), value)
}

// AddLabel is Label for a key that is bytes.
func (b *Builder) AddLabel(key, value []byte) {
	if len(key) == 0 || len(value) == 0 {
		return
	}
	if !b.trusted {
		if !utf8.Valid(key) {
			key = repair(key)
		}
		if !utf8.Valid(value) {
			value = repair(value)
		}
	}
	l := &b.labels
	l.keys.append(key)
	l.vals.append(value)
	b.rowSize += len(key) + len(value) + 8
}

// Has reports whether the current row has a value in c, which may not be the labels.
func (b *Builder) Has(c Column) bool { return b.cols[c].n > b.rows }

// TextOf returns the current row's value of a text column, nil where it has none. It holds until the next call that sets c.
func (b *Builder) TextOf(c Column) []byte {
	col := &b.cols[c]
	if col.n <= b.rows {
		return nil
	}
	return col.data[col.start(len(col.cells)-1):]
}

// End finishes the current row.
func (b *Builder) End() {
	b.rows++
	b.labels.off = append(b.labels.off, int32(b.labels.keys.len()))
	b.size += b.rowSize
	b.rowSize = 0
}

// Discard forgets everything set in the current row.
func (b *Builder) Discard() {
	for c := range b.cols {
		b.cols[c].cut(b.rows)
	}
	n := 0
	if b.rows > 0 {
		n = int(b.labels.off[b.rows-1])
	}
	b.labels.keys.cut(n)
	b.labels.vals.cut(n)
	b.rowSize = 0
}

// Reset forgets all rows and keeps the memory. A Batch taken before must no longer be used.
func (b *Builder) Reset() {
	for i := range b.cols {
		b.cols[i].reset()
	}
	b.labels.off = b.labels.off[:0]
	b.labels.keys.reset()
	b.labels.vals.reset()
	b.rows, b.size, b.rowSize = 0, 0, 0
}

// Batch returns the finished rows. The Batch shares the Builder's memory: it holds until the next call that changes the Builder.
func (b *Builder) Batch() *Batch {
	b.Discard()
	out := &Batch{rows: b.rows}
	for i := range b.cols {
		if col := &b.cols[i]; len(col.cells) > 0 {
			out.cols[i] = col.view(b.views[i], b.rows, table[i].Kind.width())
			b.views[i] = out.cols[i]
		}
	}
	if l := &b.labels; l.keys.len() > 0 {
		out.cols[LabelsColumn].set = true
		out.labels = labelView{
			off:  append([]int32{0}, l.off...),
			keys: view{off: l.keys.off, data: l.keys.data, set: true},
			vals: view{off: l.vals.off, data: l.vals.data, set: true},
		}
	}
	return out
}

// end notes that a value which row did not have ends where data does.
func (col *buffer) end(row int) {
	col.cells = append(col.cells, cell{int32(row), int32(len(col.data))})
	col.n = row + 1
}

// start returns where the value of a cell begins.
func (col *buffer) start(i int) int32 {
	if i == 0 {
		return 0
	}
	return col.cells[i-1].end
}

// cut drops the value of row, the last one, again.
func (col *buffer) cut(row int) {
	if col.n > row {
		last := len(col.cells) - 1
		col.data, col.cells, col.n = col.data[:col.start(last)], col.cells[:last], row
	}
}

func (col *buffer) reset() { col.n, col.cells, col.data = 0, col.cells[:0], col.data[:0] }

// view returns the column in Arrow's layout, with the rows that have no value in their places. It uses the memory of another.
func (col *buffer) view(v view, rows, width int) view {
	v.set, v.width, v.valid = true, uint8(width), zeroed(v.valid, (rows+7)>>3)
	for _, c := range col.cells {
		v.valid[c.row>>3] |= 1 << (c.row & 7)
	}
	if width == 0 {
		v.off, v.data = offsets(v.off, col.cells, rows), col.data
		return v
	}
	v.data = zeroed(v.data, rows*width+8)
	for i, c := range col.cells { // what is written beyond width is zero, and the next value's
		binary.LittleEndian.PutUint64(v.data[int(c.row)*width:], binary.LittleEndian.Uint64(col.data[8*i:]))
	}
	v.data = v.data[:rows*width]
	return v
}

// zeroed returns n zeros, in memory where there is room.
func zeroed(memory []byte, n int) []byte {
	memory = slices.Grow(memory[:0], n)[:n]
	clear(memory)
	return memory
}

// offsets returns where the value of each row begins, and behind them where the last one ends.
func offsets(off []int32, cells []cell, rows int) []int32 {
	off = slices.Grow(off[:0], rows+1)[:rows+1]
	row, end := 0, int32(0)
	for _, c := range cells {
		if int(c.row) > row {
			repeat(off[row:c.row], end)
		}
		off[c.row] = end
		row, end = int(c.row)+1, c.end
	}
	repeat(off[row:], end)
	return off
}

// repeat sets all of some offsets, which are mostly one, or many.
func repeat(off []int32, end int32) {
	n := min(len(off), 8)
	for i := range off[:n] {
		off[i] = end
	}
	for n < len(off) {
		n += copy(off[n:], off[:n])
	}
}

func (t *texts) len() int { return max(len(t.off)-1, 0) }

func (t *texts) append(v []byte) {
	if len(t.off) == 0 {
		t.off = append(t.off, 0)
	}
	t.data = appendShort(t.data, v)
	t.off = append(t.off, int32(len(t.data)))
}

// cut drops the texts from n on.
func (t *texts) cut(n int) {
	if t.len() > n {
		t.data, t.off = t.data[:t.off[n]], t.off[:n+1]
	}
}

func (t *texts) reset() { t.off, t.data = t.off[:0], t.data[:0] }

// repair replaces what is no UTF-8 by U+FFFD.
func repair(v []byte) []byte {
	return []byte(string([]rune(string(v))))
}
