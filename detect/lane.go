package detect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v7"
	"github.com/sourcegraph/conc/panics"
	"github.com/sourcegraph/conc/pool"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
)

// drainTime bounds what a lane still does after it was told to stop.
const drainTime = 20 * time.Second

// A lane runs one batch after the other through three stages. Sites are added by the scoring stage alone, which owns their states.
type lane struct {
	worker *Worker
	lease  *bus.Lease
	number int
	lanes  int // in all
	logger *slog.Logger

	place checkpoint.Place    // as last committed; owned by the writing stage once the lane runs
	sites map[string]*siteRun // owned by the scoring stage once the lane runs
}

// A fetched batch is what the log held: the messages of each site in order.
type fetched struct {
	sites []siteMessages // sorted by name
	rows  int
	bytes int
}

type siteMessages struct {
	site     string
	from, to int64 // offset range
	bytes    int
	messages []Message
}

// A scored batch is ready to be written; then its place may be committed.
type scored struct {
	batch    *Batch
	next     map[string]int64
	manifest checkpoint.Ref // zero where no checkpoint was made
}

// run works on the lane until ctx ends, and then writes what has been fetched.
func (l *lane) run(ctx context.Context) error {
	if err := l.restore(ctx); err != nil {
		return err
	}
	fetch := make(chan fetched, 1)
	write := make(chan scored) // without room: a batch is 32 MiB
	reader := l.newReader()
	// The later stages outlive ctx, until the earlier one has closed their channel.
	drain, cancel := drainContext(ctx)
	defer cancel()
	p := pool.New().WithContext(drain).WithCancelOnError().WithFirstError()
	p.Go(func(pctx context.Context) error {
		defer close(fetch)
		stop, cancel := context.WithCancel(pctx)
		defer cancel()
		defer context.AfterFunc(ctx, cancel)()
		return reader.run(stop, pctx, fetch)
	})
	p.Go(func(ctx context.Context) error {
		defer close(write)
		return l.score(ctx, fetch, write)
	})
	p.Go(func(ctx context.Context) error { return l.write(ctx, write) })
	if err := p.Wait(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("lane %d: %w", l.number, err)
	}
	return ctx.Err()
}

// drainContext returns a context that ends drainTime after ctx.
func drainContext(ctx context.Context) (context.Context, context.CancelFunc) {
	drain, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(drainTime, cancel) })
	return drain, func() { stop(); cancel() }
}

// score is the second stage: it scores each site of a batch in a goroutine of its own and makes checkpoints.
func (l *lane) score(ctx context.Context, in <-chan fetched, out chan<- scored) error {
	quiet := time.NewTicker(l.worker.cfg.CheckpointAge) // checkpoints are due also where nothing comes
	defer quiet.Stop()
	for {
		var s scored
		var err error
		select {
		case f, more := <-in:
			if !more {
				return l.checkpointAlone(ctx, out, true)
			}
			began := time.Now()
			if s, err = l.scoreBatch(ctx, f); err != nil {
				return err
			}
			l.worker.metrics.score.Observe(time.Since(began).Seconds())
			if s.manifest, err = l.checkpoint(ctx, false); err == nil {
				err = send(ctx, out, s)
			}
		case <-quiet.C:
			err = l.checkpointAlone(ctx, out, false)
		}
		if err != nil {
			return err
		}
	}
}

// checkpointAlone makes a checkpoint between batches.
func (l *lane) checkpointAlone(ctx context.Context, out chan<- scored, force bool) error {
	manifest, err := l.checkpoint(ctx, force)
	if err != nil || manifest.IsZero() {
		return err
	}
	return send(ctx, out, scored{manifest: manifest})
}

func (l *lane) scoreBatch(ctx context.Context, f fetched) (scored, error) {
	b := &Batch{Token: l.token(f), Sites: make([]Output, len(f.sites))}
	s := scored{batch: b, next: make(map[string]int64, len(f.sites))}
	runs := make([]*siteRun, len(f.sites))
	for i, m := range f.sites {
		var err error
		if runs[i], err = l.siteRun(m.site); err != nil {
			return s, err
		}
	}
	p := pool.New().WithErrors()
	for i, m := range f.sites {
		run := runs[i]
		s.next[m.site] = m.to
		b.Sites[i].Site = m.site
		p.Go(func() error { return l.scoreSite(ctx, run, m, &b.Sites[i]) })
	}
	return s, p.Wait()
}

