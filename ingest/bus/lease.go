package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/segmentio/kafka-go"

	"frontfoot/ingest/failpoint"
)

// commitTimeout bounds one commit, so that its outcome is mostly known even when
// the generation ends meanwhile.
const commitTimeout = 5 * time.Second

// MaxMetadata is the longest metadata string of a commit, in bytes. Kafka
// refuses longer ones; the embedded broker would not.
const MaxMetadata = 4096

// Lease is the right to some lanes during one generation of a group. A worker
// holds it while the context it came with lives, and at most until the session
// ends without a heartbeat; Commit tells the truth.
type Lease struct {
	client     *Client
	group      string
	member     string
	generation int
	lanes      []int
	over       atomic.Bool // no commit may follow
	unknown    atomic.Bool // a commit may still arrive
}

// Lanes returns the lanes held, sorted; none when there are more members than
// lanes.
func (l *Lease) Lanes() []int { return slices.Clone(l.lanes) }

// Member returns the name that the broker gave this member. After an error the
// next lease has another one.
func (l *Lease) Member() string { return l.member }

// Commit records an offset and metadata for a lane, if this lease still stands.
//
// An ErrFenced means that nothing was and nothing will be recorded. After any
// other answer of the broker, or none, the outcome is unknown: it may be
// recorded, even later. So after every error the lease is over: further commits
// answer ErrFenced, and the function that got the lease must return. Where the
// outcome is unknown, RunGroup then joins as a new member.
//
// A commit that was begun goes on for up to 5 s after ctx ended, because giving
// it up would make its outcome unknown.
func (l *Lease) Commit(ctx context.Context, lane int, offset int64, metadata string) error {
	if !slices.Contains(l.lanes, lane) {
		return fmt.Errorf("committing lane %d: not one of this lease's %v", lane, l.lanes)
	}
	if len(metadata) > MaxMetadata {
		return fmt.Errorf("committing lane %d: metadata of %d bytes, %d are the most", lane, len(metadata), MaxMetadata)
	}
	if l.over.Load() || ctx.Err() != nil {
		return fmt.Errorf("committing lane %d: %w", lane, ErrFenced)
	}
	cctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	if err := l.commit(cctx, lane, offset, metadata); err != nil {
		result := "fenced"
		if !errors.Is(err, ErrFenced) {
			result = "failed"
		}
		if result == "fenced" || !failpoint.Off("rejoin") {
			l.over.Store(true)
		}
		if result == "failed" && !failpoint.Off("rejoin") {
			l.unknown.Store(true)
		}
		l.client.metrics.commits.WithLabelValues(result).Inc()
		return fmt.Errorf("committing lane %d: %w", lane, err)
	}
	l.client.metrics.commits.WithLabelValues("ok").Inc()
	return nil
}

func (l *Lease) commit(ctx context.Context, lane int, offset int64, metadata string) error {
	// Not Generation.CommitOffsets: it writes empty metadata over the intent.
	resp, err := l.client.kafka.OffsetCommit(ctx, &kafka.OffsetCommitRequest{
		GroupID:      l.group,
		GenerationID: l.generation,
		MemberID:     l.member,
		Topics:       map[string][]kafka.OffsetCommit{Lane: {{Partition: lane, Offset: offset, Metadata: metadata}}},
	})
	if err != nil {
		return l.client.explain(ctx, Lane, err)
	}
	parts := resp.Topics[Lane]
	if len(parts) != 1 || parts[0].Partition != lane {
		return errors.New("the broker did not answer for the lane")
	}
	switch err := parts[0].Error; {
	case err == nil:
		return nil
	case errors.Is(err, kafka.IllegalGeneration), errors.Is(err, kafka.UnknownMemberId), errors.Is(err, kafka.RebalanceInProgress):
		return fmt.Errorf("%w: %w", ErrFenced, err)
	default:
		return l.client.explain(ctx, Lane, err)
	}
}

// Committed returns what was last recorded for a lane by any member: -1 and an
// empty string when nothing was.
func (l *Lease) Committed(ctx context.Context, lane int) (offset int64, metadata string, err error) {
	return l.client.Committed(ctx, l.group, lane)
}

// Committed returns what a group last recorded for a lane: -1 and an empty
// string when nothing was. It needs no lease.
func (c *Client) Committed(ctx context.Context, group string, lane int) (offset int64, metadata string, err error) {
	resp, err := c.kafka.OffsetFetch(ctx, &kafka.OffsetFetchRequest{GroupID: group, Topics: map[string][]int{Lane: {lane}}})
	if err == nil {
		err = resp.Error
	}
	if errors.Is(err, kafka.GroupIdNotFound) {
		return -1, "", nil
	}
	if err != nil {
		return 0, "", fmt.Errorf("reading lane %d: %w", lane, c.explain(ctx, Lane, err))
	}
	for _, p := range resp.Topics[Lane] {
		if p.Partition != lane {
			continue
		}
		if p.Error != nil {
			return 0, "", fmt.Errorf("reading lane %d: %w", lane, c.explain(ctx, Lane, p.Error))
		}
		return p.CommittedOffset, p.Metadata, nil
	}
	return 0, "", fmt.Errorf("reading lane %d: the broker did not answer for it", lane)
}
