package detect_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/sourcegraph/conc"

	"frontfoot/detect"
)

// processor returns the processor time that this process has used.
func processor(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkIdleSites measures what 400 sites cost from which nothing comes, the embedded broker's part included.
func BenchmarkIdleSites(b *testing.B) {
	var sites []string
	for i := range 400 {
		sites = append(sites, fmt.Sprintf("council-%03d", i))
	}
	r := newRegion(b, sites...)
	for _, site := range sites {
		r.produce(b, site, 0, 1)
	}
	ctx, stop := context.WithCancel(b.Context())
	var wg conc.WaitGroup
	defer wg.Wait()
	defer stop()
	r.dep.Registerer = prometheus.NewRegistry()
	wg.Go(func() {
		if err := detect.NewWorker(detect.DefaultWorkerConfig(), r.dep).Run(ctx); err != nil {
			b.Error(err)
		}
	})
	r.sink.await(ctx, b, 4000)
	time.Sleep(12 * time.Second) // until the last batch is settled and polls are rare
	before, began := processor(b), time.Now()
	for b.Loop() {
		time.Sleep(10 * time.Second)
	}
	b.ReportMetric(100*float64(processor(b)-before)/float64(time.Since(began)), "%core")
	b.ReportMetric(0, "ns/op")
}
