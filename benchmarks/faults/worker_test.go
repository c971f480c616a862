package faults

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// sessionTimeout is how long Kafka waits for a worker that says nothing.
const sessionTimeout = 6 * time.Second

// F2: workers are killed at each place where a crash leaves something half done.
func TestF2WorkerKilled(t *testing.T) {
	try(t, "F2 worker killed at crash points", []string{"token", "intent", "ckpt_bind"}, func(x *trial) *verdict {
		r := newRegion(x.T, "")
		sources := fileSources(x.T, 4, x.TempDir(), eventful())
		ws := r.workers(x.T, 3, off(x.off)...)
		c := r.collector(x.T, "collector", collecting{inputs: inputsOf(sources)})
		c.start(x.T)
		begin(x.T, 2000, sources)
		random := rand.New(rand.NewPCG(2, 2))
		points := []string{"after_intent", "mid_insert", "after_insert", "mid_checkpoint", "after_checkpoint", "close_intent"}
		each, stopping := pick(2, 9), true
		if x.off == "ckpt_bind" { // what it protects from is a checkpoint in the midst of work; all other places would make it a matter of luck
			points, each, stopping = []string{"after_checkpoint"}, 4, false
		}
		var left []string
		for _, p := range points {
			for range each {
				left = append(left, p)
			}
		}
		random.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
		kills := map[string]int{}
		armed := make([]string, len(ws))
		arm := func(i int) {
			armed[i] = left[0]
			left = left[1:]
			ws[i].env = append(off(x.off), fmt.Sprintf("FF_FAILPOINT=%s:%d", armed[i], 1+random.IntN(4)))
			if late(armed[i]) {
				ws[i].env = append(off(x.off), "FF_FAILPOINT="+armed[i]+":1")
			}
			ws[i].launch(x.T)
		}
		for i := range ws {
			ws[i].kill()
			arm(i)
		}
		told := make([]bool, len(ws))
		err := wait(x.Context(), pick(15*time.Minute, 20*time.Minute), func() bool {
			alive := false
			for i, w := range ws {
				if armed[i] == "" {
					continue
				}
				alive = true
				if !w.ended() {
					if stopping && late(armed[i]) && !told[i] && w.isReady() && random.IntN(100) == 0 { // they are met when it stops in good order
						told[i] = true
						_ = w.cmd.Process.Signal(os.Interrupt)
					}
					continue
				}
				if dead, ok := w.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && dead.Signal() == syscall.SIGKILL {
					kills[armed[i]]++
				} else {
					left = append(left, armed[i]) // it stopped without meeting the place
				}
				armed[i], told[i] = "", false
				if len(left) > 0 {
					arm(i)
				}
			}
			return !alive
		})
		if err != nil {
			x.Fatalf("killing workers: %v, %v left\n%s", err, left, r.logs())
		}
		for _, w := range ws {
			w.env = off(x.off)
			w.launch(x.T)
		}
		for _, w := range ws {
			w.ready(x.T)
		}
		takeover := r.takeover(x, ws, sources)
		v := r.judge(x.T, sources, c)
		x.figure("killed at %s; take-over after kill -9 %.1f s; worker %d MiB", counts(points, kills), takeover, peak(ws))
		x.timely(takeover <= (sessionTimeout+5*time.Second).Seconds(), "take-over took %.1f s", takeover)
		x.check(peak(ws) <= 512+4*6, "a worker took %d MiB", peak(ws))
		return v
	})
}

// late reports whether a crash point is met when a worker stops in good order.
func late(point string) bool {
	return point == "mid_checkpoint" || point == "after_checkpoint" || point == "close_intent"
}

func counts(names []string, n map[string]int) string {
	var s []string
	for _, name := range names {
		s = append(s, fmt.Sprintf("%s %d×", strings.ReplaceAll(name, "_", " "), n[name]))
	}
	return strings.Join(s, ", ")
}

func peak(ps []*process) int {
	most := 0
	for _, p := range ps {
		most = max(most, p.memory())
	}
	return most
}

