package spool

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/netip"

	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/line"
)

// A segment is a file NUMBER.seg, 20 decimal digits, made under another name and renamed when its head and its positions are durable. Numbers
// are big endian.
//
//	0     head      72 bytes, and zeros
//	4096  head      the same once more: a page that cannot be read does not take the segment with it
//	8192  frames    each at a multiple of 8, zeros from the last one to the end of the file
//
// A head:
//
//	0   8  "ffspool1", of which the last byte is the version
//	8   8  number of the segment
//	16  16 epoch of its events and notes
//	32  8  sequence number of the first event that may come
//	40  8  number of the first note that may come
//	48  8  mark: random, so that nobody who writes lines can write what looks like a frame
//	56  8  when it was made, nanoseconds since 1970
//	64  4  zero
//	68  4  CRC-32C of the 68 bytes before
//
// A frame:
//
//	0   8  the segment's mark: where to go on after a frame that is damaged
//	8   4  CRC-32C of everything from byte 12 to the end of the payload
//	12  4  length of the payload, 1 to 16 MiB
//	16  1  type
//	17  7  zero
//	24     payload, and zeros up to a multiple of 8
//
// Payloads, where text is a uvarint of its length and its bytes:
//
//	1 lines      seq of the first 8, lines 4, received (ns since 1970) 8, clock 1 (0 live, 1 replay), text input, text premises, text zone,
//	             text path, text key and text value of the source's position (empty key: none), and for each line: flags 1,
//	             length of the peer's address 1 (0, 4 or 16), the address, text line
//	2 note       number 8, seq of the next event 8, ledger entries as JSON, or nothing
//	3 position   text key, text value; no value: forgotten
//	4 positions  1 where there are no others but these and those of the frames that follow, else 0; then for each: text key, text value.
//	             Each segment begins with all of them, twice.
const (
	magic      = "ffspool1"
	headSize   = 72
	headCopy   = 4096
	headBlock  = 8192
	frameHead  = 24
	frameAlign = 8
	maxPayload = 16 << 20
)

// Types of frames.
const (
	typeLines     = 1
	typeNote      = 2
	typePosition  = 3
	typePositions = 4
)

// castagnoli is computed by the processor itself.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var (
	errNoHead   = errors.New("no head of a segment")
	errNotFrame = errors.New("malformed frame")
)

// Epoch names one run of a collector.
type Epoch [16]byte

// A head is what a segment says of itself.
type head struct {
	number      uint64
	epoch       Epoch
	seq, note   uint64
	mark        [8]byte
	createdNano int64
}

// block returns the first bytes of a segment.
func (h *head) block() []byte {
	b := make([]byte, 0, headBlock)
	b = append(b, magic...)
	b = binary.BigEndian.AppendUint64(b, h.number)
	b = append(b, h.epoch[:]...)
	b = binary.BigEndian.AppendUint64(b, h.seq)
	b = binary.BigEndian.AppendUint64(b, h.note)
	b = append(b, h.mark[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.createdNano))
	b = append(b, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	b = b[:headBlock]
	copy(b[headCopy:], b[:headSize])
	return b
}

// readHead reads a head, or its copy. The error is errNoHead where both were read and neither is one; an error of the disk is none of the file's.
func readHead(r io.ReaderAt) (head, error) {
	failed := errNoHead
	for _, at := range [...]int64{0, headCopy} {
		b := make([]byte, headSize)
		_, err := r.ReadAt(b, at)
		if err == nil {
			if h, ok := parseHead(b); ok {
				return h, nil
			}
		} else if !errors.Is(err, io.EOF) {
			failed = err
		}
	}
	return head{}, failed
}

// parseHead reads one copy of a head, and false where it is not whole.
func parseHead(b []byte) (head, bool) {
	if string(b[:8]) != magic || binary.BigEndian.Uint32(b[68:]) != crc32.Checksum(b[:68], castagnoli) {
		return head{}, false
	}
	h := head{
		number: binary.BigEndian.Uint64(b[8:]), seq: binary.BigEndian.Uint64(b[32:]), note: binary.BigEndian.Uint64(b[40:]),
		createdNano: int64(binary.BigEndian.Uint64(b[56:])),
	}
	copy(h.epoch[:], b[16:])
	copy(h.mark[:], b[48:])
	return h, true
}

// align rounds up to where a frame may begin.
func align(n int64) int64 { return (n + frameAlign - 1) &^ (frameAlign - 1) }

// beginFrame leaves room for a frame's head; endFrame fills it in and pads.
func beginFrame(b []byte) []byte { return append(b, make([]byte, frameHead)...) }

func endFrame(b []byte, from int, mark [8]byte, kind byte) []byte {
	f := b[from:]
	copy(f, mark[:])
	binary.BigEndian.PutUint32(f[12:], uint32(len(f)-frameHead))
	f[16] = kind
	binary.BigEndian.PutUint32(f[8:], crc32.Checksum(f[12:], castagnoli))
	return append(b, make([]byte, int(align(int64(len(f))))-len(f))...)
}

// frameLength returns the length of the payload that a frame's head names, false where it is none.
func frameLength(h []byte, mark [8]byte) (int, bool) {
	n := binary.BigEndian.Uint32(h[12:])
	ok := bytes.Equal(h[:8], mark[:]) && n > 0 && n <= maxPayload && h[16] >= typeLines && h[16] <= typePositions
	return int(n), ok
}

// intact reports whether the checksum of a whole frame is right.
func intact(f []byte) bool {
	return binary.BigEndian.Uint32(f[8:]) == crc32.Checksum(f[12:], castagnoli) || failpoint.Off("crc")
}

func appendText[T string | []byte](b []byte, v T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}

// A decoder takes values off the front of a payload; after the first that is not there everything is zero and bad is set.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) take(n uint64) []byte {
	if d.bad || n > uint64(len(d.b)) {
		d.bad = true
		return nil
	}
	v := d.b[:n:n]
	d.b = d.b[n:]
	return v
}

