package spool

import (
	"log/slog"
	"strings"
	"sync"
	"testing"

	"frontfoot/ingest/line"
)

// BenchmarkSpool appends lines of 200 bytes, as many to a chunk as a file input hands over, makes them durable with the default group
// commit on the disk of the temporary folder, reads them back and acknowledges them.
func BenchmarkSpool(b *testing.B) {
	for name, lines := range map[string]int{"chunks of 1300": 1300, "chunks of 64": 64} {
		b.Run(name, func(b *testing.B) { benchmark(b, lines) })
	}
}

func benchmark(b *testing.B, lines int) {
	s, err := Open(Settings{Dir: b.TempDir()}, slog.New(slog.DiscardHandler), testMetrics())
	check(b, err)
	defer s.Close()
	c := &line.Chunk{Position: line.Position{Key: "file", Value: []byte(strings.Repeat("p", 200))}}
	for range lines {
		c.Lines = append(c.Lines, line.Line{Raw: []byte(strings.Repeat("x", 199) + "\n")})
	}
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.Run(b.Context()); err != nil {
			b.Error(err)
		}
	})
	total, read := 0, make(chan int)
	want := make(chan int, 1)
	running.Go(func() {
		r := s.Reader()
		defer r.Close()
		for n, end := 0, -1; n != end; {
			changed := s.Changed()
			f, ok, err := r.Next()
			if err != nil {
				b.Error(err)
				return
			}
			if !ok {
				select {
				case <-changed:
				case end = <-want:
				}
				continue
			}
			f.Lines(func(int, line.Line) bool {
				n++
				return true
			})
			if err := s.Acknowledge(Ack{At: f.End, Epoch: f.Epoch, Seq: f.Seq + uint64(f.N), Note: f.NextNote}, f.N); err != nil {
				b.Error(err)
			}
		}
		close(read)
	})
	b.SetBytes(int64(200 * lines))
	for b.Loop() {
		if _, err := s.Append(b.Context(), Source{Input: "in", Zone: "UTC"}, c); err != nil {
			b.Fatal(err)
		}
		total += lines
	}
	want <- total
	check(b, s.Commit())
	<-read
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "lines/s")
	check(b, s.Close())
}
