package bus

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"frontfoot/ingest/broker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// startBroker runs an embedded broker for the length of a test.
func startBroker(tb testing.TB, cfg broker.Config) *broker.Broker {
	tb.Helper()
	if cfg.Dir == "" {
		cfg.Dir = tb.TempDir()
	}
	b, err := broker.Start(cfg, quiet())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.Close(); err != nil {
			tb.Error(err)
		}
	})
	return b
}

// newClient returns a client of the broker with the topics of a site and four
// lanes.
func newClient(tb testing.TB, addr, site string) *Client {
	tb.Helper()
	c, err := New(Config{Brokers: []string{addr}}, quiet(), nil)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
	})
	if err := c.EnsureTopics(tb.Context(), append(SiteSpecs(site), SharedSpecs(4)...)...); err != nil {
		tb.Fatal(err)
	}
	return c
}

// limit bounds what a machine that is busy with other tests may take.
const limit = 5 * time.Minute

func deadline(tb testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(tb.Context(), limit)
	tb.Cleanup(cancel)
	return ctx
}

// eventually waits for something that other goroutines bring about.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for timeout := time.After(limit); !cond(); {
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatalf("waiting for %s", what)
		}
	}
}

func testProduceFetch(t *testing.T, k server) {
	c, site := connect(t, k)
	ctx := deadline(t)
	env := Envelope{Epoch: [16]byte{1, 2}, Seq0: 7, N: 3, Size: 11}
	sent := []Message{
		{Value: []byte("hello world"), Headers: env.Headers()},
		{Key: []byte("k"), Value: []byte{}},
		{Key: []byte{}, Value: []byte("x")},
	}
	first, err := c.Produce(ctx, RawTopic(site), sent...)
	if err != nil || first != 0 {
		t.Fatalf("first=%d err=%v", first, err)
	}
	if first, err = c.Produce(ctx, RawTopic(site), sent[0]); err != nil || first != 3 {
		t.Fatalf("first=%d err=%v, want 3", first, err)
	}
	got, err := c.Fetch(ctx, RawTopic(site), 0, FetchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := append(append([]Message{}, sent...), sent[0])
	for i := range want {
		want[i].Offset = int64(i)
		if age := time.Since(got.Messages[i].Time); age < 0 || age > time.Minute {
			t.Errorf("message %d is %v old", i, age)
		}
		got.Messages[i].Time = time.Time{}
	}
	if diff := cmp.Diff(want, got.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if got.HighWatermark != 4 || got.LogStart != 0 {
		t.Errorf("high watermark %d, log start %d", got.HighWatermark, got.LogStart)
	}
	if e, err := ParseEnvelope(got.Messages[0].Headers); err != nil || e != env {
		t.Errorf("envelope %+v, %v", e, err)
	}
	// The batch begins at 0: what lies below the position must not come.
	got, err = c.Fetch(ctx, RawTopic(site), 2, FetchOptions{})
	if err != nil || len(got.Messages) != 2 || got.Messages[0].Offset != 2 {
		t.Errorf("from 2: %d messages, %v", len(got.Messages), err)
	}
	first, next, err := c.Offsets(ctx, RawTopic(site))
	if first != 0 || next != 4 || err != nil {
		t.Errorf("offsets %d %d %v", first, next, err)
	}
}

func testFetchAtEndWaits(t *testing.T, k server) {
	c, site := connect(t, k)
	ctx := deadline(t)
	got, err := c.Fetch(ctx, RawTopic(site), 0, FetchOptions{MaxWait: 50 * time.Millisecond})
	if err != nil || len(got.Messages) != 0 || got.HighWatermark != 0 {
		t.Fatalf("empty topic: %+v, %v", got, err)
	}
	came := make(chan int, 1)
	go func() {
		const wait = 15 * time.Second
		for {
			begin := time.Now()
			res, err := c.Fetch(ctx, RawTopic(site), 0, FetchOptions{MaxWait: wait})
			waited := err == nil && time.Since(begin) >= wait // a machine may take longer to produce
			if !waited || len(res.Messages) > 0 {
				came <- len(res.Messages)
				return
			}
		}
	}()
	if _, err := c.Produce(ctx, RawTopic(site), Message{Value: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	if n := <-came; n != 1 {
		t.Errorf("%d messages", n)
	}
}

func testPollManyTopics(t *testing.T, k server) {
	c, _ := connect(t, k)
	ctx := deadline(t)
	var specs []TopicSpec
	var positions []Position
	var topics []string
	for i := range 50 {
		site := fmt.Sprintf("site-%02d", i)
		specs = append(specs, SiteSpecs(site)[0])
		positions = append(positions, Position{Topic: RawTopic(site)})
		topics = append(topics, RawTopic(site))
	}
	if err := c.EnsureTopics(ctx, specs...); err != nil {
		t.Fatal(err)
	}
	for _, k := range []int{3, 44} {
		if _, err := c.Produce(ctx, topics[k], Message{Value: []byte(topics[k])}); err != nil {
			t.Fatal(err)
		}
	}
	positions = append(positions, Position{Topic: RawTopic("nowhere")})
	got, err := c.Poll(ctx, positions, FetchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for k, topic := range topics {
		want := 0
		if k == 3 || k == 44 {
			want = 1
		}
		if len(got[topic].Messages) != want {
			t.Errorf("%s: %d messages, want %d", topic, len(got[topic].Messages), want)
		}
	}
	if err := got[RawTopic("nowhere")].Err; !errors.Is(err, ErrNoTopic) {
		t.Errorf("missing topic: %v", err)
	}
	marks, err := c.HighWatermarks(ctx, append(topics, RawTopic("nowhere")))
	if err != nil || len(marks) != 50 || marks[topics[3]] != 1 || marks[topics[4]] != 0 {
		t.Errorf("marks %v, %v", marks, err)
	}
}

func testErrors(t *testing.T, k server) {
	c, site := connect(t, k)
	ctx := deadline(t)
	big := make([]byte, 2<<20)
	_, _ = rand.Read(big)
	if _, err := c.Produce(ctx, RawTopic(site), Message{Value: big}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("2 MiB: %v", err)
	}
	if _, err := c.Fetch(ctx, RawTopic(site), 5, FetchOptions{}); !errors.Is(err, ErrOffsetOutOfRange) {
		t.Errorf("beyond the end: %v", err)
	}
	if _, err := c.Fetch(ctx, RawTopic("nowhere"), 0, FetchOptions{}); !errors.Is(err, ErrNoTopic) {
		t.Errorf("missing topic: %v", err)
	}
	if _, _, err := c.Offsets(ctx, RawTopic("nowhere")); !errors.Is(err, ErrNoTopic) {
		t.Errorf("offsets of a missing topic: %v", err)
	}
	if _, err := c.Produce(ctx, RawTopic(site)); err == nil {
		t.Error("producing nothing worked")
	}
	bomb := bytes.Repeat([]byte{'a'}, maxBatchBytes+1)
	if _, err := c.Produce(ctx, RawTopic(site), Message{Value: bomb}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Fetch(ctx, RawTopic(site), 0, FetchOptions{}); !errors.Is(err, ErrCorrupt) {
		t.Errorf("bomb: %v", err)
	}
	if n, err := c.Lanes(ctx); n != 4 || err != nil {
		t.Errorf("lanes %d, %v", n, err)
	}
	if sites, err := c.Sites(ctx); err != nil || !slices.Contains(sites, site) {
		t.Errorf("sites %v, %v", sites, err)
	}
}

func testUnavailable(t *testing.T, k server) {
	c, site := connect(t, k)
	ctx := deadline(t)
	k.Kill()
	if err := c.Ping(ctx); !errors.Is(err, ErrUnavailable) {
		t.Errorf("ping: %v", err)
	}
	if _, err := c.Fetch(ctx, RawTopic(site), 0, FetchOptions{}); !errors.Is(err, ErrUnavailable) {
		t.Errorf("fetch: %v", err)
	}
	if _, _, err := c.Offsets(ctx, RawTopic(site)); !errors.Is(err, ErrUnavailable) {
		t.Errorf("offsets: %v", err)
	}
	var hint interface{ HintText() string }
	if err := c.EnsureTopics(ctx, SiteSpecs(site)...); !errors.Is(err, ErrUnavailable) || !errors.As(err, &hint) {
		t.Errorf("ensure: %v", err)
	}
	// A client that never saw the cluster says the same, not "topic not found".
	fresh, err := New(Config{Brokers: []string{k.Addr()}}, quiet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.Close()
	if _, err := fresh.Fetch(ctx, RawTopic(site), 0, FetchOptions{}); !errors.Is(err, ErrUnavailable) {
		t.Errorf("fresh client: %v", err)
	}
	testProduceEndsWithContext(t, c, RawTopic(site))
}

// What the disk has made of a message is noticed.
func TestChecksum(t *testing.T) {
	dir := t.TempDir()
	c := newClient(t, startBroker(t, broker.Config{Dir: dir}).Addr(), "kent")
	ctx := deadline(t)
	for range 2 {
		if _, err := c.Produce(ctx, RawTopic("kent"), Message{Value: []byte("some words")}); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.OpenFile(filepath.Join(dir, "partitions", "ff.raw.kent-0", "0.dat"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt([]byte("X"), 75); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Fetch(ctx, RawTopic("kent"), 0, FetchOptions{}); !errors.Is(err, ErrCorrupt) {
		t.Errorf("damaged: %v", err)
	}
	if res, err := c.Fetch(ctx, RawTopic("kent"), 1, FetchOptions{}); err != nil || len(res.Messages) != 1 {
		t.Errorf("behind it: %d messages, %v", len(res.Messages), err)
	}
}
