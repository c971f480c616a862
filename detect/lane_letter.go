package detect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontfoot/ingest/bus"
)

const (
	letterWait  = 10 * time.Second // for Kafka to take a letter, before it is asked why it does not
	letterPause = time.Minute      // in which a topic that does not take letters is not asked again
)

// post puts a letter on the site's dead-letter topic. While Kafka is away it waits. What the topic will not take is counted and given up, since the
// site's own topic still has it: one site's topic must not hold up the others of the lane.
func (l *lane) post(ctx context.Context, x *letter) error {
	if time.Since(l.unposted[x.site]) < letterPause {
		l.worker.metrics.unposted.WithLabelValues(x.site).Inc()
		return nil
	}
	err := l.tryPost(ctx, x)
	if errors.Is(err, bus.ErrTooLarge) {
		short := x.cut()
		err = l.tryPost(ctx, &short)
	}
	switch {
	case err == nil:
		l.worker.metrics.letters.WithLabelValues(x.site).Inc()
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("setting a message of site %s aside: %w", x.site, context.Cause(ctx))
	case !errors.Is(err, bus.ErrTooLarge):
		l.unposted[x.site] = time.Now()
	}
	l.worker.metrics.unposted.WithLabelValues(x.site).Inc()
	l.logger.ErrorContext(ctx, "what is set aside cannot be kept: make the topic, or let workers write to it",
		"topic", bus.DLQTopic(x.site), "site", x.site, "offset", x.offset(), "err", err)
	return nil
}

// tryPost tries for as long as there is hope. A topic that is missing is made.
func (l *lane) tryPost(ctx context.Context, x *letter) error {
	topic := bus.DLQTopic(x.site)
	for made := false; ; {
		attempt, cancel := context.WithTimeout(ctx, letterWait)
		_, err := l.worker.log.Produce(attempt, topic, x.msg)
		timedOut := attempt.Err() != nil
		cancel()
		switch {
		case err == nil || ctx.Err() != nil:
			return err
		case errors.Is(err, bus.ErrNoTopic) && !made:
			if made = true; l.ensure(ctx, topic) != nil {
				return err
			}
		case errors.Is(err, bus.ErrNoTopic), errors.Is(err, bus.ErrForbidden), !timedOut:
			return err
		}
	}
}

// ensure makes a topic of a site where it is missing and the worker may.
func (l *lane) ensure(ctx context.Context, topic string) error {
	site, _ := bus.SiteOf(topic)
	for _, spec := range bus.SiteSpecs(site) {
		if spec.Name == topic {
			if err := l.worker.log.EnsureTopics(ctx, spec); err != nil {
				return fmt.Errorf("making topic %s: %w", topic, err)
			}
		}
	}
	return nil
}
