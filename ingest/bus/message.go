package bus

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// Header is a named value of a message.
type Header struct {
	Key   string
	Value []byte
}

// Message is one record of a topic. Fetched messages own their memory: the
// caller may keep them.
type Message struct {
	// Key is nil where messages are not keyed.
	Key []byte
	// Value is the payload.
	Value []byte
	// Headers are few and small, see Envelope.
	Headers []Header
	// Offset is set on fetched messages and ignored when producing.
	Offset int64
	// Time is the time of producing, to the millisecond; zero means now.
	Time time.Time
}

func (m *Message) bytes() int { return len(m.Key) + len(m.Value) }

// Names of the headers of an event message.
const (
	headerEpoch = "epoch"
	headerSeq   = "seq0"
	headerCount = "n"
	headerSize  = "usize"
	headerNote  = "note"
)

// Envelope names the events of one message without opening it. On the wire it
// is four headers of fixed width, numbers big endian:
//
//	epoch  16 bytes
//	seq0    8 bytes
//	n       4 bytes
//	usize   4 bytes
//
// A message of ledger entries in place of events has n = 0, in seq0 the number of
// the next event, and a fifth header:
//
//	note    8 bytes
type Envelope struct {
	// Epoch is the random identity of the collector's spool.
	Epoch [16]byte
	// Seq0 is the sequence number of the first event; the others follow it
	// without gaps.
	Seq0 uint64
	// N is the number of events.
	N uint32
	// Size is the length of the value in bytes before Kafka's compression.
	Size uint32
	// IsNote says that the value is ledger entries, not events.
	IsNote bool
	// Note is the number of such a message within its epoch, from 0 without gaps.
	Note uint64
}

// Headers returns the envelope as headers.
func (e Envelope) Headers() []Header {
	buf := make([]byte, 0, 32)
	buf = append(buf, e.Epoch[:]...)
	buf = binary.BigEndian.AppendUint64(buf, e.Seq0)
	buf = binary.BigEndian.AppendUint32(buf, e.N)
	buf = binary.BigEndian.AppendUint32(buf, e.Size)
	headers := []Header{
		{headerEpoch, buf[:16:16]},
		{headerSeq, buf[16:24:24]},
		{headerCount, buf[24:28:28]},
		{headerSize, buf[28:32:32]},
	}
	if e.IsNote {
		headers = append(headers, Header{headerNote, binary.BigEndian.AppendUint64(nil, e.Note)})
	}
	return headers
}

// ParseEnvelope reads an envelope from headers, among which there may be
// others. A header that is missing, doubled or of another width is an
// ErrBadEnvelope, and so is a last sequence number that does not fit 64 bits.
func ParseEnvelope(headers []Header) (Envelope, error) {
	var e Envelope
	epoch, err := lookup(headers, headerEpoch, 16)
	if err != nil {
		return Envelope{}, err
	}
	seq, err := lookup(headers, headerSeq, 8)
	if err != nil {
		return Envelope{}, err
	}
	n, err := lookup(headers, headerCount, 4)
	if err != nil {
		return Envelope{}, err
	}
	size, err := lookup(headers, headerSize, 4)
	if err != nil {
		return Envelope{}, err
	}
	if e.IsNote = slices.ContainsFunc(headers, func(h Header) bool { return h.Key == headerNote }); e.IsNote {
		note, err := lookup(headers, headerNote, 8)
		if err != nil {
			return Envelope{}, err
		}
		e.Note = binary.BigEndian.Uint64(note)
	}
	copy(e.Epoch[:], epoch)
	e.Seq0 = binary.BigEndian.Uint64(seq)
	e.N = binary.BigEndian.Uint32(n)
	e.Size = binary.BigEndian.Uint32(size)
	if e.IsNote && e.N != 0 {
		return Envelope{}, fmt.Errorf("%w: a note that names %d events", ErrBadEnvelope, e.N)
	}
	if e.Seq0+uint64(e.N) < e.Seq0 {
		return Envelope{}, fmt.Errorf("%w: %d events from %d on", ErrBadEnvelope, e.N, e.Seq0)
	}
	return e, nil
}

// lookup returns the value of the only header of that name.
func lookup(headers []Header, key string, width int) ([]byte, error) {
	var value []byte
	found := false
	for _, h := range headers {
		if h.Key != key {
			continue
		}
		if found {
			return nil, fmt.Errorf("%w: header %s is there twice", ErrBadEnvelope, key)
		}
		value, found = h.Value, true
	}
	if !found {
		return nil, fmt.Errorf("%w: header %s is missing", ErrBadEnvelope, key)
	}
	if len(value) != width {
		return nil, fmt.Errorf("%w: header %s has %d bytes, not %d", ErrBadEnvelope, key, len(value), width)
	}
	return value, nil
}
