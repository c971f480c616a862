package faults

import (
	"bytes"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"frontfoot/benchmarks/faults/proxy"
	"frontfoot/store/storetest"
)

// segment is how much of the disk a spool takes at a time, in bytes.
const segment = 16 << 20

// F4: Kafka is killed and stays away; then it is killed three times more while the backlog is sent.
func TestF4KafkaAway(t *testing.T) {
	try(t, "F4 Kafka killed and away", []string{"retry"}, func(x *trial) *verdict {
		r := newRegion(x.T, "")
		sources := fileSources(x.T, 4, x.TempDir(), eventful())
		ws := r.workers(x.T, 1, off(x.off)...)
		c := r.collector(x.T, "collector", collecting{inputs: inputsOf(sources)})
		c.env = off(x.off)
		c.start(x.T)
		const rate = 2000
		begin(x.T, rate, sources)
		r.awaitRows(x.T, 2*rate)
		away := pick(20*time.Second, 5*time.Minute)
		sent := bytesOf(sources)
		r.kafka.Kill()
		pause(x.T, away)
		grown := bytesOf(sources) - sent
		spooled := c.metric("frontfoot_ingest_spool_bytes")
		r.kafka.Restart(x.T)
		for range 3 {
			pause(x.T, time.Second)
			r.kafka.Kill()
			r.kafka.Restart(x.T)
		}
		drain := r.drain(x, c, rate)
		v := r.judge(x.T, sources, c)
		want := expectedSpool(grown, len(sources))
		x.figure("Kafka away %v; %d MiB of lines waited in %.0f MiB of spool (%.0f calculated); drained at %.0f times the input; collector %d MiB, worker %d MiB",
			away, grown>>20, spooled/(1<<20), want/(1<<20), drain, c.peak, peak(ws))
		x.check(x.off != "" || math.Abs(spooled-want) <= want/10+segment*float64(len(sources)), "the spool takes %.0f MiB, %.0f were calculated", spooled/(1<<20), want/(1<<20))
		x.check(c.peak <= 256, "the collector took %d MiB", c.peak)
		x.timely(drain >= 5, "drained at %.1f times the input", drain)
		return v
	})
}

// bytesOf returns how many bytes the sources have sent.
func bytesOf(sources []*source) int64 {
	var n int64
	for _, s := range sources {
		n += s.bytes.Load()
	}
	return n
}

// lineOverhead is what a line takes in a spool beside its bytes: its flags, its length and its part of a frame.
const lineOverhead = 1.03

// expectedSpool is how much of the disk so many bytes of lines take at so many sites: whole segments, one of them open.
func expectedSpool(lines int64, sites int) float64 {
	each := float64(lines) * lineOverhead / float64(sites)
	return float64(sites) * segment * (math.Floor(each/segment) + 1)
}

// drain returns how many times faster than they come in lines are sent while a backlog shrinks, without the pauses between two tries of a site.
func (r *region) drain(x *trial, c *process, rate int) float64 {
	x.Helper()
	backlog := func() float64 { return c.metric("frontfoot_ingest_backlog_lines") }
	from, sending := backlog(), 0.0
	shrunk, last, at := 0.0, from, time.Now()
	err := wait(x.Context(), 2*patience, func() bool {
		if time.Since(at) < 100*time.Millisecond {
			return false
		}
		n, took := backlog(), time.Since(at).Seconds()
		if n < last { // while a site waits before it tries again, nothing is sent
			sending += took
			shrunk += last - n + float64(rate)*took
		}
		last, at = n, time.Now()
		return n < float64(rate)*2 && shrunk > 0
	})
	if err != nil {
		x.check(false, "the backlog of %.0f lines is not drained, %.0f are left\n%s", from, last, c.log.tail())
		return 0
	}
	return shrunk / sending / float64(rate)
}

// F7: workers come, go and die all the time.
func TestF7RebalanceStorm(t *testing.T) {
	try(t, "F7 rebalance storm", []string{"token"}, func(x *trial) *verdict {
		r := newRegion(x.T, "")
		sources := fileSources(x.T, 4, x.TempDir(), eventful())
		ws := r.workers(x.T, 3, off(x.off)...)
		c := r.collector(x.T, "collector", collecting{inputs: inputsOf(sources)})
		c.start(x.T)
		begin(x.T, 2000, sources)
		r.awaitRows(x.T, 4000)
		before, began := r.rows(x.T), time.Now()
		random := rand.New(rand.NewPCG(7, 7))
		idle := newIdle(r)
		last := time.Now()
		step := 0
		storm := pick(40*time.Second, 3*time.Minute)
		_ = wait(x.Context(), storm, func() bool {
			idle.look(x.T)
			if time.Since(last) < 3*time.Second {
				return false
			}
			last = time.Now()
			w := ws[1+step%2] // one of them has a quiet life
			step++
			switch {
			case w.ended():
				w.launch(x.T)
			case random.IntN(2) == 0:
				w.kill()
			default:
				_ = w.cmd.Process.Signal(interrupt) // it may have ended
			}
			return false
		})
		share := float64(r.rows(x.T)-before) / (2000 * time.Since(began).Seconds())
		for _, w := range ws[1:] { // one may be about to end
			w.kill()
			w.launch(x.T)
		}
		for _, w := range ws {
			w.ready(x.T)
		}
		v := r.judge(x.T, sources, c)
		x.figure("%d steps; %.0f %% of the throughput meanwhile; longest time without a new row of a site %.1f s; worker %d MiB", step, 100*share, idle.longest.Seconds(), peak(ws))
		x.timely(share >= 0.3, "only %.0f %% of the throughput", 100*share)
		x.timely(idle.longest <= 20*time.Second, "a site had no new row for %.1f s", idle.longest.Seconds())
		return v
	})
}

