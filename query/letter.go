package query

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
)

// A letter is a dead letter: a message or an event that was set aside, with why.
type letter struct {
	Site    string    `json:"site"`
	Offset  int64     `json:"offset"` // on the dead-letter topic
	Time    time.Time `json:"time"`   // when it was set aside
	Kind    string    `json:"kind"`   // unreadable, panicked or rejected
	Reason  string    `json:"reason"`
	Message int64     `json:"message"` // offset of the message on the topic it came from, -1 where the letter does not say
	Row     int64     `json:"row"`     // of the event in it, -1 where it is the whole message
	Control bool      `json:"control"` // it came from the control topic
	Epoch   string    `json:"epoch"`
	Seq     uint64    `json:"seq"`    // number of its first event
	Events  uint32    `json:"events"` // that its envelope names
	Note    bool      `json:"note"`   // it holds entries of the ledger, not events
	Bytes   int       `json:"bytes"`
	Preview string    `json:"preview"`

	value    []byte        // as it came
	envelope *bus.Envelope // nil where it cannot be read
}

// previewBytes is how much of a letter a list shows.
const previewBytes = 120

func readLetter(site string, m *bus.Message) *letter {
	l := &letter{Site: site, Offset: m.Offset, Time: m.Time, Kind: "?", Message: -1, Row: -1, Bytes: len(m.Value), value: m.Value}
	for _, h := range m.Headers {
		switch {
		case h.Key == "kind":
			l.Kind = string(h.Value)
		case h.Key == "reason":
			l.Reason = string(h.Value)
		case h.Key == "control":
			l.Control = true
		case h.Key == "offset" && len(h.Value) == 8:
			l.Message = int64(binary.BigEndian.Uint64(h.Value))
		case h.Key == "row" && len(h.Value) == 4:
			l.Row = int64(binary.BigEndian.Uint32(h.Value))
		}
	}
	if env, err := bus.ParseEnvelope(m.Headers); err == nil {
		l.envelope = &env
		l.Epoch, l.Seq, l.Events, l.Note = hex.EncodeToString(env.Epoch[:]), env.Seq0, env.N, env.IsNote
	}
	l.Preview = l.preview()
	return l
}

// preview is the beginning of its first line, or of its bytes.
func (l *letter) preview() string {
	text := string(l.value[:min(len(l.value), previewBytes)])
	if b, err := event.Decode(l.value); err == nil && b.Rows() > 0 {
		text = b.Text(event.Raw, 0)
	}
	return string([]byte(text[:min(len(text), previewBytes)]))
}

// origin names the message, and the event in it.
func (l *letter) origin() string {
	text := strconv.FormatInt(l.Message, 10)
	if l.Message < 0 {
		text = "-"
	}
	if l.Row >= 0 {
		text += " row " + strconv.FormatInt(l.Row, 10)
	}
	if l.Control {
		text += " (control)"
	}
	return text
}

// stays says why a letter is not sent again, "" where it is.
func (l *letter) stays() string {
	switch {
	case l.Kind == "panicked":
		return "its events are in the store, unscored; 'frontfoot replay' scores them anew"
	case l.Control:
		return "it is a control record, not events"
	case l.envelope == nil:
		return "nobody knows which events it held: its envelope cannot be read"
	case len(l.value) == 0:
		return "it holds nothing"
	default:
		return ""
	}
}

// sameLetter is what copies of a letter have in common: a batch that is run again writes its letters again.
type sameLetter struct {
	kind         string
	message, row int64
	control      bool
	epoch        string // a topic that was made anew has the same offsets
	seq          uint64
}

// eachLetter calls fn with a site's dead letters as they were set aside, copies left out. The letters that are there when it begins are all.
func eachLetter(ctx context.Context, log Log, site string, fn func(*letter) error) error {
	if bus.ValidSite(site) != nil {
		return noSite(site)
	}
	topic := bus.DLQTopic(site)
	at, end, err := log.Offsets(ctx, topic)
	if errors.Is(err, bus.ErrNoTopic) { // a worker makes it with the first letter
		known, err := log.Sites(ctx)
		if err == nil && !slices.Contains(known, site) {
			err = noSite(site)
		}
		return err
	}
	if err != nil {
		return fmt.Errorf("reading the dead letters of site %s: %w", site, err)
	}
	seen := map[sameLetter]bool{}
	return eachMessage(ctx, log, topic, at, end, func(m *bus.Message) error {
		l := readLetter(site, m)
		key := sameLetter{l.Kind, l.Message, l.Row, l.Control, l.Epoch, l.Seq}
		if l.Message >= 0 && seen[key] {
			return nil
		}
		seen[key] = true
		return fn(l)
	})
}
