package detect

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
)

// While the topic of checkpoints has no leader a lane goes on scoring, and saves its states when it has one again. A batch with control records waits.
func TestCheckpointsCannotBeSaved(t *testing.T) {
	for _, controls := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(1, protections{}, conformLog(30))
			age := DefaultWorkerConfig().CheckpointAge
			back := 3 * age
			if controls {
				back = age / 3
			} else {
				delete(w.topics, bus.CtlTopic("ashford"))
				delete(w.topics, bus.CtlTopic("northmoor"))
			}
			topic := bus.RawTopic("ashford")
			late := w.topics[topic][20:]
			w.topics[topic] = w.topics[topic][:20:20]
			w.missing = map[string]bool{bus.Checkpoint: true}
			var before int
			time.AfterFunc(age+time.Second, func() { // a checkpoint is under way
				w.mu.Lock()
				defer w.mu.Unlock()
				w.topics[topic] = append(w.topics[topic], late...)
			})
			time.AfterFunc(2*age-time.Second, func() {
				w.mu.Lock()
				defer w.mu.Unlock()
				before = len(w.rows)
			})
			time.AfterFunc(back, func() {
				w.mu.Lock()
				defer w.mu.Unlock()
				delete(w.missing, bus.Checkpoint)
			})
			worker, err := w.work(t.Context(), &member{calm: true}, 4*age+time.Minute, context.Canceled, conformSite)
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			w.all(t)
			if before != len(w.rows) {
				t.Errorf("controls %v: %d rows of %d were stored while there was no leader", controls, before, len(w.rows))
			}
			if n := testutil.ToFloat64(worker.metrics.unsaved); n == 0 {
				t.Errorf("controls %v: no checkpoint is counted that could not be saved", controls)
			}
			p, err := checkpoint.DecodePlace(w.records[0])
			if err != nil || p.Manifest.IsZero() {
				t.Errorf("controls %v: no checkpoint was made in the end: %+v, %v", controls, p, err)
			}
			again, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite)
			if !errors.Is(err, context.Canceled) || testutil.CollectAndCount(again.metrics.lost) > 0 {
				t.Errorf("controls %v: the states were lost, or %v", controls, err)
			}
		})
	}
}

// What people said among the messages is not recorded before the states that heard it are saved: whoever takes the lane over would not know where it stood.
func TestControlRecordsWaitForTheirCheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(1, protections{}, conformLog(30))
		w.paced, w.step = map[string]int64{}, 3
		w.missing = map[string]bool{bus.Checkpoint: true}
		topic := bus.RawTopic("ashford")
		whole := w.topics[topic]
		w.topics[topic] = whole[:20:20]
		if _, err := w.work(t.Context(), &member{calm: true}, 10*time.Minute, bus.ErrFenced, conformSite); !errors.Is(err, bus.ErrFenced) {
			t.Error(err)
		}
		delete(w.missing, bus.Checkpoint)
		w.topics[topic] = whole
		if _, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if doubled, lost, wrong, detail := w.verdictOf(golden(conformLog(30), w.before, nil)); doubled+lost+wrong > 0 {
			t.Errorf("%d rows doubled, %d lost, %d wrong: %s", doubled, lost, wrong, detail)
		}
	})
}

// Whatever a program's models are, it learns anew where they are others, and still knows which events came before: those that come again are not written a
// second time, although the log does not hold the first any more.
func TestArrivalsSurviveOtherModels(t *testing.T) {
	for name, change := range map[string]func(state []byte) []byte{
		"models": func(state []byte) []byte { state[4] = modelVersion + 1; return state },
		"layout": func(state []byte) []byte { state[5] ^= 1; return state }, // another number of features
		"format": func(state []byte) []byte { state[3] = snapshotFormat + 1; return append(state, "what is to come"...) },
		"before": func(state []byte) []byte { state[3] = oldestFormat; return state },
		"state":  func(state []byte) []byte { return state[:len(state)-1] },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const cut = 5 // the message there repeats the last event before
				w := newWorld(1, protections{}, conformLog(30))
				topic := bus.RawTopic("ashford")
				whole := w.topics[topic]
				w.topics[topic] = whole[:cut:cut]
				if _, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
				w.foreign(t, change)
				w.topics[topic], w.starts[topic] = whole, cut
				worker, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite)
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				w.all(t)
				if n := testutil.ToFloat64(worker.metrics.lost.WithLabelValues("ashford")); n != 1 {
					t.Errorf("the loss of the models is counted %v times", n)
				}
			})
		})
	}
}

// foreign makes the saved states those of another program.
func (w *world) foreign(t *testing.T, change func(state []byte) []byte) {
	t.Helper()
	m := &member{world: w, calm: true}
	p, err := checkpoint.DecodePlace(w.records[0])
	if err != nil || p.Pending() {
		t.Fatalf("the record is %+v, error %v", p, err)
	}
	blob, err := checkpoint.Load(t.Context(), m, "lane-0", p.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	var manifest checkpoint.Manifest
	if err := json.Unmarshal(blob, &manifest); err != nil {
		t.Fatal(err)
	}
	for site, s := range manifest.Sites {
		state, err := checkpoint.Load(t.Context(), m, s.Key, s.Ref)
		if err != nil {
			t.Fatal(err)
		}
		if s.Ref, err = checkpoint.Save(t.Context(), m, s.Key, change(state)); err != nil {
			t.Fatal(err)
		}
		manifest.Sites[site] = s
	}
	if p.Manifest, err = checkpoint.Save(t.Context(), m, "lane-0", mustJSON(manifest)); err != nil {
		t.Fatal(err)
	}
	w.records[0] = p.Encode()
}
