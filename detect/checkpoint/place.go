package checkpoint

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"time"
)

// A Place is where a lane stands, and what it is about to do: the record is committed before the batch that it names is inserted, and the record
// of the next batch says that the insert succeeded. It is the metadata of the lane's offset commit, and so fenced by the group's generation.
//
// Encoding: base64 (no padding) of
//
//	version   1 byte, 2
//	batch     varint
//	nonce     8 bytes, big endian
//	code      varint
//	manifest  size varint; unless it is 0: offset varint, 32 bytes of SHA-256
//	sites     varint, how many; for each in the order of names:
//	  head    1 byte: length of the name in the low 6 bits, 64 where the batch has a range of the raw topic, 128 where the control topic was ever read
//	  name
//	  next    varint, a: the first offset of the raw topic that is not yet in the store
//	  range   with 64: varint, b - a; 4 bytes, big endian, check of the message at a
//	  control with 128: varint, c: the first offset of the control topic that is not yet in the store; varint, d - c
//
// Version 1 had no nonce, code, ranges and control offsets and was written after the insert; it is still read. Varints are unsigned.
type Place struct {
	Batch    uint64 // number of the lane's last batch
	Nonce    uint64 // drawn when the lane's first record is made: tokens of a lane that lost its records differ from those before
	Code     uint64 // version of the program's models
	Sites    map[string]Span
	Manifest Ref // zero while no checkpoint has been made
}

// A Span is what the last batch holds of a site. A zero length says that the batch has nothing of it.
type Span struct {
	Next   int64  // offset on the raw topic of the batch's first message
	Len    int64  // how many offsets the batch spans
	Check  uint32 // hash of the message at Next, by which a log that was made anew is told from the old one; 0 where Len is
	Ctl    int64  // the same for the control topic
	CtlLen int64
}

// Pending reports whether the place names a batch whose insert may not have succeeded.
func (p *Place) Pending() bool {
	for _, s := range p.Sites {
		if s.Len > 0 || s.CtlLen > 0 {
			return true
		}
	}
	return false
}

// Settled returns the place once the insert of its batch succeeded.
func (p *Place) Settled() Place {
	q := *p
	q.Sites = make(map[string]Span, len(p.Sites))
	for site, s := range p.Sites {
		q.Sites[site] = Span{Next: s.Next + s.Len, Ctl: s.Ctl + s.CtlLen}
	}
	return q
}

// A Manifest lists the snapshots of a lane's sites. It is saved as a blob itself.
type Manifest struct {
	Sites map[string]Snapshot `json:"sites"`
}

// A Snapshot is a site's saved state.
type Snapshot struct {
	At    int64     `json:"at"`    // the state holds every message before this offset of the site's topic
	Slot  uint8     `json:"slot"`  // 0 to 2, in turn
	Ref   Ref       `json:"ref"`   //
	Key   string    `json:"key"`   // on ff.ckpt
	Saved time.Time `json:"saved"` // when it was made; zero where a manifest does not tell
}

const (
	placeVersion = 2
	firstVersion = 1

	nameBits  = 63 // of a site's head
	hasRange  = 64
	hasCtl    = 128
	maxOffset = 1 << 62
)

var errPlace = errors.New("not a place record")

// Encode returns the record as text. Names of sites have at most 63 bytes.
func (p *Place) Encode() string {
	b := []byte{placeVersion}
	b = binary.AppendUvarint(b, p.Batch)
	b = binary.BigEndian.AppendUint64(b, p.Nonce)
	b = binary.AppendUvarint(b, p.Code)
	b = binary.AppendUvarint(b, uint64(p.Manifest.Size))
	if !p.Manifest.IsZero() {
		b = binary.AppendUvarint(b, uint64(p.Manifest.Offset))
		b = append(b, p.Manifest.Sum[:]...)
	}
	b = binary.AppendUvarint(b, uint64(len(p.Sites)))
	for _, site := range slices.Sorted(maps.Keys(p.Sites)) {
		b = p.Sites[site].append(b, site)
	}
	return base64.RawStdEncoding.EncodeToString(b)
}

