package faults

import (
	"slices"
	"syscall"
	"testing"
	"time"
)

// F10: a site sends fifty times as much as the others, and bursts of datagrams on top of it.
func TestF10Flood(t *testing.T) {
	try(t, "F10 flood of a site", []string{"drops"}, func(x *trial) *verdict {
		r := newRegion(x.T, "")
		names := siteNames(8)
		flooded := names[0]
		beside := names[1+slices.IndexFunc(names[1:], func(site string) bool { return laneOf(site) == laneOf(flooded) })]
		others := slices.DeleteFunc(names, func(site string) bool { return laneOf(site) == laneOf(flooded) })
		quiet := []*source{
			fileSource(x.T, 0, beside, x.TempDir(), eventful()), syslogSource(x.T, 1, others[0], "tcp"), syslogSource(x.T, 2, others[1], "udp"),
		}
		flood := []*source{syslogSource(x.T, 3, flooded, "tcp"), syslogSource(x.T, 4, flooded, "udp")}
		ws := r.workers(x.T, 1, off(x.off)...)
		c := r.collector(x.T, "collector", collecting{inputs: append(inputsOf(quiet), inputsOf(flood)...)})
		c.env = off(x.off)
		c.start(x.T)
		const rate, times, burst = 100, 50, 60_000
		begin(x.T, rate*len(quiet), quiet)
		r.awaitRows(x.T, rate*len(quiet))
		before := newDelays(r, quiet)
		before.watch(x, 4*time.Second)

		flood[0].begin(x.T, rate*times)
		during := newDelays(r, quiet)
		for range pick(1, 15) {
			during.watch(x, time.Second)
			c.signal(x.T, syscall.SIGSTOP) // it does not get to run, so that the kernel's buffer is too small for the burst
			flood[1].send(burst)
			c.signal(x.T, syscall.SIGCONT)
			during.watch(x, 7*time.Second)
		}
		flood[0].end()
		end(quiet)
		during.finish(x)
		v := r.judge(x.T, append(quiet, flood...), c)
		count := func(where string) int {
			return r.count(x.Context(), "SELECT sum(rows) FROM ingest_ledger WHERE kind IN ('kernel_drop', 'spool_full', 'damaged', 'gap', 'dead_letter') AND "+where)
		}
		drops := count("site = '" + flooded + "'")
		x.figure("%d lines at %d times the others' rate and bursts of %d datagrams, of which %d were dropped and declared; the others' lines stored after %.1f s (99 %%) and %.1f s at most, %.1f s before; collector %d MiB, worker %d MiB",
			sentBy(flood), times, burst, drops, during.at(0.99), during.at(1), before.at(1), c.peak, peak(ws))
		x.check(drops > 0, "no datagram of the flood was dropped: it was none")
		x.check(count("site != '"+flooded+"'") == 0, "lines of other sites were dropped")
		x.timely(during.at(0.99) <= quietMost.Seconds() && during.at(1) <= quietEver.Seconds(), "lines of other sites took %.1f s (99 %%) and %.1f s at most", during.at(0.99), during.at(1))
		x.check(c.peak <= 256, "the collector took %d MiB", c.peak)
		x.check(peak(ws) <= 512+4*6, "a worker took %d MiB", peak(ws))
		return v
	})
}

// How long a line of a site may take to become a row while another site floods the region: 99 of a hundred, and all.
const (
	quietMost = 10 * time.Second
	quietEver = 20 * time.Second
)

// delays finds how long lines take from their sender to the database.
type delays struct {
	r       *region
	sources []*source
	waiting map[*source][]moment
	took    []float64 // seconds
}

// A moment is when a source had sent so many lines.
type moment struct {
	sent uint64
	at   time.Time
}

func newDelays(r *region, sources []*source) *delays {
	return &delays{r: r, sources: sources, waiting: map[*source][]moment{}}
}

// watch looks for so long.
func (d *delays) watch(x *trial, long time.Duration) {
	x.Helper()
	until := time.Now().Add(long)
	for time.Now().Before(until) {
		d.look(x)
		pause(x.T, 100*time.Millisecond)
	}
}

// finish waits for what was sent last.
func (d *delays) finish(x *trial) {
	x.Helper()
	err := wait(x.Context(), patience, func() bool {
		d.look(x)
		for _, waiting := range d.waiting {
			if len(waiting) > 0 {
				return false
			}
		}
		return true
	})
	x.check(err == nil, "lines of other sites do not come: %v", err)
}

func (d *delays) look(x *trial) {
	x.Helper()
	for _, s := range d.sources {
		d.waiting[s] = append(d.waiting[s], moment{s.total(), time.Now()})
	}
	have := d.r.newest(x.Context(), d.sources)
	for _, s := range d.sources {
		for len(d.waiting[s]) > 0 && d.waiting[s][0].sent <= have[s.site] {
			d.took = append(d.took, time.Since(d.waiting[s][0].at).Seconds())
			d.waiting[s] = d.waiting[s][1:]
		}
	}
}

// at returns the seconds within which a share of the lines came.
func (d *delays) at(share float64) float64 {
	slices.Sort(d.took)
	if len(d.took) == 0 {
		return 0
	}
	return d.took[int(share*float64(len(d.took)-1))]
}
