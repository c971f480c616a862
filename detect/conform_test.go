package detect

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sourcegraph/conc"

	"frontfoot/ingest/bus"
)

// conformSite is small, because thousands of schedules make many of them.
func conformSite(site string) (*Site, error) {
	cfg := DefaultConfig()
	cfg.MaxBytes = 16 << 10
	cfg.FindingRate = 0.1
	return NewSite(site, [16]byte{1}, cfg), nil
}

// golden is what the store holds when nothing ever goes wrong: the log given to sites directly, without lanes, each control record before the message
// that at says.
func golden(log map[string][]bus.Message, at func(site string, ctl int64) int64, states map[stateKey][]byte) map[string]string {
	l := &lane{worker: &Worker{dep: Dependencies{State: (&world{kept: states}).state}}}
	want := map[string]string{}
	for _, name := range []string{"ashford", "northmoor"} {
		site, _ := conformSite(name)
		var out Output
		raw, controls := log[bus.RawTopic(name)], log[bus.CtlTopic(name)]
		for from := int64(0); from < int64(len(raw)) || len(controls) > 0; {
			m := siteMessages{site: name, from: from, to: from}
			for len(controls) > 0 && at(name, controls[0].Offset) <= from {
				m.controls, controls = append(m.controls, controls[0]), controls[1:]
			}
			to := int64(len(raw))
			if len(controls) > 0 {
				to = at(name, controls[0].Offset)
			}
			for _, msg := range raw[from:to] {
				rec := openRecord(&msg, nil)
				m.add(&rec)
			}
			from = to
			controls, err := l.hear(context.Background(), site, &m)
			if err != nil {
				panic(err)
			}
			l.takeAll(site, &m, controls, &out)
		}
		for _, r := range storeRows(&Batch{Sites: []Output{out}}) {
			want[r.key] = r.value
		}
	}
	return want
}

// before returns where the store says that control records stood among the messages: the last place where it says several, which is wrong anyway.
func (w *world) before(site string, ctl int64) (at int64) {
	for value := range w.values[verdictKey(site, ctl)] {
		_, text, _ := strings.Cut(value, " before ")
		place, _ := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		at = max(at, place)
	}
	return at
}

// keptRows counts the states that are kept.
func (w *world) keptRows() (n int) {
	for key := range w.rows {
		if strings.Contains(key, keptPart) {
			n++
		}
	}
	return n
}

// play runs one schedule: three workers that are given the lane in turn, crash, pause and lose their lease in the middle of anything; then everything
// that is late arrives, and one worker finishes in peace.
func (w *world) play(ctx context.Context, want int) {
	var running conc.WaitGroup
	defer running.Wait()
	begin := func(calm bool) (m *member, stop func(error)) {
		w.mu.Lock()
		w.generation++
		m = &member{world: w, generation: w.generation, calm: calm}
		cfg := DefaultWorkerConfig()
		cfg.BatchRows, cfg.BatchAge = 1+w.rng.IntN(12), time.Duration(1+w.rng.IntN(20))*time.Millisecond
		cfg.CheckpointBytes = int64(1000 + w.rng.IntN(8000))
		w.mu.Unlock()
		ctx, cancel := context.WithCancelCause(ctx)
		running.Go(func() {
			for ctx.Err() == nil {
				worker := newWorker(cfg, Dependencies{Sink: m, NewSite: conformSite, State: m.state, Logger: slog.New(slog.DiscardHandler)}, m)
				worker.trim.begin(1)
				err := worker.newLane(m, 0, 1).run(ctx)
				w.mu.Lock()
				unknown := m.over && err != nil
				if !unknown || m.dead || m.generation != w.generation {
					w.mu.Unlock()
					return
				}
				if !w.off.rejoin { // as a new member
					w.generation++
					m.generation = w.generation
				}
				m.over = false
				w.mu.Unlock()
			}
		})
		return m, cancel
	}
	m, stop := begin(false)
	for range 40 {
		w.mu.Lock()
		wait, x, done := time.Duration(w.rng.IntN(120))*time.Millisecond, w.rng.Float64(), len(w.rows) >= want
		w.mu.Unlock()
		if done {
			break
		}
		pause(ctx, wait)
		switch {
		case x < 0.4: // the lease goes to another; who had it learns of it later
			old := stop
			w.mu.Lock()
			late := time.Duration(w.rng.IntN(200)) * time.Millisecond
			w.mu.Unlock()
			m, stop = begin(false)
			running.Go(func() {
				pause(ctx, late)
				old(bus.ErrFenced)
			})
		case x < 0.55: // kill -9
			w.mu.Lock()
			m.dead = true
			w.mu.Unlock()
			stop(bus.ErrFenced)
			m, stop = begin(false)
		case x < 0.65: // a clean stop
			stop(context.Canceled)
			pause(ctx, wait)
			m, stop = begin(false)
		default:
			w.deliver(1)
		}
	}
	stop(bus.ErrFenced)
	pause(ctx, time.Second)
	w.mu.Lock()
	w.generation++ // what is late now comes from the past
	w.mu.Unlock()
	w.deliver(1 << 20)
	_, stop = begin(true)
	pause(ctx, 30*time.Second)
	stop(context.Canceled)
}

