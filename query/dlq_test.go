package query

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
	"frontfoot/ingest/ledger"
)

func (f *fake) ConnectLog(context.Context) (Log, func() error, error) {
	log := Log(fakeLog{f})
	if f.idle {
		log = idleLog{fakeLog{f}}
	}
	return log, func() error { f.closed++; return nil }, nil
}

// idleLog is a log that no instance reads.
type idleLog struct{ fakeLog }

func (idleLog) Unread() (what, hint string) {
	return "It is recorded, and nothing reads it.", "start frontfoot"
}

// fakeLog is a log with the dead letters of one site.
type fakeLog struct{ *fake }

func (l fakeLog) Sites(context.Context) ([]string, error) {
	return []string{"exeter", "truro", "wells"}, nil
}

func (l fakeLog) Offsets(_ context.Context, topic string) (first, next int64, err error) {
	switch topic {
	case "ff.dlq.exeter":
		return 5, 5 + int64(len(l.letters)), nil
	case "ff.dlq.truro":
		return 0, 0, nil
	case "ff.ctl.exeter":
		return 100, 100 + int64(len(l.produced)), nil
	}
	return 0, 0, bus.ErrNoTopic
}

func (l fakeLog) Fetch(_ context.Context, topic string, from int64, _ bus.FetchOptions) (bus.FetchResult, error) {
	if l.asked++; l.asked%2 == 1 {
		return bus.FetchResult{}, nil // none came in time
	}
	if topic == "ff.ctl.exeter" {
		next := l.produced[from-100]
		next.Offset = from
		return bus.FetchResult{Messages: []bus.Message{next}}, nil
	}
	rest := l.letters[from-5:]
	return bus.FetchResult{Messages: rest[:min(2, len(rest))]}, nil // a few at a time
}

func (l fakeLog) Produce(_ context.Context, topic string, msgs ...bus.Message) (int64, error) {
	if topic != "ff.raw.exeter" && topic != "ff.ctl.exeter" {
		return 0, bus.ErrNoTopic
	}
	l.produced = append(l.produced, msgs...)
	return int64(99 + len(l.produced)), nil
}

// deadLetters are one of each kind, the first twice.
func deadLetters(t *testing.T) *fake {
	t.Helper()
	b := event.NewBuilder()
	for _, line := range []string{"<38>sshd[811]: Failed password \x1b[31m", "second"} {
		b.SetString(event.Raw, line)
		b.SetString(event.Dataset, "auth")
		b.End()
	}
	var events bytes.Buffer
	if err := event.Encode(&events, b.Batch()); err != nil {
		t.Fatal(err)
	}
	note, err := ledger.Encode([]ledger.Entry{{Kind: ledger.KernelDrop, Input: "firewall", Rows: 142, Reason: "no room"}})
	if err != nil {
		t.Fatal(err)
	}
	env := bus.Envelope{Epoch: [16]byte{0xab, 1}, Seq0: 40, N: 2, Size: uint32(events.Len())}
	f := &fake{}
	add := func(kind string, offset uint64, row int, value []byte, headers []bus.Header) {
		headers = append(headers, bus.Header{Key: "kind", Value: []byte(kind)}, bus.Header{Key: "reason", Value: []byte(kind + " for a \x1breason")},
			bus.Header{Key: "offset", Value: binary.BigEndian.AppendUint64(nil, offset)})
		if row >= 0 {
			headers = append(headers, bus.Header{Key: "row", Value: binary.BigEndian.AppendUint32(nil, uint32(row))})
		}
		f.letters = append(f.letters, bus.Message{
			Offset: 5 + int64(len(f.letters)), Time: time.Date(2026, 3, 7, 2, 14, len(f.letters), 0, time.UTC), Value: value, Headers: headers,
		})
	}
	add("rejected", 17, -1, events.Bytes(), env.Headers())
	add("unreadable", 18, -1, []byte("no\x1b events \xff"), env.Headers())
	add("rejected", 17, -1, events.Bytes(), env.Headers())
	add("panicked", 19, 3, events.Bytes(), env.Headers())
	add("unreadable", 20, -1, []byte("{}"), append(env.Headers(), bus.Header{Key: "control"}))
	add("unreadable", 21, -1, []byte("x"), nil)
	add("rejected", 22, -1, note, bus.Envelope{Seq0: 42, IsNote: true, Note: 3}.Headers())
	return f
}

