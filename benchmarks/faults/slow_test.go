package faults

import (
	"net"
	"sync"
	"testing"
	"time"
)

// F11: somebody holds two thousand connections with a byte now and then, and a sender of lines wants to be heard. (That a certificate, a password and an ACL
// let nobody else in is a test of ingest/bus.)
func TestF11SlowSenders(t *testing.T) {
	try(t, "F11 two thousand slow senders", []string{"evict"}, func(x *trial) *verdict {
		r := newRegion(x.T, "")
		good := syslogSource(x.T, 7, "council-tcp", "tcp")
		sources := append(fileSources(x.T, 2, x.TempDir(), eventful()), good)
		ws := r.workers(x.T, 1)
		c := r.collector(x.T, "collector", collecting{inputs: inputsOf(sources)})
		c.env = off(x.off)
		c.start(x.T)
		slow := holdOpen(x.T, good.addr, 2000)
		pause(x.T, 6*time.Second)
		begin(x.T, 2400, sources)
		times := newDelays(r, []*source{good})
		times.watch(x, pick(15*time.Second, 2*time.Minute))
		slowest := times.at(0.99)
		v := r.judge(x.T, sources, c)
		stored := r.newest(x.Context(), []*source{good})[good.site]
		x.figure("%d connections were refused or made room; %d lines of the good sender stored, a row at most %.1f s after its line (99 %%); collector %d MiB, worker %d MiB",
			slow(), stored, slowest, c.peak, peak(ws))
		if x.off == "" {
			x.timely(slowest <= 3, "the good sender's rows come after %.1f s", slowest)
		}
		x.notice(stored > 0, "the good sender has no rows")
		x.check(c.peak <= 256, "the collector took %d MiB", c.peak)
		return v
	})
}

// holdOpen opens connections that say a byte now and then, until the test ends. The function that it returns tells how many have been closed.
func holdOpen(t *testing.T, addr string, n int) (closed func() int) {
	t.Helper()
	var mu sync.Mutex
	gone, open := 0, []net.Conn{}
	var readers sync.WaitGroup
	for range n {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, conn)
		readers.Go(func() {
			tick := time.NewTicker(10 * time.Second)
			defer tick.Stop()
			for {
				if _, err := conn.Write([]byte("x")); err != nil {
					mu.Lock()
					gone++
					mu.Unlock()
					return
				}
				select {
				case <-tick.C:
				case <-t.Context().Done():
					return
				}
			}
		})
	}
	t.Cleanup(func() {
		for _, c := range open {
			_ = c.Close()
		}
		readers.Wait()
	})
	return func() int {
		mu.Lock()
		defer mu.Unlock()
		return gone
	}
}
