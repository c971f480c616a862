package detect

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/sourcegraph/conc"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
)

// work runs a lane of all sites for a while, to a clean stop unless the lease is said to end.
func (w *world) work(ctx context.Context, m *member, d time.Duration, why error, newSite func(string) (*Site, error)) (*Worker, error) {
	w.mu.Lock()
	w.generation++
	m.world, m.generation = w, w.generation
	w.mu.Unlock()
	cfg := DefaultWorkerConfig()
	cfg.BatchRows, cfg.BatchAge = 20, 10*time.Millisecond
	worker := newWorker(cfg, Dependencies{Sink: m, NewSite: newSite, Logger: slog.New(slog.DiscardHandler)}, m)
	worker.trim.begin(1)
	ctx, cancel := context.WithCancelCause(ctx)
	var running conc.WaitGroup
	var err error
	running.Go(func() { err = worker.newLane(m, 0, 1).run(ctx) })
	pause(ctx, d)
	cancel(why)
	running.Wait()
	return worker, err
}

// count returns how many different rows of a kind the store has of a site, and fails where one is there twice.
func (w *world) count(t *testing.T, site, kind string) (n int) {
	t.Helper()
	for key, times := range w.rows {
		if times != 1 {
			t.Errorf("%d times: %s", times, key)
		}
		if strings.HasPrefix(key, site+" "+kind) {
			n++
		}
	}
	return n
}

func eventsIn(log []bus.Message) (n int) {
	seen := map[string]bool{}
	for i := range log {
		rec := openRecord(&log[i], nil)
		for k := range rec.rows() {
			if rec.events != nil {
				seen[fmt.Sprint(rec.events.Epoch, rec.events.Seq0+uint64(k))] = true
			}
		}
	}
	return len(seen)
}

// interrupted returns a world in which a worker has inserted a batch without an answer, and the range that its record names of a site.
func interrupted(t *testing.T, site string, landed bool) (*world, checkpoint.Span) {
	t.Helper()
	w := newWorld(1, protections{}, conformLog(30))
	w.step = 5
	_, _ = w.work(t.Context(), &member{calm: true, mute: true}, 300*time.Millisecond, bus.ErrFenced, conformSite)
	if !landed {
		clear(w.rows)
		clear(w.tokens)
		clear(w.values)
	}
	p, err := checkpoint.DecodePlace(w.records[0])
	if err != nil || p.Sites[site].Len < 3 {
		t.Fatalf("the record names %+v, error %v", p.Sites, err)
	}
	return w, p.Sites[site]
}

// What retention has taken of a recorded range is told, and what was inserted of it is not doubled.
func TestRetentionTakesPartOfARecordedRange(t *testing.T) {
	for _, landed := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w, span := interrupted(t, "ashford", landed)
			topic := bus.RawTopic("ashford")
			want := eventsIn(w.topics[topic])
			if w.starts[topic] = span.Next + 2; !landed {
				want = eventsIn(w.topics[topic][span.Next+2:])
			}
			_, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite)
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			if n := w.count(t, "ashford", "event"); n != want {
				t.Errorf("landed %v: %d events, want %d", landed, n, want)
			}
			if !landed && w.count(t, "ashford", "ledger lost_log") == 0 { // what landed is no loss
				t.Error("the loss is not told")
			}
			if w.count(t, "northmoor", "event") != eventsIn(w.topics[bus.RawTopic("northmoor")]) {
				t.Error("the other site lacks events")
			}
		})
	}
}

// fail makes a topic unreadable for a while.
func (w *world) fail(topic string, err error, d time.Duration) {
	w.failing = map[string]error{topic: err}
	time.AfterFunc(d, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.failing, topic)
	})
}

// A topic that Kafka does not know for a moment is not taken for lost.
func TestTopicIsMissingAtATakeover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := interrupted(t, "ashford", false)
		w.fail(bus.RawTopic("ashford"), bus.ErrNoTopic, missingWait/2)
		if _, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		w.all(t)
		if n := w.count(t, "ashford", "ledger lost_log"); n > 0 {
			t.Errorf("%d losses are told", n)
		}
	})
}

