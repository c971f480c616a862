package detect

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/failpoint"
)

// checkpoint saves the sites that are due, with force all that changed, and a manifest of all. It returns the manifest's reference, zero where
// nothing was due. There is one manifest under way at a time: the blobs that the committed one names must not be followed by more
// of the same key than there are slots.
func (l *lane) checkpoint(ctx context.Context, force bool) (checkpoint.Ref, error) {
	if !force && l.offered.Load() {
		return checkpoint.Ref{}, nil
	}
	saved, heavy := 0, l.heavy()
	manifest := checkpoint.Manifest{Sites: make(map[string]checkpoint.Snapshot, len(l.sites))}
	for _, site := range l.names() {
		run := l.sites[site]
		if force && run.unsaved > 0 || heavy[run] || l.due(run) {
			if err := l.save(ctx, run); err != nil {
				return checkpoint.Ref{}, err
			}
			saved++
		}
		if !run.saved.Ref.IsZero() {
			manifest.Sites[site] = run.saved
		}
	}
	if saved == 0 {
		return checkpoint.Ref{}, nil
	}
	blob, err := json.Marshal(manifest)
	if err != nil {
		return checkpoint.Ref{}, fmt.Errorf("encoding the manifest: %w", err)
	}
	l.worker.metrics.checkpoints.Add(float64(saved))
	ref, err := checkpoint.Save(ctx, l.worker.log, l.manifestKey(), blob)
	if err != nil {
		return checkpoint.Ref{}, err
	}
	failpoint.Hit("after_checkpoint")
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

func (l *lane) save(ctx context.Context, run *siteRun) error {
	slot := (run.saved.Slot + 1) % 3
	key := fmt.Sprintf("%s/%d", run.name, slot)
	ref, err := checkpoint.Save(ctx, l.worker.log, key, run.state.Snapshot())
	if err != nil {
		return err
	}
	run.saved = checkpoint.Snapshot{At: run.next, Slot: slot, Ref: ref, Key: key, Saved: failpoint.Now().UTC()}
	run.savedAt, run.unsaved = failpoint.Now(), 0
	maps.DeleteFunc(run.skip, func(p position, _ string) bool { return p.offset < run.next }) // no replay meets them any more
	return nil
}
