package benchmarks

import (
	"bytes"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sys/unix"

	"frontfoot/benchmarks/gen"
	"frontfoot/detect"
	"frontfoot/ingest/event"
	"frontfoot/ingest/parse"
)

// sample returns n lines of the demo's attacked council, from a Tuesday morning on.
func sample(tb testing.TB, n int) [][]byte {
	tb.Helper()
	cfg := gen.Demo()
	cfg.Attack = gen.Quiet
	g, err := gen.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	lines := make([][]byte, 0, n)
	from := cfg.Start.AddDate(0, 0, 1).Add(6 * time.Hour)
	for line := range g.Site(1) {
		if line.Time.Before(from) {
			continue
		}
		lines = append(lines, bytes.Clone(line.Text))
		if len(lines) == n {
			break
		}
	}
	return lines
}

// formats sort the generator's lines by what stands in them.
var formats = []struct{ name, mark string }{
	{"mix", ""},
	{"fortigate", ` devid="`},
	{"suricata", `"event_type":"`},
	{"netfilter", " PROTO="},
	{"linux", "+00:00 "},
	{"json", `"service":"planning-portal"`},
	{"kv", " app=revben "},
}

// BenchmarkParse turns lines into rows, on one core.
func BenchmarkParse(b *testing.B) {
	all := sample(b, 20_000)
	for _, f := range formats {
		b.Run("format="+f.name, func(b *testing.B) {
			lines := slices.DeleteFunc(slices.Clone(all), func(l []byte) bool {
				return !bytes.Contains(l, []byte(f.mark)) || f.name == "linux" && bytes.Contains(l, []byte(" PROTO="))
			})
			p, build := parse.New(parse.Config{Replay: true}), event.NewBuilder()
			received, size := time.Now().UnixNano(), 0
			b.ReportAllocs()
			t := watch(b)
			for i := range b.N {
				line := lines[i%len(lines)]
				p.Line(build, line, received)
				build.End()
				if size += len(line); build.Rows() == 1000 {
					build.Reset()
				}
			}
			b.SetBytes(int64(size / b.N))
			b.ReportMetric(float64(b.N)/t.seconds(), "lines/cpu-s")
		})
	}
}

// messages parses lines into batches of so many rows, each encoded as the value of a Kafka message.
func messages(tb testing.TB, lines [][]byte, rows int) [][]byte {
	tb.Helper()
	p, build := parse.New(parse.Config{Replay: true}), event.NewBuilder()
	received := time.Now().UnixNano() // by it, the store decides how long an event is kept
	var out [][]byte
	for i, line := range lines {
		p.Line(build, line, received)
		build.End()
		if build.Rows() == rows || i == len(lines)-1 {
			var buf bytes.Buffer
			if err := event.Encode(&buf, build.Batch()); err != nil {
				tb.Fatal(err)
			}
			out = append(out, buf.Bytes())
			build.Reset()
		}
	}
	return out
}

// BenchmarkEncode writes batches as Arrow IPC streams and says how large an event is on the wire, before and after Kafka's compression.
func BenchmarkEncode(b *testing.B) {
	for _, rows := range []int{10, 100, 1000} {
		b.Run("rows="+strconv.Itoa(rows), func(b *testing.B) {
			batch := decoded(b, messages(b, sample(b, 20_000)[:rows], rows)[0])
			squeeze, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault))
			if err != nil {
				b.Fatal(err)
			}
			var buf bytes.Buffer
			b.ReportAllocs()
			t := watch(b)
			for b.Loop() {
				buf.Reset()
				if err := event.Encode(&buf, batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*float64(rows)/t.seconds(), "events/cpu-s")
			b.ReportMetric(float64(buf.Len())/float64(rows), "B/event")
			b.ReportMetric(float64(len(squeeze.EncodeAll(buf.Bytes(), nil)))/float64(rows), "zstdB/event")
		})
	}
}

func decoded(tb testing.TB, message []byte) *event.Batch {
	tb.Helper()
	batch, err := event.Decode(message)
	if err != nil {
		tb.Fatal(err)
	}
	return batch
}

// BenchmarkDecode reads a message of 1000 events.
func BenchmarkDecode(b *testing.B) {
	message := messages(b, sample(b, 1000), 1000)[0]
	b.ReportAllocs()
	t := watch(b)
	for b.Loop() {
		decoded(b, message)
	}
	b.ReportMetric(float64(b.N)*1000/t.seconds(), "events/cpu-s")
}

// BenchmarkScore scores and learns decoded events, on one core: a day and more of a council, again and again.
func BenchmarkScore(b *testing.B) {
	var batches []*event.Batch
	events := 0
	for _, m := range messages(b, sample(b, 40_000), 1000) {
		batches = append(batches, decoded(b, m))
		events += batches[len(batches)-1].Rows()
	}
	s := detect.NewSite("northmoor", [16]byte{1}, detect.DefaultConfig())
	var seq uint64
	b.ReportAllocs()
	t := watch(b)
	for b.Loop() {
		for i, batch := range batches {
			var out detect.Output
			s.Process(detect.Message{Epoch: epoch, Seq0: seq, Offset: int64(i), Events: batch}, &out)
			seq += uint64(batch.Rows())
		}
	}
	b.ReportMetric(float64(b.N)*float64(events)/t.seconds(), "events/cpu-s")
	b.ReportMetric(float64(len(s.Snapshot())), "B/site")
}

// A stopwatch counts the seconds of processor time that the whole program used, the garbage collector's included; what else runs on the
// machine does not count.
type stopwatch struct{ from time.Duration }

func watch(b *testing.B) stopwatch {
	b.Helper()
	b.ResetTimer()
	return stopwatch{used(unix.RUSAGE_SELF)}
}

func (t stopwatch) seconds() float64 { return (used(unix.RUSAGE_SELF) - t.from).Seconds() }

// used returns the processor time of this program or of this thread.
func used(who int) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(who, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
