package detect

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sourcegraph/conc"

	"frontfoot/benchmarks/gen"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/event"
)

// A way is how the same log is worked through.
type way struct {
	procs, step, rows, workers int
	restarts                   int
}

const sameLanes = 4

// sameLog is the log of three councils, on different lanes, each with an attack; some messages come again.
func sameLog(t *testing.T) map[string][]bus.Message {
	t.Helper()
	log := map[string][]bus.Message{}
	batches := recut(councilWeek(t, 3, 6000, gen.Ransomware), 64)
	for n, site := range []string{"testham", "ashford-vale", "northmoor"} {
		seq := uint64(0)
		for i, b := range batches {
			var value bytes.Buffer
			if err := event.Encode(&value, b); err != nil {
				t.Fatal(err)
			}
			env := bus.Envelope{Epoch: [16]byte{byte(n)}, Seq0: seq, N: uint32(b.Rows())}
			for range 1 + i%17/16 {
				topic := bus.RawTopic(site)
				log[topic] = append(log[topic], bus.Message{Offset: int64(len(log[topic])), Headers: env.Headers(), Value: value.Bytes()})
			}
			seq += uint64(b.Rows())
		}
	}
	return log
}

func sameSite(site string) (*Site, error) {
	cfg := DefaultConfig()
	cfg.LearnFor = 12 * time.Hour
	return NewSite(site, ScoreKey(), cfg), nil
}

// follow works through the whole log and returns what the store and the checkpoints hold.
func (y way) follow(t *testing.T, seed uint64, log map[string][]bus.Message) (rows map[string]map[string]bool, states map[string]string) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(y.procs))
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(seed, protections{}, log)
		w.step = y.step
		for left := y.restarts; ; left-- {
			ctx, cancel := context.WithCancelCause(t.Context())
			var running conc.WaitGroup
			w.generation++
			m := &member{world: w, generation: w.generation, calm: true}
			for n := range y.workers {
				cfg := DefaultWorkerConfig()
				cfg.BatchRows, cfg.BatchAge, cfg.CheckpointBytes = y.rows, 10*time.Millisecond, 100_000
				worker := newWorker(cfg, Dependencies{Sink: m, NewSite: sameSite, Logger: slog.New(slog.DiscardHandler)}, m)
				worker.trim.begin(1)
				for lane := n; lane < sameLanes; lane += y.workers {
					running.Go(func() { _ = worker.newLane(m, lane, sameLanes).run(ctx) })
				}
			}
			w.mu.Lock()
			wait := time.Duration(w.rng.IntN(300)) * time.Millisecond
			w.mu.Unlock()
			if left == 0 {
				wait = time.Hour
			}
			pause(ctx, wait)
			why := context.Canceled
			if left%2 == 1 {
				why = bus.ErrFenced
			}
			cancel(why)
			running.Wait()
			if left == 0 {
				break
			}
		}
		for key, n := range w.rows {
			if n != 1 {
				t.Errorf("%d times: %s", n, key)
			}
		}
		maps.DeleteFunc(w.values, func(key string, _ map[string]bool) bool { return strings.Contains(key, keptPart) })
		rows, states = w.values, w.states
	})
	return rows, states
}

// The same log must give the same checkpoints and the same rows, byte for byte, however it is worked through.
func TestTheSameLogGivesTheSameRowsAndStates(t *testing.T) {
	log := sameLog(t)
	want, states := way{procs: 1, step: 1000, rows: 50_000, workers: 1}.follow(t, 1, log)
	count := map[string]int{}
	for key := range want {
		count[strings.Fields(key)[1]]++
	}
	if count["finding"] == 0 || count["incident"] == 0 || count["ledger"] == 0 {
		t.Fatalf("the log shows %v: too little to compare", count)
	}
	ways := []way{
		{procs: 2, step: 1, rows: 1, workers: 3},
		{procs: 2, step: 7, rows: 700, workers: 3, restarts: 25},
		{procs: 1, step: 1000, rows: 3000, workers: 1, restarts: 25},
		{procs: 2, step: 3, rows: 100, workers: 1, restarts: 50},
	}
	if testing.Short() {
		ways = ways[1:2]
	}
	shared := 0
	for i, y := range ways {
		t.Run(fmt.Sprintf("%+v", y), func(t *testing.T) {
			got, others := y.follow(t, uint64(i), log)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("other rows: %.2000s", diff)
			}
			for _, at := range slices.Sorted(maps.Keys(others)) {
				if states[at] == "" {
					states[at] = others[at]
					continue
				}
				if shared++; states[at] != others[at] {
					t.Errorf("the state of %s is %s, and was %s", at, others[at], states[at])
				}
			}
		})
	}
	if shared < len(ways)*3 {
		t.Errorf("only %d checkpoints at the same offset were compared", shared)
	}
	t.Logf("%v, %d checkpoints compared", count, shared)
}
