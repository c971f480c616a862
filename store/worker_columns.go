package store

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"frontfoot/detect"
	"frontfoot/ingest/event"
)

// addWorker adds what is known of the rows beside what the collector sent: whose they are, where they stand in the log, what detection
// says of them, and when they fall away. Text that repeats goes as a dictionary, which spares the store to find the repetition again.
func (r *record) addWorker(messages []*message, mem *arena) {
	r.addRepeated(event.Site, messages, mem, func(m *message) string { return m.site })
	r.addRepeated(event.Epoch, messages, mem, func(m *message) string { return m.Epoch })
	r.addModels(messages, mem)
	seq, offset := mem.bytes(8*r.rows), mem.bytes(8*r.rows)
	row, score, expires := mem.bytes(4*r.rows), mem.bytes(4*r.rows), mem.bytes(2*r.rows)
	for i := range messages {
		m := messages[i]
		for n := range m.Events.Rows() {
			seq = binary.LittleEndian.AppendUint64(seq, m.Seq0+uint64(n))
			offset = binary.LittleEndian.AppendUint64(offset, uint64(m.Offset))
			row = binary.LittleEndian.AppendUint32(row, m.Row0+uint32(n))
		}
		score = append(score, arrow.Float32Traits.CastToBytes(m.Scores)...)
		expires = expiryDays(expires, m)
	}
	r.addFixed(event.Seq.Spec().Name, arrow.PrimitiveTypes.Uint64, seq)
	r.addFixed(event.Score.Spec().Name, arrow.PrimitiveTypes.Float32, score)
	r.addFixed(event.KafkaOffset.Spec().Name, arrow.PrimitiveTypes.Uint64, offset)
	r.addFixed(event.KafkaRow.Spec().Name, arrow.PrimitiveTypes.Uint32, row)
	r.addFixed("expires", arrow.PrimitiveTypes.Uint16, expires)
}

func (r *record) addFixed(name string, t arrow.DataType, data []byte) {
	d := array.NewData(t, r.rows, []*memory.Buffer{nil, memory.NewBufferBytes(data)}, nil, 0, 0)
	r.add(arrow.Field{Name: name, Type: t}, array.MakeFromData(d))
}

// addRepeated adds a text column with one value a message.
func (r *record) addRepeated(c event.Column, messages []*message, mem *arena, of func(*message) string) {
	index := map[string]uint32{}
	var values []string
	data := mem.bytes(4 * r.rows)
	for i := range messages {
		v := of(messages[i])
		at, ok := index[v]
		if !ok {
			at = uint32(len(values))
			index[v] = at
			values = append(values, v)
		}
		for range messages[i].Events.Rows() {
			data = binary.LittleEndian.AppendUint32(data, at)
		}
	}
	r.addDictionary(c, arrow.PrimitiveTypes.Uint32, data, values)
}

// addModels adds the models' names: their numbers are the dictionary's.
func (r *record) addModels(messages []*message, mem *arena) {
	data, top := mem.bytes(r.rows), detect.None
	for i := range messages {
		for _, m := range messages[i].Models {
			data = append(data, byte(m))
			top = max(top, m)
		}
	}
	values := make([]string, 0, int(top)+1)
	for m := range top + 1 {
		values = append(values, m.String())
	}
	r.addDictionary(event.Model, arrow.PrimitiveTypes.Uint8, data, values)
}

func (r *record) addDictionary(c event.Column, index arrow.DataType, data []byte, values []string) {
	a := dictionaryArray(index, data, r.rows, values)
	r.add(arrow.Field{Name: c.Spec().Name, Type: a.DataType()}, a)
}

// dayOf is the day of a time in nanoseconds since 1970, as ClickHouse's Date counts them.
func dayOf(ns int64) int64 { return ns / nsPerDay }

// never is the last day that a Date can hold.
const never = 65535

// expiryDays appends the day on which each row of a message falls away; a row without a received time is kept.
func expiryDays(dst []byte, m *message) []byte {
	for row := range m.Events.Rows() {
		day := int64(never)
		if ns := m.received(row); ns > 0 && m.days > 0 {
			day = min(dayOf(ns)+int64(m.days), never)
		}
		dst = binary.LittleEndian.AppendUint16(dst, uint16(day))
	}
	return dst
}
