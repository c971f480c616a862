package event

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Version is the version of the schema that Encode writes into the stream's metadata. Decode reads every version from 1 on:
// columns go by name, a column that a version did not have is absent.
const Version = "1"

const versionKey = "frontfoot.version"

// MaxMessage is the most bytes that Decode accepts: what a message may be after decompression.
const MaxMessage = 32 << 20

// MaxRows is the most events that Decode accepts in a message, about twice what the largest batch of a collector can hold. Zeros compress so well that
// without it a few kilobytes would be millions of events, in one insert.
const MaxRows = 100_000

// ErrMalformed is wrapped by every error of Decode: the message is damaged or no event message at all.
var ErrMalformed = errors.New("malformed event message")

// Encode appends the batch to w as one Arrow IPC stream with one record batch, of the filled columns alone, uncompressed
// (Kafka's zstd compresses it). Columns that workers fill are left out.
func Encode(w io.Writer, b *Batch) error {
	rec := b.record(Collector)
	defer rec.Release()
	out := ipc.NewWriter(w, ipc.WithSchema(rec.Schema()))
	if err := out.Write(rec); err != nil {
		return fmt.Errorf("encoding %d events: %w", b.rows, err)
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("encoding %d events: %w", b.rows, err)
	}
	return nil
}

// record makes an Arrow record of the filled columns of one origin.
func (b *Batch) record(from Origin) arrow.Record {
	var fields []arrow.Field
	var arrays []arrow.Array
	for i := range table {
		c := Column(i)
		if table[i].From != from || !b.cols[i].set {
			continue
		}
		fields = append(fields, Field(c))
		arrays = append(arrays, b.Array(c))
	}
	meta := arrow.NewMetadata([]string{versionKey}, []string{Version})
	rec := array.NewRecord(arrow.NewSchema(fields, &meta), arrays, int64(b.rows))
	for _, a := range arrays {
		a.Release()
	}
	return rec
}

// Field returns the Arrow field of c.
func Field(c Column) arrow.Field {
	s := &table[c]
	return arrow.Field{Name: s.Name, Type: s.Kind.Arrow(), Nullable: s.Kind != Labels}
}

// Decode reads what Encode wrote. The batch shares msg's memory where it can, so msg must stay as it is. Outside bytes cannot make it or the
// use of its result panic: every error wraps ErrMalformed.
func Decode(msg []byte) (b *Batch, err error) {
	defer func() {
		if p := recover(); p != nil { // Arrow's reader trusts the lengths it is told
			b, err = nil, fmt.Errorf("%w: %v", ErrMalformed, p)
		}
	}()
	if len(msg) > MaxMessage {
		return nil, fmt.Errorf("%w: %d bytes are over %d", ErrMalformed, len(msg), MaxMessage)
	}
	if err := checkWire(msg); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	r, err := ipc.NewReader(bytes.NewReader(msg), ipc.WithAllocator(&capped{left: 2 * MaxMessage}))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	defer r.Release()
	if !r.Next() {
		return nil, fmt.Errorf("%w: no record: %w", ErrMalformed, cmpErr(r.Err()))
	}
	rec := r.Record()
	if n := rec.NumRows(); n < 0 || n > min(MaxRows, int64(len(msg))) { // a record without columns may claim any number
		return nil, fmt.Errorf("%w: %d rows in %d bytes", ErrMalformed, n, len(msg))
	}
	b = &Batch{rows: int(rec.NumRows())}
	for i, f := range rec.Schema().Fields() {
		c, ok := ByName(f.Name)
		if !ok || table[c].From != Collector {
			b.Unknown = append(b.Unknown, f.Name)
			continue
		}
		if err := b.take(c, rec.Column(i)); err != nil {
			return nil, fmt.Errorf("%w: column %s: %w", ErrMalformed, f.Name, err)
		}
	}
	if r.Next() {
		return nil, fmt.Errorf("%w: more than one record", ErrMalformed)
	}
	b.claim(rec)
	return b, nil
}