func TestDLQOutput(t *testing.T) {
	f := deadLetters(t)
	for name, args := range map[string][]string{
		"dlq":            {"dlq"},
		"dlq-limit":      {"dlq", "list", "--site", "exeter", "--limit", "1"},
		"dlq-none":       {"dlq", "list", "--site", "truro"},
		"dlq-never":      {"dlq", "list", "--site", "wells"},
		"dlq-json":       {"dlq", "list", "--json"},
		"dlq-show":       {"dlq", "show", "5", "--site", "exeter"},
		"dlq-show-bytes": {"dlq", "show", "6", "--site", "exeter"},
		"dlq-show-note":  {"dlq", "show", "11", "--site", "exeter"},
		"dlq-show-json":  {"dlq", "show", "5", "--site", "exeter", "--rows", "1", "--json"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := golden(t, f, name, args...); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDLQReplay(t *testing.T) {
	f := deadLetters(t)
	if err := golden(t, f, "dlq-replay", "dlq", "replay", "--site", "exeter", "--all"); err != nil {
		t.Fatal(err)
	}
	var offsets []int64
	for i, m := range f.produced {
		if env, err := bus.ParseEnvelope(m.Headers); err != nil || len(m.Headers) != len(env.Headers()) {
			t.Errorf("message %d: envelope %+v, %d headers, %v", i, env, len(m.Headers), err)
		}
		for _, l := range f.letters {
			if bytes.Equal(l.Value, m.Value) {
				offsets = append(offsets, l.Offset)
				break
			}
		}
	}
	if diff := cmp.Diff(offsets, []int64{5, 6, 11}); diff != "" {
		t.Errorf("letters sent again, got against want:\n%s", diff)
	}
	f.produced = nil
	if _, err := run(t, f, "dlq", "replay", "--site", "exeter", "6", "6"); err != nil || len(f.produced) != 1 {
		t.Errorf("one letter, named twice: %d messages, %v", len(f.produced), err)
	}
}

func TestDLQErrors(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want error
	}{
		"no offsets":          {[]string{"dlq", "replay", "--site", "exeter"}, errNoOffsets},
		"offsets and all":     {[]string{"dlq", "replay", "--site", "exeter", "5", "--all"}, errNoOffsets},
		"no such letter":      {[]string{"dlq", "replay", "--site", "exeter", "4"}, errNoLetter},
		"no such letter show": {[]string{"dlq", "show", "--site", "exeter", "400"}, errNoLetter},
		"no such site":        {[]string{"dlq", "list", "--site", "nowhere"}, errNoSite},
		"no such site show":   {[]string{"dlq", "show", "--site", "nowhere", "5"}, errNoSite},
		"no such site replay": {[]string{"dlq", "replay", "--site", "nowhere", "--all"}, errNoSite},
		"no name of a site":   {[]string{"dlq", "replay", "--site", "No Where", "--all"}, errNoSite},
	} {
		f := deadLetters(t)
		f.closed = -1 // those that fail before they connect do not close
		out, err := runOnly(t, f, c.args...)
		if out != "" {
			t.Errorf("%s: prints %q beside the error", name, out)
		}
		var hint interface{ HintText() string }
		if !errors.Is(err, c.want) || !errors.As(err, &hint) {
			t.Errorf("%s: got %v, want %v with a hint", name, err, c.want)
		}
	}
}

// A letter is what anybody wrote: reading and showing one must not panic.
func FuzzLetter(f *testing.F) {
	f.Add([]byte("value"), []byte("kind"), []byte{0, 0, 0, 0, 0, 0, 0, 1}, []byte{0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, value, kind, offset, row []byte) {
		headers := append(bus.Envelope{N: 1}.Headers(), bus.Header{Key: "kind", Value: kind}, bus.Header{Key: "offset", Value: offset}, bus.Header{Key: "row", Value: row})
		l := readLetter("exeter", &bus.Message{Value: value, Headers: headers})
		s := open(l, 2)
		var out bytes.Buffer
		if err := s.write(&out); err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsAny(out.Bytes(), "\x1b\a\r") {
			t.Errorf("steers the terminal: %q", out.String())
		}
	})
}
