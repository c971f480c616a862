package bus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	fetchAPI "github.com/segmentio/kafka-go/protocol/fetch"
	"github.com/sourcegraph/conc/pool"
)

const (
	defaultMaxBytes = 2 << 20
	defaultMaxWait  = 500 * time.Millisecond
)

// FetchOptions bound one request.
type FetchOptions struct {
	// MaxBytes bounds the compressed bytes of an answer; at least one batch comes
	// whatever its size. 0 means 2 MiB. What it decompresses to is bounded as well:
	// batches after the first 32 MiB are left for the next request.
	MaxBytes int
	// MaxWait is how long the broker waits for a first message. 0 means 500 ms;
	// negative means not at all.
	MaxWait time.Duration
}

func (o FetchOptions) withDefaults() FetchOptions {
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	switch {
	case o.MaxWait == 0:
		o.MaxWait = defaultMaxWait
	case o.MaxWait < 0:
		o.MaxWait = 0
	}
	return o
}

// Position is the next offset to read of a topic's partition 0.
type Position struct {
	Topic  string
	Offset int64
}

// FetchResult is what a topic had from a position on.
type FetchResult struct {
	// Messages are in the order of their offsets, none below the position. The
	// first offset is the position and each next one greater by 1 unless the log
	// lost messages: check it.
	Messages []Message
	// HighWatermark is the offset of the next message to be produced. It and
	// LogStart are -1 where the broker does not say.
	HighWatermark int64
	// LogStart is the first offset that the log still holds.
	LogStart int64
	// Err is what kept this topic from being read: ErrOffsetOutOfRange,
	// ErrNoTopic or ErrUnavailable. Poll sets it; Fetch returns it.
	Err error
}

// Fetch reads messages of a topic from an offset on, waiting for the first. No
// messages and no error means that there was none in time. A CorruptError means
// that the batch at the offset cannot be read and will not be readable later.
func (c *Client) Fetch(ctx context.Context, topic string, from int64, opts FetchOptions) (FetchResult, error) {
	results, err := c.Poll(ctx, []Position{{topic, from}}, opts)
	if err != nil {
		return FetchResult{}, fmt.Errorf("fetching %s at %d: %w", topic, from, err)
	}
	res := results[topic]
	if res.Err != nil {
		err = fmt.Errorf("fetching %s at %d: %w", topic, from, res.Err)
	}
	return res, err
}

// Poll reads many topics in one request a broker, waiting for the first message
// of any, so that hundreds of idle topics cost as much as one. Topics that the
// answer had no room for are missing from the result; each call begins with
// another topic, so that none starves. A batch that cannot be read fails the
// whole call with ErrCorrupt: Fetch the topics one by one to find it.
func (c *Client) Poll(ctx context.Context, positions []Position, opts FetchOptions) (map[string]FetchResult, error) {
	if len(positions) == 0 {
		return nil, errors.New("polling nothing")
	}
	opts = opts.withDefaults()
	byLeader, results, err := c.byLeader(ctx, positions)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	p := pool.New().WithContext(ctx).WithCancelOnError().WithFirstError()
	for _, mine := range byLeader {
		p.Go(func(ctx context.Context) error {
			got, err := c.fetchFrom(ctx, mine, opts)
			mu.Lock()
			defer mu.Unlock()
			maps.Copy(results, got)
			return err
		})
	}
	if err := p.Wait(); err != nil {
		return nil, err
	}
	return results, nil
}

// byLeader sorts positions by the broker that leads their partition. Topics
// without one are in the results already.
func (c *Client) byLeader(ctx context.Context, positions []Position) (map[int][]Position, map[string]FetchResult, error) {
	turn := int(c.turn.Add(1)) % len(positions)
	topics := make([]string, len(positions))
	for i := range positions {
		topics[i] = positions[i].Topic
	}
	md, err := c.metadata(ctx, topics...)
	if err != nil {
		return nil, nil, err
	}
	leaders := make(map[int][]Position, 1)
	results := make(map[string]FetchResult, len(positions))
	for i := range positions {
		k := (turn + i) % len(positions)
		t := md.Topics[k] // kafka-go answers in the order of the question
		if t.Error == nil && len(t.Partitions) > 0 {
			id := t.Partitions[0].Leader.ID
			leaders[id] = append(leaders[id], positions[k])
			continue
		}
		err := t.Error
		if err == nil {
			err = kafka.LeaderNotAvailable
		}
		results[t.Name] = FetchResult{HighWatermark: -1, LogStart: -1, Err: c.explain(ctx, t.Name, err)}
	}
	return leaders, results, nil
}

