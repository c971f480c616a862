package bus

import (
	"bytes"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/segmentio/kafka-go/compress"
)

// kafka-go and every other client read what was compressed in one go.
func TestZstdIsReadByOthers(t *testing.T) {
	codec := newZstdCodec()
	var writers sync.WaitGroup
	for n := range 50 {
		writers.Go(func() {
			want := lines(n * n * 400)
			var packed bytes.Buffer
			w := codec.NewWriter(&packed)
			for rest := want; len(rest) > 0; rest = rest[min(len(rest), 999):] {
				if _, err := w.Write(rest[:min(len(rest), 999)]); err != nil {
					t.Error(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
			if len(want) > 10_000 && packed.Len() > len(want)/2 {
				t.Errorf("%d bytes became %d", len(want), packed.Len())
			}
			got, err := io.ReadAll(compress.ZstdCodec.NewReader(&packed))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes came back as %d: %v", len(want), len(got), err)
			}
		})
	}
	writers.Wait()
}

// A collector of 400 sites sends 400 batches at once, and has memory for few encoders.
func TestZstdKeepsFewEncoders(t *testing.T) {
	const writers, least = 400, 30_000
	codec := newZstdCodec()
	batch := lines(least)
	send := func() {
		open := make([]io.WriteCloser, writers)
		for i := range open {
			open[i] = codec.NewWriter(io.Discard)
			_, _ = open[i].Write(batch)
		}
		for _, w := range open {
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	send()
	runtime.ReadMemStats(&after)
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 64 {
		t.Errorf("%d batches of %d bytes took %d MiB", writers, least, took)
	}
}

// lines returns so many bytes of text like log lines.
func lines(n int) []byte {
	random := rand.New(rand.NewPCG(1, uint64(n)))
	words := []string{"Accepted password for ", "src=10.0.0.", "dport=443 ", "user=alice ", "action=deny ", "\n"}
	var b bytes.Buffer
	for b.Len() < n {
		b.WriteString(words[random.IntN(len(words))])
		b.WriteByte('0' + byte(random.IntN(10)))
	}
	return b.Bytes()[:n]
}
