package detect

import (
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
	"frontfoot/ingest/ledger"
)

// A record is a message of a raw topic, opened as far as it can be: exactly one of events, note and broken is there.
type record struct {
	offset int64
	next   int64 // the offset after it: one that cannot be read may stand for a whole batch
	bytes  int
	check  uint32 // 0 where the message could not be read
	events *Message
	note   *Note
	broken *Broken
	raw    bus.Message // of a broken one
}

// openRecord opens a message; cannot is why Kafka's client could not read it, nil where it could.
func openRecord(m *bus.Message, cannot error) record {
	r := record{offset: m.Offset, next: after(m.Offset, cannot), bytes: len(m.Value)}
	if cannot == nil {
		r.check = check(m)
	} else if corrupt, ok := errors.AsType[*bus.CorruptError](cannot); ok {
		cannot = corrupt // which says which messages
	}
	env, bad := bus.ParseEnvelope(m.Headers)
	err := cannot
	if err == nil {
		err = bad
	}
	if err == nil {
		if env.IsNote {
			r.note, err = openNote(m, &env)
		} else {
			r.events, err = openEvents(m, &env)
		}
	}
	if err == nil {
		return r
	}
	r.raw, r.broken = *m, &Broken{Offset: m.Offset, Reason: err.Error()}
	if bad == nil {
		r.broken.Numbered, r.broken.Epoch, r.broken.Seq0, r.broken.N = true, hex.EncodeToString(env.Epoch[:]), env.Seq0, env.N
		r.broken.IsNote, r.broken.Note = env.IsNote, env.Note
	}
	return r
}

// after is where reading goes on behind a message; cannot is why it could not be read, nil where it could.
func after(offset int64, cannot error) int64 {
	if corrupt, ok := errors.AsType[*bus.CorruptError](cannot); ok {
		return max(corrupt.Next, offset+1)
	}
	return offset + 1
}

func openEvents(m *bus.Message, env *bus.Envelope) (*Message, error) {
	batch, err := event.Decode(m.Value)
	if err != nil {
		return nil, err
	}
	if batch.Rows() != int(env.N) {
		return nil, fmt.Errorf("%w: it names %d events, there are %d", bus.ErrBadEnvelope, env.N, batch.Rows())
	}
	return &Message{Epoch: hex.EncodeToString(env.Epoch[:]), Seq0: env.Seq0, Offset: m.Offset, Events: batch}, nil
}

func openNote(m *bus.Message, env *bus.Envelope) (*Note, error) {
	entries, err := ledger.Decode(m.Value)
	if err != nil {
		return nil, err
	}
	return &Note{Epoch: hex.EncodeToString(env.Epoch[:]), Number: env.Note, Seq: env.Seq0, Offset: m.Offset, Entries: entries}, nil
}

// check is a hash of a message by which it is known again; never 0.
func check(m *bus.Message) uint32 {
	sum := crc32.ChecksumIEEE(m.Value)
	for i := range m.Headers {
		sum = crc32.Update(sum, crc32.IEEETable, m.Headers[i].Value)
	}
	return max(1, sum)
}

// take gives a record to a site.
func (r *record) take(s *Site, out *Output) {
	switch {
	case r.events != nil:
		s.Process(*r.events, out)
	case r.note != nil:
		s.Note(*r.note, out)
	default:
		s.Broken(*r.broken, out)
	}
}

func (r *record) rows() int {
	if r.events != nil {
		return r.events.Events.Rows()
	}
	return 1
}
