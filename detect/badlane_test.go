package detect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/hint"
)

// A lane whose record is gone must not write a second time what the store has.
func TestUnknownSiteWithRowsIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(1, protections{}, conformLog(5))
		m := &member{world: w, calm: true}
		worker := newWorker(DefaultWorkerConfig(), Dependencies{
			Sink: m, NewSite: conformSite, Logger: slog.New(slog.DiscardHandler),
			HasRows: func(_ context.Context, site string) (bool, error) { return site == "northmoor", nil },
		}, m)
		worker.trim.begin(1)
		err := worker.newLane(m, 0, 1).run(t.Context())
		var hint *hint.Error
		if !errors.As(err, &hint) || hint.Hint == "" || !strings.Contains(err.Error(), "northmoor") {
			t.Errorf("got %v, want a refusal with a hint", err)
		}
		if len(w.rows) > 0 {
			t.Errorf("%d rows were written", len(w.rows))
		}
	})
}

// A site of which nobody could ask the store is not begun, not even by its control records: after a restart it would pass for one that is known.
func TestSiteIsNotBegunWhileTheStoreIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(1, protections{}, conformLog(5))
		m := &member{world: w, calm: true}
		worker := newWorker(DefaultWorkerConfig(), Dependencies{
			Sink: m, NewSite: conformSite, Logger: slog.New(slog.DiscardHandler),
			HasRows: func(_ context.Context, site string) (bool, error) {
				if site == "northmoor" {
					return false, errors.New("away")
				}
				return false, nil
			},
		}, m)
		worker.trim.begin(1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := worker.newLane(m, 0, 1).run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		p, err := checkpoint.DecodePlace(w.records[0])
		if _, begun := p.Sites["northmoor"]; err != nil || begun {
			t.Errorf("the record has %v, error %v", p.Sites, err)
		}
		if n, want := w.count(t, "ashford", "event"), eventsIn(w.topics[bus.RawTopic("ashford")]); n != want {
			t.Errorf("%d events of the other site, want %d", n, want)
		}
	})
}

// A batch that other models have recorded would get other rows under the same token: its worker must finish it.
func TestBatchOfOtherModelsIsRefused(t *testing.T) {
	for _, code := range []uint64{modelVersion - 1, modelVersion + 1} {
		for _, pending := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				w, _ := interrupted(t, "ashford", false)
				p, err := checkpoint.DecodePlace(w.records[0])
				if err != nil {
					t.Fatal(err)
				}
				if !pending {
					p = p.Settled()
				}
				p.Code = code
				w.records[0] = p.Encode()
				before := w.records[0]
				_, err = w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite)
				if refused := (*refusedError)(nil); errors.As(err, &refused) != pending {
					t.Errorf("code %d, pending %v: got %v", code, pending, err)
				}
				if (w.records[0] == before) != pending {
					t.Errorf("code %d, pending %v: the record changed: %v", code, pending, w.records[0] != before)
				}
			})
		}
	}
}

// deaf answers polls without messages.
type deaf struct{ *member }

func (d deaf) Poll(ctx context.Context, positions []bus.Position, opts bus.FetchOptions) (map[string]bus.FetchResult, error) {
	pause(ctx, opts.MaxWait)
	results := map[string]bus.FetchResult{}
	for _, p := range positions {
		results[p.Topic] = bus.FetchResult{HighWatermark: 1 << 20}
	}
	return results, ctx.Err()
}

func TestStuckLaneEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(1, protections{}, conformLog(5))
		m := &member{world: w, calm: true}
		worker := newWorker(DefaultWorkerConfig(), Dependencies{Sink: m, NewSite: conformSite, Logger: slog.New(slog.DiscardHandler)}, deaf{m})
		worker.trim.begin(1)
		began := time.Now()
		if err := worker.newLane(m, 0, 1).run(t.Context()); !errors.Is(err, errStuck) {
			t.Errorf("got %v, want errStuck", err)
		}
		if d := time.Since(began); d < stuckFor || d > stuckFor+10*time.Second {
			t.Errorf("it ended after %v", d)
		}
	})
}

