package detect

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
)

// Kinds of dead letters.
const (
	letterUnreadable = "unreadable" // a message that cannot be decoded, or a control record that nobody understands
	letterPanicked   = "panicked"   // an event that the models did not survive; it is stored, unscored
	letterRejected   = "rejected"   // events that the store will never take
)

// A letter goes to a site's dead-letter topic:
//
//	value    the Kafka value as it came, or event.Encode of the events it is about
//	epoch, seq0, n, usize, note   the envelope as it came, or of those events
//	kind     text, see above
//	reason   text, at most 200 bytes
//	offset   8 bytes, big endian: on the site's raw topic
//	row      4 bytes, big endian: row in that message of the first event; absent where it is the whole message
//	control  there, and empty, where the offset is one of the control topic
//	cut      there, and empty, where the broker did not take the value or the other headers: the offset says where they are
//
// A batch that is run again writes its letters again: readers drop those of the same kind, offset and row.
type letter struct {
	site string
	msg  bus.Message
}

func newLetter(site, kind, reason string, offset int64, m bus.Message) letter {
	headers := slices.DeleteFunc(slices.Clone(m.Headers), func(h bus.Header) bool { // whoever sent it does not say what is wrong with it
		return slices.Contains(letterHeaders, h.Key)
	})
	headers = append(headers, bus.Header{Key: "kind", Value: []byte(kind)}, bus.Header{Key: "reason", Value: []byte(short(reason))},
		bus.Header{Key: "offset", Value: binary.BigEndian.AppendUint64(nil, uint64(offset))})
	return letter{site: site, msg: bus.Message{Value: m.Value, Headers: headers}}
}

// letterHeaders are what a worker says of what it sets aside.
var letterHeaders = []string{"kind", "reason", "offset", "row", "control", "cut"}

// cut returns the letter without what it is about.
func (x *letter) cut() letter {
	headers := slices.DeleteFunc(slices.Clone(x.msg.Headers), func(h bus.Header) bool { return !slices.Contains(letterHeaders, h.Key) })
	return letter{site: x.site, msg: bus.Message{Headers: append(headers, bus.Header{Key: "cut"})}}
}

// offset is where on the site's topic stands what the letter is about.
func (x *letter) offset() int64 {
	for _, h := range x.msg.Headers {
		if h.Key == "offset" && len(h.Value) == 8 {
			return int64(binary.BigEndian.Uint64(h.Value))
		}
	}
	return -1
}

// eventsLetter is a letter about a stretch of a message's events; row is -1 where it is the whole message.
func eventsLetter(site, kind, reason string, m *Message, from, to, row int) (letter, error) {
	var value bytes.Buffer
	if err := event.Encode(&value, m.Events.Slice(from, to)); err != nil {
		return letter{}, err
	}
	env := bus.Envelope{Seq0: m.Seq0 + uint64(from), N: uint32(to - from), Size: uint32(value.Len())}
	if id, err := hex.DecodeString(m.Epoch); err == nil && len(id) == len(env.Epoch) {
		copy(env.Epoch[:], id)
	}
	l := newLetter(site, kind, reason, m.Offset, bus.Message{Value: value.Bytes(), Headers: env.Headers()})
	if row >= 0 {
		l.msg.Headers = append(l.msg.Headers, bus.Header{Key: "row", Value: binary.BigEndian.AppendUint32(nil, uint32(row))})
	}
	return l, nil
}

// panickedLetters are the letters about events of an output that were left out.
func panickedLetters(o *Output, skipped map[position]string) ([]letter, error) {
	var letters []letter
	for i := range o.Messages {
		m := &o.Messages[i].Message
		if why, whole := skipped[position{m.Offset, wholeMessage}]; whole {
			l, err := eventsLetter(o.Site, letterPanicked, why, m, 0, m.Events.Rows(), -1)
			if err != nil {
				return nil, err
			}
			letters = append(letters, l)
			continue
		}
		for k := range m.Events.Rows() {
			why, skip := skipped[position{m.Offset, m.Row0 + uint32(k)}]
			if !skip {
				continue
			}
			l, err := eventsLetter(o.Site, letterPanicked, why, m, k, k+1, int(m.Row0)+k)
			if err != nil {
				return nil, err
			}
			letters = append(letters, l)
		}
	}
	return letters, nil
}

// rejectedLetter is the letter about what the store will never take; ok is false where it is no events.
func rejectedLetter(r *Rejection) (l letter, ok bool, err error) {
	if r.Message == nil {
		return letter{}, false, nil
	}
	m := &r.Message.Message
	l, err = eventsLetter(r.Site, letterRejected, fmt.Sprint(r.Err), m, 0, m.Events.Rows(), int(m.Row0))
	return l, err == nil, err
}
