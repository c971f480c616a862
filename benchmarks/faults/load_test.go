package faults

import (
	"testing"
	"time"
)

// Files of some million lines are read while the collector, a worker, Kafka and the database are killed in turn.
func TestLoad(t *testing.T) {
	long(t, load, "a load of files", func(x *trial) *verdict {
		r := newRegion(x.T, "")
		sources := fileSources(x.T, 8, x.TempDir(), life{lines: 25_000, thinned: 1})
		lines := size("FRONTFOOT_LINES", 5_000_000)
		for i, s := range sources {
			share := lines*(i+1)/len(sources) - lines*i/len(sources)
			s.grow(func(made int) bool { return made < share })
		}
		ws := r.workers(x.T, 2)
		c := r.collector(x.T, "collector", collecting{inputs: inputsOf(sources)})
		began := time.Now()
		c.start(x.T)
		turns := []func(){
			func() { c.kill(); c.start(x.T) },
			func() { ws[0].kill(); ws[0].launch(x.T) },
			func() { r.kafka.Kill(); r.kafka.Restart(x.T) },
			func() { r.engine.kill(); r.startEngine(x.T) },
			func() { ws[1].kill(); ws[1].launch(x.T) },
		}
		kills := 0
		for r.rows(x.T) < lines {
			before := r.rows(x.T)
			turns[kills%len(turns)]()
			kills++
			r.awaitRows(x.T, min(before+lines/100, lines))
			pause(x.T, 2*time.Second)
		}
		took := time.Since(began).Seconds()
		v := r.judge(x.T, sources, c)
		x.figure("%d kills; %.0f events/s meanwhile; collector %d MiB, worker %d MiB, database %d MiB", kills, float64(lines)/took, c.peak, peak(ws), r.engine.peak)
		x.check(v.sent == lines && v.stored == lines, "%d lines sent, %d stored, should be %d", v.sent, v.stored, lines)
		x.check(kills >= len(turns), "only %d kills", kills)
		x.check(c.peak <= 256, "the collector took %d MiB", c.peak)
		return v
	})
}
