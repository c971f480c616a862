package feature

import (
	"math/bits"

	"frontfoot/ingest/event"
)

// block is how many rows are read at a time: of each column what is next to each other is read together.
const block = 8

// read reads the values of the rows of a block.
func (e *Events) read(first int) {
	e.first = first
	clear(e.values[:])
	rows := min(block, e.batch.Rows()-first)
	var alone uint64 // the rows that have no destination
	for i := range rows {
		if e.nat && Mapped(e.batch, first+i) {
			alone |= 1 << i
		}
	}
	var texts [block]string
	for i := range e.use {
		u, without := &e.use[i], uint64(0)
		if u.column == event.DestinationIP || u.column == event.DestinationPort || u.column == event.DestinationCountry {
			without = alone
		}
		switch u.how {
		case asNumber, asSize:
			e.numbers(u, rows, without)
		case asHour:
			for i := range rows {
				h := hourOfDay(e.batch.Time(event.Time, first+i))
				e.values[i][u.field] = Value{Hash: e.key.Number(uint64(u.field+1), uint64(h)), Text: e.hours[h]}
			}
		default:
			for left := e.batch.Texts(u.column, first, texts[:]) &^ without; left != 0; left &= left - 1 {
				i := bits.TrailingZeros64(left)
				e.text(u, texts[i], &e.values[i])
			}
		}
	}
}

// text takes up a text of a row. With an address inside go the fields of one outside and of its network.
func (e *Events) text(u *use, text string, values *[numFields]Value) {
	switch u.how {
	case inside:
		if Private(text) {
			e.word(u.field, text, values)
			return
		}
		e.word(u.field+1, text, values)
		if u.field == dstIn {
			e.word(dstNet, subnet(text), values)
		}
		return
	case asDomain:
		text = Registered(text)
	case asShape:
		text = shape(text)
	default: // all of it counts
	}
	if text != "" {
		e.word(u.field, text, values)
	}
}

// word fills in what counts of a text.
func (e *Events) word(field int, text string, values *[numFields]Value) {
	v := &values[field]
	v.Hash, v.Text = e.seen[field].hashIn(e.key, field, text), text
}

// numbers reads the numbers of a field, but of some rows.
func (e *Events) numbers(u *use, rows int, without uint64) {
	for i := range rows {
		n, ok := e.batch.Uint(u.column, e.first+i)
		if !ok || without>>i&1 != 0 || !e.asked(u.field, n, i) {
			continue
		}
		key := n
		if u.how == asSize {
			key = uint64(bin(float64(max(n, small))))
		}
		v := &e.values[i][u.field]
		v.Hash, v.Number = e.key.Number(uint64(u.field+1), key), n
	}
}

// asked reports whether a number of a row of the block belongs to a field. Destination ports that are asked for from outside are a field of their own, because the
// world asks for any of them every day and the council's own machines do not. The port that an answer goes to was picked for the occasion
// and says nothing. The row's source is known by then.
func (e *Events) asked(field int, port uint64, i int) bool {
	if field != dstPort && field != probed {
		return true
	}
	if from, ok := e.batch.Uint(event.SourcePort, e.first+i); ok && from < 1024 && port >= 1024 {
		return false
	}
	return (e.values[i][srcOut].Hash == 0) == (field == dstPort)
}