// idle finds the longest time without a new row of a site.
type idle struct {
	r       *region
	rows    map[string]string
	since   map[string]time.Time
	asked   time.Time
	longest time.Duration
}

func newIdle(r *region) *idle {
	return &idle{r: r, rows: map[string]string{}, since: map[string]time.Time{}}
}

func (d *idle) look(t *testing.T) {
	t.Helper()
	if time.Since(d.asked) < 200*time.Millisecond {
		return
	}
	d.asked = time.Now()
	for site, n := range d.r.progress(t) {
		if n != d.rows[site] {
			d.rows[site], d.since[site] = n, time.Now()
		}
		d.longest = max(d.longest, time.Since(d.since[site]))
	}
}

// F5: the database is killed over and over during inserts, and stays away.
func TestF5DatabaseAway(t *testing.T) {
	try(t, "F5 database killed and away", []string{"token", "take_back"}, func(x *trial) *verdict {
		r := newRegion(x.T, "")
		front := r.frontDatabase(x.T)
		sources := fileSources(x.T, 4, x.TempDir(), eventful())
		ws := r.workers(x.T, 1, off(x.off)...)
		c := r.collector(x.T, "collector", collecting{inputs: inputsOf(sources)})
		c.start(x.T)
		const rate = 2000
		begin(x.T, rate, sources)
		front.SetRule(proxy.Sometimes(1, 1, proxy.Verdict{Delay: 200 * time.Millisecond})) // many die between the insert and its answer
		random := rand.New(rand.NewPCG(5, 5))
		kills := pick(6, 20)
		for k := range kills {
			n := r.rows(x.T)
			r.awaitRows(x.T, n+1)
			if k%2 == 1 { // else at once, which is before the answer
				pause(x.T, time.Duration(random.IntN(900))*time.Millisecond)
			}
			r.engine.kill()
			r.startEngine(x.T)
		}
		r.dieBetween(x, front)
		front.SetRule(nil)
		generations := ws[0].metric("frontfoot_bus_generations_total")
		left, _ := memberships(ws[0].log.String())
		r.engine.kill()
		away := pick(20*time.Second, 5*time.Minute)
		pause(x.T, away)
		leftSince, _ := memberships(ws[0].log.String())
		x.check(leftSince == left, "the worker left its group while the database was away")
		x.timely(ws[0].metric("frontfoot_bus_generations_total") == generations, "the worker's session ended while the database was away")
		r.startEngine(x.T)
		began, before, sent := time.Now(), r.rows(x.T), sentBy(sources)
		err := wait(x.Context(), 2*patience, func() bool { return float64(r.rows(x.T)) > float64(sentBy(sources))-2*rate })
		x.check(err == nil, "the workers do not catch up: %v", err)
		took := time.Since(began).Seconds()
		catchUp := float64(r.rows(x.T)-before) / took / rate
		v := r.judge(x.T, sources, c)
		x.figure("%d kills, then away %v; caught up with %d lines in %.1f s, %.1f times the input; worker %d MiB, database %d MiB", kills, away, sent-before, took, catchUp, peak(ws), r.engine.peak)
		x.timely(catchUp >= 3, "caught up at %.1f times the input", catchUp)
		x.check(peak(ws) <= 512+4*6, "a worker took %d MiB", peak(ws))
		return v
	})
}

// dieBetween kills the database when it has noted the token of an insert of events and has no rows of it yet. No signal can be timed so well: it is killed with
// the answer owed, and what it has written gets back the name that it had a moment before.
func (r *region) dieBetween(x *trial, front *proxy.Proxy) {
	x.Helper()
	answered := front.Count(proxy.Turn, proxy.Dropped)
	front.SetRule(func(req proxy.Request) proxy.Verdict {
		return proxy.Verdict{Drop: bytes.Contains(req.Body, []byte("query=INSERT+INTO+events+"))}
	})
	rows, still := r.rows(x.T), time.Now()
	err := wait(x.Context(), patience, func() bool { // until every lane waits for such an answer, so that the newest part is one of theirs
		if n := r.rows(x.T); n != rows {
			rows, still = n, time.Now()
		}
		return front.Count(proxy.Turn, proxy.Dropped) > answered && time.Since(still) > 2*time.Second
	})
	x.check(err == nil, "the lanes do not come to a stand: %v", err)
	r.engine.kill()
	r.engine.env = off(x.off)
	for _, table := range []string{"events", "events_by_hour"} {
		if _, err := storetest.TakeBack(filepath.Join(r.engine.data(), "database"), "ff", table); err != nil {
			x.Fatal(err)
		}
	}
	r.startEngine(x.T)
}

func sentBy(sources []*source) int {
	n := 0
	for _, s := range sources {
		n += int(s.total())
	}
	return n
}
