package event

import (
	"encoding/binary"
	"math"
	"net/netip"
	"unicode/utf8"
	"unsafe"
)

// A Builder collects events row by row into columns and reuses its memory from batch to batch. A column that no row sets
// costs nothing. Set may be called several times for a column of one row: the last value stands.
// A Builder is for one goroutine.
type Builder struct {
	rows    int
	cols    [NumColumns]buffer
	labels  labelBuffer
	size    int // bytes of values held by finished rows
	rowSize int // and by the current one
	trusted bool
}

// buffer holds one column. Rows at and beyond n are absent.
type buffer struct {
	n     int
	valid []byte // bitmap, bit 0 of byte 0 is row 0
	off   []int32
	data  []byte
}

// labelBuffer holds the labels: row r has the entries from off[r] to off[r+1].
type labelBuffer struct {
	off        []int32
	keys, vals buffer
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
		b.cols[c].cut(b.rows, 0)
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
	col.begin(b.rows, 0)
	col.data = appendShort(col.data, v)
	col.off = append(col.off, int32(len(col.data)))
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
	if k := table[c].Kind; k.holds(v) {
		b.cols[c].cut(b.rows, k.width())
		b.AddUint(c, v)
	}
}

// AddUint is SetUint for a row that has no value in c; one that has keeps it. It reports whether the row has one now.
func (b *Builder) AddUint(c Column, v uint64) bool {
	col := &b.cols[c]
	if col.n > b.rows {
		return true
	}
	k := table[c].Kind
	if !k.holds(v) {
		return false
	}
	w := k.width()
	col.begin(b.rows, w)
	n := len(col.data)
	col.data = binary.LittleEndian.AppendUint64(col.data, v)[:n+w]
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
	col.cut(b.rows, 8)
	col.begin(b.rows, 8)
	col.data = binary.LittleEndian.AppendUint64(col.data, uint64(ns))
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
	return col.data[col.off[b.rows]:]
}

// End finishes the current row.
func (b *Builder) End() {
	b.rows++
	b.labels.off = append(b.labels.off, int32(b.labels.keys.n))
	b.size += b.rowSize
	b.rowSize = 0
}

// Discard forgets everything set in the current row.
func (b *Builder) Discard() {
	for c := range b.cols {
		b.cols[c].cut(b.rows, table[c].Kind.width())
	}
	if l := &b.labels; l.keys.n > 0 {
		n := 0
		if b.rows > 0 {
			n = int(l.off[b.rows-1])
		}
		l.keys.cutEntries(n)
		l.vals.cutEntries(n)
	}
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
		col := &b.cols[i]
		if col.n == 0 {
			continue
		}
		w := table[i].Kind.width()
		col.pad(b.rows, w)
		out.cols[i] = view{valid: col.valid, off: col.off, data: col.data, set: true}
	}
	if l := &b.labels; l.keys.n > 0 {
		out.cols[LabelsColumn].set = true
		out.labels = labelView{
			off:  append([]int32{0}, l.off...),
			keys: view{off: l.keys.off, data: l.keys.data, set: true},
			vals: view{off: l.vals.off, data: l.vals.data, set: true},
		}
	}
	return out
}

// begin makes a column ready to take the value of row, which has none.
func (col *buffer) begin(row, width int) {
	if col.n != row || len(col.valid) <= row>>3 { // else the row before has a value, in the same byte of the bitmap
		col.catchUp(row, width)
	}
	col.valid[row>>3] |= 1 << (row & 7)
	col.n = row + 1
}

// catchUp makes the rows before row absent, as far as they have no value, and gives row a place in the bitmap.
func (col *buffer) catchUp(row, width int) {
	col.pad(row, width)
	for len(col.valid) <= row>>3 {
		col.valid = append(col.valid, 0)
	}
}

// pad makes the rows from n up to rows absent.
func (col *buffer) pad(rows, width int) {
	if width == 0 && len(col.off) == 0 {
		col.off = append(col.off, 0)
	}
	for len(col.valid) < (rows+7)>>3 {
		col.valid = append(col.valid, 0)
	}
	if col.n >= rows {
		return
	}
	if width == 0 {
		end := int32(len(col.data))
		for ; col.n < rows; col.n++ {
			col.off = append(col.off, end)
		}
		return
	}
	col.data = append(col.data, make([]byte, width*(rows-col.n))...)
	col.n = rows
}

// cut drops the value of row, the last one, again.
func (col *buffer) cut(row, width int) {
	if col.n <= row {
		return
	}
	if width == 0 {
		col.data = col.data[:col.off[row]]
		col.off = col.off[:row+1]
	} else {
		col.data = col.data[:row*width]
	}
	col.valid[row>>3] &^= 1 << (row & 7)
	col.n = row
}

// append adds an entry to a buffer of text without absent values.
func (col *buffer) append(v []byte) {
	if len(col.off) == 0 {
		col.off = append(col.off, 0)
	}
	col.data = appendShort(col.data, v)
	col.off = append(col.off, int32(len(col.data)))
	col.n++
}

// cutEntries drops the entries from n on.
func (col *buffer) cutEntries(n int) {
	if col.n > n {
		col.data = col.data[:col.off[n]]
		col.off = col.off[:n+1]
		col.n = n
	}
}

func (col *buffer) reset() {
	col.n = 0
	col.valid, col.off, col.data = col.valid[:0], col.off[:0], col.data[:0]
}

// repair replaces what is no UTF-8 by U+FFFD.
func repair(v []byte) []byte {
	return []byte(string([]rune(string(v))))
}
