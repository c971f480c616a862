package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/segmentio/kafka-go"
)

// Offsets returns the first offset that a topic still holds and the offset that
// the next message will have.
func (c *Client) Offsets(ctx context.Context, topic string) (first, next int64, err error) {
	resp, err := c.listOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{
		topic: {kafka.FirstOffsetOf(0), kafka.LastOffsetOf(0)},
	}})
	if err != nil {
		return 0, 0, c.explain(ctx, topic, err)
	}
	parts := resp.Topics[topic]
	if len(parts) == 0 {
		return 0, 0, fmt.Errorf("%w: %s", ErrNoTopic, topic)
	}
	if err := parts[0].Error; err != nil {
		return 0, 0, c.listing(ctx, topic, err)
	}
	return parts[0].FirstOffset, parts[0].LastOffset, nil
}

// HighWatermarks returns the offset that the next message of each topic will
// have. Topics that do not exist are missing. kafka-go makes one request a
// topic of it, several at a time: use it for reports, Poll to wait for news.
func (c *Client) HighWatermarks(ctx context.Context, topics []string) (map[string]int64, error) {
	marks := make(map[string]int64, len(topics))
	if len(topics) == 0 {
		return marks, nil
	}
	md, err := c.metadata(ctx, topics...)
	if err != nil {
		return nil, err
	}
	ask := make(map[string][]kafka.OffsetRequest, len(topics))
	for _, t := range md.Topics {
		if t.Error == nil {
			ask[t.Name] = []kafka.OffsetRequest{kafka.LastOffsetOf(0)}
		}
	}
	resp, err := c.listOffsets(ctx, &kafka.ListOffsetsRequest{Topics: ask})
	if err != nil {
		return nil, c.explain(ctx, topics[0], err)
	}
	for topic, parts := range resp.Topics {
		for _, p := range parts {
			if p.Error != nil {
				return nil, c.listing(ctx, topic, p.Error)
			}
			marks[topic] = p.LastOffset
		}
	}
	return marks, nil
}

// listing explains the error of one topic in an answer: -1 is what kafka-go
// puts there when the request for that topic failed in any way.
func (c *Client) listing(ctx context.Context, topic string, err error) error {
	if perr := c.Ping(ctx); perr != nil {
		return perr
	}
	return c.explain(ctx, topic, err)
}

// listOffsets asks again while a part of the answer is missing because its
// request met a dead connection: kafka-go makes one request a topic and puts
// Unknown where one failed.
func (c *Client) listOffsets(ctx context.Context, req *kafka.ListOffsetsRequest) (*kafka.ListOffsetsResponse, error) {
	for dead := 0; ; dead++ {
		resp, err := c.kafka.ListOffsets(ctx, req)
		if err != nil || dead == maxDead || ctx.Err() != nil || !anyUnknown(resp) {
			return resp, err
		}
	}
}

func anyUnknown(resp *kafka.ListOffsetsResponse) bool {
	for _, parts := range resp.Topics {
		for i := range parts {
			if errors.Is(parts[i].Error, kafka.Unknown) {
				return true
			}
		}
	}
	return false
}
