package detect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
)

// restore brings the lane's states to its place: the last checkpoint, and the log from there to the place scored again without writing.
// A checkpoint that cannot be used is replaced by a replay of the log that is still there.
func (l *lane) restore(ctx context.Context) error {
	err := persist(ctx, func() error {
		_, text, err := l.lease.Committed(ctx, l.number)
		if err == nil {
			l.place, err = checkpoint.DecodePlace(text)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("restoring lane %d: %w", l.number, err)
	}
	manifest, err := l.loadManifest(ctx)
	if err != nil {
		return err
	}
	l.worker.trim.restored(l.number, l.place.Manifest, manifest)
	for _, site := range slices.Sorted(maps.Keys(l.place.Next)) {
		run, err := l.siteRun(site)
		if err != nil {
			return err
		}
		run.saved = manifest.Sites[site]
		if at := run.saved.Saved; at.Before(run.savedAt) && !run.saved.Ref.IsZero() { // a clock that went wrong does not put it off
			run.savedAt = at
		}
		if err := l.rebuild(ctx, run, l.place.Next[site]); err != nil {
			return err
		}
	}
	return nil
}

func (l *lane) loadManifest(ctx context.Context) (m checkpoint.Manifest, err error) {
	if l.place.Manifest.IsZero() {
		return m, nil
	}
	blob, err := l.load(ctx, l.manifestKey(), l.place.Manifest)
	if err != nil || blob == nil {
		return m, err
	}
	if err := json.Unmarshal(blob, &m); err != nil {
		return m, fmt.Errorf("decoding the manifest of lane %d: %w", l.number, err)
	}
	return m, nil
}

func (l *lane) manifestKey() string { return fmt.Sprintf("lane-%d", l.number) }

// load returns a blob, or nil where it is missing or damaged, which is logged.
func (l *lane) load(ctx context.Context, key string, ref checkpoint.Ref) (blob []byte, err error) {
	err = persist(ctx, func() error {
		blob, err = checkpoint.Load(ctx, l.worker.dep.Bus, key, ref)
		return err
	})
	if errors.Is(err, checkpoint.ErrMissing) || errors.Is(err, checkpoint.ErrDamaged) {
		l.logger.ErrorContext(ctx, "checkpoint cannot be used, replaying the log instead", "err", err)
		return nil, nil
	}
	return blob, err
}

// rebuild makes a site's state anew: its saved snapshot and the log from there up to an offset.
func (l *lane) rebuild(ctx context.Context, run *siteRun, to int64) error {
	state, err := l.worker.dep.NewSite(run.name)
	if err != nil {
		return fmt.Errorf("rebuilding site %s: %w", run.name, err)
	}
	from := int64(0)
	if !run.saved.Ref.IsZero() {
		blob, err := l.load(ctx, run.saved.Key, run.saved.Ref)
		if err != nil {
			return err
		}
		if blob != nil {
			if err := state.Restore(blob); err != nil {
				l.logger.ErrorContext(ctx, "snapshot cannot be used, learning anew from the log", "site", run.name, "err", err)
			} else {
				from = run.saved.At
			}
		}
	}
	run.state, run.next = state, to
	return l.replay(ctx, run, from, to)
}

// replay scores messages into a state and throws the output away.
func (l *lane) replay(ctx context.Context, run *siteRun, from, to int64) error {
	topic := bus.RawTopic(run.name)
	began, count := time.Now(), 0
	for from < to {
		var got bus.FetchResult
		err := persist(ctx, func() (err error) {
			got, err = l.worker.dep.Bus.Fetch(ctx, topic, from, bus.FetchOptions{})
			return err
		})
		switch {
		case errors.Is(err, bus.ErrOffsetOutOfRange):
			first, _, err := l.worker.dep.Bus.Offsets(ctx, topic)
			if err != nil {
				return fmt.Errorf("replaying site %s: %w", run.name, err)
			}
			if first <= from { // the log ends before: it was lost
				return nil
			}
			from = first
			continue
		case errors.Is(err, bus.ErrCorrupt):
			from++
			continue
		case errors.Is(err, bus.ErrNoTopic):
			return nil
		case err != nil:
			return fmt.Errorf("replaying site %s: %w", run.name, err)
		}
		for i := range got.Messages {
			m := &got.Messages[i]
			if from = m.Offset + 1; m.Offset >= to {
				break
			}
			if msg, err := open(m); err == nil {
				run.state.Process(msg, &Output{})
				run.unsaved += int64(len(m.Value))
				count++
			}
		}
		if len(got.Messages) == 0 && got.HighWatermark >= 0 && from >= got.HighWatermark {
			break
		}
	}
	if count > 0 {
		l.logger.InfoContext(ctx, "state replayed from the log", "site", run.name, "messages", count, "seconds", time.Since(began).Seconds())
	}
	return nil
}

// checkpoint saves the sites that are due, with force all that changed, and a manifest of all. It returns the manifest's reference, zero where
// nothing was due.
func (l *lane) checkpoint(ctx context.Context, force bool) (checkpoint.Ref, error) {
	saved, largest := 0, l.largest()
	manifest := checkpoint.Manifest{Sites: make(map[string]checkpoint.Snapshot, len(l.sites))}
	for _, site := range l.names() {
		run := l.sites[site]
		if force && run.unsaved > 0 || run == largest || l.due(run) {
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
	ref, err := checkpoint.Save(ctx, l.worker.dep.Bus, l.manifestKey(), blob)
	if err == nil {
		l.worker.trim.saved(ref, manifest)
	}
	return ref, err
}

// renewAfter is after how many checkpoint ages the snapshot of a site that stands still is made again: the topic cannot be trimmed above the
// oldest snapshot in use.
const renewAfter = 4

func (l *lane) due(run *siteRun) bool {
	cfg := &l.worker.cfg
	age := time.Since(run.savedAt)
	if run.unsaved > 0 {
		return run.unsaved >= cfg.CheckpointBytes || age >= cfg.CheckpointAge
	}
	return !run.saved.Ref.IsZero() && age >= renewAfter*cfg.CheckpointAge
}

// largest returns the site of which most is unsaved, once all sites of the lane together have too much unsaved, and nil before: many sites that
// each are below the bound must not keep more of the log than one that is above it.
func (l *lane) largest() *siteRun {
	var most *siteRun
	total := int64(0)
	for _, site := range l.names() {
		run := l.sites[site]
		total += run.unsaved
		if most == nil || run.unsaved > most.unsaved {
			most = run
		}
	}
	if total < l.worker.cfg.CheckpointBytes {
		return nil
	}
	return most
}

func (l *lane) save(ctx context.Context, run *siteRun) error {
	slot := (run.saved.Slot + 1) % 3
	key := fmt.Sprintf("%s/%d", run.name, slot)
	ref, err := checkpoint.Save(ctx, l.worker.dep.Bus, key, run.state.Snapshot())
	if err != nil {
		return err
	}
	run.saved = checkpoint.Snapshot{At: run.next, Slot: slot, Ref: ref, Key: key, Saved: time.Now().UTC()}
	run.savedAt, run.unsaved = time.Now(), 0
	return nil
}
