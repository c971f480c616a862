package event

import (
	"encoding/binary"
	"errors"
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"
)

// Where the tables of Arrow's metadata keep what is checked here: offsets into their vtables, four plus twice the place of a field in
// https://github.com/apache/arrow/blob/main/format/Message.fbs and Schema.fbs.
const (
	messageKind     flatbuffers.VOffsetT = 6
	messageHeader   flatbuffers.VOffsetT = 8
	messageBody     flatbuffers.VOffsetT = 10
	messageMeta     flatbuffers.VOffsetT = 12
	schemaFields    flatbuffers.VOffsetT = 6
	schemaMeta      flatbuffers.VOffsetT = 8
	schemaFeatures  flatbuffers.VOffsetT = 10
	fieldName       flatbuffers.VOffsetT = 4
	fieldType       flatbuffers.VOffsetT = 8
	fieldTypeTable  flatbuffers.VOffsetT = 10
	fieldDictionary flatbuffers.VOffsetT = 12
	fieldChildren   flatbuffers.VOffsetT = 14
	fieldMeta       flatbuffers.VOffsetT = 16
	batchNodes      flatbuffers.VOffsetT = 6
	batchBuffers    flatbuffers.VOffsetT = 8
	batchCompressed flatbuffers.VOffsetT = 10
	pairKey         flatbuffers.VOffsetT = 4
	pairValue       flatbuffers.VOffsetT = 6
	timestampZone   flatbuffers.VOffsetT = 6
)

// What a message may be, and the types of a column that bring more than buffers and children with them.
const (
	kindSchema      = 1
	kindBatch       = 3
	typeTimestamp   = 10
	typeUnion       = 14
	typeFixedBinary = 15
	typeFixedList   = 16
	typeRunEnds     = 22
)

const (
	// maxMetadata is the most bytes of one message's metadata: a column needs about 200.
	maxMetadata = 256 << 10
	// maxDepth is how far columns may nest: labels are a map of structs of texts.
	maxDepth = 8
)

var (
	errOverrun = errors.New("a length runs over the end")
	errShape   = errors.New("a shape that no version writes")
)

// checkWire walks the messages of an Arrow IPC stream ahead of Arrow's reader, which makes room for whatever a length says before it looks
// whether it can be true: 700 bytes can ask it for terabytes, which ends the process. It panics where a flatbuffer points out of its bytes.
func checkWire(msg []byte) error {
	for len(msg) > 0 {
		size, rest, err := prefix(msg)
		if err != nil || size == 0 {
			return err
		}
		meta := walk{data: rest[:size:size], left: 2 * size}
		body, err := meta.message()
		if err != nil {
			return err
		}
		if body < 0 || body > int64(len(rest)-size) {
			return fmt.Errorf("%w: a body of %d bytes where %d are left", errOverrun, body, len(rest)-size)
		}
		msg = rest[size+int(body):]
	}
	return nil
}

// prefix reads the four or eight bytes before a message's metadata; size 0 ends the stream.
func prefix(msg []byte) (size int, rest []byte, err error) {
	const marker = 1<<32 - 1
	if len(msg) >= 4 && binary.LittleEndian.Uint32(msg) == marker {
		msg = msg[4:]
	}
	if len(msg) < 4 {
		return 0, nil, fmt.Errorf("%w: %d bytes where a length should be", errOverrun, len(msg))
	}
	v, rest := binary.LittleEndian.Uint32(msg), msg[4:]
	if v > maxMetadata || int(v) > len(rest) || v != 0 && v < flatbuffers.SizeUOffsetT {
		return 0, nil, fmt.Errorf("%w: metadata of %d bytes where %d are left", errOverrun, v, len(rest))
	}
	return int(v), rest, nil
}

// walk visits the metadata of one message. Parts may be pointed at more than once; left bounds how many bytes are visited in all.
type walk struct {
	data []byte
	left int
}

// message checks the metadata of one message and returns the length of the body behind it.
func (w *walk) message() (int64, error) {
	m := flatbuffers.Table{Bytes: w.data, Pos: flatbuffers.GetUOffsetT(w.data)}
	body := m.GetInt64Slot(messageBody, 0)
	header, ok := w.table(m, messageHeader)
	if !ok {
		return 0, fmt.Errorf("%w: a message without a header", errShape)
	}
	if err := w.pairs(m, messageMeta); err != nil {
		return 0, err
	}
	switch kind := m.GetByteSlot(messageKind, 0); kind {
	case kindSchema:
		return body, w.schema(header)
	case kindBatch:
		return body, w.batch(header)
	default:
		return 0, fmt.Errorf("%w: a message of kind %d", errShape, kind)
	}
}