// Where a record has no room for all sites of a batch, the others follow in the next.
func TestTakeLeavesWhatARecordHasNoRoomFor(t *testing.T) {
	worker := newWorker(DefaultWorkerConfig(), Dependencies{Logger: slog.New(slog.DiscardHandler)}, nil)
	r := worker.newLane(nil, 0, 1).newReader()
	place := checkpoint.Place{Batch: 1 << 30, Nonce: 1 << 63, Sites: map[string]checkpoint.Span{}}
	place.Manifest.Size, place.Manifest.Offset = 1<<20, 1<<30
	for i := range 150 {
		site := fmt.Sprintf("council-x%03d", i)
		r.next[bus.RawTopic(site)] = 1 << 27
		place.Sites[site] = checkpoint.Span{Next: 1 << 27}
		m := r.of(site)
		m.to, m.rows, m.bytes = m.from+1000, 10, 100
		r.next[bus.RawTopic(site)] = m.to
		r.rows += 10
		r.bytes += 100
	}
	seen, takes := map[string]bool{}, 0
	for len(r.pending) > 0 {
		f, err := r.take()
		if err != nil {
			t.Fatal(err)
		}
		takes++
		intent := place
		intent.Sites = maps.Clone(place.Sites)
		for i := range f.sites {
			m := &f.sites[i]
			if seen[m.site] {
				t.Errorf("%s was taken twice", m.site)
			}
			seen[m.site] = true
			intent.Sites[m.site] = m.span()
			place.Sites[m.site] = checkpoint.Span{Next: m.to}
		}
		if n := len(intent.Encode()); n > bus.MaxMetadata {
			t.Errorf("a record of %d bytes", n)
		}
	}
	if len(seen) != 150 || takes < 2 || r.rows != 0 || r.bytes != 0 {
		t.Errorf("%d sites in %d batches, %d rows and %d bytes left", len(seen), takes, r.rows, r.bytes)
	}
}

// A worker that takes long to score its predecessor's batch again must not say meanwhile that it is inserted.
func TestRecordStandsUntilItsBatchIsInserted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := interrupted(t, "ashford", false)
		record := w.records[0]
		slow := func(site string) (*Site, error) {
			s, err := conformSite(site)
			s.skip = func(position) bool {
				pause(t.Context(), closeAfter)
				return false
			}
			return s, err
		}
		if _, err := w.work(t.Context(), &member{calm: true}, 3*closeAfter, bus.ErrFenced, slow); !errors.Is(err, bus.ErrFenced) {
			t.Error(err)
		}
		if w.records[0] != record || len(w.rows) > 0 {
			t.Fatalf("the record changed: %v, or there are rows already: %v", w.records[0] != record, w.rows)
		}
		if _, err := w.work(t.Context(), &member{calm: true}, time.Minute, context.Canceled, conformSite); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		for _, site := range []string{"ashford", "northmoor"} {
			if n, want := w.count(t, site, "event"), eventsIn(w.topics[bus.RawTopic(site)]); n != want {
				t.Errorf("%d events of %s, want %d", n, site, want)
			}
		}
	})
}

// While the store takes nothing, a worker must not read on and on.
func TestWorkerHoldsBoundedBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(1, protections{}, map[string][]bus.Message{})
		w.step = 1
		topic, value := bus.RawTopic("ashford"), make([]byte, 4<<20) // unreadable, and that is as good
		for i := range 80 {
			w.topics[topic] = append(w.topics[topic], bus.Message{Offset: int64(i), Value: value})
		}
		m := &member{calm: true, mute: true}
		worker, err := w.work(t.Context(), m, time.Minute, bus.ErrFenced, conformSite)
		if !errors.Is(err, bus.ErrFenced) {
			t.Error(err)
		}
		if m.read > 160<<20 {
			t.Errorf("%d MiB were read while nothing could be stored", m.read>>20)
		}
		if n := worker.flight.Load(); n != 0 {
			t.Errorf("%d bytes are still counted after the end", n)
		}
		if n := testutil.CollectAndCount(worker.metrics.lag); n != 0 {
			t.Errorf("the lag of %d sites is still shown after the end", n)
		}
	})
}

// slow is a sink that takes its time, as one that halves what the store refuses, and begins anew where it is interrupted.
type slow struct {
	*member
	calls int
}

func (s *slow) Write(ctx context.Context, b *Batch) ([]Rejection, error) {
	s.calls++
	if pause(ctx, 5*time.Minute); ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return s.member.Write(ctx, b)
}

// A batch that the store takes long to sort is not begun again and again.
func TestSlowSinkIsNotInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(1, protections{}, conformLog(10))
		m := &member{world: w, calm: true}
		sink := &slow{member: m}
		worker := newWorker(DefaultWorkerConfig(), Dependencies{Sink: sink, NewSite: conformSite, Logger: slog.New(slog.DiscardHandler)}, m)
		worker.trim.begin(1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := worker.newLane(m, 0, 1).run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		w.all(t)
		if n := testutil.ToFloat64(worker.metrics.batches); n == 0 || n != float64(sink.calls) {
			t.Errorf("the sink was called %d times for %v batches", sink.calls, n)
		}
	})
}
