package store

import (
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

	low, high int64 // bounds that some received times were moved to; equal where none was
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
	out.clamp()
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
	switch t := f.Type.(type) {
	case *arrow.MapType:
		return f, labels(t, messages, parts, rows, mem)
	case arrow.FixedWidthDataType:
		a := fixed(t, messages, parts, rows, mem)
		f.Nullable = a.NullN() > 0
		return f, a
	}
	if strings.HasPrefix(s.ClickHouse, "LowCardinality") {
		if a := dictionaryOf(messages, parts, rows, mem); a != nil {
			f.Type = a.DataType()
			return f, a
		}
	}
	return f, array.MakeFromData(text(f.Type, messages, parts, rows, mem))
}

// fixed joins values of one width, and which of them there are.
func fixed(t arrow.FixedWidthDataType, messages []*message, parts []arrow.ArrayData, rows int, mem *arena) arrow.Array {
	width := t.BitWidth() / 8
	data, valid := mem.bytes(rows*width), newBitmap(mem, rows)
	for i, p := range parts {
		n := messages[i].Events.Rows()
		if p == nil {
			data = append(data, make([]byte, n*width)...)
			valid.absent(n)
			continue
		}
		data = append(data, p.Buffers()[1].Bytes()[:n*width]...)
		valid.join(p.Buffers()[0], n)
	}
	nulls, buf := valid.buffer()
	return array.MakeFromData(array.NewData(t, rows, []*memory.Buffer{buf, memory.NewBufferBytes(data)}, nil, nulls, 0))
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
