package bus

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/segmentio/kafka-go/protocol"

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

// batchAt returns a batch of records as it lies in a log.
func batchAt(t *testing.T, base int64, records int) []byte {
	t.Helper()
	recs := make([]protocol.Record, records)
	for i := range recs {
		recs[i].Value = protocol.NewBytes([]byte("some words"))
	}
	set := protocol.RecordSet{Version: 2, Records: protocol.NewRecordReader(recs...)}
	var out bytes.Buffer
	if _, err := set.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	batch := out.Bytes()[4:]
	binary.BigEndian.PutUint64(batch, uint64(base))
	return batch
}

// Of a batch that cannot be read all is passed over at once, and nothing behind it, whatever was damaged.
func TestCorruptBatchSaysHowFarItGoes(t *testing.T) {
	for name, test := range map[string]struct {
		at   int // the byte that is damaged
		from int64
		end  int64
		next int64
	}{
		"a value":                       {batchLeast + 12, 10, 25, 20},
		"a value, begun within":         {batchLeast + 12, 14, 25, 20},
		"offset of the last record":     {batchLast + 3, 10, 25, 11},
		"number of records":             {batchRecords + 3, 10, 25, 11},
		"a base above":                  {7, 10, 2000, 11},
		"a base above, nothing follows": {7, 10, 2000, 11},
		"a base below":                  {6, 12, 2000, 13},
		"behind the log's end":          {batchLeast + 12, 10, 19, 11},
	} {
		data := slices.Concat(make([]byte, 4), batchAt(t, 10, 10), batchAt(t, 20, 5))
		data[4+test.at] ^= 0x40
		if strings.HasPrefix(name, "a base") { // which no checksum covers
			data[4+batchLeast+12] ^= 0x40
		}
		if strings.HasSuffix(name, ", nothing follows") {
			data = data[:4+len(batchAt(t, 10, 10))]
		}
		r := rawRecords{buf: data}
		msgs, _, err := r.messages(test.from, test.end, maxAnswerBytes)
		corrupt, ok := errors.AsType[*CorruptError](err)
		if !ok || !errors.Is(err, ErrCorrupt) || len(msgs) > 0 {
			t.Fatalf("%s: %d messages, error %v", name, len(msgs), err)
		}
		if corrupt.Next != test.next {
			t.Errorf("%s: reading goes on at %d, want %d", name, corrupt.Next, test.next)
		}
	}
	overlap := slices.Concat(make([]byte, 4), batchAt(t, 10, 10), batchAt(t, 15, 5))
	overlap[4+batchLeast+12] ^= 0x40
	r := rawRecords{buf: overlap}
	_, _, err := r.messages(10, 25, maxAnswerBytes)
	if corrupt, ok := errors.AsType[*CorruptError](err); !ok || corrupt.Next != 11 {
		t.Errorf("the next batch begins within: got %v, want that one offset is passed over", err)
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
		msgs, _, err := r.messages(0, 1<<40, maxAnswerBytes)
		if err != nil && len(msgs) > 0 {
			t.Error("messages and an error")
		}
		if err == nil && bytes.Equal(data, many) {
			t.Error("a batch of two thousand million records was read")
		}
	})
}
