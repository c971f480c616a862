package bus

import (
	"bytes"
	"encoding/binary"
	"testing"

	"frontfoot/ingest/broker"
)

// An answer that holds many batches which are small only while they are compressed is read a few at a time.
func TestAnswerOfManyBombsIsBounded(t *testing.T) {
	b, err := broker.Start(broker.Config{Dir: t.TempDir()}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	c := newClient(t, b.Addr(), "ashford")
	ctx := deadline(t)
	const batches = 8
	value := bytes.Repeat([]byte{'a'}, maxBatchBytes/2)
	for range batches {
		if _, err := c.Produce(ctx, RawTopic("ashford"), Message{Value: value}); err != nil {
			t.Fatal(err)
		}
	}
	for next := int64(0); next < batches; {
		got, err := c.Fetch(ctx, RawTopic("ashford"), next, FetchOptions{})
		if err != nil || len(got.Messages) == 0 || got.HighWatermark != batches {
			t.Fatalf("%d messages up to %d, %v", len(got.Messages), got.HighWatermark, err)
		}
		if n := len(got.Messages); n > 2 {
			t.Errorf("%d messages of %d MiB came at once", n, len(value)>>20)
		}
		for i := range got.Messages {
			if got.Messages[i].Offset != next || !bytes.Equal(got.Messages[i].Value, value) {
				t.Fatalf("message %d came where %d was due", got.Messages[i].Offset, next)
			}
			next++
		}
	}
}

func FuzzRawRecords(f *testing.F) {
	f.Add(make([]byte, 61))
	many := make([]byte, 80)
	binary.BigEndian.PutUint32(many[8:], uint32(len(many)-batchHead))
	many[batchMagic] = 2
	binary.BigEndian.PutUint32(many[batchRecords:], 1<<31-1)
	f.Add(many)
	f.Fuzz(func(t *testing.T, data []byte) {
		r := rawRecords{buf: append(make([]byte, 4), data...)}
		msgs, _, err := r.messages(0, maxAnswerBytes)
		if err != nil && len(msgs) > 0 {
			t.Error("messages and an error")
		}
		if err == nil && bytes.Equal(data, many) {
			t.Error("a batch of two thousand million records was read")
		}
	})
}