func (s Span) append(b []byte, site string) []byte {
	head := byte(len(site) & nameBits)
	if s.Len > 0 {
		head |= hasRange
	}
	if s.Ctl > 0 || s.CtlLen > 0 {
		head |= hasCtl
	}
	b = append(b, head)
	b = append(b, site[:len(site)&nameBits]...)
	b = binary.AppendUvarint(b, uint64(s.Next))
	if head&hasRange != 0 {
		b = binary.AppendUvarint(b, uint64(s.Len))
		b = binary.BigEndian.AppendUint32(b, s.Check)
	}
	if head&hasCtl != 0 {
		b = binary.AppendUvarint(b, uint64(s.Ctl))
		b = binary.AppendUvarint(b, uint64(s.CtlLen))
	}
	return b
}

// headerSize is the most bytes of a record without its sites.
const headerSize = 1 + 10 + 8 + 10 + 5 + 10 + 32 + 10

// EncodedSize is the most bytes that a record with such sites takes as text, where size is the sum of their Size.
func EncodedSize(size int) int { return base64.RawStdEncoding.EncodedLen(headerSize + size) }

// Size is how many bytes a site of this name takes in a record before base64.
func (s Span) Size(site string) int {
	n := 1 + len(site) + varint(s.Next)
	if s.Len > 0 {
		n += varint(s.Len) + 4
	}
	if s.Ctl > 0 || s.CtlLen > 0 {
		n += varint(s.Ctl) + varint(s.CtlLen)
	}
	return n
}

func varint(v int64) int { return (bits.Len64(uint64(v)|1) + 6) / 7 }

// DecodePlace reads what Encode wrote, in this version or the one before; the empty text is the place of a lane that never wrote anything.
func DecodePlace(text string) (Place, error) {
	p := Place{Sites: map[string]Span{}}
	if text == "" {
		return p, nil
	}
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return p, fmt.Errorf("decoding place: %w", err)
	}
	r := reader{rest: b}
	switch v := r.bytes(1); {
	case len(v) == 1 && v[0] == placeVersion:
		p.decode(&r)
	case len(v) == 1 && v[0] == firstVersion:
		p.decodeFirst(&r)
	default:
		return p, fmt.Errorf("decoding place: %w of version %d or before", errPlace, placeVersion)
	}
	if r.bad || len(r.rest) > 0 {
		return p, fmt.Errorf("decoding place: %w: it is cut or too long", errPlace)
	}
	return p, nil
}

func (p *Place) decode(r *reader) {
	p.Batch = r.number()
	if b := r.bytes(8); !r.bad {
		p.Nonce = binary.BigEndian.Uint64(b)
	}
	p.Code = r.number()
	if p.Manifest.Size = uint32(r.number()); p.Manifest.Size != 0 {
		p.Manifest.Offset = r.offset()
		copy(p.Manifest.Sum[:], r.bytes(len(p.Manifest.Sum)))
	}
	for n := r.number(); n > 0 && !r.bad; n-- {
		head := r.bytes(1)
		if r.bad {
			return
		}
		site := string(r.bytes(int(head[0] & nameBits)))
		s := Span{Next: r.offset()}
		if head[0]&hasRange != 0 {
			s.Len = r.offset()
			if b := r.bytes(4); !r.bad {
				s.Check = binary.BigEndian.Uint32(b)
			}
			r.bad = r.bad || s.Len == 0
		}
		if head[0]&hasCtl != 0 {
			s.Ctl, s.CtlLen = r.offset(), r.offset()
		}
		p.Sites[site] = s
	}
}

// decodeFirst reads version 1.
func (p *Place) decodeFirst(r *reader) {
	p.Batch = r.number()
	p.Manifest.Offset = r.offset()
	p.Manifest.Size = uint32(r.number())
	copy(p.Manifest.Sum[:], r.bytes(len(p.Manifest.Sum)))
	if p.Manifest.IsZero() {
		p.Manifest = Ref{}
	}
	for n := r.number(); n > 0 && !r.bad; n-- {
		site := string(r.bytes(int(min(r.number(), nameBits))))
		p.Sites[site] = Span{Next: r.offset()}
	}
}

// reader takes bytes from the front and remembers when there were too few or they made no sense.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) number() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) offset() int64 {
	v := r.number()
	r.bad = r.bad || v > maxOffset
	return int64(v)
}

func (r *reader) bytes(n int) []byte {
	if n > len(r.rest) {
		r.bad = true
		return nil
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}
