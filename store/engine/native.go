package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The client protocol revisions at which the Native format changed; the engine itself writes revision 0.
const (
	revisionBlockInfo     = 51903 // each block starts with its info
	revisionSerialization = 54454 // each column says whether it is serialized in a special way
)

var errNative = errors.New("the Native block ends early")

// transcodeNative appends the Native blocks of src to dst as a client of the given protocol revision expects them.
// Only the framing differs, but to find where a column ends its data must be walked.
func transcodeNative(dst, src []byte, revision int) ([]byte, error) {
	n := &nativeReader{b: src}
	for len(n.b) > 0 {
		columns, rows := n.uvarint(), n.uvarint()
		if n.err != nil {
			return dst, n.err
		}
		dst = nativeHeader(dst, columns, rows, revision)
		for range columns {
			start := n.b
			n.text()
			name := n.text()
			t, err := parseType(string(name))
			if err == nil {
				err = n.err
			}
			if err != nil {
				return dst, err
			}
			dst = append(dst, start[:len(start)-len(n.b)]...)
			if revision >= revisionSerialization {
				dst = append(dst, 0)
			}
			start = n.b
			if rows > 0 {
				n.prefix(t)
				n.data(t, rows)
			}
			if n.err != nil {
				return dst, fmt.Errorf("walking a column of type %s: %w", name, n.err)
			}
			dst = append(dst, start[:len(start)-len(n.b)]...)
		}
	}
	return dst, nil
}

// nativeHeader appends what stands before a block's columns.
func nativeHeader(dst []byte, columns, rows uint64, revision int) []byte {
	if revision >= revisionBlockInfo {
		dst = append(dst, 1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0) // field 1: no overflow row; field 2: bucket -1; end
	}
	return binary.AppendUvarint(binary.AppendUvarint(dst, columns), rows)
}

// nativeColumns is a block without rows that names the columns of an answer.
func nativeColumns(names, types []string, revision int) []byte {
	dst := nativeHeader(nil, uint64(len(names)), 0, revision)
	for i := range names {
		dst = append(binary.AppendUvarint(dst, uint64(len(names[i]))), names[i]...)
		dst = append(binary.AppendUvarint(dst, uint64(len(types[i]))), types[i]...)
		if revision >= revisionSerialization {
			dst = append(dst, 0)
		}
	}
	return dst
}

// nativeReader walks over Native data. The first error sticks.
type nativeReader struct {
	b   []byte
	err error
}

func (n *nativeReader) uvarint() uint64 {
	v, size := binary.Uvarint(n.b)
	if size <= 0 {
		n.fail(errNative)
		return 0
	}
	n.b = n.b[size:]
	return v
}

func (n *nativeReader) text() []byte { return n.take(n.uvarint()) }

