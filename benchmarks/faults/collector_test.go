package faults

import (
	"math/rand/v2"
	"testing"
	"time"
)

// F1: a collector is killed over and over while files grow and a sender of syslog is connected.
func TestF1CollectorKilled(t *testing.T) {
	besideOthers(t)
	try(t, "F1 collector killed", []string{"fsync"}, func(x *trial) *verdict {
		r := newRegion(x.T, "")
		dir := x.TempDir()
		sources := append(fileSources(x.T, 2, dir, eventful()), syslogSource(x.T, 7, "council-tcp", "tcp"))
		r.workers(x.T, 1, off(x.off)...)
		c := r.collector(x.T, "collector", collecting{inputs: inputsOf(sources)})
		c.env = off(x.off)
		random := rand.New(rand.NewPCG(1, 1))
		c.start(x.T)
		begin(x.T, 5000, sources) // so many that the kills meet attacks enough to compare
		slowest := 0.0
		for range pick(8, 20) {
			pause(x.T, time.Duration(200+random.IntN(1200))*time.Millisecond)
			c.kill()
			began := time.Now()
			c.start(x.T)
			slowest = max(slowest, since(began))
		}
		pause(x.T, time.Second)
		v := r.judge(x.T, sources, c)
		x.timely(slowest <= 5, "a restart took %.1f s, more than 5", slowest)
		x.figure("%d kills, slowest restart %.1f s, collector %d MiB", pick(8, 20), slowest, c.peak)
		x.check(c.peak <= 256, "the collector took %d MiB, more than 256", c.peak)
		return v
	})
}
