package bus

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"frontfoot/ingest/broker"
)

// logLike returns bytes that compress about as well as a batch of log lines.
func logLike(n int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	buf := make([]byte, 0, n+200)
	for len(buf) < n {
		buf = fmt.Appendf(buf, "2026-03-%02d 12:%02d:%02d fw%d kernel: DROP IN=eth0 SRC=10.%d.%d.%d DST=192.0.2.%d PROTO=TCP SPT=%d DPT=%d\n",
			rng.IntN(28)+1, rng.IntN(60), rng.IntN(60), rng.IntN(4), rng.IntN(4), rng.IntN(256), rng.IntN(256),
			rng.IntN(256), 1024+rng.IntN(64000), []int{22, 80, 443, 445, 3389}[rng.IntN(5)])
	}
	return buf[:n]
}

func BenchmarkProduce(b *testing.B) {
	for _, size := range []int{1 << 10, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			c := newClient(b, startBroker(b, broker.Config{MaxLogBytes: 8 << 30}).Addr(), "kent")
			value := logLike(size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				binary.BigEndian.PutUint64(value, uint64(i))
				if _, err := c.Produce(b.Context(), RawTopic("kent"), Message{Value: value}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFetch(b *testing.B) {
	for _, size := range []int{1 << 10, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			c := newClient(b, startBroker(b, broker.Config{}).Addr(), "kent")
			msg := Message{Value: logLike(size)}
			const total = 64
			for range total {
				if _, err := c.Produce(b.Context(), RawTopic("kent"), msg); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			next := int64(0)
			var have []Message
			for b.Loop() {
				if len(have) == 0 {
					if next == total {
						next = 0
					}
					res, err := c.Fetch(b.Context(), RawTopic("kent"), next, FetchOptions{})
					if err != nil || len(res.Messages) == 0 {
						b.Fatal(err)
					}
					have, next = res.Messages, next+int64(len(res.Messages))
				}
				have = have[1:]
			}
		})
	}
}

// One idle poll of many sites: what it costs when nothing happens.
func BenchmarkPollIdle(b *testing.B) {
	for _, sites := range []int{1, 400} {
		b.Run(fmt.Sprintf("sites=%d", sites), func(b *testing.B) {
			c := newClient(b, startBroker(b, broker.Config{}).Addr(), "kent")
			var specs []TopicSpec
			var positions []Position
			for i := range sites {
				specs = append(specs, SiteSpecs(fmt.Sprintf("site-%03d", i))[0])
				positions = append(positions, Position{Topic: specs[i].Name})
			}
			if err := c.EnsureTopics(b.Context(), specs...); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Poll(b.Context(), positions, FetchOptions{MaxWait: time.Millisecond}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkJoin measures how soon a member that comes alone has its lanes, and has left again.
func BenchmarkJoin(b *testing.B) {
	c := newClient(b, startBroker(b, broker.Config{}).Addr(), "kent")
	for b.Loop() {
		if err := c.RunGroup(b.Context(), "workers", func(context.Context, *Lease) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
