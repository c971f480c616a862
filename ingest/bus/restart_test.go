package bus

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// A batch outlasts an absence of the broker; so do the client's connections.
func testProduceOutlastsBroker(t *testing.T, k server) {
	_, site := connect(t, k) // makes the topics
	var logged bytes.Buffer
	reg := prometheus.NewRegistry()
	c, err := New(Config{Brokers: []string{k.Addr()}}, slog.New(slog.NewTextHandler(&logged, nil)), reg)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx := deadline(t)
	msg := Message{Value: []byte("x")}
	if first, err := c.Produce(ctx, RawTopic(site), msg); first != 0 || err != nil {
		t.Fatal(first, err)
	}
	k.Kill()
	acked := make(chan int64, 1)
	go func() {
		first, err := c.Produce(ctx, RawTopic(site), msg, msg)
		if err != nil {
			t.Error(err)
		}
		acked <- first
	}()
	eventually(t, "retries", func() bool { return testutil.ToFloat64(c.metrics.retries) >= 2 })
	k.Restart(t)
	if first := <-acked; first != 1 {
		t.Errorf("first offset %d, want 1", first)
	}
	if n := testutil.ToFloat64(c.metrics.produced); n != 3 {
		t.Errorf("%v messages counted, want 3", n)
	}
	for _, line := range []string{"kafka takes no messages", "kafka takes messages again"} {
		if n := strings.Count(logged.String(), line); n != 1 {
			t.Errorf("%q logged %d times", line, n)
		}
	}
	res, err := c.Fetch(ctx, RawTopic(site), 0, FetchOptions{})
	if err != nil || len(res.Messages) != 3 {
		t.Errorf("%d messages, %v", len(res.Messages), err)
	}
}

// Producing to a Kafka that is away ends with its context, and for its reason.
func testProduceEndsWithContext(t *testing.T, c *Client, topic string) {
	t.Helper()
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := c.Produce(ctx, topic, Message{Value: []byte("x")})
		done <- err
	}()
	eventually(t, "a retry", func() bool { return testutil.ToFloat64(c.metrics.retries) >= 1 })
	cancel(stop)
	if err := <-done; !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

// A group goes on by itself after the broker was away, as a new member.
func testGroupOutlastsBroker(t *testing.T, k server) {
	c, site := connect(t, k)
	ctx := deadline(t)
	m := join(t, c, site)
	l := m.await(t, 4)
	if err := l.Commit(ctx, 0, 7, "intent"); err != nil {
		t.Fatal(err)
	}
	k.Kill()
	if err := l.Commit(ctx, 0, 8, "lost"); err == nil || errors.Is(err, ErrFenced) {
		t.Errorf("commit without a broker: %v", err)
	}
	k.Restart(t)
	l2 := m.await(t, 4)
	if l2.Member() == l.Member() {
		t.Error("the same member after a commit whose outcome is unknown")
	}
	if off, md, err := l2.Committed(ctx, 0); off != 7 || md != "intent" || err != nil {
		t.Errorf("committed %d %q %v", off, md, err)
	}
	if err := l.Commit(ctx, 0, 9, "zombie"); !errors.Is(err, ErrFenced) {
		t.Errorf("old lease: %v", err)
	}
}
