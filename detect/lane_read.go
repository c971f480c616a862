package detect

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
)

const (
	pollWait  = 500 * time.Millisecond // how long one request to Kafka waits for news
	shortWait = 10 * time.Millisecond  // and the least, while a batch waits for the later stages
	manyRows  = 2000                   // a batch of so many events waits longer than others
	manyTimes = 4                      // so many times as long
)

// A laneReader is a lane's first stage: it follows the topics of the lane's sites and cuts what it reads into batches.
type laneReader struct {
	lane      *lane
	next      map[string]int64 // by topic
	gone      map[string]int64 // what next was for topics that Kafka does not know at the moment
	refreshed time.Time

	pending map[string]*siteMessages // by site
	rows    int
	bytes   int
	since   time.Time // when the first pending message came
}

// newReader begins where the lane's states end.
func (l *lane) newReader() *laneReader {
	r := &laneReader{lane: l, next: map[string]int64{}, gone: map[string]int64{}, pending: map[string]*siteMessages{}}
	for site, run := range l.sites {
		r.next[bus.RawTopic(site)] = run.next
	}
	return r
}

// run reads until ctx ends. Batches are handed over under handover, so that one that is ready when ctx ends is not lost;
// what is pending then is left in the log.
func (r *laneReader) run(ctx, handover context.Context, out chan<- fetched) error {
	for ctx.Err() == nil {
		err := r.poll(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, bus.ErrUnavailable): // the client says so in the log, once
			pause(ctx, pollWait)
		case err != nil:
			return err
		}
		if !r.due() || !r.full() && len(out) == cap(out) {
			continue // while the later stages are busy, the batch may grow: larger ones cost less
		}
		if err := send(handover, out, r.take()); err != nil {
			return err
		}
	}
	return nil
}

// due reports whether the first event has waited long enough, or there is no room for more.
func (r *laneReader) due() bool {
	return r.full() || r.rows > 0 && time.Since(r.since) >= r.patience()
}

// patience is how long the first event of the pending batch waits for more: longer where many come, because large inserts cost less an event.
func (r *laneReader) patience() time.Duration {
	if r.rows >= manyRows {
		return manyTimes * r.lane.worker.cfg.BatchAge
	}
	return r.lane.worker.cfg.BatchAge
}

func (r *laneReader) full() bool {
	return r.rows >= r.lane.worker.cfg.BatchRows || r.bytes >= r.lane.worker.cfg.BatchBytes
}

// take hands over what is pending.
func (r *laneReader) take() fetched {
	f := fetched{rows: r.rows, bytes: r.bytes}
	for _, site := range slices.Sorted(maps.Keys(r.pending)) {
		f.sites = append(f.sites, *r.pending[site])
	}
	clear(r.pending)
	r.rows, r.bytes = 0, 0
	return f
}

// poll asks Kafka once for news of all sites.
func (r *laneReader) poll(ctx context.Context) error {
	if err := r.refresh(ctx); err != nil {
		return err
	}
	if len(r.next) == 0 {
		pause(ctx, pollWait)
		return nil
	}
	positions := make([]bus.Position, 0, len(r.next))
	for _, topic := range slices.Sorted(maps.Keys(r.next)) {
		positions = append(positions, bus.Position{Topic: topic, Offset: r.next[topic]})
	}
	opts := bus.FetchOptions{MaxWait: pollWait}
	if r.rows > 0 {
		opts.MaxWait = max(time.Until(r.since.Add(r.patience())), shortWait)
	}
	results, err := r.lane.worker.dep.Bus.Poll(ctx, positions, opts)
	if errors.Is(err, bus.ErrCorrupt) {
		return r.pollSingly(ctx, positions)
	}
	if err != nil {
		return fmt.Errorf("polling %d sites: %w", len(positions), err)
	}
	for _, topic := range slices.Sorted(maps.Keys(results)) {
		if err := r.accept(ctx, topic, results[topic]); err != nil {
			return err
		}
	}
	return nil
}

// pollSingly finds the batch that cannot be read and steps over it.
func (r *laneReader) pollSingly(ctx context.Context, positions []bus.Position) error {
	for _, p := range positions {
		got, err := r.lane.worker.dep.Bus.Fetch(ctx, p.Topic, p.Offset, bus.FetchOptions{MaxWait: -1})
		if errors.Is(err, bus.ErrCorrupt) {
			site, _ := bus.SiteOf(p.Topic)
			if err := r.reject(ctx, site, bus.Message{Offset: p.Offset}, err); err != nil {
				return err
			}
			r.next[p.Topic]++
			continue
		}
		if err != nil && got.Err == nil {
			return err
		}
		if err := r.accept(ctx, p.Topic, got); err != nil {
			return err
		}
	}
	return nil
}

