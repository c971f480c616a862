package detect

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
)

const (
	pollWait    = 500 * time.Millisecond // how long one request to Kafka waits for news
	idleWait    = 2 * time.Second        // and one where nothing came for a while
	idleAfter   = 10 * time.Second
	shortWait   = 10 * time.Millisecond // and the least, while a batch waits for the later stages
	manyRows    = 2000                  // a batch of so many events waits longer than others
	manyTimes   = 4                     // so many times as long
	maxFlight   = 96 << 20              // bytes of messages that a worker holds; a little more where many lanes read at once
	crowdedWait = 50 * time.Millisecond
	stuckFor    = time.Minute // with messages to read and none read, a client that was forgotten by its broker is given up
)

// errStuck ends a lane that does not get what the log has.
var errStuck = errors.New("nothing read for a minute though the log goes on")

// A laneReader is a lane's first stage: it follows the topics of the lane's sites and cuts what it reads into batches.
type laneReader struct {
	lane      *lane
	next      map[string]int64 // by topic
	gone      map[string]int64 // what next was for topics that cannot be read at the moment
	told      map[string]bool  // topics of which it is told that they cannot be read
	refreshed time.Time
	news      time.Time // when something was last read
	stuck     time.Time // since when the log has had more and gave nothing; zero while it gives

	pending map[string]*siteMessages // by site
	rows    int
	bytes   int
	since   time.Time // when the first pending message came
	after   string    // the site that was taken last, where one batch had no room for all
}

// newReader begins where the lane's record ends.
func (l *lane) newReader() *laneReader {
	r := &laneReader{lane: l, next: map[string]int64{}, gone: map[string]int64{}, told: map[string]bool{}, pending: map[string]*siteMessages{}, news: time.Now()}
	for site, s := range l.place.Sites {
		r.next[bus.RawTopic(site)] = s.Next + s.Len
		r.next[bus.CtlTopic(site)] = s.Ctl + s.CtlLen
	}
	return r
}

// run reads until ctx ends. Batches are handed over under handover, so that one that is ready when ctx ends is not lost;
// what is pending then is left in the log.
func (r *laneReader) run(ctx, handover context.Context, out chan<- fetched) error {
	for ctx.Err() == nil {
		var err error
		if r.crowded() {
			pause(ctx, crowdedWait)
		} else {
			err = r.poll(ctx)
		}
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
		f, err := r.take()
		if err != nil {
			return err
		}
		if err := send(handover, out, f); err != nil {
			return err
		}
	}
	return nil
}

// crowded reports whether the worker holds so much that a lane which has something must wait until it is stored. A lane that has nothing may always
// read, so that each goes on.
func (r *laneReader) crowded() bool {
	return r.lane.flight.Load() > 0 && r.lane.worker.flight.Load() > maxFlight
}

