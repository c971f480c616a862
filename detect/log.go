package detect

import (
	"context"

	"frontfoot/ingest/bus"
)

// A Log is what a worker needs of Kafka to read and to write. *bus.Client is one; its methods say what they promise.
type Log interface {
	Produce(ctx context.Context, topic string, msgs ...bus.Message) (int64, error)
	Fetch(ctx context.Context, topic string, from int64, opts bus.FetchOptions) (bus.FetchResult, error)
	Poll(ctx context.Context, positions []bus.Position, opts bus.FetchOptions) (map[string]bus.FetchResult, error)
	Offsets(ctx context.Context, topic string) (first, next int64, err error)
	Sites(ctx context.Context) ([]string, error)
	EnsureTopics(ctx context.Context, specs ...bus.TopicSpec) error
}

// A Lease is the right to some lanes for as long as nobody else has it. *bus.Lease is one.
type Lease interface {
	// Commit records metadata for a lane. After an error nothing more may be written under this lease.
	Commit(ctx context.Context, lane int, offset int64, metadata string) error
	// Committed returns what was last recorded.
	Committed(ctx context.Context, lane int) (offset int64, metadata string, err error)
}

var (
	_ Log   = (*bus.Client)(nil)
	_ Lease = (*bus.Lease)(nil)
)
