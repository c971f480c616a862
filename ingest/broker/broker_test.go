package broker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontfoot/ingest/broker"
	"frontfoot/ingest/bus"
	"frontfoot/ingest/loopback"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		runChild(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func start(t *testing.T, cfg broker.Config) *broker.Broker {
	t.Helper()
	b, err := broker.Start(cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, b) })
	return b
}

func stop(t *testing.T, b *broker.Broker) {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

func client(t *testing.T, addr string, sites ...string) *bus.Client {
	t.Helper()
	return loggingClient(t, addr, quiet(), sites...)
}

func loggingClient(t *testing.T, addr string, logger *slog.Logger, sites ...string) *bus.Client {
	t.Helper()
	c, err := bus.New(bus.Config{Brokers: []string{addr}}, logger, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	specs := bus.SharedSpecs(2)
	for _, site := range sites {
		specs = append(specs, bus.SiteSpecs(site)...)
	}
	if err := c.EnsureTopics(within(t), specs...); err != nil {
		t.Fatal(err)
	}
	return c
}

// limit bounds what a machine that is busy with other tests may take.
const limit = 2 * time.Minute

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	return ctx
}

// noise does not compress, so that a message has about its size in the log.
func noise(i, n int) []byte {
	buf := make([]byte, n)
	x := uint64(i)*2654435761 + 1
	for k := range buf {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		buf[k] = byte(x)
	}
	return buf
}

func produce(t *testing.T, c *bus.Client, site string, from, to, size int) {
	t.Helper()
	for i := from; i < to; i++ {
		off, err := c.Produce(within(t), bus.RawTopic(site), bus.Message{Value: noise(i, size)})
		if err != nil || off != int64(i) {
			t.Fatalf("message %d: offset %d, %v", i, off, err)
		}
	}
}

// check reads from..to and compares contents; offsets must be contiguous.
func check(t *testing.T, c *bus.Client, site string, from, to, size int) {
	t.Helper()
	for next := int64(from); next < int64(to); {
		res, err := c.Fetch(within(t), bus.RawTopic(site), next, bus.FetchOptions{})
		if err != nil || len(res.Messages) == 0 {
			t.Fatalf("at %d: %d messages, %v", next, len(res.Messages), err)
		}
		for _, m := range res.Messages {
			if m.Offset != next || !bytes.Equal(m.Value, noise(int(next), size)) {
				t.Fatalf("at %d: offset %d or its value is wrong", next, m.Offset)
			}
			if next++; next == int64(to) {
				return
			}
		}
	}
}

func segments(t *testing.T, dir, topic string) (n int, size int64) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "partitions", topic+"-0", "*.dat"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	return len(files), size
}

func TestRestartGoesOn(t *testing.T) {
	cfg := broker.Config{Dir: t.TempDir(), Listen: loopback.Address(t), SegmentBytes: 64 << 10}
	b := start(t, cfg)
	c := client(t, b.Addr(), "kent")
	produce(t, c, "kent", 0, 20, 10_000)
	stop(t, b)

	start(t, cfg) // on the same port: clients go on by themselves
	check(t, c, "kent", 0, 20, 10_000)
	produce(t, c, "kent", 20, 30, 10_000)
	check(t, c, "kent", 15, 30, 10_000)
}

func TestTrim(t *testing.T) {
	cfg := broker.Config{Dir: t.TempDir(), Listen: loopback.Address(t), SegmentBytes: 64 << 10}
	b := start(t, cfg)
	c := client(t, b.Addr(), "kent")
	ctx := within(t)
	topic := bus.RawTopic("kent")
	produce(t, c, "kent", 0, 60, 10_000)
	before, _ := segments(t, cfg.Dir, topic)
	for _, at := range []int64{-5, 0, 40, 40, 10} {
		if err := b.Trim(ctx, topic, at); err != nil {
			t.Fatalf("trimming at %d: %v", at, err)
		}
	}
	after, size := segments(t, cfg.Dir, topic)
	if after >= before || size > 280_000 {
		t.Errorf("%d of %d segments with %d bytes are left", after, before, size)
	}
	if first, next, err := c.Offsets(ctx, topic); first != 40 || next != 60 || err != nil {
		t.Errorf("offsets %d %d %v", first, next, err)
	}
	if _, err := c.Fetch(ctx, topic, 39, bus.FetchOptions{}); !errors.Is(err, bus.ErrOffsetOutOfRange) {
		t.Errorf("below the start: %v", err)
	}
	check(t, c, "kent", 40, 60, 10_000)
	if err := b.Trim(ctx, bus.RawTopic("nowhere"), 1); err == nil {
		t.Error("trimming a missing topic worked")
	}

	// All of it: offsets must not begin again at 0 after a restart.
	if err := b.Trim(ctx, topic, 1000); err != nil {
		t.Fatal(err)
	}
	stop(t, b)
	start(t, cfg)
	if first, next, err := c.Offsets(ctx, topic); first != 59 || next != 60 || err != nil {
		t.Errorf("after a restart: offsets %d %d %v", first, next, err)
	}
	produce(t, c, "kent", 60, 61, 10)
}

