package store

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"frontfoot/ingest/event"
)

// Each day makes a part of its own, and a part is dozens of system calls: a message that names a thousand days would hold up a lane for
// minutes. A message may span spanDays to either side of its first row, an insert ends after the message that brings it to maxDays.
const (
	spanDays = 31
	maxDays  = 64
)

// nsPerDay is a day in nanoseconds.
const nsPerDay = 24 * 3600 * int64(1e9)

// clamp moves received times that are more than spanDays from the first that the message names to that bound. They are a collector's, which reads no clock
// twice a month apart within a message: such a message is made up, or its clock jumped. The event's own time stays as it is.
func (m *message) clamp() {
	column := m.columns[event.Received]
	if column == nil {
		return
	}
	var low, high int64
	var moved []byte
	for row := range m.Events.Rows() {
		at := m.Events.Time(event.Received, row)
		if !m.Events.Has(event.Received, row) {
			continue
		}
		if low == high {
			low, high = around(at, spanDays)
		}
		if at >= low && at <= high {
			continue
		}
		if moved == nil {
			moved = append(moved, column.Buffers()[1].Bytes()...)
		}
		binary.LittleEndian.PutUint64(moved[8*row:], uint64(min(max(at, low), high)))
	}
	if moved != nil {
		m.columns[event.Received] = array.NewData(column.DataType(), column.Len(),
			[]*memory.Buffer{column.Buffers()[0], memory.NewBufferBytes(moved)}, nil, column.NullN(), 0)
		m.low, m.high = low, high
	}
}

// received is when a row was received, as it is stored; 0 where the row does not say.
func (m *message) received(row int) int64 {
	at := m.Events.Time(event.Received, row)
	if m.high > m.low && m.Events.Has(event.Received, row) {
		return min(max(at, m.low), m.high)
	}
	return at
}

// addDays adds the days on which the message's rows were received.
func (m *message) addDays(days map[int64]bool) {
	last := int64(-1 << 62)
	for row := range m.Events.Rows() {
		if d := dayOf(m.received(row)); d != last {
			days[d], last = true, d
		}
	}
}

// around returns the bounds of a time and so many days, without running over.
func around(ns int64, days int64) (low, high int64) {
	low, high = ns-days*nsPerDay, ns+days*nsPerDay
	if low > ns {
		low = -1 << 63
	}
	if high < ns {
		high = 1<<63 - 1
	}
	return low, high
}
