package faults

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallDisk mounts a file system in memory of so many MiB.
func smallDisk(t *testing.T, mib string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+mib+"m"); err != nil {
		t.Skip("a small disk needs the right to mount one: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// F6: the disk of the collector is full while Kafka is away, and then that of the database.
func TestF6DiskFull(t *testing.T) {
	try(t, "F6 disk full", []string{"backpressure"}, func(x *trial) *verdict {
		// Two sites: the spool of each begins with a segment, and both are on a disk that has no room for what is allowed to them.
		spools, tables := smallDisk(x.T, "64"), smallDisk(x.T, "256")
		r := newRegion(x.T, tables)
		names := siteNames(2)
		sources := []*source{
			fileSource(x.T, 0, names[0], x.TempDir(), eventful()), syslogSource(x.T, 1, names[0], "tcp"), syslogSource(x.T, 2, names[1], "udp"),
		}
		ws := r.workers(x.T, 1, off(x.off)...)
		c := r.collector(x.T, "collector", collecting{dir: spools, spool: 1024, inputs: inputsOf(sources)})
		c.env = off(x.off)
		c.start(x.T)
		begin(x.T, 3000, sources)
		r.awaitRows(x.T, 3000)

		r.kafka.Kill()
		for i := range sources { // faster, so that it does not take long
			sources[i].end()
			sources[i].begin(x.T, 15_000)
		}
		full := wait(x.Context(), patience, func() bool {
			return c.metric("frontfoot_ingest_spool_full", `site="`+names[0]+`"`) == 1 && c.metric("frontfoot_ingest_spool_full_drops_total", `site="`+names[1]+`"`) > 0
		})
		x.check(x.off != "" || full == nil, "the spool does not say that it is full\n%s", c.log.tail())
		taken := c.metric("frontfoot_ingest_lines_total", `input="`+names[0]+`-tcp"`)
		pause(x.T, pick(3*time.Second, 30*time.Second))
		x.check(c.metric("frontfoot_ingest_lines_total", `input="`+names[0]+`-tcp"`)-taken < 10_000, "lines over TCP are taken although there is no room")
		x.check(!c.ended(), "the collector has ended: %v\n%s", c.exit, c.log.tail())
		for _, s := range sources {
			s.breakOff() // a clean end would wait for somebody to read
		}
		r.kafka.Restart(x.T)
		r.settle(x.T, sources, c)

		// The database's disk: full by a ballast, and free again.
		begin(x.T, 2000, sources[:1])
		ballast := filepath.Join(tables, "ballast")
		fill(x.T, ballast)
		err := wait(x.Context(), patience, func() bool {
			return ws[0].metric("frontfoot_store_retries_total")+ws[0].metric("frontfoot_detect_insert_retries_total") > 0
		})
		x.check(err == nil, "no insert fails on a full disk")
		pause(x.T, pick(2*time.Second, 20*time.Second))
		if err := os.Remove(ballast); err != nil {
			x.Fatal(err)
		}
		v := r.judge(x.T, sources, c)
		dropped := r.count(x.Context(), "SELECT sum(rows) FROM ingest_ledger WHERE kind = 'spool_full'")
		kernel := r.count(x.Context(), "SELECT sum(rows) FROM ingest_ledger WHERE kind = 'kernel_drop'")
		x.figure("%d datagrams dropped by a full spool and %d by the kernel, all declared; collector %d MiB, worker %d MiB", dropped, kernel, c.peak, peak(ws))
		x.check(dropped > 0, "no datagram was dropped: the spool was not full")
		x.check(c.peak <= 256, "the collector took %d MiB", c.peak)
		x.check(!strings.Contains(c.log.String(), "damaged"), "the spool is damaged\n%s", c.log.tail())
		return v
	})
}

// fill writes a file until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 1<<20); err == nil; {
		_, err = f.Write(block)
	}
}
