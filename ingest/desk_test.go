package ingest

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"frontfoot/ingest/bus"
)

// neverKafka takes nothing.
type neverKafka struct{ tried chan struct{} }

func (k neverKafka) Produce(ctx context.Context, _ string, _ ...bus.Message) (int64, error) {
	k.tried <- struct{}{}
	<-ctx.Done()
	return 0, context.Cause(ctx)
}

// There are fewer desks than sites, and nobody waits for Kafka at one: while the batches of all other sites are refused, a site's lines are sent.
func TestStuckSitesHoldNoDesk(t *testing.T) {
	dir := t.TempDir()
	stuck := 2 * cap(newDesks())
	never, k := neverKafka{make(chan struct{}, stuck)}, &fakeKafka{}
	cfg := Config{BatchBytes: 10_000, Linger: time.Millisecond, DrainTimeout: time.Millisecond}
	for n := range stuck + 1 {
		path := filepath.Join(dir, fmt.Sprintf("%d.log", n))
		write(t, path, numbered(0, 2000)) // several batches: one is refused, and the next is made
		in := fileInput(path)
		in.Name, in.Site = fmt.Sprintf("in-%d", n), fmt.Sprintf("site-%d", n)
		cfg.Inputs = append(cfg.Inputs, in)
	}
	last := fmt.Sprintf("site-%d", stuck)
	c, err := New(cfg, func(site string) Producer {
		if site == last {
			return k
		}
		return never
	}, dir, quiet(), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	start(t, c)
	for range stuck {
		<-never.tried
	}
	write(t, filepath.Join(dir, fmt.Sprintf("%d.log", stuck)), numbered(2000, 4000))
	k.wait(t, last, 4000)
}