// A site whose topics cannot be read holds up no other, whether it is known or new.
func TestUnreadableTopicHoldsUpNoOther(t *testing.T) {
	for _, why := range []error{bus.ErrForbidden, bus.ErrNoTopic, bus.ErrUnavailable} {
		for _, topic := range []string{bus.RawTopic("ashford"), bus.CtlTopic("ashford")} {
			for _, known := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(1, protections{}, conformLog(10))
					if known {
						if _, err := w.work(t.Context(), &member{calm: true}, time.Second, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
							t.Error(err)
						}
						for site, n := range map[string]int{"ashford": 3, "northmoor": 4} {
							value := conformEvents(site, 0, n)
							env := bus.Envelope{Epoch: [16]byte{88}, N: uint32(n), Size: uint32(len(value))}
							log := w.topics[bus.RawTopic(site)]
							w.topics[bus.RawTopic(site)] = append(log, bus.Message{Offset: int64(len(log)), Headers: env.Headers(), Value: value})
						}
					}
					w.fail(topic, why, time.Minute)
					if _, err := w.work(t.Context(), &member{calm: true}, 30*time.Second, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
						t.Errorf("%v of %s: %v", why, topic, err)
					}
					if n, want := w.count(t, "northmoor", "event"), eventsIn(w.topics[bus.RawTopic("northmoor")]); n != want {
						t.Errorf("%v of %s, known %v: %d events of the other site, want %d", why, topic, known, n, want)
					}
					if _, err := w.work(t.Context(), &member{calm: true}, 2*time.Minute, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
						t.Errorf("%v of %s: %v", why, topic, err)
					}
					w.all(t)
				})
			}
		}
	}
}

// A topic that was deleted and made again is read from its start, whether it is longer than the old one was or shorter.
func TestTopicIsMadeAnew(t *testing.T) {
	for _, messages := range []int{30, 2, 0} {
		synctest.Test(t, func(t *testing.T) {
			w, _ := interrupted(t, "ashford", true)
			before := w.count(t, "ashford", "event")
			topic := bus.RawTopic("ashford")
			w.topics[topic] = nil
			for i := range messages {
				value := conformEvents("ashford", uint64(i), 1)
				env := bus.Envelope{Epoch: [16]byte{99}, Seq0: uint64(i), N: 1, Size: uint32(len(value))}
				w.topics[topic] = append(w.topics[topic], bus.Message{Offset: int64(i), Headers: env.Headers(), Value: value})
			}
			_, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite)
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			if n := w.count(t, "ashford", "event"); n != before+messages {
				t.Errorf("%d events, want the old %d and the new %d", n, before, messages)
			}
			if w.count(t, "ashford", "ledger lost_log") == 0 {
				t.Error("the loss is not told")
			}
		})
	}
}

// Without a usable checkpoint a site learns anew from what the log still holds, and says so.
func TestCheckpointIsUnusable(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"missing": func(w *world) { w.starts[bus.Checkpoint] = int64(len(w.topics[bus.Checkpoint])) },
		"cut": func(w *world) {
			for i := range w.topics[bus.Checkpoint] {
				m := &w.topics[bus.Checkpoint][i]
				m.Value = m.Value[:len(m.Value)/2]
			}
		},
		"overwritten": func(w *world) { // by a worker that had lost the lane; compaction keeps the last of each key
			m := &member{world: w, calm: true}
			for i := range w.topics[bus.Checkpoint] {
				key := strings.TrimSuffix(string(w.topics[bus.Checkpoint][i].Key), "/0")
				w.topics[bus.Checkpoint][i].Key = nil
				if _, err := checkpoint.Save(context.Background(), m, key, []byte("{}")); err != nil {
					panic(err)
				}
			}
		},
		"newer": func(w *world) {
			p, err := checkpoint.DecodePlace(w.records[0])
			if err != nil {
				panic(err)
			}
			p.Manifest = newer(w)
			w.records[0] = p.Encode()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(1, protections{}, conformLog(30))
				w.step = 5
				late := w.topics[bus.RawTopic("ashford")][20:]
				w.topics[bus.RawTopic("ashford")] = w.topics[bus.RawTopic("ashford")][:20:20]
				if _, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
				spoil(w)
				w.topics[bus.RawTopic("ashford")] = append(w.topics[bus.RawTopic("ashford")], late...)
				if _, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
				if n, want := w.count(t, "ashford", "event"), eventsIn(w.topics[bus.RawTopic("ashford")]); n != want {
					t.Errorf("%d events, want %d", n, want)
				}
				if w.count(t, "ashford", "ledger state_lost") != 1 {
					t.Error("the loss of the state is not told once")
				}
				// What people had said before any event is heard again, so that all is learned and scored as it was.
				for key, want := range golden(conformLog(30), w.before, nil) {
					if strings.HasPrefix(key, "ashford event") && !w.values[key][want] {
						t.Errorf("%s is %v, want %s", key, w.values[key], want)
					}
				}
			})
		})
	}
}