// takeover kills one of the workers and returns the seconds until each site has new rows; the sources must be sending.
func (r *region) takeover(x *trial, ws []*process, sources []*source) float64 {
	x.Helper()
	began := r.progress(x.T)
	r.awaitProgress(x.T, began, sources)
	victim := ws[0]
	victim.kill()
	at, before := time.Now(), r.progress(x.T)
	r.awaitProgress(x.T, before, sources)
	took := since(at)
	victim.launch(x.T)
	victim.ready(x.T)
	return took
}

// progress returns how many events each site has.
func (r *region) progress(t *testing.T) map[string]string {
	t.Helper()
	n := map[string]string{}
	var text string
	_ = wait(t.Context(), patience, func() (ok bool) { // the database may be away
		var err error
		text, err = r.query(t.Context(), "SELECT site, count() FROM events GROUP BY site")
		return err == nil
	})
	for line := range strings.Lines(text) {
		site, count, _ := strings.Cut(strings.TrimSpace(line), "\t")
		n[site] = count
	}
	return n
}

// awaitProgress waits until each site has more events than before.
func (r *region) awaitProgress(t *testing.T, before map[string]string, sources []*source) {
	t.Helper()
	err := wait(t.Context(), patience, func() bool {
		now := r.progress(t)
		for _, s := range sources {
			if now[s.site] == "" || now[s.site] == before[s.site] {
				return false
			}
		}
		return true
	})
	if err != nil {
		t.Fatalf("waiting for new rows of each site: %v\n%s", err, r.logs())
	}
}

// assigned returns the last line of a worker's log that says which lanes it has.
func assigned(log string) string {
	line, _, _ := strings.Cut(log[max(0, strings.LastIndex(log, "lanes assigned")):], "\n")
	return line
}

// F3: a worker stands still for longer than its lease, with an intent recorded or half inserted, and then goes on as if nothing had been.
func TestF3Zombie(t *testing.T) {
	try(t, "F3 zombie worker", []string{"fence", "token"}, func(x *trial) *verdict {
		r := newRegion(x.T, "")
		sources := fileSources(x.T, 4, x.TempDir(), eventful())
		c := r.collector(x.T, "collector", collecting{inputs: inputsOf(sources)})
		c.start(x.T)
		begin(x.T, 2000, sources)
		ws := r.workers(x.T, 1, off(x.off)...)
		fenced, slowest := 0.0, 0.0
		for i, point := range []string{"after_intent", "mid_insert"} {
			z := r.worker(x.T, fmt.Sprintf("zombie-%d", i))
			z.env = append(off(x.off), "FF_FAILPOINT="+point+":6:stop")
			z.launch(x.T)
			z.await(x.T, "it to say where it listens", z.up)
			z.awaitStopped(x.T)
			ws[0].await(x.T, "it to have all lanes", func() bool { return strings.HasSuffix(assigned(ws[0].log.String()), ` lanes="[0 1 2 3]"`) })
			r.awaitProgress(x.T, r.progress(x.T), sources)
			pause(x.T, pick(2*time.Second, time.Minute))
			before := assigned(z.log.String())
			z.signal(x.T, syscall.SIGCONT)
			at := time.Now()
			z.await(x.T, "it to notice", func() bool {
				return z.metric("frontfoot_detect_fenced_commits_total")+z.metric(`frontfoot_bus_commits_total`, `result="fenced"`) > 0 ||
					assigned(z.log.String()) != before || strings.Contains(z.log.String(), "lease on lanes lost")
			})
			slowest = max(slowest, since(at))
			fenced += z.metric("frontfoot_detect_fenced_commits_total")
			pause(x.T, 3*time.Second)
			z.stop(x.T)
		}
		v := r.judge(x.T, sources, c)
		x.figure("noticed after %.1f s at most, %.0f commits refused, worker %d MiB", slowest, fenced, peak(ws))
		x.timely(slowest <= 10, "a zombie went on for %.1f s", slowest)
		return v
	})
}