func TestFullLogMakesCollectorsWait(t *testing.T) {
	logged := new(logBuffer)
	logger := slog.New(slog.NewTextHandler(logged, nil))
	b, err := broker.Start(broker.Config{Dir: t.TempDir(), SegmentBytes: 64 << 10, MaxLogBytes: 200_000}, logger)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, b) })
	c := loggingClient(t, b.Addr(), logger, "kent")
	ctx, topic := within(t), bus.RawTopic("kent")
	produce(t, c, "kent", 0, 19, 10_000) // as many as there is room for
	const refused, again = "log is full: the worker has to catch up", "takes raw messages again"
	waited := make(chan error, 1)
	go func() {
		for i := 19; ; i++ {
			_, err := c.Produce(ctx, topic, bus.Message{Value: noise(i, 10_000)})
			if err != nil || logged.has(refused) {
				waited <- err
				return
			}
		}
	}()
	until(ctx, t, "the log to be full", func() bool { return logged.has("log is full, collectors wait") && logged.has(refused) })
	// A worker must still be able to write what lets it make room.
	if _, err := c.Produce(ctx, bus.Checkpoint, bus.Message{Key: []byte("k"), Value: []byte("v")}); err != nil {
		t.Errorf("checkpoint: %v", err)
	}
	if logged.has(again) || len(waited) > 0 {
		t.Error("it takes raw messages though there is no room")
	}
	if err := c.Refused(); err == nil || !strings.Contains(err.Error(), refused) || c.Ping(ctx) != nil {
		t.Errorf("of a broker that is there and has no room: %v", err)
	}
	_, next, err := c.Offsets(ctx, topic)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Trim(ctx, topic, next-1); err != nil { // a fast machine has sent much until it was refused
		t.Fatal(err)
	}
	until(ctx, t, "room", func() bool { return logged.has(again) })
	if err := <-waited; err != nil {
		t.Errorf("the message that waited: %v", err)
	}
	if err := c.Refused(); err != nil {
		t.Errorf("after it was taken: %v", err)
	}
}

func until(ctx context.Context, t *testing.T, what string, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("waiting for ", what)
		}
	}
}

// A logBuffer is a log that may be read while it grows.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) has(text string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Contains(b.text.Bytes(), []byte(text))
}

func TestStartErrors(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	used := start(t, broker.Config{Dir: t.TempDir()})
	usedDir := t.TempDir()
	start(t, broker.Config{Dir: usedDir})
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "x")
	badTopics, badMeta, orphan := t.TempDir(), t.TempDir(), t.TempDir()
	write(t, filepath.Join(badTopics, "topics.json"), "\x00\x00")
	write(t, filepath.Join(badMeta, "meta.json"), "{")
	if err := os.MkdirAll(filepath.Join(orphan, "partitions", "ff.raw.kent-0"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, want string
		cfg        broker.Config
	}{
		{"taken port", "another program listens", broker.Config{Dir: t.TempDir(), Listen: taken.Addr().String()}},
		{"port of a broker", "another program listens", broker.Config{Dir: t.TempDir(), Listen: used.Addr()}},
		{"folder in use", "another frontfoot", broker.Config{Dir: usedDir}},
		{"folder is a file", "choose a data folder", broker.Config{Dir: file}},
		{"not loopback", "Apache Kafka", broker.Config{Dir: t.TempDir(), Listen: "0.0.0.0:0"}},
		{"no port", "host:port", broker.Config{Dir: t.TempDir(), Listen: "127.0.0.1"}},
		{"damaged topics", "move the folder away", broker.Config{Dir: badTopics}},
		{"damaged meta", "move the folder away", broker.Config{Dir: badMeta}},
		{"partition without topic", "move the folder away", broker.Config{Dir: orphan}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := broker.Start(tc.cfg, quiet())
			var e *broker.Error
			if !errors.As(err, &e) || !strings.Contains(e.HintText(), tc.want) {
				t.Fatalf("got %v with hint %q", err, e.HintText())
			}
			// Whatever failed, nothing stays locked.
			if _, again := broker.Start(tc.cfg, quiet()); again == nil || again.Error() != err.Error() {
				t.Errorf("second start: %v, first: %v", again, err)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDamagedSegments(t *testing.T) {
	cfg := broker.Config{Dir: t.TempDir(), Listen: loopback.Address(t), SegmentBytes: 32 << 10}
	b := start(t, cfg)
	c := client(t, b.Addr(), "kent", "york")
	produce(t, c, "kent", 0, 12, 10_000)
	produce(t, c, "york", 0, 3, 1_000)
	stop(t, b)
	// A torn tail, as after a kill in the middle of a write, and a flipped byte
	// in the second message of a closed segment.
	appendTo(t, filepath.Join(cfg.Dir, "partitions", "ff.raw.york-0", "0.dat"), "\x00\x00\x00\x00torn")
	flip(t, filepath.Join(cfg.Dir, "partitions", "ff.raw.kent-0", "4.dat"), 15_000)

	var logged bytes.Buffer
	b2, err := broker.Start(cfg, slog.New(slog.NewJSONHandler(&logged, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, b2)
	check(t, c, "york", 0, 3, 1_000)
	produce(t, c, "york", 3, 5, 1_000)
	check(t, c, "kent", 0, 5, 10_000)
	res, err := c.Fetch(within(t), bus.RawTopic("kent"), 5, bus.FetchOptions{})
	if err != nil || len(res.Messages) == 0 || res.Messages[0].Offset != 8 {
		t.Errorf("behind the damage: %+v, %v", res, err)
	}
	if n := countWarnings(t, &logged); n != 2 {
		t.Errorf("%d warnings, want one for each damage", n)
	}
}

func countWarnings(t *testing.T, r io.Reader) (n int) {
	t.Helper()
	for dec := json.NewDecoder(r); ; {
		var line struct{ Level, Detail string }
		if err := dec.Decode(&line); errors.Is(err, io.EOF) {
			return n
		} else if err != nil {
			t.Fatal(err)
		}
		if line.Level == "WARN" && strings.Contains(line.Detail, "corrupt bytes") {
			n++
		}
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(old)+text)
}

func flip(t *testing.T, path string, at int) {
	t.Helper()
	old, err := os.ReadFile(path)
	if err != nil {
		files, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
		t.Fatal(err, fmt.Sprint(files))
	}
	old[at] ^= 1
	write(t, path, string(old))
}
