package bus

import (
	"errors"
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// What retention has removed is an error, not a silent jump: the reader must learn that messages are missing.
func testTrimmed(t *testing.T, k server) {
	c, site := connect(t, k)
	ctx := deadline(t)
	topic := RawTopic(site)
	for range 3 {
		if _, err := c.Produce(ctx, topic, Message{Value: []byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	other, err := kgo.NewClient(kgo.SeedBrokers(k.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	req := kmsg.NewPtrDeleteRecordsRequest()
	req.TimeoutMillis = 10_000
	req.Topics = []kmsg.DeleteRecordsRequestTopic{{Topic: topic, Partitions: []kmsg.DeleteRecordsRequestTopicPartition{{Offset: 2}}}}
	if _, err := req.RequestWith(ctx, other); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Fetch(ctx, topic, 1, FetchOptions{}); !errors.Is(err, ErrOffsetOutOfRange) {
		t.Errorf("below the start: got %v, want %v", err, ErrOffsetOutOfRange)
	}
	if first, next, err := c.Offsets(ctx, topic); first != 2 || next != 3 || err != nil {
		t.Errorf("offsets: got %d %d %v, want 2 and 3", first, next, err)
	}
	res, err := c.Fetch(ctx, topic, 2, FetchOptions{})
	if err != nil || len(res.Messages) != 1 || res.LogStart != 2 {
		t.Errorf("at the start: %d messages, log start %d, %v", len(res.Messages), res.LogStart, err)
	}
}

// A compacted topic has holes and begins at 0 all the same: a fetch from a hole gives what follows it. The embedded broker does not compact.
func testCompacted(t *testing.T, k server) {
	c, site := connect(t, k)
	ctx := deadline(t)
	topic := "compacted-" + site
	if err := c.EnsureTopics(ctx, TopicSpec{Name: topic, Partitions: 1, Configs: map[string]string{
		"cleanup.policy": "compact", "segment.ms": "200", "min.cleanable.dirty.ratio": "0.01",
	}}); err != nil {
		t.Fatal(err)
	}
	produce := func(key, value string) {
		if _, err := c.Produce(ctx, topic, Message{Key: []byte(key), Value: []byte(value)}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 5 {
		produce("often", fmt.Sprint("version ", i))
	}
	produce("once", "kept")
	var got FetchResult
	eventually(t, "compaction", func() bool {
		produce("tick", "x") // a segment ends when a message comes after its time
		var err error
		if got, err = c.Fetch(ctx, topic, 0, FetchOptions{}); err != nil {
			t.Fatal(err)
		}
		return len(got.Messages) > 0 && got.Messages[0].Offset >= 4 // which is never removed
	})
	if m := got.Messages[0]; m.Offset != 4 || string(m.Value) != "version 4" || got.LogStart != 0 {
		t.Errorf("after the hole: got offset %d, %q, log start %d", m.Offset, m.Value, got.LogStart)
	}
	eventually(t, "two messages", func() bool { // which need not come in one answer
		res, err := c.Fetch(ctx, topic, 2, FetchOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if len(res.Messages) > 0 && res.Messages[0].Offset != 4 || len(res.Messages) > 1 && string(res.Messages[1].Value) != "kept" {
			t.Fatalf("from within the hole: got %+v", res.Messages)
		}
		return len(res.Messages) > 1
	})
}
