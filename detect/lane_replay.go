package detect

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/sourcegraph/conc/panics"

	"frontfoot/ingest/bus"
)

// missingWait is how long a topic must be missing, or end before what is known to have been in it, before that is taken for lost: a broker that has just
// started may not know the topic yet, and a partition's new leader not how far it goes (KIP-207).
const missingWait = 10 * time.Second

// read calls fn with the messages of a topic in an offset range, in order; to below 0 is the end of the log. A batch that Kafka's client cannot read
// has an error and nothing but its first offset. lost is called with stretches that the log does not hold.
func (l *lane) read(ctx context.Context, topic string, from, to int64, fn func(*bus.Message, error), lost func(from, to int64)) error {
	since := time.Time{} // when the topic was first missing or too short
	early := func() bool {
		if since.IsZero() {
			since = time.Now()
		}
		if time.Since(since) >= missingWait {
			return false
		}
		pause(ctx, pollWait)
		return true
	}
	for to < 0 || from < to {
		var got bus.FetchResult
		err := l.persist(ctx, topic, func() (err error) {
			got, err = l.worker.log.Fetch(ctx, topic, from, bus.FetchOptions{MaxWait: shortWait})
			return err
		})
		switch {
		case errors.Is(err, bus.ErrOffsetOutOfRange):
			first, end, err := l.worker.log.Offsets(ctx, topic)
			if err != nil {
				return fmt.Errorf("reading %s again: %w", topic, err)
			}
			if from < first && first < end {
				next := first
				if to >= 0 {
					next = min(first, to)
				}
				lost(from, next)
				from = next
				continue
			}
			if from >= first && to > from && early() {
				continue
			}
			lost(from, max(from, to)) // the log ends before
			return nil
		case errors.Is(err, bus.ErrCorrupt):
			fn(&bus.Message{Offset: from}, err)
			from = after(from, err)
			continue
		case errors.Is(err, bus.ErrNoTopic):
			if early() {
				continue
			}
			lost(from, max(from, to))
			return nil
		case err != nil:
			return fmt.Errorf("reading %s again: %w", topic, err)
		}
		if len(got.Messages) == 0 && got.HighWatermark >= 0 && from >= got.HighWatermark {
			if to > from {
				if early() {
					continue
				}
				lost(from, to)
			}
			return nil
		}
		if len(got.Messages) > 0 {
			since = time.Time{}
		}
		for i := range got.Messages {
			m := &got.Messages[i]
			if to >= 0 && m.Offset >= to {
				if from < to {
					lost(from, to)
				}
				return nil
			}
			if m.Offset > from {
				lost(from, m.Offset)
			}
			from = m.Offset + 1
			fn(m, nil)
		}
	}
	return nil
}

// retell gives an empty state the control records that it had, before any message: where they stood among the messages is not known any
// more, and what people said is worth more early than never.
func (l *lane) retell(ctx context.Context, run *siteRun) error {
	if run.ctl == 0 {
		return nil
	}
	return l.read(ctx, bus.CtlTopic(run.name), 0, run.ctl, func(m *bus.Message, _ error) {
		if c, err := DecodeControl(m.Value); err == nil {
			run.state.Control(c, m.Offset, 0, &Output{})
		}
	}, func(int64, int64) {})
}

// replay scores messages into a state and throws the output away. It returns what the models threw, or an error.
func (l *lane) replay(ctx context.Context, run *siteRun, from, to int64) (*panics.Recovered, error) {
	topic := bus.RawTopic(run.name)
	if from > to { // the log was made anew after the snapshot
		from = 0
	}
	whole := from == 0 // without a snapshot the log may begin anywhere
	began, count := time.Now(), 0
	var out Output
	var err error
	thrown := panics.Try(func() {
		err = l.read(ctx, topic, from, to, func(m *bus.Message, cannot error) {
			rec := openRecord(m, cannot)
			rec.take(run.state, &out)
			out = Output{}
			run.unsaved += int64(len(m.Value))
			count++
		}, func(at, end int64) {
			if !whole && end > at {
				l.stateLost(run, fmt.Sprintf("messages %d to %d after its saved state are gone", at, end-1))
			}
		})
	})
	if count > 0 && thrown == nil {
		l.logger.InfoContext(ctx, "state replayed from the log", "site", run.name, "messages", count, "seconds", time.Since(began).Seconds())
	}
	return thrown, err
}

// recorded reads exactly the ranges that the lane's record names: the batch whose insert may not have succeeded. What the log no longer holds of it is
// left out, and told: rows that are there already have the same token, whatever the log still holds, and so are never doubled. A log that
// was made anew since is known by its first message; nothing of it is taken for the batch.
func (r *laneReader) recorded(ctx context.Context) (fetched, error) {
	l := r.lane
	f := fetched{again: l.place.Pending()}
	for _, site := range slices.Sorted(maps.Keys(l.place.Sites)) {
		s := l.place.Sites[site]
		if s.Len == 0 && s.CtlLen == 0 {
			continue
		}
		m := siteMessages{site: site, from: s.Next, to: s.Next, ctlFrom: s.Ctl, ctlTo: s.Ctl + s.CtlLen}
		nothing := func(int64, int64) {}
		err := l.read(ctx, bus.RawTopic(site), s.Next, s.Next+s.Len, func(msg *bus.Message, cannot error) {
			rec := openRecord(msg, cannot)
			m.add(&rec)
			m.bytes += rec.bytes
		}, nothing)
		if err == nil {
			err = l.read(ctx, bus.CtlTopic(site), s.Ctl, s.Ctl+s.CtlLen, func(msg *bus.Message, _ error) {
				m.controls = append(m.controls, *msg)
			}, nothing)
		}
		if err != nil {
			return f, fmt.Errorf("lane %d: %w", l.number, err)
		}
		if len(m.records) > 0 && m.check != 0 && m.check != s.Check && s.Check != 0 {
			m.records, m.lost = nil, "the log was made anew since"
			if err := r.restart(ctx, site, m.lost); err != nil {
				return f, err
			}
		}
		m.check, m.to = s.Check, s.Next+s.Len
		f.sites = append(f.sites, m)
	}
	return f, nil
}

// restart makes a site's topic be read from its start.
func (r *laneReader) restart(ctx context.Context, site, why string) error {
	first, _, err := r.lane.worker.log.Offsets(ctx, bus.RawTopic(site))
	if err != nil {
		return fmt.Errorf("finding the log of site %s: %w", site, err)
	}
	r.backward(site, first, why)
	return nil
}
