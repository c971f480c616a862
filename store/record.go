package store

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"frontfoot/detect"
	"frontfoot/ingest/event"
)

// A message is one scored message with the site whose topic it came from and the days that its rows are kept.
type message struct {
	*detect.Scored
	site    string
	days    int
	columns [event.NumColumns]arrow.ArrayData // nil where a column is not filled
	size    int                               // bytes of all columns
}

func newMessage(m *detect.Scored, site string, days int) *message {
	out := &message{Scored: m, site: site, days: days}
	for i := range event.NumColumns {
		c := event.Column(i)
		if c.Spec().From != event.Collector {
			continue
		}
		if a := m.Events.Array(c); a != nil {
			out.columns[i] = a.Data()
			out.size += bytesOf(a.Data())
		}
	}
	return out
}

func bytesOf(d arrow.ArrayData) (size int) {
	for _, b := range d.Buffers() {
		if b != nil {
			size += b.Len()
		}
	}
	for _, child := range d.Children() {
		size += bytesOf(child)
	}
	return size
}

// A record is the rows of one insert: Arrow columns of equal length and their fields.
type record struct {
	rows   int
	fields []arrow.Field
	arrays []arrow.Array
}

// eventRecord puts the rows of the messages under each other: the union of their filled columns, and what the worker knows of them.
// It copies whole buffers, never single values, into memory of mem, which the record shares.
func eventRecord(messages []*message, mem *arena) *record {
	r := &record{}
	for _, m := range messages {
		r.rows += m.Events.Rows()
	}
	parts := make([]arrow.ArrayData, len(messages))
	for i := range event.NumColumns {
		c := event.Column(i)
		if c.Spec().From != event.Collector || !gather(messages, c, parts) {
			continue
		}
		r.add(column(c, messages, parts, r.rows, mem))
	}
	r.addWorker(messages, mem)
	return r
}

// gather sets parts to the messages' arrays of a column, nil where it is not filled, and reports whether any is.
func gather(messages []*message, c event.Column, parts []arrow.ArrayData) bool {
	filled := false
	for i, m := range messages {
		parts[i] = m.columns[c]
		filled = filled || parts[i] != nil
	}
	return filled
}

func (r *record) add(f arrow.Field, a arrow.Array) {
	r.fields = append(r.fields, f)
	r.arrays = append(r.arrays, a)
}

// column puts the parts of one column under each other. Text keeps no bitmap of absent values: it is empty in the store.
func column(c event.Column, messages []*message, parts []arrow.ArrayData, rows int, mem *arena) (arrow.Field, arrow.Array) {
	s := c.Spec()
	f := arrow.Field{Name: s.Name, Type: s.Kind.Arrow()}
	switch s.Kind {
	case event.Labels:
		return f, labels(f.Type, messages, parts, rows, mem)
	case event.Text, event.Bytes:
		if strings.HasPrefix(s.ClickHouse, "LowCardinality") {
			if a := dictionaryOf(messages, parts, rows, mem); a != nil {
				f.Type = a.DataType()
				return f, a
			}
		}
		return f, array.MakeFromData(text(f.Type, messages, parts, rows, mem))
	}
	width := f.Type.(arrow.FixedWidthDataType).BitWidth() / 8
	data, valid := mem.bytes(rows*width), newBitmap(mem, rows)
	for i, p := range parts {
		n := messages[i].Events.Rows()
		switch {
		case p == nil:
			data = append(data, make([]byte, n*width)...)
			valid.absent(n)
		default:
			data = append(data, p.Buffers()[1].Bytes()[:n*width]...)
			valid.join(p.Buffers()[0], n)
		}
	}
	nulls, buf := valid.buffer()
	f.Nullable = nulls > 0
	return f, array.MakeFromData(array.NewData(f.Type, rows, []*memory.Buffer{buf, memory.NewBufferBytes(data)}, nil, nulls, 0))
}

