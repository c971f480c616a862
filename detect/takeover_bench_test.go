package detect

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"testing"

	"github.com/sourcegraph/conc/pool"

	"frontfoot/detect/checkpoint"
	"frontfoot/ingest/broker"
	"frontfoot/ingest/bus"
)

// fixedLease gives each lane a record and takes nothing.
type fixedLease map[int]string

func (l fixedLease) Commit(context.Context, int, int64, string) error { return nil }

func (l fixedLease) Committed(_ context.Context, lane int) (int64, string, error) {
	return 0, l[lane], nil
}

// BenchmarkTakeover restores all lanes of a region from the embedded broker, as after a clean stop: nothing is to be replayed.
func BenchmarkTakeover(b *testing.B) {
	const lanes = 16
	for _, sites := range []int{64, 400} {
		b.Run(fmt.Sprintf("%dSites", sites), func(b *testing.B) {
			logger := slog.New(slog.DiscardHandler)
			broke, err := broker.Start(broker.Config{Dir: b.TempDir()}, logger)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = broke.Close() }()
			client, err := bus.New(bus.Config{Brokers: []string{broke.Addr()}, Local: true}, logger, nil)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = client.Close() }()
			if err := client.EnsureTopics(b.Context(), bus.SharedSpecs(lanes)...); err != nil {
				b.Fatal(err)
			}
			lease, size := saveSites(b, client, sites, lanes)
			b.SetBytes(size)
			for b.Loop() {
				w := newWorker(DefaultWorkerConfig(), Dependencies{NewSite: bigSite, Logger: logger}, client)
				p := pool.New().WithContext(b.Context()).WithFirstError()
				for n := range lanes {
					p.Go(func(ctx context.Context) error {
						l := w.newLane(lease, n, lanes)
						w.trim.begin(lanes)
						err := l.restore(ctx)
						if err == nil && len(l.reports) > 0 {
							err = fmt.Errorf("lane %d lost states: %v", n, l.reports)
						}
						return err
					})
				}
				if err := p.Wait(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func bigSite(site string) (*Site, error) { return NewSite(site, [16]byte{1}, DefaultConfig()), nil }

// saveSites saves a snapshot of about 1 MiB for each site, and manifests and records that name them.
func saveSites(b *testing.B, log Log, sites, lanes int) (lease fixedLease, size int64) {
	b.Helper()
	lease = fixedLease{}
	const first = "council-000"
	s, _ := bigSite(first)
	for i := 0; len(s.Snapshot()) < 1<<20 && i < 200_000; i += 2000 {
		s.Process(Message{Events: bomb(i, 2000)}, &Output{})
	}
	blob := s.Snapshot()
	manifests := make([]checkpoint.Manifest, lanes)
	for i := range sites {
		site, n := fmt.Sprintf("council-%03d", i), i%lanes
		ref, err := checkpoint.Save(b.Context(), log, site+"/0", bytes.Replace(blob, []byte(first), []byte(site), 1))
		if err != nil {
			b.Fatal(err)
		}
		if manifests[n].Sites == nil {
			manifests[n].Sites = map[string]checkpoint.Snapshot{}
		}
		manifests[n].Sites[site] = checkpoint.Snapshot{At: 7, Ref: ref, Key: site + "/0"}
		size += int64(len(blob))
	}
	for n := range manifests {
		ref, err := checkpoint.Save(b.Context(), log, fmt.Sprintf("lane-%d", n), mustJSON(manifests[n]))
		if err != nil {
			b.Fatal(err)
		}
		p := checkpoint.Place{Batch: 1, Nonce: 1, Manifest: ref, Sites: map[string]checkpoint.Span{}}
		for site := range manifests[n].Sites {
			p.Sites[site] = checkpoint.Span{Next: 7}
		}
		lease[n] = p.Encode()
	}
	return lease, size
}
