package detect

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/failpoint"
)

const (
	saveWait  = 15 * time.Second // for Kafka to take a part of a checkpoint, before the checkpoint is given up for now
	savePause = 2 * time.Minute  // until it is tried again
)

// errSlow says that Kafka did not take a checkpoint in time, as where its partition has no leader.
var errSlow = errors.New("kafka did not take it in " + saveWait.String())

// hasty gives up a message that Kafka does not take in time.
type hasty struct{ Log }

// Produce is Log's, for saveWait at most.
func (h hasty) Produce(ctx context.Context, topic string, msgs ...bus.Message) (int64, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, saveWait, errSlow)
	defer cancel()
	return h.Log.Produce(ctx, topic, msgs...)
}

// checkpoint saves the sites that are due, with force all that changed, and a manifest of all. It returns the manifest's reference, zero where
// nothing was due. There is one manifest under way at a time: the blobs that the committed one names must not be followed by more
// of the same key than there are slots. Where Kafka does not take it in time there is none yet: scoring goes on, and whoever takes the lane over
// has more of the log to read again.
func (l *lane) checkpoint(ctx context.Context, force bool) (checkpoint.Ref, error) {
	if !force && (l.offered.Load() || time.Now().Before(l.saveAt)) {
		return checkpoint.Ref{}, nil
	}
	ref, err := l.saveDue(ctx, force)
	if errors.Is(err, errSlow) {
		l.tellUnsaved(ctx, err)
		return checkpoint.Ref{}, nil
	}
	return ref, err
}

// checkpointSurely is checkpoint for a batch that may not be recorded without.
func (l *lane) checkpointSurely(ctx context.Context) (checkpoint.Ref, error) {
	for {
		ref, err := l.saveDue(ctx, false)
		if !errors.Is(err, errSlow) {
			return ref, err
		}
		l.tellUnsaved(ctx, err)
	}
}

func (l *lane) tellUnsaved(ctx context.Context, err error) {
	l.saveAt = time.Now().Add(savePause)
	l.worker.metrics.unsaved.Inc()
	l.logger.ErrorContext(ctx, "a checkpoint cannot be saved, trying again: see whether its topic has a leader", "topic", bus.Checkpoint, "err", err)
}

// saveDue makes a checkpoint, or changes nothing: blobs that no manifest names are written over by the next try.
func (l *lane) saveDue(ctx context.Context, force bool) (checkpoint.Ref, error) {
	heavy := l.heavy()
	saved := map[*siteRun]checkpoint.Snapshot{}
	manifest := checkpoint.Manifest{Sites: make(map[string]checkpoint.Snapshot, len(l.sites))}
	for _, site := range l.names() {
		run := l.sites[site]
		snapshot := run.saved
		if force && run.unsaved > 0 || heavy[run] || l.due(run) {
			var err error
			if snapshot, err = l.save(ctx, run); err != nil {
				return checkpoint.Ref{}, err
			}
			saved[run] = snapshot
		}
		if !snapshot.Ref.IsZero() {
			manifest.Sites[site] = snapshot
		}
	}
	if len(saved) == 0 {
		return checkpoint.Ref{}, nil
	}
	blob, err := json.Marshal(manifest)
	if err != nil {
		return checkpoint.Ref{}, fmt.Errorf("encoding the manifest: %w", err)
	}
	ref, err := checkpoint.Save(ctx, hasty{l.worker.log}, l.manifestKey(), blob)
	if err != nil {
		return checkpoint.Ref{}, err
	}
	failpoint.Hit("after_checkpoint")
	for run, snapshot := range saved {
		run.saved, run.savedAt, run.unsaved = snapshot, failpoint.Now(), 0
		maps.DeleteFunc(run.skip, func(p position, _ string) bool { return p.offset < run.next }) // no replay meets them any more
	}
	l.worker.metrics.checkpoints.Add(float64(len(saved)))
	l.offered.Store(true)
	l.worker.trim.saved(ref, manifest)
	return ref, nil
}

// renewAfter is after how many checkpoint ages the snapshot of a site that stands still is made again: the topic cannot be trimmed above the
// oldest snapshot in use.
const renewAfter = 4

func (l *lane) due(run *siteRun) bool {
	cfg := &l.worker.cfg
	age := failpoint.Now().Sub(run.savedAt)
	if run.unsaved > 0 {
		return run.unsaved >= cfg.CheckpointBytes || age >= cfg.CheckpointAge
	}
	return !run.saved.Ref.IsZero() && age >= renewAfter*cfg.CheckpointAge
}

// heaviest is how many sites a checkpoint saves at most because of what they have unsaved together: their lane waits meanwhile.
const heaviest = 16

// heavy returns the sites of which most is unsaved, so many that half of the bound is left, once all sites of the lane together have too much unsaved: many
// sites that each are below the bound must not keep more of the log, and cost whoever takes the lane over more time, than one that is above it.
func (l *lane) heavy() map[*siteRun]bool {
	bound, total := l.worker.cfg.CheckpointBytes, int64(0)
	for _, run := range l.sites {
		total += run.unsaved
	}
	if total < bound {
		return nil
	}
	runs := slices.SortedFunc(maps.Values(l.sites), func(a, b *siteRun) int {
		return cmp.Or(cmp.Compare(b.unsaved, a.unsaved), cmp.Compare(a.name, b.name))
	})
	heavy := map[*siteRun]bool{}
	for _, run := range runs[:min(heaviest, len(runs))] {
		if total <= bound/2 {
			break
		}
		heavy[run] = true
		total -= run.unsaved
	}
	return heavy
}

// save writes a site's state into its next slot.
func (l *lane) save(ctx context.Context, run *siteRun) (checkpoint.Snapshot, error) {
	slot := (run.saved.Slot + 1) % 3
	key := fmt.Sprintf("%s/%d", run.name, slot)
	ref, err := checkpoint.Save(ctx, hasty{l.worker.log}, key, run.state.Snapshot())
	if err != nil {
		return checkpoint.Snapshot{}, err
	}
	return checkpoint.Snapshot{At: run.next, Slot: slot, Ref: ref, Key: key, Saved: failpoint.Now().UTC()}, nil
}
