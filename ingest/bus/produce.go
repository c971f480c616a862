package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v7"
	"github.com/segmentio/kafka-go"
)

// Produce sends messages to partition 0 of a topic as one batch and returns the
// offset of the first when all replicas have it. It tries the same batch until
// then, 0.2 to 30 s apart, or until ctx ends; a batch that the broker will never
// take is an ErrTooLarge at once.
//
// A batch whose acknowledgement was lost is there twice, so the caller numbers
// its events. Keep one call under way a topic: nothing else keeps the order.
func (c *Client) Produce(ctx context.Context, topic string, msgs ...Message) (int64, error) {
	if len(msgs) == 0 {
		return 0, errors.New("producing nothing")
	}
	failing := false
	defer c.refusals.end(topic)
	first, err := backoff.Retry(ctx, func() (int64, error) {
		first, err := c.produceOnce(ctx, topic, msgs)
		if permanent(err) {
			return 0, backoff.Permanent(err)
		}
		return first, err
	},
		backoff.WithBackOff(produceBackOff()),
		backoff.WithMaxElapsedTime(0),
		backoff.WithNotify(func(err error, _ time.Duration) {
			c.metrics.retries.Inc()
			c.refusals.note(topic, err)
			c.noteFailure(topic, err, !failing)
			failing = true
		}))
	if err != nil {
		return 0, producing(ctx, topic, err)
	}
	c.noteSuccess(topic, failing)
	c.metrics.produced.Add(float64(len(msgs)))
	for i := range msgs {
		c.metrics.producedBytes.Add(float64(msgs[i].bytes()))
	}
	return first, nil
}

// produceBackOff waits 0.2 to 0.6 s at first and at most 30 s.
func produceBackOff() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval:     400 * time.Millisecond,
		RandomizationFactor: 0.5,
		Multiplier:          2,
		MaxInterval:         20 * time.Second,
	}
}

// producing unwraps what Retry made of the last error. Where ctx ended, it says both that and what the tries met until then.
func producing(ctx context.Context, topic string, err error) error {
	if re := backoff.AsRetryError(err); re != nil {
		err = re.LastErr
	}
	if ctx.Err() != nil {
		err = errors.Join(context.Cause(ctx), err)
	}
	return fmt.Errorf("producing to %s: %w", topic, err)
}

// produceOnce makes one attempt, not counting dead connections of the pool.
func (c *Client) produceOnce(ctx context.Context, topic string, msgs []Message) (int64, error) {
	for dead := 0; ; dead++ {
		resp, err := c.kafka.Produce(ctx, &kafka.ProduceRequest{
			Topic:        topic,
			RequiredAcks: kafka.RequireAll,
			Compression:  c.codec,
			Records:      kafka.NewRecordReader(records(msgs)...), // used up by each attempt
		})
		if err == nil {
			err = resp.Error
		}
		switch {
		case err == nil:
			return resp.BaseOffset, nil
		case dead == maxDead || !isDead(err) || ctx.Err() != nil:
			return 0, c.explain(ctx, topic, err)
		}
	}
}

func records(msgs []Message) []kafka.Record {
	recs := make([]kafka.Record, len(msgs))
	for i, m := range msgs {
		recs[i] = kafka.Record{Key: kafka.NewBytes(m.Key), Value: kafka.NewBytes(m.Value), Time: m.Time}
		for _, h := range m.Headers {
			recs[i].Headers = append(recs[i].Headers, kafka.Header{Key: h.Key, Value: h.Value})
		}
	}
	return recs
}

// permanent tells the errors that the same batch will meet again.
func permanent(err error) bool {
	return errors.Is(err, ErrTooLarge) || errors.Is(err, kafka.InvalidRecord) || errors.Is(err, kafka.InvalidTopic)
}

// noteFailure logs the first failure of a call, and of an absence of Kafka
// only the first of all calls.
func (c *Client) noteFailure(topic string, err error, first bool) {
	if errors.Is(err, ErrUnavailable) {
		if !c.away.Swap(true) {
			c.logger.Warn("kafka takes no messages, trying on", "topic", topic, "err", err)
		}
		return
	}
	if first {
		c.logger.Warn("kafka refuses messages, trying on", "topic", topic, "err", err)
	}
}

func (c *Client) noteSuccess(topic string, failed bool) {
	if c.away.CompareAndSwap(true, false) || failed {
		c.logger.Info("kafka takes messages again", "topic", topic)
	}
}
