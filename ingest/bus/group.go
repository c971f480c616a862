package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v7"
	"github.com/segmentio/kafka-go"
	"github.com/sourcegraph/conc/panics"
)

const (
	// sessionTimeout is the shortest that Kafka allows as it comes (group.min.session.timeout.ms). A worker that dies while its group rebalances
	// costs a whole one, and in a storm they add up: with 10 s a site waited 30 s for its next owner.
	sessionTimeout    = 6 * time.Second
	heartbeatInterval = 2 * time.Second
	rebalanceTimeout  = 15 * time.Second
	joinBackoff       = time.Second
	// leaveTimeout bounds each of the two steps of leaving: politely, and with
	// the connections broken off.
	leaveTimeout = 5 * time.Second
)

// RunGroup holds lanes as a member of a group and runs fn once for each
// generation with what was assigned. It returns nil when ctx ends, and an error
// when the lanes do not exist.
//
// The context of fn ends when the generation or ctx does: fn then stops at once.
// When it was ctx, the lease still stands while fn finishes, so that fn may
// commit a last time with a fresh context of a few seconds.
//
// When fn returns an error or panics, or the outcome of a commit is unknown, this
// member leaves and a new one joins, 0.2 to 6 s later: the commit may still
// arrive, and must not meet a later one of the same member. ErrFenced and the
// error of its context are no such errors: they say that the generation ended.
// When fn returns nil before its context ended, RunGroup leaves and returns nil.
func (c *Client) RunGroup(ctx context.Context, group string, fn func(ctx context.Context, l *Lease) error) error {
	if err := c.awaitLanes(ctx); err != nil {
		return err
	}
	wait := &backoff.ExponentialBackOff{
		InitialInterval: 400 * time.Millisecond, RandomizationFactor: 0.5, Multiplier: 2, MaxInterval: 4 * time.Second,
	}
	for ctx.Err() == nil {
		joined := time.Now()
		err := c.runMember(ctx, group, fn)
		if err == nil {
			return nil
		}
		if time.Since(joined) > time.Minute {
			wait.Reset()
		}
		c.logger.WarnContext(ctx, "lease on lanes lost, joining as a new member", "group", group, "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(wait.NextBackOff()):
		}
	}
	return nil
}

// awaitLanes waits for Kafka. An assignment of a topic that does not exist
// would be empty for ever.
func (c *Client) awaitLanes(ctx context.Context) error {
	start, failing := time.Now(), false
	_, err := backoff.Retry(ctx, func() (int, error) {
		n, err := c.Lanes(ctx)
		if errors.Is(err, ErrNoTopic) && time.Since(start) > metadataTTL { // not just unknown to us
			return 0, backoff.Permanent(err)
		}
		return n, err
	},
		backoff.WithBackOff(produceBackOff()),
		backoff.WithMaxElapsedTime(0),
		backoff.WithNotify(func(err error, _ time.Duration) {
			if !failing {
				c.logger.WarnContext(ctx, "kafka shows no lanes, trying on", "err", err)
			}
			failing = true
		}))
	if err == nil || ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("joining lanes: %w", backoff.AsRetryError(err).LastErr)
}

// runMember is one membership: from joining until an error, the end of ctx or
// the end of fn's work.
func (c *Client) runMember(ctx context.Context, group string, fn func(context.Context, *Lease) error) (err error) {
	conns := newConns()
	cg, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID:                group,
		Brokers:           c.brokers,
		Topics:            []string{Lane},
		Dialer:            c.dialer(conns),
		SessionTimeout:    c.session,
		HeartbeatInterval: heartbeatInterval,
		RebalanceTimeout:  rebalanceTimeout,
		JoinGroupBackoff:  joinBackoff,
	})
	if err != nil {
		return fmt.Errorf("joining group: %w", err)
	}
	defer func() { err = errors.Join(err, leave(cg, conns)) }()
	for {
		gen, err := c.nextGeneration(ctx, cg, group)
		if gen == nil || err != nil {
			return err
		}
		ended := make(chan error, 1)
		var again bool
		gen.Start(func(gctx context.Context) {
			var err error
			again, err = c.runGeneration(ctx, gctx, gen, group, fn)
			ended <- err
		})
		if err := <-ended; err != nil || !again {
			return err
		}
	}
}

// nextGeneration waits for an assignment; nil when ctx ended. kafka-go tries
// again by itself: a new cluster has no coordinator for its first seconds.
func (c *Client) nextGeneration(ctx context.Context, cg *kafka.ConsumerGroup, group string) (*kafka.Generation, error) {
	failing := false
	for {
		gen, err := cg.Next(ctx)
		switch {
		case ctx.Err() != nil:
			return nil, nil
		case err == nil:
			return gen, nil
		case errors.Is(err, kafka.ErrGroupClosed):
			return nil, err
		case errors.Is(err, kafka.RebalanceInProgress):
		case !failing:
			failing = true
			c.logger.WarnContext(ctx, "joining group fails, trying on", "group", group, "err", err)
		}
	}
}

// runGeneration runs fn with a lease. It tells whether to go on as the same
// member.
func (c *Client) runGeneration(ctx, gctx context.Context, gen *kafka.Generation, group string, fn func(context.Context, *Lease) error) (again bool, err error) {
	lease := &Lease{client: c, group: group, member: gen.MemberID, generation: int(gen.ID)}
	for _, a := range gen.Assignments[Lane] {
		lease.lanes = append(lease.lanes, a.ID)
	}
	slices.Sort(lease.lanes)
	c.metrics.generations.Inc()
	c.logger.InfoContext(ctx, "lanes assigned", "group", group, "generation", gen.ID, "member", gen.MemberID, "lanes", lease.lanes)

	fctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(gctx, func() { cancel(ErrFenced) })()
	if r := panics.Try(func() { err = fn(fctx, lease) }); r != nil {
		err = fmt.Errorf("working on lanes: %w", r.AsError())
	}
	switch {
	case ctx.Err() != nil:
		return false, nil // the member leaves in any case
	case lease.unknown.Load():
		return false, errors.Join(errUnknownCommit, err)
	case errors.Is(err, ErrFenced), err != nil && gctx.Err() != nil && errors.Is(err, context.Canceled):
		return true, nil // the generation ended and fn said so
	case err != nil:
		return false, err
	default:
		return gctx.Err() != nil, nil
	}
}

// leave ends a membership in bounded time: kafka-go's Close may wait for a
// broker that does not answer.
func leave(cg *kafka.ConsumerGroup, conns *conns) error {
	left := make(chan error, 1)
	// Not in a pool that is waited for: it may never end.
	go func() { left <- cg.Close() }()
	defer func() { _ = conns.close() }()
	select {
	case err := <-left:
		return err
	case <-time.After(leaveTimeout):
		conns.breakOff()
	}
	select {
	case err := <-left:
		return err
	case <-time.After(leaveTimeout):
		return errors.New("leaving the group: kafka-go does not end")
	}
}