// text joins variable-length values: offsets are moved by what stands before them.
func text(t arrow.DataType, messages []*message, parts []arrow.ArrayData, rows int, mem *arena) arrow.ArrayData {
	size := 0
	for i, p := range parts {
		if p != nil {
			off := offsets(p.Buffers()[1])
			size += int(off[messages[i].Events.Rows()] - off[0])
		}
	}
	off, data := mem.int32s(rows+1), mem.bytes(size)
	off = append(off, 0)
	for i, p := range parts {
		off, data = appendText(off, data, p, messages[i].Events.Rows())
	}
	return array.NewData(t, rows, []*memory.Buffer{nil, int32Buffer(off), memory.NewBufferBytes(data)}, nil, 0, 0)
}

func appendText(off []int32, data []byte, p arrow.ArrayData, n int) ([]int32, []byte) {
	end := int32(len(data))
	if p == nil {
		for range n {
			off = append(off, end)
		}
		return off, data
	}
	from := offsets(p.Buffers()[1])
	move := end - from[0]
	for _, o := range from[1 : n+1] {
		off = append(off, o+move)
	}
	if from[n] > from[0] {
		data = append(data, p.Buffers()[2].Bytes()[from[0]:from[n]]...)
	}
	return off, data
}

// labels joins maps: the same on two levels.
func labels(t arrow.DataType, messages []*message, parts []arrow.ArrayData, rows int, mem *arena) arrow.Array {
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
	pairs := array.NewData(t.(*arrow.MapType).Elem(), n, []*memory.Buffer{nil}, children, 0, 0)
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

// writeStream writes the record as one Arrow IPC stream.
func (r *record) writeStream(w io.Writer) error {
	rec := array.NewRecord(arrow.NewSchema(r.fields, nil), r.arrays, int64(r.rows))
	defer rec.Release()
	out := ipc.NewWriter(w, ipc.WithSchema(rec.Schema()))
	if err := out.Write(rec); err != nil {
		return fmt.Errorf("encoding %d rows: %w", r.rows, err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("encoding %d rows: %w", r.rows, err)
	}
	return nil
}

// names are the record's columns, for the INSERT.
func (r *record) names() []string {
	out := make([]string, len(r.fields))
	for i := range r.fields {
		out[i] = r.fields[i].Name
	}
	return out
}

func offsets(b *memory.Buffer) []int32 { return arrow.Int32Traits.CastFromBytes(b.Bytes()) }

func int32Buffer(v []int32) *memory.Buffer {
	return memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(v))
}

// A bitmap collects which rows have a value; it stays empty as long as all have.
type bitmap struct {
	mem   *arena
	size  int
	bits  []byte
	rows  int
	nulls int
}

func newBitmap(mem *arena, size int) *bitmap { return &bitmap{mem: mem, size: size} }

// absent adds n rows without value.
func (b *bitmap) absent(n int) {
	b.need()
	b.rows += n
	b.nulls += n
}

// join adds n rows that have the values that valid says, all where it is nil.
func (b *bitmap) join(valid *memory.Buffer, n int) {
	switch {
	case valid == nil && b.bits == nil:
		b.rows += n
		return
	case valid == nil:
		setBits(b.bits, b.rows, n)
	default:
		b.need()
		b.nulls += n - orBits(b.bits, b.rows, valid.Bytes(), n)
	}
	b.rows += n
}

// need makes the bits for the rows so far.
func (b *bitmap) need() {
	if b.bits == nil {
		b.bits = b.mem.zeroed((b.size + 7) / 8)
		setBits(b.bits, 0, b.rows)
	}
}

func (b *bitmap) buffer() (nulls int, buf *memory.Buffer) {
	if b.nulls == 0 {
		return 0, nil
	}
	return b.nulls, memory.NewBufferBytes(b.bits)
}

// dayOf is the day of a time in nanoseconds since 1970, as ClickHouse's Date counts them.
func dayOf(ns int64) int64 { return ns / (24 * 3600 * 1e9) }

// never is the last day that a Date can hold.
const never = 65535

// expiryDays appends the day on which each row of a message falls away; a row without a received time is kept.
func expiryDays(dst []byte, m *message) []byte {
	for row := range m.Events.Rows() {
		day := int64(never)
		if ns := m.Events.Time(event.Received, row); ns > 0 && m.days > 0 {
			day = min(dayOf(ns)+int64(m.days), never)
		}
		dst = binary.LittleEndian.AppendUint16(dst, uint16(day))
	}
	return dst
}
