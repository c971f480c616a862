package sketch

import (
	"encoding/binary"
	"errors"
	"math"
)

// An Encoder appends values to Buf in a canonical form: the same values always give the same bytes.
type Encoder struct{ Buf []byte }

// Byte appends one byte.
func (e *Encoder) Byte(v byte) { e.Buf = append(e.Buf, v) }

// Bool appends a bool as 0 or 1.
func (e *Encoder) Bool(v bool) {
	if v {
		e.Byte(1)
	} else {
		e.Byte(0)
	}
}

// Uint appends an unsigned number as a varint.
func (e *Encoder) Uint(v uint64) { e.Buf = binary.AppendUvarint(e.Buf, v) }

// Int appends a signed number as a varint.
func (e *Encoder) Int(v int64) { e.Buf = binary.AppendVarint(e.Buf, v) }

// Fixed32 appends four bytes, little-endian.
func (e *Encoder) Fixed32(v uint32) { e.Buf = binary.LittleEndian.AppendUint32(e.Buf, v) }

// Fixed64 appends eight bytes, little-endian.
func (e *Encoder) Fixed64(v uint64) { e.Buf = binary.LittleEndian.AppendUint64(e.Buf, v) }

// Float appends the four bytes of v.
func (e *Encoder) Float(v float32) { e.Fixed32(math.Float32bits(v)) }

// Floats appends the values of a slice whose length the reader knows; a run of zeros is two numbers.
func (e *Encoder) Floats(v []float32) {
	for i := 0; i < len(v); {
		zeros, full := 0, 0
		for i+zeros < len(v) && v[i+zeros] == 0 {
			zeros++
		}
		i += zeros
		for i+full < len(v) && v[i+full] != 0 {
			full++
		}
		e.Uint(uint64(zeros))
		e.Uint(uint64(full))
		for _, x := range v[i : i+full] {
			e.Float(x)
		}
		i += full
	}
}

// Text appends a string with its length.
func (e *Encoder) Text(s string) {
	e.Uint(uint64(len(s)))
	e.Buf = append(e.Buf, s...)
}

// ErrShort says that a Decoder was asked for more than it has, or found no valid value.
var ErrShort = errors.New("truncated or damaged state")

// A Decoder reads what an Encoder wrote. After the first error all reads give zeros.
type Decoder struct {
	buf []byte
	err error
}

// NewDecoder returns a Decoder of buf.
func NewDecoder(buf []byte) *Decoder { return &Decoder{buf: buf} }

// Err returns the first error, ErrShort.
func (d *Decoder) Err() error { return d.err }

// Left returns how many bytes are left.
func (d *Decoder) Left() int { return len(d.buf) }

func (d *Decoder) take(n int) []byte {
	if d.err != nil || n < 0 || n > len(d.buf) {
		d.fail()
		return nil
	}
	b := d.buf[:n]
	d.buf = d.buf[n:]
	return b
}

func (d *Decoder) fail() { d.err, d.buf = ErrShort, nil }

// Byte reads one byte.
func (d *Decoder) Byte() byte {
	if b := d.take(1); b != nil {
		return b[0]
	}
	return 0
}

// Bool reads a bool; a byte that is neither 0 nor 1 is an error.
func (d *Decoder) Bool() bool {
	b := d.Byte()
	if b > 1 {
		d.fail()
	}
	return b == 1
}

// Uint reads a varint; one that is longer than it need be is an error, so that every state has one form.
func (d *Decoder) Uint() uint64 {
	v, n := binary.Uvarint(d.buf)
	if n <= 0 || n > 1 && d.buf[n-1] == 0 {
		d.fail()
		return 0
	}
	d.buf = d.buf[n:]
	return v
}

// Count reads a number that is at most limit.
func (d *Decoder) Count(limit int) int {
	v := d.Uint()
	if limit < 0 || v > uint64(limit) {
		d.fail()
		return 0
	}
	return int(v)
}

// Int reads a signed varint.
func (d *Decoder) Int() int64 {
	u := d.Uint()
	return int64(u>>1) ^ -int64(u&1)
}

// Fixed32 reads four bytes.
func (d *Decoder) Fixed32() uint32 {
	if b := d.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// Fixed64 reads eight bytes.
func (d *Decoder) Fixed64() uint64 {
	if b := d.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Float reads a finite number that is not negative; anything else is an error.
func (d *Decoder) Float() float32 {
	v := d.Signed()
	if v < 0 {
		d.fail()
		return 0
	}
	return v
}

// Signed reads a finite number; anything else is an error.
func (d *Decoder) Signed() float32 {
	v := math.Float32frombits(d.Fixed32())
	if !(v >= -math.MaxFloat32 && v <= math.MaxFloat32) {
		d.fail()
		return 0
	}
	return v
}

// Floats fills v, none of which may be negative.
func (d *Decoder) Floats(v []float32) {
	for i := 0; i < len(v); {
		zeros := d.Count(len(v) - i)
		clear(v[i : i+zeros])
		i += zeros
		full := d.Count(len(v) - i)
		for range full {
			v[i] = d.Float()
			i++
		}
		if d.err != nil || zeros+full == 0 {
			d.fail()
			clear(v)
			return
		}
	}
}

// Text reads a string of at most limit bytes.
func (d *Decoder) Text(limit int) string { return string(d.take(d.Count(limit))) }
