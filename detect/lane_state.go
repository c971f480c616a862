package detect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/sourcegraph/conc/panics"
	"github.com/sourcegraph/conc/pool"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/failpoint"
	"frontfoot/ingest/hint"
	"frontfoot/ingest/ledger"
)

// loads is how many sites of a lane, and of a worker, are restored at a time.
const (
	laneLoads   = 4
	workerLoads = 8
)

// restore brings the lane's states to its record: the checkpoint that it names, and the log from there to the batch that it names, scored again
// without writing. A checkpoint that cannot be used is replaced by a replay of the log that is still there.
func (l *lane) restore(ctx context.Context) error {
	err := l.persist(ctx, "its record", func() error {
		_, text, err := l.lease.Committed(ctx, l.number)
		if err == nil {
			l.place, err = checkpoint.DecodePlace(text)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("restoring lane %d: %w", l.number, err)
	}
	if l.place.Code != modelVersion && l.place.Pending() { // other models give other rows under the same token
		return &refusedError{cause: &hint.Error{
			Err:  fmt.Errorf("the last batch of lane %d was made by models of version %d, this program has %d", l.number, l.place.Code, modelVersion),
			Hint: fmt.Sprintf("run the program with models of version %d until it has stopped cleanly", l.place.Code),
		}}
	}
	l.place.Code = modelVersion
	if l.place.Nonce == 0 {
		l.place.Nonce = rand.Uint64() | 1 // not 0; it is committed before anything is named by it
	}
	if failpoint.Off("ckpt_bind") {
		l.place.Manifest = l.newestManifest(ctx)
	}
	manifest, usable, err := l.loadManifest(ctx)
	if err != nil {
		return err
	}
	l.worker.trim.restored(l.number, l.place.Manifest, manifest)
	p := pool.New().WithContext(ctx).WithCancelOnError().WithFirstError().WithMaxGoroutines(laneLoads)
	for _, site := range slices.Sorted(maps.Keys(l.place.Sites)) {
		run, err := l.siteRun(site)
		if err != nil {
			return errors.Join(err, p.Wait())
		}
		run.saved, run.ctl = manifest.Sites[site], l.place.Sites[site].Ctl
		run.lost = !usable
		if at := run.saved.Saved; at.Before(run.savedAt) && !run.saved.Ref.IsZero() { // a clock that went wrong does not put it off
			run.savedAt = at
		}
		p.Go(func(ctx context.Context) error {
			select {
			case l.worker.loads <- struct{}{}:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			defer func() { <-l.worker.loads }()
			return l.rebuild(ctx, run, l.place.Sites[site].Next)
		})
	}
	return p.Wait()
}

// loadManifest returns the manifest that the lane's record names, and whether it could be used.
func (l *lane) loadManifest(ctx context.Context) (m checkpoint.Manifest, usable bool, err error) {
	if l.place.Manifest.IsZero() {
		return m, true, nil
	}
	blob, err := l.load(ctx, l.manifestKey(), l.place.Manifest)
	if err != nil || blob == nil {
		return m, false, err
	}
	if err := json.Unmarshal(blob, &m); err != nil {
		l.logger.ErrorContext(ctx, "the manifest cannot be used, replaying the log instead", "err", err)
		return checkpoint.Manifest{}, false, nil
	}
	return m, true, nil
}

// newestManifest finds the manifest that was saved last, whoever saved it: what a lane without bound checkpoints would take.
func (l *lane) newestManifest(ctx context.Context) (ref checkpoint.Ref) {
	_ = l.read(ctx, bus.Checkpoint, 0, -1, func(m *bus.Message, _ error) {
		if string(m.Key) == l.manifestKey()+"/0" {
			ref = checkpoint.RefTo(m.Offset, m.Value)
		}
	}, func(int64, int64) {})
	return ref
}

func (l *lane) manifestKey() string { return fmt.Sprintf("lane-%d", l.number) }

// load returns a blob, or nil where it is missing or damaged, which is logged.
func (l *lane) load(ctx context.Context, key string, ref checkpoint.Ref) (blob []byte, err error) {
	err = l.persist(ctx, "checkpoint "+key, func() error {
		blob, err = checkpoint.Load(ctx, l.worker.log, key, ref)
		return err
	})
	if errors.Is(err, checkpoint.ErrMissing) || errors.Is(err, checkpoint.ErrDamaged) {
		l.logger.ErrorContext(ctx, "checkpoint cannot be used, replaying the log instead", "err", err)
		return nil, nil
	}
	return blob, err
}

// fresh gives a site an empty state.
func (l *lane) fresh(run *siteRun) error {
	state, err := l.worker.dep.NewSite(run.name)
	if err != nil {
		return fmt.Errorf("adding site %s: %w", run.name, err)
	}
	if len(run.skip) > 0 {
		before := state.skip
		state.skip = func(p position) bool {
			_, skip := run.skip[p]
			return skip || before != nil && before(p)
		}
	}
	run.state = state
	return nil
}

// rebuild makes a site's state anew: its saved snapshot and the log from there up to an offset, without the events that the models do not survive.
func (l *lane) rebuild(ctx context.Context, run *siteRun, to int64) error {
	for {
		if err := l.fresh(run); err != nil {
			return err
		}
		from, came, usable, err := l.loadSnapshot(ctx, run)
		if err != nil {
			return err
		}
		run.next, run.unsaved = to, 0
		if !usable || run.saved.Ref.IsZero() {
			if err := l.retell(ctx, run); err != nil {
				return err
			}
		}
		var thrown *panics.Recovered
		if came != nil && run.saved.At <= to { // where the log was made anew since, its offsets mean nothing
			if thrown, err = l.replay(ctx, run, 0, run.saved.At); thrown == nil && err == nil {
				from, run.state.arrivals = run.saved.At, *came
			}
		}
		if thrown == nil && err == nil {
			thrown, err = l.replay(ctx, run, from, to)
		}
		if thrown != nil {
			if err := l.poison(ctx, run, thrown); err != nil {
				return err
			}
			continue
		}
		if err == nil && !usable {
			l.stateLost(run, "its saved state could not be used")
		}
		return err
	}
}

// loadSnapshot restores what was saved of a site. It returns the offset from which the log is to be replayed, and whether what was saved could be used; where
// no more of it could than what had come by then, it returns that.
func (l *lane) loadSnapshot(ctx context.Context, run *siteRun) (from int64, came *arrivals, usable bool, err error) {
	if run.saved.Ref.IsZero() {
		return 0, nil, !run.lost, nil
	}
	blob, err := l.load(ctx, run.saved.Key, run.saved.Ref)
	if err != nil || blob == nil {
		return 0, nil, false, err
	}
	if err := run.state.Restore(blob); err != nil {
		l.logger.ErrorContext(ctx, "snapshot cannot be used, learning anew from the log", "site", run.name, "err", err)
		if foreign, ok := errors.AsType[*foreignError](err); ok {
			came = &foreign.arrivals
		}
		return 0, came, false, nil
	}
	return run.saved.At, nil, true, nil
}

// stateLost tells, once, that a site knows less than it did.
func (l *lane) stateLost(run *siteRun, why string) {
	if run.told {
		return
	}
	run.told, run.lost = true, false
	l.worker.metrics.lost.WithLabelValues(run.name).Inc()
	now := failpoint.Now().UnixNano() // beside the log, so the machine's clock may stand here
	l.report(run.name, ledger.Entry{Kind: ledger.StateLost, Reason: why + "; learned anew from the log", First: now, Last: now})
}