func (n *nativeReader) uint64() uint64 {
	if b := n.take(8); n.err == nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// take passes over size bytes.
func (n *nativeReader) take(size uint64) []byte {
	if n.err != nil || size > uint64(len(n.b)) {
		n.fail(errNative)
		return nil
	}
	b := n.b[:size]
	n.b = n.b[size:]
	return b
}

// takeRows passes over rows values of width bytes; the product must not overflow.
func (n *nativeReader) takeRows(rows, width uint64) []byte {
	if width > 0 && rows > uint64(len(n.b))/width {
		n.fail(errNative)
		return nil
	}
	return n.take(rows * width)
}

func (n *nativeReader) fail(err error) {
	if n.err == nil {
		n.err = err
	}
	n.b = nil
}

// prefix passes over what a column of type t writes once before its data.
func (n *nativeReader) prefix(t *nativeType) {
	switch t.kind {
	case kindLowCardinality:
		n.take(8)
		return
	case kindVariant:
		n.take(8)
	case kindJSON:
		if v := n.uint64(); v != jsonAsText {
			n.fail(fmt.Errorf("serialization %d of JSON is not supported: use toString() or another format", v))
		}
	case kindDynamic:
		n.dynamicPrefix(t)
	default: // only what they hold may write something
	}
	for _, e := range t.elems {
		n.prefix(e)
	}
}

// Versions of serialization that the engine's settings ask for: see nativeSettings.
const (
	jsonAsText       = 1
	dynamicFlattened = 3
)

// nativeSettings make the engine write JSON and Dynamic in the forms that clients read best and prefix understands.
func nativeSettings() map[string]string {
	return map[string]string{
		"output_format_native_write_json_as_string":                         "1",
		"output_format_native_use_flattened_dynamic_and_json_serialization": "1",
	}
}

func (n *nativeReader) dynamicPrefix(t *nativeType) {
	if v := n.uint64(); v != dynamicFlattened {
		n.fail(fmt.Errorf("serialization %d of Dynamic is not supported: use toString() or another format", v))
	}
	t.elems = nil
	for range n.uvarint() {
		name := n.text()
		if n.err != nil {
			return
		}
		e, err := parseType(string(name))
		if err != nil {
			n.fail(err)
			return
		}
		t.elems = append(t.elems, e)
	}
}

// data passes over rows values of type t.
func (n *nativeReader) data(t *nativeType, rows uint64) {
	if n.err != nil {
		return
	}
	switch t.kind {
	case kindFixed:
		n.takeRows(rows, t.width)
	case kindString, kindJSON:
		for range rows {
			if n.text(); n.err != nil {
				return
			}
		}
	case kindNullable:
		n.take(rows)
		n.data(t.elems[0], rows)
	case kindArray:
		n.array(t, rows)
	case kindTuple:
		for _, e := range t.elems {
			n.data(e, rows)
		}
	case kindLowCardinality:
		n.lowCardinality(t, rows)
	case kindVariant:
		n.variant(t, n.take(rows), 1)
	case kindDynamic:
		width := indexWidth(len(t.elems) + 1)
		n.variant(t, n.takeRows(rows, width), width)
	}
}

func (n *nativeReader) array(t *nativeType, rows uint64) {
	if rows == 0 {
		return
	}
	offsets := n.takeRows(rows, 8)
	if n.err != nil {
		return
	}
	total := binary.LittleEndian.Uint64(offsets[len(offsets)-8:])
	for _, e := range t.elems { // one for an array, two for a map
		n.data(e, total)
	}
}

// variant passes over the values of each kind, counted by the discriminators.
func (n *nativeReader) variant(t *nativeType, discriminators []byte, width uint64) {
	counts := make([]uint64, len(t.elems))
	for i := uint64(0); i < uint64(len(discriminators)); i += width {
		var wide [8]byte
		copy(wide[:], discriminators[i:i+width])
		if d := binary.LittleEndian.Uint64(wide[:]); d < uint64(len(counts)) { // anything else is NULL
			counts[d]++
		}
	}
	for i, e := range t.elems {
		n.data(e, counts[i])
	}
}

// indexWidth is how many bytes tell n things apart.
func indexWidth(n int) uint64 {
	switch {
	case n <= 1<<8:
		return 1
	case n <= 1<<16:
		return 2
	}
	return 4
}

// Bits of the word before a LowCardinality column's data.
const (
	lowCardinalityWidth    = 0xff
	lowCardinalityShared   = 1 << 8 // a dictionary shared between blocks: never in Native
	lowCardinalityHasExtra = 1 << 9 // the block's own dictionary follows
)

func (n *nativeReader) lowCardinality(t *nativeType, rows uint64) {
	if rows == 0 {
		return
	}
	flags := n.uint64()
	if flags&lowCardinalityShared != 0 || flags&lowCardinalityWidth > 3 {
		n.fail(errors.New("a LowCardinality column in an unknown serialization"))
		return
	}
	if flags&lowCardinalityHasExtra != 0 {
		n.data(t.elems[0], n.uint64())
	}
	n.takeRows(n.uint64(), 1<<(flags&lowCardinalityWidth))
}
