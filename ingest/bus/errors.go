package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"

	"frontfoot/ingest/hint"
)

// What callers branch on.
var (
	// ErrUnavailable means that no broker answered: try again later.
	ErrUnavailable = errors.New("kafka is not available")
	// ErrUnauthenticated means that a broker is there and does not believe who
	// this client is, or the client not who the broker is.
	ErrUnauthenticated = errors.New("kafka refuses the connection")
	// ErrForbidden means that this client may not do that with the topic or group.
	ErrForbidden = errors.New("kafka forbids it")
	// ErrNoTopic means that a broker answered and does not know the topic.
	ErrNoTopic = errors.New("no such topic")
	// ErrTooLarge means that the broker will never take the batch: split it.
	ErrTooLarge = errors.New("batch is larger than the broker takes")
	// ErrOffsetOutOfRange means that the log does not hold the offset: below its
	// start messages were removed, above its end the log was lost.
	ErrOffsetOutOfRange = errors.New("offset is outside the log")
	// ErrCorrupt means that the batch at the offset cannot be read: a wrong
	// checksum, or more than 32 MiB when decompressed. A CorruptError says how far
	// it goes.
	ErrCorrupt = errors.New("batch cannot be read")
	// ErrFenced means that the lane belongs to somebody else by now, or that an
	// earlier commit of this lease failed: stop, write nothing more.
	ErrFenced = errors.New("lease has ended")
	// ErrBadEnvelope means that a message's headers do not name its events.
	ErrBadEnvelope = errors.New("bad envelope")

	errNoBrokers     = errors.New("no brokers given")
	errUnknownCommit = errors.New("outcome of a commit is unknown")
)

// A CorruptError is an ErrCorrupt that says what of a log cannot be read.
type CorruptError struct {
	// From is the offset that was asked for. Next is the one after the batch, or
	// after From where the batch does not say credibly how far it goes.
	From, Next int64
	// Err is why it cannot be read.
	Err error
}

// Error names the messages and why they cannot be read.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("messages %d to %d: %v: %v", e.From, e.Next-1, ErrCorrupt, e.Err)
}

// Unwrap returns ErrCorrupt and the cause.
func (e *CorruptError) Unwrap() []error { return []error{ErrCorrupt, e.Err} }

func (c *Client) unavailable(err error) error {
	return &hint.Error{
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
		if derr := c.diagnose(ctx, topic); derr != nil {
			return derr
		}
		return fmt.Errorf("%w: %s", ErrNoTopic, topic)
	case errors.As(err, &code):
		return explainCode(topic, code, err)
	default:
		if derr := c.diagnose(ctx, ""); derr != nil {
			return derr
		}
		return c.unavailable(err)
	}
}

func explainCode(topic string, code kafka.Error, err error) error {
	switch code {
	case kafka.MessageSizeTooLarge, kafka.RecordListTooLarge:
		return fmt.Errorf("%w: %s: %w", ErrTooLarge, topic, err)
	case kafka.OffsetOutOfRange:
		return fmt.Errorf("%w of %s", ErrOffsetOutOfRange, topic)
	case kafka.TopicAuthorizationFailed, kafka.GroupAuthorizationFailed, kafka.ClusterAuthorizationFailed:
		return &hint.Error{
			Err:  fmt.Errorf("%w: %s: %w", ErrForbidden, topic, err),
			Hint: "this client has no right to it: ask whoever runs Kafka for an ACL, or check which certificate or user is configured",
		}
	case kafka.SASLAuthenticationFailed:
		return &hint.Error{Err: fmt.Errorf("%w: %w", ErrUnauthenticated, err), Hint: "check kafka.sasl.user and its password"}
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
