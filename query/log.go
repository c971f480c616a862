package query

import (
	"context"

	"frontfoot/detect"
	"frontfoot/ingest/bus"
)

// A LogConnector finds the log, Kafka: that of the running instance or of the configuration.
type LogConnector interface {
	// ConnectLog returns the log and what to call when it is no longer needed.
	ConnectLog(ctx context.Context) (Log, func() error, error)
}

// A Log is Kafka. It is *bus.Client.
type Log interface {
	// Offsets returns the first offset that a topic holds and that of its next message.
	Offsets(ctx context.Context, topic string) (first, next int64, err error)
	// Fetch reads messages of a topic from an offset on.
	Fetch(ctx context.Context, topic string, from int64, opts bus.FetchOptions) (bus.FetchResult, error)
	// Produce sends messages to a topic and returns when all replicas have them.
	Produce(ctx context.Context, topic string, msgs ...bus.Message) (int64, error)
	// Sites returns the sites that have a topic for events.
	Sites(ctx context.Context) ([]string, error)
}

var _ Log = (*bus.Client)(nil)

// An UnreadLog is the log of a folder that no instance has: what is put into it is kept, and read by nobody until one runs.
type UnreadLog interface {
	Log
	// Unread says what becomes of what is put into the log, and what to do that it is read.
	Unread() (what, hint string)
}

// A notice says what becomes of what was put into a log, where nobody reads it.
type notice struct{ what, hint string }

func noticeOf(log Log) (n notice) {
	if u, ok := log.(UnreadLog); ok {
		n.what, n.hint = u.Unread()
	}
	return n
}

// String returns the notice in lines of their own, none where there is nothing to notice.
func (n notice) String() string {
	if n.what == "" {
		return ""
	}
	return n.what + "\nhint: " + n.hint + "\n"
}

// eachMessage calls fn with a topic's messages from one offset until another, in order. While Kafka has none to give it asks again, until ctx ends.
func eachMessage(ctx context.Context, log Log, topic string, at, end int64, fn func(*bus.Message) error) error {
	for at < end {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		got, err := log.Fetch(ctx, topic, at, bus.FetchOptions{})
		if err != nil {
			return err
		}
		for i := range got.Messages {
			m := &got.Messages[i]
			if at = m.Offset + 1; at > end {
				return nil
			}
			if err := fn(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// controls calls fn with the records of a control topic, in order, without those that cannot be read.
func controls(ctx context.Context, log Log, topic string, fn func(*detect.Control)) error {
	at, end, err := log.Offsets(ctx, topic)
	if err != nil {
		return err
	}
	return eachMessage(ctx, log, topic, at, end, func(m *bus.Message) error {
		if c, err := detect.DecodeControl(m.Value); err == nil {
			fn(&c)
		}
		return nil
	})
}
