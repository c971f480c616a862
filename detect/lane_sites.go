package detect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/hint"
	"frontfoot/ingest/ledger"
)

// refresh looks for sites that are new on the lane, now and then.
func (r *laneReader) refresh(ctx context.Context) error {
	if time.Since(r.refreshed) < r.lane.worker.cfg.Refresh {
		return nil
	}
	sites, err := r.lane.worker.log.Sites(ctx)
	if err != nil {
		return fmt.Errorf("listing sites: %w", err)
	}
	r.refreshed = time.Now()
	for _, site := range sites {
		if laneOf(site, r.lane.lanes) != r.lane.number {
			continue
		}
		if err := r.addSite(ctx, site); err != nil {
			return fmt.Errorf("adding site %s: %w", site, err)
		}
	}
	return nil
}

// addSite begins to read the topics of a site that are not read yet. What is the matter with one holds up no other site.
func (r *laneReader) addSite(ctx context.Context, site string) error {
	raw, ctl := bus.RawTopic(site), bus.CtlTopic(site)
	_, reading := r.next[raw]
	for _, topic := range []string{raw, ctl} {
		err := r.follow(ctx, topic)
		if errors.Is(err, bus.ErrNoTopic) && topic == ctl && !r.told[ctl] {
			if err = r.lane.ensure(ctx, ctl); err == nil {
				err = r.follow(ctx, ctl)
			}
		}
		if refused := (*refusedError)(nil); errors.As(err, &refused) || ctx.Err() != nil {
			return err
		}
		if err != nil {
			r.setAside(ctx, topic, err)
			break // control records alone would put the site into the record, as if it had been begun
		}
	}
	if at, now := r.next[raw]; now && !reading {
		r.lane.logger.InfoContext(ctx, "site added", "site", site, "offset", at)
	}
	return nil
}

// setAside leaves a topic that cannot be read until the next refresh.
func (r *laneReader) setAside(ctx context.Context, topic string, err error) {
	if next, reading := r.next[topic]; reading {
		r.gone[topic] = next
		delete(r.next, topic)
	}
	if !r.told[topic] {
		r.told[topic] = true
		r.lane.logger.WarnContext(ctx, "a topic cannot be read, going on without it until it can", "topic", topic, "err", err)
	}
}

// follow begins to read a topic, where it was left or at its start.
func (r *laneReader) follow(ctx context.Context, topic string) error {
	if _, reading := r.next[topic]; reading {
		return nil
	}
	first, left := r.gone[topic]
	if !left {
		site, _ := bus.SiteOf(topic)
		if _, known := r.lane.place.Sites[site]; !known && topic == bus.RawTopic(site) {
			if err := r.lane.refuseUnknown(ctx, site); err != nil {
				return err
			}
		}
		start, _, err := r.lane.worker.log.Offsets(ctx, topic)
		if err != nil {
			return err
		}
		if topic != bus.RawTopic(site) { // what the log of events no longer holds is told as a loss
			first = start
		}
	}
	delete(r.gone, topic)
	r.next[topic] = first
	return nil
}

// refuseUnknown returns an error where the store has events of a site of which the lane has no record: its record was lost, and reading the log
// from the start would write what is there a second time.
func (l *lane) refuseUnknown(ctx context.Context, site string) error {
	if l.worker.dep.HasRows == nil || failpoint.Off("intent") {
		return nil
	}
	has, err := l.worker.dep.HasRows(ctx, site)
	if err != nil {
		return fmt.Errorf("asking the store for events of site %s: %w", site, err)
	}
	if !has {
		return nil
	}
	return &refusedError{cause: &hint.Error{
		Err: fmt.Errorf("the store has events of site %s, but Kafka no longer knows how far they were read", site),
		Hint: "restore the offsets of group " + Group + ", or delete the site's events from the store, or say that what the log still holds " +
			"may be written again",
	}}
}

// A refusedError ends the whole worker: a person has to decide.
type refusedError struct{ cause *hint.Error }

// Error returns what is wrong.
func (e *refusedError) Error() string { return e.cause.Error() }

// Unwrap returns the error with its hint.
func (e *refusedError) Unwrap() error { return e.cause }

// jump goes on where the log still has something, when it no longer has, or does not yet have, the offset that is due.
func (r *laneReader) jump(ctx context.Context, site, topic string) error {
	first, end, err := r.lane.worker.log.Offsets(ctx, topic)
	if err != nil {
		r.setAside(ctx, topic, err)
		return nil
	}
	due := r.next[topic]
	if due >= first && due <= end {
		return nil // it is there again
	}
	r.lane.worker.metrics.gaps.WithLabelValues(site).Add(float64(max(0, first-due)))
	r.lane.logger.ErrorContext(ctx, "the log does not hold what is due next, going on at its start",
		"topic", topic, "due", due, "first", first, "end", end)
	m := r.of(site)
	switch back := due > end; {
	case back && len(m.records)+len(m.controls) > 0: // these come from the old log: first them, then the move
		pause(ctx, shortWait)
		return nil
	case topic == bus.CtlTopic(site):
		r.lane.report(site, ledger.Entry{Kind: ledger.LostLog, Reason: fmt.Sprintf("control records: %d was due, the log has %d to %d", due, first, end)})
		m.ctlTo, r.next[topic] = first, first
		if back {
			m.ctlFrom = first
		}
		return nil
	case !back:
		r.next[topic], m.to = first, first // the range has no messages, and that is told
		return nil
	}
	r.backward(site, first, fmt.Sprintf("message %d was due and the log ends at %d", due, end))
	return nil
}

// backward begins a log anew from its start: it is another one, or has lost its end. What was seen of it is known by its numbers.
func (r *laneReader) backward(site string, first int64, why string) {
	r.lane.report(site, ledger.Entry{Kind: ledger.LostLog, Reason: short("the log was made anew: " + why)})
	m := r.of(site)
	m.from, m.to, m.check, m.replaced = first, first, 0, true
	r.next[bus.RawTopic(site)] = first
}