// claim takes a column site, which no collector sends, for what it is: a claim. One that is no text, or beside a claimed site, stays unknown.
func (b *Batch) claim(rec arrow.Record) {
	if b.cols[ClaimedSite].set {
		return
	}
	for _, i := range rec.Schema().FieldIndices(table[Site].Name) {
		var claimed Batch
		claimed.rows = b.rows
		if claimed.take(ClaimedSite, rec.Column(i)) == nil {
			b.cols[ClaimedSite] = claimed.cols[ClaimedSite]
			return
		}
	}
}

func cmpErr(err error) error {
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}

// capped is Go's allocator with an end: a lying length must not take the machine's memory.
type capped struct {
	memory.GoAllocator
	left int
}

func (c *capped) Allocate(size int) []byte {
	if c.left -= size; size < 0 || c.left < 0 {
		panic("message asks for too much memory")
	}
	return c.GoAllocator.Allocate(size)
}

func (c *capped) Reallocate(size int, b []byte) []byte {
	if c.left -= size - len(b); c.left < 0 {
		panic("message asks for too much memory")
	}
	return c.GoAllocator.Reallocate(size, b)
}

var (
	errType    = errors.New("wrong type")
	errOffsets = errors.New("offsets run backwards or out of the data")
	errLength  = errors.New("fewer values than rows")
)

// take checks an Arrow column and makes it the batch's column c.
func (b *Batch) take(c Column, a arrow.Array) error {
	kind := table[c].Kind
	if !arrow.TypeEqual(a.DataType(), kind.Arrow()) {
		return fmt.Errorf("%w %s", errType, a.DataType())
	}
	if a.Len() != b.rows || a.Data().Offset() != 0 {
		return errLength
	}
	if kind == Labels {
		return b.takeLabels(a.Data())
	}
	v, err := viewOf(a.Data(), kind.width())
	if err != nil {
		return err
	}
	b.cols[c] = v
	return nil
}

func (b *Batch) takeLabels(d arrow.ArrayData) error {
	pairs := d.Children()[0]
	keys, err := viewOf(pairs.Children()[0], 0)
	if err != nil {
		return err
	}
	vals, err := viewOf(pairs.Children()[1], 0)
	if err != nil {
		return err
	}
	off := offsetsOf(d.Buffers()[1])
	if len(keys.off) != len(vals.off) || !inOrder(off, b.rows, len(keys.off)-1) {
		return errOffsets
	}
	b.labels = labelView{off: off, keys: keys, vals: vals}
	b.cols[LabelsColumn].set = true
	return nil
}

// viewOf checks a column's buffers: validity and values for every row, offsets that never run backwards.
func viewOf(d arrow.ArrayData, width int) (view, error) {
	v, rows := view{set: true, width: uint8(width)}, d.Len()
	if valid := d.Buffers()[0]; valid != nil && d.NullN() != 0 {
		if v.valid = valid.Bytes(); len(v.valid) < (rows+7)/8 {
			return v, errLength
		}
	}
	if width > 0 {
		if v.data = bytesOf(d.Buffers()[1]); len(v.data) < rows*width {
			return v, errLength
		}
		return v, nil
	}
	v.off, v.data = offsetsOf(d.Buffers()[1]), bytesOf(d.Buffers()[2])
	if rows == 0 && len(v.off) == 0 {
		v.off = []int32{0}
	}
	if !inOrder(v.off, rows, len(v.data)) {
		return v, errOffsets
	}
	v.off = v.off[:rows+1]
	return v, nil
}

func bytesOf(b *memory.Buffer) []byte {
	if b == nil {
		return nil
	}
	return b.Bytes()
}

func offsetsOf(b *memory.Buffer) []int32 { return arrow.Int32Traits.CastFromBytes(bytesOf(b)) }

// inOrder reports whether off has rows+1 entries that begin at 0 or later, never run backwards and end within size.
func inOrder(off []int32, rows, size int) bool {
	if len(off) < rows+1 || off[0] < 0 || int(off[rows]) > size {
		return false
	}
	return slices.IsSorted(off[:rows+1])
}