// deliver lets late requests arrive.
func (w *world) deliver(most int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for range min(most, len(w.lateCommits)) {
		i := w.rng.IntN(len(w.lateCommits))
		c := w.lateCommits[i]
		w.lateCommits = slices.Delete(w.lateCommits, i, i+1)
		w.apply(c.generation, c.lane, c.text)
	}
	for range min(most, len(w.lateInserts)) {
		i := w.rng.IntN(len(w.lateInserts))
		in := w.lateInserts[i]
		w.lateInserts = slices.Delete(w.lateInserts, i, i+1)
		w.insert(in.token, in.rows, -1)
	}
}

// verdictOf counts what is doubled, lost and wrong.
func (w *world) verdictOf(want map[string]string) (doubled, lost, wrong int, detail string) {
	var s strings.Builder
	for key, value := range want {
		switch n := w.rows[key]; {
		case n == 0:
			lost++
			fmt.Fprintf(&s, "lost: %s\n", key)
		case n > 1:
			doubled++
			fmt.Fprintf(&s, "%d times: %s\n", n, key)
		}
		for got := range w.values[key] {
			if got != value {
				wrong++
				fmt.Fprintf(&s, "wrong: %s is %s, want %s\n", key, got, value)
			}
		}
	}
	for key, n := range w.rows {
		switch _, ok := want[key]; {
		case ok:
		case !strings.Contains(key, keptPart):
			wrong++
			fmt.Fprintf(&s, "unexpected: %s\n", key)
		case n > 1 || len(w.values[key]) > 1:
			doubled++
			fmt.Fprintf(&s, "%d times, as %d: %s\n", n, len(w.values[key]), key)
		}
	}
	return doubled, lost, wrong, s.String()
}

// schedules returns how many schedules to run: FF_SCHEDULES, or a default.
func schedules(n int) int {
	if text := os.Getenv("FF_SCHEDULES"); text != "" {
		if more, err := strconv.Atoi(text); err == nil {
			return more
		}
	}
	return n
}

func runSchedules(t *testing.T, off protections, n int, until func(d, l, w int) bool) (doubled, lost, wrong, failed int, first string) {
	t.Helper()
	log := conformLog(30)
	kept := withRollback(log)
	all := golden(log, func(string, int64) int64 { return 0 }, kept)
	if all[verdictKey("ashford", 4)] == "" {
		t.Fatal("nothing is put back")
	}
	rows, states := len(all), 0
	ambiguous, fenced := 0, 0
	for seed := range uint64(n) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(seed, off, log)
			w.paced, w.kept = map[string]int64{}, kept
			w.play(t.Context(), rows)
			d, l, x, detail := w.verdictOf(golden(log, w.before, kept))
			doubled, lost, wrong = doubled+d, lost+l, wrong+x
			ambiguous += w.ambiguous
			fenced += w.fenced
			states += w.keptRows()
			if d+l+x > 0 {
				failed++
				if first == "" {
					first = fmt.Sprintf("schedule %d:\n%s", seed, detail)
				}
			}
		})
		if until(doubled, lost, wrong) {
			break
		}
	}
	t.Logf("%d rows wanted; doubled %d, lost %d, wrong %d in %d schedules; %d ambiguous and %d fenced commits, %d states kept", rows, doubled, lost, wrong, failed, ambiguous, fenced, states)
	if off == (protections{}) && states == 0 {
		t.Error("no state was ever kept")
	}
	return doubled, lost, wrong, failed, first
}

// The real lanes must bring every row to the store once, as an undisturbed run would, through any schedule of the model check.
func TestLanesConformToTheModel(t *testing.T) {
	n := schedules(300)
	if testing.Short() {
		n = min(n, 60)
	}
	_, _, _, failed, first := runSchedules(t, protections{}, n, func(d, l, w int) bool { return d+l+w > 0 })
	if failed > 0 {
		t.Errorf("%.3000s", first)
	}
}

// Without any one of its protections the protocol must fail in some schedule: else the check above would prove nothing.
func TestEachProtectionIsNeeded(t *testing.T) {
	for name, off := range map[string]protections{
		"intent": {intent: true}, "fence": {fence: true}, "token": {token: true}, "rejoin": {rejoin: true}, "ckpt_bind": {bound: true},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, _, failed, _ := runSchedules(t, off, 400, func(d, l, w int) bool { return d+l+w > 0 })
			if failed == 0 {
				t.Error("nothing was doubled, lost or wrong without it")
			}
		})
	}
}