// newer saves a manifest of snapshots of a format to come.
func newer(w *world) checkpoint.Ref {
	m := &member{world: w, calm: true}
	manifest := checkpoint.Manifest{Sites: map[string]checkpoint.Snapshot{}}
	for _, site := range []string{"ashford", "northmoor"} {
		s, _ := conformSite(site)
		blob := s.Snapshot()
		blob[3] = snapshotFormat + 1
		ref, err := checkpoint.Save(context.Background(), m, site+"/0", blob)
		if err != nil {
			panic(err)
		}
		manifest.Sites[site] = checkpoint.Snapshot{Ref: ref, Key: site + "/0", At: 3}
	}
	ref, err := checkpoint.Save(context.Background(), m, "lane-0", mustJSON(manifest))
	if err != nil {
		panic(err)
	}
	return ref
}

// An event that the models do not survive is stored unscored, once, and goes to the dead-letter topic; every replay leaves it out by itself.
func TestPoisonEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		poison := map[position]bool{{offset: 2, row: 1}: true, {offset: 12, row: 0}: true}
		thrown := 0
		trapped := func(site string) (*Site, error) {
			s, err := conformSite(site)
			if site == "ashford" {
				s.skip = func(p position) bool {
					if poison[p] {
						thrown++
						panic("poison")
					}
					return false
				}
			}
			return s, err
		}
		w := newWorld(1, protections{}, conformLog(30))
		w.step = 5
		worker, err := w.work(t.Context(), &member{calm: true}, 200*time.Millisecond, bus.ErrFenced, trapped)
		if !errors.Is(err, bus.ErrFenced) {
			t.Error(err)
		}
		if n := testutil.ToFloat64(worker.metrics.panics.WithLabelValues("ashford")); n != float64(len(poison)) || thrown != len(poison) {
			t.Errorf("%v panics counted, %d thrown, want %d", n, thrown, len(poison))
		}
		first := maps.Clone(w.values)
		w.records = map[int]string{} // all over again: the same is left out
		w.rows, w.values, w.tokens = map[string]int{}, map[string]map[string]bool{}, map[string]bool{}
		if _, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, trapped); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		for key, value := range first {
			for v := range value {
				if !w.values[key][v] {
					t.Errorf("%s was %s, is %v", key, v, w.values[key])
				}
			}
		}
		if n, want := w.count(t, "ashford", "event"), eventsIn(w.topics[bus.RawTopic("ashford")]); n != want {
			t.Errorf("%d events, want %d", n, want)
		}
		letters := map[position]int{}
		for _, m := range w.topics[bus.DLQTopic("ashford")] {
			h := map[string][]byte{}
			for _, x := range m.Headers {
				h[x.Key] = x.Value
			}
			if string(h["kind"]) != letterPanicked {
				continue
			}
			b, err := event.Decode(m.Value)
			if err != nil || b.Rows() != 1 {
				t.Errorf("a letter holds %v, error %v", b, err)
			}
			letters[position{int64(binary.BigEndian.Uint64(h["offset"])), binary.BigEndian.Uint32(h["row"])}]++
		}
		for p := range poison {
			if letters[p] == 0 {
				t.Errorf("no letter about %+v, there are %v", p, letters)
			}
		}
	})
}

// A message full of events that the models do not survive costs a bounded number of tries.
func TestPoisonMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(1, protections{}, conformLog(10))
		w.step = 50
		topic := bus.RawTopic("ashford")
		bad := int64(len(w.topics[topic]))
		value := conformEvents("ashford", 0, 40)
		env := bus.Envelope{Epoch: [16]byte{66}, N: 40, Size: uint32(len(value))}
		w.topics[topic] = append(w.topics[topic], bus.Message{Offset: bad, Headers: env.Headers(), Value: value})
		trapped := func(site string) (*Site, error) {
			s, err := conformSite(site)
			if site == "ashford" {
				s.skip = func(p position) bool {
					if p.offset == bad && p.row != wholeMessage {
						panic("poison")
					}
					return false
				}
			}
			return s, err
		}
		for _, why := range []error{bus.ErrFenced, context.Canceled} {
			worker, err := w.work(t.Context(), &member{calm: true}, time.Second, why, trapped)
			if !errors.Is(err, why) {
				t.Error(err)
			}
			if n := testutil.ToFloat64(worker.metrics.panics.WithLabelValues("ashford")); n > mostSkips+1 {
				t.Errorf("%v panics", n)
			}
			w.all(t)
		}
		letters := w.topics[bus.DLQTopic("ashford")]
		if b, err := event.Decode(letters[len(letters)-1].Value); err != nil || b.Rows() != 40 {
			t.Errorf("the letter holds %v, error %v", b, err)
		}
	})
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
