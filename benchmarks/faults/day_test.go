package faults

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"frontfoot/benchmarks/faults/proxy"
)

// A day is compressed: its steps follow one another as fast as the region takes them.
const (
	eventsADay = 19_200 // of a site: 800 an hour
	step       = 10 * time.Minute
	lag        = 3               // how many steps the region may be behind the senders before they wait
	lossy      = 5 * time.Second // how long answers are lost, of the seconds that a step takes
)

// A day of many councils, each with an attack, in which something breaks every ten minutes.
func TestDay(t *testing.T) {
	long(t, day, "a day of many sites", func(x *trial) *verdict {
		r := newRegion(x.T, "")
		d := &disturber{x: x, r: r, kafka: r.frontKafka(x.T), database: r.frontDatabase(x.T), random: rand.New(rand.NewPCG(24, 24)), times: map[string]int{}}
		sources := fileSources(x.T, size("FRONTFOOT_SITES", 400), x.TempDir(), life{lines: eventsADay, thinned: 1})
		d.workers = r.workers(x.T, 2)
		d.collector = r.collector(x.T, "collector", collecting{inputs: inputsOf(sources)})
		d.collector.start(x.T)
		steps := int(24 * time.Hour / step)
		slowest := time.Duration(0)
		for n := range steps {
			began := time.Now()
			grown := growUntil(sources, firstDay().Add(time.Duration(n+1)*step))
			what := d.strike()
			r.awaitRows(x.T, sentBy(sources)-lag*grown)
			slowest = max(slowest, time.Since(began))
			fmt.Printf("step %d of %d, %s: %d lines sent, %d stored, %.1f s\n", n+1, steps, what, sentBy(sources), r.rows(x.T), since(began)) // a long test says how far it is
		}
		d.calm()
		took := time.Since(x.began)
		v := r.judge(x.T, sources, d.collector)
		x.figure("%d sites; %s; the day took %.0f s, its slowest step %.1f s; collector %d MiB, worker %d MiB, database %d MiB", len(sources), d, took.Seconds(), slowest.Seconds(),
			d.collector.peak, peak(d.workers), r.engine.peak)
		x.check(v.attacks >= min(200, len(sources)), "only %d attacks", v.attacks)
		x.check(d.collector.peak <= 256, "the collector took %d MiB", d.collector.peak)
		return v
	})
}

// growUntil appends to each file what is written before a moment, and returns how many lines these were.
func growUntil(sources []*source, end time.Time) int {
	n := 0
	for _, s := range sources {
		n += s.grow(func(int) bool {
			at, ok := s.feed.peek()
			return ok && at.Before(end)
		})
	}
	return n
}

// A disturber breaks a part of a region after the other.
type disturber struct {
	x         *trial
	r         *region
	kafka     *proxy.Proxy
	database  *proxy.Proxy
	collector *process
	workers   []*process
	random    *rand.Rand
	left      []blow         // of the present round
	times     map[string]int // how often each has struck
}

// A blow is one way in which a region is broken.
type blow struct {
	name string
	hit  func()
}

// strike breaks something, and says what: each thing once a round, in an order of chance.
func (d *disturber) strike() string {
	d.x.Helper()
	d.calm()
	if len(d.left) == 0 {
		d.left = d.blows()
		d.random.Shuffle(len(d.left), func(i, j int) { d.left[i], d.left[j] = d.left[j], d.left[i] })
	}
	next := d.left[0]
	d.left = d.left[1:]
	d.times[next.name]++
	next.hit()
	return next.name
}

func (d *disturber) blows() []blow {
	t := d.x.T
	w := d.workers[d.random.IntN(len(d.workers))]
	return []blow{
		{"collector killed", func() { d.collector.kill(); d.collector.start(t) }},
		{"worker killed", func() { w.kill(); w.launch(t) }},
		{"all workers killed", func() {
			for _, w := range d.workers {
				w.kill()
			}
			for _, w := range d.workers {
				w.launch(t)
			}
		}},
		{"worker stopped and gone on", func() {
			w.signal(t, syscall.SIGSTOP)
			pause(t, sessionTimeout+2*time.Second)
			w.signal(t, syscall.SIGCONT)
		}},
		{"worker restarted", func() { w.ready(t); w.stop(t); w.launch(t) }},
		{"Kafka killed", func() { d.r.kafka.Kill(); d.r.kafka.Restart(t) }},
		{"database killed", func() { d.r.engine.kill(); d.r.startEngine(t) }},
		{"answers of Kafka lost", func() { d.lose(d.kafka, proxy.Produce, proxy.OffsetCommit) }},
		{"answers of the database lost", func() { d.lose(d.database) }},
	}
}

// lose loses a fifth of the answers to requests for some seconds.
func (d *disturber) lose(p *proxy.Proxy, keys ...proxy.Key) {
	d.x.Helper()
	p.SetRule(proxy.Sometimes(d.random.Uint64(), 0.2, proxy.Verdict{Reset: true}, keys...))
	pause(d.x.T, lossy)
	p.SetRule(nil)
}

// calm lets workers come back that have ended themselves.
func (d *disturber) calm() {
	d.x.Helper()
	for _, w := range d.workers {
		if w.ended() {
			w.launch(d.x.T)
		}
	}
}

func (d *disturber) String() string {
	var s []string
	for _, name := range slices.Sorted(maps.Keys(d.times)) {
		s = append(s, fmt.Sprintf("%s %d×", name, d.times[name]))
	}
	return strings.Join(s, ", ")
}