func (d *decoder) byte() byte {
	if v := d.take(1); v != nil {
		return v[0]
	}
	return 0
}

func (d *decoder) uint64() uint64 {
	if v := d.take(8); v != nil {
		return binary.BigEndian.Uint64(v)
	}
	return 0
}

func (d *decoder) uint32() uint32 {
	if v := d.take(4); v != nil {
		return binary.BigEndian.Uint32(v)
	}
	return 0
}

func (d *decoder) text() []byte {
	n, size := binary.Uvarint(d.b)
	if d.bad || size <= 0 {
		d.bad = true
		return nil
	}
	d.b = d.b[size:]
	return d.take(n)
}

// line takes one line of a frame.
func (d *decoder) line() line.Line {
	l := line.Line{Flags: line.Flags(d.byte())}
	switch n := d.byte(); n {
	case 0:
	case 4, 16:
		l.Peer, _ = netip.AddrFromSlice(d.take(uint64(n)))
	default:
		d.bad = true
	}
	l.Raw = d.text()
	return l
}

// decode reads a frame's payload. It never panics and keeps no copy: what it returns points into payload.
func decode(kind byte, payload []byte) (Frame, error) {
	d := decoder{b: payload}
	f := Frame{kind: kind}
	switch kind {
	case typeLines:
		f.Seq, f.N, f.Received, f.Replay = d.uint64(), int(d.uint32()), int64(d.uint64()), d.byte() == 1
		f.Input, f.Premises, f.Zone, f.Path = d.text(), d.text(), d.text(), d.text()
		f.position.Key, f.position.Value = string(d.text()), d.text()
		f.lines = d.b
		for i := 0; i < f.N && !d.bad; i++ {
			d.line()
		}
		d.bad = d.bad || len(d.b) > 0 || f.N == 0 || f.Seq+uint64(f.N) < f.Seq
	case typeNote:
		f.IsNote, f.Note, f.Seq, f.Entries = true, d.uint64(), d.uint64(), d.b
	case typePosition:
		f.position.Key, f.position.Value = string(d.text()), d.text()
		d.bad = d.bad || f.position.Key == "" || len(d.b) > 0
	case typePositions:
		f.anew = d.byte() == 1
		for len(d.b) > 0 && !d.bad {
			f.snapshot = append(f.snapshot, line.Position{Key: string(d.text()), Value: d.text()})
		}
	default:
		d.bad = true
	}
	if d.bad {
		return Frame{}, fmt.Errorf("decoding a frame of type %d: %w", kind, errNotFrame)
	}
	return f, nil
}
