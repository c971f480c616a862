package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
)

// What callers branch on.
var (
	// ErrUnavailable means that no broker answered: try again later.
	ErrUnavailable = errors.New("kafka is not available")
	// ErrNoTopic means that a broker answered and does not know the topic.
	ErrNoTopic = errors.New("no such topic")
	// ErrTooLarge means that the broker will never take the batch: split it.
	ErrTooLarge = errors.New("batch is larger than the broker takes")
	// ErrOffsetOutOfRange means that the log does not hold the offset: below its
	// start messages were removed, above its end the log was lost.
	ErrOffsetOutOfRange = errors.New("offset is outside the log")
	// ErrCorrupt means that the batch at the offset cannot be read: a wrong
	// checksum, or more than 32 MiB when decompressed.
	ErrCorrupt = errors.New("batch cannot be read")
	// ErrFenced means that the lane belongs to somebody else by now, or that an
	// earlier commit of this lease failed: stop, write nothing more.
	ErrFenced = errors.New("lease has ended")
	// ErrBadEnvelope means that a message's headers do not name its events.
	ErrBadEnvelope = errors.New("bad envelope")

	errNoBrokers     = errors.New("no brokers given")
	errUnknownCommit = errors.New("outcome of a commit is unknown")
)

// Error is a failure that the user can do something about.
type Error struct {
	// Err says what went wrong.
	Err error
	// Hint says what to do, in a sentence without a full stop.
	Hint string
}

// Error returns what went wrong, without the hint.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// HintText returns what to do about it.
func (e *Error) HintText() string { return e.Hint }

func (c *Client) unavailable(err error) error {
	return &Error{
		Err:  fmt.Errorf("%w at %s: %w", ErrUnavailable, c.addresses(), err),
		Hint: "start Kafka, or correct the broker addresses",
	}
}

// explain turns an error of kafka-go about a topic into one of ours. A stale
// picture of the cluster makes kafka-go call every failure a missing topic, so
// that one is believed only when a broker answers.
func (c *Client) explain(ctx context.Context, topic string, err error) error {
	var code kafka.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case isCorrupt(err):
		return fmt.Errorf("%w in %s: %w", ErrCorrupt, topic, err)
	case isMissing(err):
		if perr := c.Ping(ctx); perr != nil {
			return perr
		}
		return fmt.Errorf("%w: %s", ErrNoTopic, topic)
	case errors.As(err, &code):
		return explainCode(topic, code, err)
	default:
		return c.unavailable(err)
	}
}

func explainCode(topic string, code kafka.Error, err error) error {
	switch code {
	case kafka.MessageSizeTooLarge, kafka.RecordListTooLarge:
		return fmt.Errorf("%w: %s: %w", ErrTooLarge, topic, err)
	case kafka.OffsetOutOfRange:
		return fmt.Errorf("%w of %s", ErrOffsetOutOfRange, topic)
	case kafka.UnknownTopicOrPartition:
		return fmt.Errorf("%w: %s", ErrNoTopic, topic)
	case kafka.LeaderNotAvailable, kafka.NotLeaderForPartition, kafka.BrokerNotAvailable, kafka.RequestTimedOut,
		kafka.GroupCoordinatorNotAvailable, kafka.NotCoordinatorForGroup, kafka.GroupLoadInProgress:
		return fmt.Errorf("%w: %s: %w", ErrUnavailable, topic, err)
	default:
		return fmt.Errorf("kafka refuses %s: %w", topic, err)
	}
}

// isMissing tells the errors by which kafka-go says that its picture of the
// cluster lacks a topic, a partition or a leader.
func isMissing(err error) bool {
	return errors.Is(err, protocol.ErrNoTopic) || errors.Is(err, protocol.ErrNoPartition) ||
		errors.Is(err, protocol.ErrNoLeader)
}