// fetchFrom makes one request to one broker.
func (c *Client) fetchFrom(ctx context.Context, positions []Position, opts FetchOptions) (map[string]FetchResult, error) {
	req := &fetchAPI.Request{
		ReplicaID:    -1,
		MaxWaitTime:  int32(opts.MaxWait / time.Millisecond),
		MinBytes:     1,
		MaxBytes:     int32(opts.MaxBytes),
		SessionID:    -1,
		SessionEpoch: -1,
		Topics:       make([]fetchAPI.RequestTopic, len(positions)),
	}
	from := make(map[string]int64, len(positions))
	for i, pos := range positions {
		from[pos.Topic] = pos.Offset
		req.Topics[i] = fetchAPI.RequestTopic{Topic: pos.Topic, Partitions: []fetchAPI.RequestPartition{{
			CurrentLeaderEpoch: -1,
			FetchOffset:        pos.Offset,
			LogStartOffset:     -1,
			PartitionMaxBytes:  int32(opts.MaxBytes),
		}}}
	}
	rctx, cancel := context.WithTimeout(ctx, opts.MaxWait+requestTimeout)
	defer cancel()
	msg, err := c.rounds.RoundTrip(rctx, c.kafka.Addr, req)
	resp, ok := msg.(*fetchResponse)
	if err == nil && !ok {
		err = fmt.Errorf("answer of type %T", msg)
	}
	if err == nil && resp.ErrorCode != 0 {
		err = kafka.Error(resp.ErrorCode)
	}
	if err != nil {
		return nil, c.explain(ctx, nameOf(positions), err)
	}
	results := make(map[string]FetchResult, len(resp.Topics))
	room := maxAnswerBytes
	for i := range resp.Topics {
		t := &resp.Topics[i]
		for j := range t.Partitions {
			res, size, err := c.result(ctx, t.Topic, &t.Partitions[j], from[t.Topic], room)
			if err != nil {
				return nil, err
			}
			room -= size
			results[t.Topic] = res
		}
	}
	return results, nil
}

// nameOf names a request in errors.
func nameOf(positions []Position) string {
	if len(positions) == 1 {
		return positions[0].Topic
	}
	return fmt.Sprintf("%d topics", len(positions))
}

// result makes what we say of a topic, and how many bytes of messages it has. Without room it has none.
func (c *Client) result(ctx context.Context, topic string, p *fetchPartition, from int64, room int) (res FetchResult, size int, err error) {
	res = FetchResult{HighWatermark: p.HighWatermark, LogStart: p.LogStartOffset}
	if p.ErrorCode != 0 {
		res.Err = c.explain(ctx, topic, kafka.Error(p.ErrorCode))
	}
	if room <= 0 {
		return res, 0, nil
	}
	if res.Messages, size, err = p.Records.messages(from, p.HighWatermark, room); err != nil {
		return res, 0, fmt.Errorf("reading %s: %w", topic, err)
	}
	c.metrics.fetched.Add(float64(len(res.Messages)))
	for i := range res.Messages {
		c.metrics.fetchedBytes.Add(float64(res.Messages[i].bytes()))
	}
	return res, size, nil
}

// readMessages copies records out of kafka-go's pages. A compressed batch comes
// whole, so it may begin below the offset that was asked for.
func readMessages(records protocol.RecordReader, from int64) ([]Message, error) {
	var msgs []Message
	for {
		rec, err := records.ReadRecord()
		if errors.Is(err, io.EOF) {
			return msgs, nil
		}
		if err != nil {
			return nil, err
		}
		if rec.Offset < from {
			closeBytes(rec.Key)
			closeBytes(rec.Value)
			continue
		}
		m := Message{Offset: rec.Offset, Time: rec.Time}
		for _, h := range rec.Headers {
			m.Headers = append(m.Headers, Header{Key: h.Key, Value: h.Value})
		}
		if m.Key, err = readBytes(rec.Key); err != nil {
			return nil, err
		}
		if m.Value, err = readBytes(rec.Value); err != nil {
			return nil, err
		}
		msgs = append(msgs, m)
	}
}

func readBytes(b protocol.Bytes) ([]byte, error) {
	if b == nil {
		return nil, nil
	}
	defer closeBytes(b)
	buf := make([]byte, b.Len())
	_, err := io.ReadFull(b, buf)
	return buf, err
}

// closeBytes gives kafka-go's pages back.
func closeBytes(b protocol.Bytes) {
	if b != nil {
		_ = b.Close() // never fails on bytes in memory
	}
}