// refresh looks for sites that are new on the lane, now and then.
func (r *laneReader) refresh(ctx context.Context) error {
	if time.Since(r.refreshed) < r.lane.worker.cfg.Refresh {
		return nil
	}
	sites, err := r.lane.worker.dep.Bus.Sites(ctx)
	if err != nil {
		return fmt.Errorf("listing sites: %w", err)
	}
	r.refreshed = time.Now()
	for _, site := range sites {
		topic := bus.RawTopic(site)
		if _, known := r.next[topic]; known || laneOf(site, r.lane.lanes) != r.lane.number {
			continue
		}
		first, left := r.gone[topic]
		if !left {
			if first, _, err = r.lane.worker.dep.Bus.Offsets(ctx, topic); err != nil {
				return fmt.Errorf("adding site %s: %w", site, err)
			}
		}
		delete(r.gone, topic)
		r.next[topic] = first
		r.lane.logger.InfoContext(ctx, "site added", "site", site, "offset", first)
	}
	return nil
}

// accept takes what a topic had into the pending batch.
func (r *laneReader) accept(ctx context.Context, topic string, got bus.FetchResult) error {
	site, _ := bus.SiteOf(topic)
	switch {
	case errors.Is(got.Err, bus.ErrOffsetOutOfRange):
		return r.jump(ctx, site, topic)
	case errors.Is(got.Err, bus.ErrNoTopic): // perhaps only while brokers restart: refresh goes on from here
		r.gone[topic] = r.next[topic]
		delete(r.next, topic)
		return nil
	case got.Err != nil:
		return fmt.Errorf("reading %s: %w", topic, got.Err)
	}
	for i := range got.Messages {
		if err := r.add(ctx, site, topic, &got.Messages[i]); err != nil {
			return err
		}
	}
	if got.HighWatermark >= 0 {
		r.lane.worker.metrics.lag.WithLabelValues(site).Set(float64(got.HighWatermark - r.next[topic]))
	}
	return nil
}

func (r *laneReader) add(ctx context.Context, site, topic string, m *bus.Message) error {
	if missing := m.Offset - r.next[topic]; missing > 0 {
		r.lane.worker.metrics.gaps.WithLabelValues(site).Add(float64(missing))
		r.lane.logger.WarnContext(ctx, "messages are missing from the log", "site", site, "from", r.next[topic], "to", m.Offset)
	}
	msg, err := open(m)
	if err != nil {
		if err := r.reject(ctx, site, *m, err); err != nil {
			return err
		}
	}
	pending := r.pending[site]
	if pending == nil {
		pending = &siteMessages{site: site, from: m.Offset}
		r.pending[site] = pending
	}
	if r.rows == 0 {
		r.since = time.Now()
	}
	r.next[topic] = m.Offset + 1
	pending.to = m.Offset + 1
	if err != nil {
		return nil
	}
	pending.messages = append(pending.messages, msg)
	pending.bytes += len(m.Value)
	r.rows += msg.Events.Rows()
	r.bytes += len(m.Value)
	return nil
}

// open decodes a message and checks that its envelope fits.
func open(m *bus.Message) (Message, error) {
	envelope, err := bus.ParseEnvelope(m.Headers)
	if err != nil {
		return Message{}, err
	}
	batch, err := event.Decode(m.Value)
	if err != nil {
		return Message{}, err
	}
	if batch.Rows() != int(envelope.N) {
		return Message{}, fmt.Errorf("%w: it names %d events, there are %d", bus.ErrBadEnvelope, envelope.N, batch.Rows())
	}
	if batch.Rows() > len(m.Value) { // a record without columns may claim any number, and each event takes memory here
		return Message{}, fmt.Errorf("%w: %d events in %d bytes", event.ErrMalformed, batch.Rows(), len(m.Value))
	}
	return Message{Epoch: hex.EncodeToString(envelope.Epoch[:]), Seq0: envelope.Seq0, Offset: m.Offset, Events: batch}, nil
}

// reject sets a message that cannot be read aside, with the reason in a header.
func (r *laneReader) reject(ctx context.Context, site string, m bus.Message, why error) error {
	r.lane.worker.metrics.rejected.WithLabelValues(site).Inc()
	r.lane.logger.WarnContext(ctx, "message set aside", "site", site, "offset", m.Offset, "err", why)
	m.Headers = append(m.Headers, bus.Header{Key: "reason", Value: []byte(why.Error())},
		bus.Header{Key: "offset", Value: fmt.Append(nil, m.Offset)})
	if _, err := r.lane.worker.dep.Bus.Produce(ctx, bus.DLQTopic(site), m); err != nil {
		return fmt.Errorf("setting a message of site %s aside: %w", site, err)
	}
	return nil
}

// jump goes on at the log's start where the log no longer has, or does not yet have, the offset that is due.
func (r *laneReader) jump(ctx context.Context, site, topic string) error {
	first, end, err := r.lane.worker.dep.Bus.Offsets(ctx, topic)
	if err != nil {
		return fmt.Errorf("finding the log of site %s: %w", site, err)
	}
	due := r.next[topic]
	if due < first {
		r.lane.worker.metrics.gaps.WithLabelValues(site).Add(float64(first - due))
	}
	r.lane.logger.ErrorContext(ctx, "the log does not hold what is due next, going on at its start", "site", site, "due", due, "first", first, "end", end)
	r.next[topic] = first
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