// due reports whether the first event has waited long enough, or there is no room for more.
func (r *laneReader) due() bool {
	return r.full() || len(r.pending) > 0 && time.Since(r.since) >= r.patience()
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

// take hands over what is pending, of as many sites as one record has room for; the others come first in the next batch.
func (r *laneReader) take() (fetched, error) {
	size := 0
	for topic, next := range r.next {
		if site, ok := strings.CutPrefix(topic, bus.RawTopic("")); ok {
			size += checkpoint.Span{Next: next, Ctl: r.at(bus.CtlTopic(site))}.Size(site)
		}
	}
	for topic, next := range r.gone {
		if site, ok := strings.CutPrefix(topic, bus.RawTopic("")); ok {
			size += checkpoint.Span{Next: next, Ctl: r.at(bus.CtlTopic(site))}.Size(site)
		}
	}
	names := slices.Sorted(maps.Keys(r.pending))
	first, _ := slices.BinarySearch(names, r.after+"\x00")
	f := fetched{}
	for i := range names {
		site := names[(first+i)%len(names)]
		m := r.pending[site]
		more := m.span().Size(site) - checkpoint.Span{Next: m.to, Ctl: m.ctlTo}.Size(site)
		if checkpoint.EncodedSize(size+more) > bus.MaxMetadata {
			break
		}
		size += more
		f.sites = append(f.sites, *m)
		f.rows += m.rows
		r.rows -= m.rows
		r.bytes -= m.bytes
		delete(r.pending, site)
		r.after = site
	}
	if len(f.sites) == 0 {
		return f, fmt.Errorf("lane %d has too many sites: a record of %d does not fit into the %d bytes that Kafka keeps: start anew with more lanes",
			r.lane.number, len(r.next), bus.MaxMetadata)
	}
	slices.SortFunc(f.sites, func(a, b siteMessages) int { return strings.Compare(a.site, b.site) })
	return f, nil
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
	results, err := r.lane.worker.log.Poll(ctx, positions, bus.FetchOptions{MaxWait: r.wait()})
	if errors.Is(err, bus.ErrCorrupt) {
		return r.pollSingly(ctx, positions)
	}
	if err != nil {
		return fmt.Errorf("polling %d topics: %w", len(positions), err)
	}
	for _, topic := range slices.Sorted(maps.Keys(results)) {
		if err := r.accept(ctx, topic, results[topic]); err != nil {
			return err
		}
	}
	return r.watch(results)
}

// wait is how long Kafka may wait for news.
func (r *laneReader) wait() time.Duration {
	switch {
	case len(r.pending) > 0:
		return max(time.Until(r.since.Add(r.patience())), shortWait)
	case time.Since(r.news) > idleAfter:
		return min(idleWait, max(r.lane.worker.cfg.Refresh, shortWait))
	default:
		return pollWait
	}
}

// watch ends a lane that is stuck: it begins anew with connections of its own.
func (r *laneReader) watch(results map[string]bus.FetchResult) error {
	behind := false
	for topic, got := range results {
		if len(got.Messages) > 0 {
			r.news, r.stuck = time.Now(), time.Time{}
			return nil
		}
		next, reading := r.next[topic]
		behind = behind || reading && got.Err == nil && got.HighWatermark > next
	}
	switch {
	case !behind:
		r.stuck = time.Time{}
	case r.stuck.IsZero():
		r.stuck = time.Now()
	case time.Since(r.stuck) > stuckFor:
		return errStuck
	}
	return nil
}

// pollSingly finds the batches that cannot be read and steps over them.
func (r *laneReader) pollSingly(ctx context.Context, positions []bus.Position) error {
	for _, p := range positions {
		got, err := r.lane.worker.log.Fetch(ctx, p.Topic, p.Offset, bus.FetchOptions{MaxWait: -1})
		if errors.Is(err, bus.ErrCorrupt) {
			site, _ := bus.SiteOf(p.Topic)
			r.add(site, p.Topic, &bus.Message{Offset: p.Offset}, err)
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

// accept takes what a topic had into the pending batch.
func (r *laneReader) accept(ctx context.Context, topic string, got bus.FetchResult) error {
	site, _ := bus.SiteOf(topic)
	switch {
	case errors.Is(got.Err, bus.ErrOffsetOutOfRange):
		return r.jump(ctx, site, topic)
	case got.Err != nil: // perhaps only while brokers restart: refresh goes on from here
		r.setAside(ctx, topic, got.Err)
		return nil
	}
	delete(r.told, topic)
	for i := range got.Messages {
		r.add(site, topic, &got.Messages[i], nil)
	}
	if got.HighWatermark >= 0 && topic == bus.RawTopic(site) {
		r.lane.mark(site, func(m *lag) { m.end = got.HighWatermark })
	}
	return nil
}

// of returns what is pending of a site.
func (r *laneReader) of(site string) *siteMessages {
	m := r.pending[site]
	if m == nil {
		if len(r.pending) == 0 {
			r.since = time.Now()
		}
		raw, ctl := r.at(bus.RawTopic(site)), r.at(bus.CtlTopic(site))
		m = &siteMessages{site: site, from: raw, to: raw, ctlFrom: ctl, ctlTo: ctl}
		r.pending[site] = m
	}
	return m
}

// at is where the reader stands in a topic.
func (r *laneReader) at(topic string) int64 {
	if next, ok := r.next[topic]; ok {
		return next
	}
	return r.gone[topic]
}

// add takes a message into the pending batch; cannot is why it could not be read.
func (r *laneReader) add(site, topic string, m *bus.Message, cannot error) {
	pending := r.of(site)
	r.next[topic] = after(m.Offset, cannot)
	if topic == bus.CtlTopic(site) {
		pending.ctlTo = r.next[topic]
		pending.controls = append(pending.controls, *m)
		pending.count(r, 1, len(m.Value))
		return
	}
	rec := openRecord(m, cannot)
	pending.add(&rec)
	pending.count(r, rec.rows(), rec.bytes)
}

func (m *siteMessages) count(r *laneReader, rows, bytes int) {
	m.rows += rows
	m.bytes += bytes
	m.counted += int64(bytes)
	r.lane.flight.Add(int64(bytes))
	r.lane.worker.flight.Add(int64(bytes))
	r.rows += rows
	r.bytes += bytes
}

// add takes a record of the raw topic.
func (m *siteMessages) add(rec *record) {
	if rec.offset == m.from {
		m.check = rec.check
	}
	m.records = append(m.records, *rec)
	m.to = rec.next
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