// scoreSite moves the state of one site forward over its messages. Where the models panic, the events are stored unscored, the messages go to the
// dead-letter topic, and the state is made anew from before the batch.
func (l *lane) scoreSite(ctx context.Context, run *siteRun, m siteMessages, out *Output) error {
	thrown := panics.Try(func() {
		for _, msg := range m.messages {
			run.state.Process(msg, out)
		}
	})
	if thrown != nil {
		l.worker.metrics.panics.WithLabelValues(m.site).Inc()
		l.logger.ErrorContext(ctx, "detection panicked, batch set aside", "site", m.site, "from", m.from, "to", m.to, "err", thrown.AsError())
		*out = unscored(m)
		if err := l.setAside(ctx, m); err != nil {
			return err
		}
		if err := l.rebuild(ctx, run, run.next); err != nil {
			return err
		}
		run.unsaved = l.worker.cfg.CheckpointBytes // what was skipped must not be met again by a replay
	}
	run.next = m.to
	run.unsaved += int64(m.bytes)
	events := 0
	for i := range out.Messages {
		events += out.Messages[i].Events.Rows()
	}
	l.worker.metrics.events.WithLabelValues(m.site).Add(float64(events))
	l.worker.metrics.findings.WithLabelValues(m.site).Add(float64(len(out.Findings)))
	l.worker.metrics.incidents.WithLabelValues(m.site).Add(float64(len(out.Incidents)))
	return nil
}

func unscored(m siteMessages) Output {
	out := Output{Site: m.site}
	for _, msg := range m.messages {
		rows := msg.Events.Rows()
		out.Messages = append(out.Messages, Scored{Message: msg, Scores: make([]float32, rows), Models: make([]Model, rows)})
	}
	return out
}

// setAside names the offsets of a batch on the dead-letter topic.
func (l *lane) setAside(ctx context.Context, m siteMessages) error {
	note := fmt.Appendf(nil, `{"site":%q,"from":%d,"to":%d,"reason":"detection panicked"}`, m.site, m.from, m.to)
	_, err := l.worker.dep.Bus.Produce(ctx, bus.DLQTopic(m.site), bus.Message{Value: note})
	return err
}

// token names a batch by its lane, its ranges, and the runs of the collectors they begin with: offsets alone would come again after the log was lost.
func (l *lane) token(f fetched) string {
	token := fmt.Appendf(nil, "%d", l.number)
	for _, m := range f.sites {
		token = fmt.Appendf(token, ",%s:%d-%d", m.site, m.from, m.to)
		if len(m.messages) > 0 {
			token = fmt.Appendf(token, "@%s+%d", m.messages[0].Epoch, m.messages[0].Seq0)
		}
	}
	return string(token)
}

// write is the third stage: it writes a batch, for as long as it takes, and then commits the place behind it.
func (l *lane) write(ctx context.Context, in <-chan scored) error {
	for s := range in {
		maps.Copy(l.place.Next, s.next)
		if !s.manifest.IsZero() {
			l.place.Manifest = s.manifest
		}
		if n := len(l.place.Encode()); n > bus.MaxMetadata-10 {
			return fmt.Errorf("lane %d has too many sites: its place takes %d bytes of the %d that Kafka keeps: start anew with more lanes",
				l.number, n, bus.MaxMetadata)
		}
		if s.batch != nil {
			began := time.Now()
			if err := l.writeBatch(ctx, s.batch); err != nil {
				return err
			}
			l.worker.metrics.write.Observe(time.Since(began).Seconds())
			l.worker.metrics.batches.Inc()
			l.place.Batch++
		}
		if err := l.lease.Commit(ctx, l.number, int64(l.place.Batch), l.place.Encode()); err != nil {
			return err
		}
		if !s.manifest.IsZero() {
			l.worker.trim.committed(ctx, l.number, s.manifest)
		}
	}
	return nil
}

func send[T any](ctx context.Context, out chan<- T, v T) error {
	select {
	case out <- v:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// siteRun returns a site of the lane, new where it has not been seen.
func (l *lane) siteRun(site string) (*siteRun, error) {
	if run := l.sites[site]; run != nil {
		return run, nil
	}
	state, err := l.worker.dep.NewSite(site)
	if err != nil {
		return nil, fmt.Errorf("adding site %s: %w", site, err)
	}
	run := &siteRun{name: site, state: state, savedAt: time.Now()}
	l.sites[site] = run
	return run, nil
}

// names returns the lane's sites in order.
func (l *lane) names() []string { return slices.Sorted(maps.Keys(l.sites)) }

// persist tries op until it succeeds, ctx ends, or the error is not that Kafka is away.
func persist(ctx context.Context, op func() error) error {
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := op()
		if err != nil && !errors.Is(err, bus.ErrUnavailable) {
			return struct{}{}, backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithMaxElapsedTime(0))
	if r := backoff.AsRetryError(err); r != nil {
		return r.LastErr
	}
	return err
}