func (w *walk) schema(t flatbuffers.Table) error {
	if _, err := w.vector(t, schemaFeatures, 8); err != nil {
		return err
	}
	if err := w.pairs(t, schemaMeta); err != nil {
		return err
	}
	return w.fields(t, schemaFields, 0)
}

func (w *walk) fields(t flatbuffers.Table, slot flatbuffers.VOffsetT, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: columns nest deeper than %d", errShape, maxDepth)
	}
	return w.each(t, slot, func(f flatbuffers.Table) error {
		switch f.GetByteSlot(fieldType, 0) {
		case typeUnion, typeFixedBinary, typeFixedList, typeRunEnds:
			return fmt.Errorf("%w: a column of type %d", errShape, f.GetByteSlot(fieldType, 0))
		case typeTimestamp:
			if zone, ok := w.table(f, fieldTypeTable); ok {
				if _, err := w.vector(zone, timestampZone, 1); err != nil {
					return err
				}
			}
		}
		if f.Offset(fieldDictionary) != 0 {
			return fmt.Errorf("%w: a column with a dictionary", errShape)
		}
		if _, err := w.vector(f, fieldName, 1); err != nil {
			return err
		}
		if err := w.pairs(f, fieldMeta); err != nil {
			return err
		}
		return w.fields(f, fieldChildren, depth+1)
	})
}

// batch checks a record batch, in which nothing is compressed: Kafka does that.
func (w *walk) batch(t flatbuffers.Table) error {
	if t.Offset(batchCompressed) != 0 {
		return fmt.Errorf("%w: compressed buffers", errShape)
	}
	for _, slot := range []flatbuffers.VOffsetT{batchNodes, batchBuffers} {
		if _, err := w.vector(t, slot, 16); err != nil {
			return err
		}
	}
	return nil
}

// pairs checks a vector of keys and values.
func (w *walk) pairs(t flatbuffers.Table, slot flatbuffers.VOffsetT) error {
	return w.each(t, slot, func(pair flatbuffers.Table) error {
		if _, err := w.vector(pair, pairKey, 1); err != nil {
			return err
		}
		_, err := w.vector(pair, pairValue, 1)
		return err
	})
}

// each calls check on every table of a vector of tables.
func (w *walk) each(t flatbuffers.Table, slot flatbuffers.VOffsetT, check func(flatbuffers.Table) error) error {
	n, err := w.vector(t, slot, flatbuffers.SizeUOffsetT)
	if err != nil || n == 0 {
		return err
	}
	for i, at := 0, t.Vector(flatbuffers.UOffsetT(t.Offset(slot))); i < n; i, at = i+1, at+flatbuffers.SizeUOffsetT {
		if err := check(flatbuffers.Table{Bytes: w.data, Pos: t.Indirect(at)}); err != nil {
			return err
		}
	}
	return nil
}

// vector returns how many parts of size bytes the vector in a slot has, 0 where it is absent, and counts them as visited.
func (w *walk) vector(t flatbuffers.Table, slot flatbuffers.VOffsetT, size int) (int, error) {
	o := flatbuffers.UOffsetT(t.Offset(slot))
	if o == 0 {
		return 0, nil
	}
	n, from := t.VectorLen(o), int(t.Vector(o))
	if n < 0 || n > (len(w.data)-from)/size {
		return 0, fmt.Errorf("%w: %d parts of %d bytes in metadata of %d", errOverrun, n, size, len(w.data))
	}
	if w.left -= n * size; w.left < 0 {
		return 0, fmt.Errorf("%w: metadata that holds more than its size", errOverrun)
	}
	return n, nil
}

// table returns the table that a slot points to.
func (w *walk) table(t flatbuffers.Table, slot flatbuffers.VOffsetT) (flatbuffers.Table, bool) {
	o := flatbuffers.UOffsetT(t.Offset(slot))
	if o == 0 {
		return flatbuffers.Table{}, false
	}
	return flatbuffers.Table{Bytes: w.data, Pos: t.Indirect(t.Pos + o)}, true
}
