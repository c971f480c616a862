package bus

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/segmentio/kafka-go/protocol"
	fetchAPI "github.com/segmentio/kafka-go/protocol/fetch"
	"github.com/sourcegraph/conc/panics"
)

const (
	// maxAnswerBytes bounds what the batches of one answer may decompress to: what
	// is beyond comes with the next. An answer of 2 MiB can hold hundreds of batches
	// of 32 MiB.
	maxAnswerBytes = 32 << 20
	// maxBatchRecords bounds the records of one batch; each takes memory, even an
	// empty one.
	maxBatchRecords = 100_000
	// messageBytes is about what a message takes beside its key and value.
	messageBytes = 160
	// maxRawBytes bounds the batches of one topic as they come.
	maxRawBytes = 64 << 20
)

// A fetchResponse is kafka-go's, but for the batches, which are left as they came:
// kafka-go would decompress all of them at once.
type fetchResponse struct {
	ThrottleTimeMs int32        `kafka:"min=v1,max=v11"`
	ErrorCode      int16        `kafka:"min=v7,max=v11"`
	SessionID      int32        `kafka:"min=v7,max=v11"`
	Topics         []fetchTopic `kafka:"min=v0,max=v11"`
}

type fetchTopic struct {
	Topic      string           `kafka:"min=v0,max=v11"`
	Partitions []fetchPartition `kafka:"min=v0,max=v11"`
}

type fetchPartition struct {
	Partition            int32                          `kafka:"min=v0,max=v11"`
	ErrorCode            int16                          `kafka:"min=v0,max=v11"`
	HighWatermark        int64                          `kafka:"min=v0,max=v11"`
	LastStableOffset     int64                          `kafka:"min=v4,max=v11"`
	LogStartOffset       int64                          `kafka:"min=v5,max=v11"`
	AbortedTransactions  []fetchAPI.ResponseTransaction `kafka:"min=v4,max=v11"`
	PreferredReadReplica int32                          `kafka:"min=v11,max=v11"`
	Records              rawRecords                     `kafka:"min=v0,max=v11"`
}

// ApiKey implements protocol.Message.
func (*fetchResponse) ApiKey() protocol.ApiKey { return protocol.Fetch }

// rawRecords are the batches of a topic, with four bytes of room before the first.
type rawRecords struct{ buf []byte }

// ReadFrom implements io.ReaderFrom, by which kafka-go decodes a field.
func (r *rawRecords) ReadFrom(in io.Reader) (int64, error) {
	var head [4]byte
	if n, err := io.ReadFull(in, head[:]); err != nil {
		return int64(n), err
	}
	size := int32(binary.BigEndian.Uint32(head[:]))
	if size <= 0 {
		return int64(len(head)), nil
	}
	if size > maxRawBytes {
		return int64(len(head)), fmt.Errorf("an answer of %d bytes", size)
	}
	r.buf = make([]byte, len(head)+int(size))
	n, err := io.ReadFull(in, r.buf[len(head):])
	return int64(len(head) + n), err
}

// WriteTo implements io.WriterTo, which kafka-go asks for beside ReadFrom.
func (*rawRecords) WriteTo(io.Writer) (int64, error) {
	return 0, errors.New("an answer is not written")
}

// Where a batch has its length, and from version 2 on the offset of its last record
// after its first, and its number of records.
const (
	batchHead    = 12
	batchMagic   = 16
	batchLast    = 23
	batchRecords = 57
	batchLeast   = 61
)

// messages returns the messages from an offset on, batch by batch until they take
// more than room; at least one batch where there is any. What is behind a batch that
// cannot be read is left for another time. The log ends before logEnd.
func (r *rawRecords) messages(from, logEnd int64, room int) (msgs []Message, size int, err error) {
	for at := 4; at+batchHead <= len(r.buf) && (size == 0 || size < room); {
		end := at + batchHead + int(int32(binary.BigEndian.Uint32(r.buf[at+8:])))
		if end <= at+batchMagic || end > len(r.buf) { // the last may be cut
			break
		}
		var got []Message
		var err error
		if thrown := panics.Try(func() { got, err = readBatch(r.buf[at-4:end], from) }); thrown != nil {
			err = &decodeError{thrown.AsError()}
		}
		if err != nil && len(msgs) > 0 {
			return msgs, size, nil
		}
		if err != nil {
			return nil, 0, &CorruptError{From: from, Next: after(r.buf[at:end], r.buf[end:], from, logEnd), Err: err}
		}
		for i := range got {
			size += got[i].bytes() + messageBytes
		}
		msgs = append(msgs, got...)
		at = end
	}
	return msgs, size, nil
}

// after returns the offset after a batch that cannot be read. Its head is not
// compressed, but may be what was damaged: it is believed where all that it says
// agrees, and with what follows; otherwise one offset is passed over. A broker
// takes no batch that lacks offsets, and nobody compacts what is read here.
func after(batch, following []byte, from, logEnd int64) int64 {
	if len(batch) < batchLeast || batch[batchMagic] < 2 {
		return from + 1
	}
	base := int64(binary.BigEndian.Uint64(batch))
	last := int64(int32(binary.BigEndian.Uint32(batch[batchLast:])))
	records := int64(int32(binary.BigEndian.Uint32(batch[batchRecords:])))
	next := base + last + 1
	credible := base >= 0 && base <= from && from < next && records == last+1 && next <= logEnd
	if len(following) >= 8 && int64(binary.BigEndian.Uint64(following)) < next || !credible {
		return from + 1
	}
	return next
}

// readBatch decodes one batch, which has four bytes of room before it.
func readBatch(buf []byte, from int64) ([]Message, error) {
	batch := buf[4:]
	if batch[batchMagic] >= 2 && len(batch) >= batchLeast {
		if n := int32(binary.BigEndian.Uint32(batch[batchRecords:])); n < 0 || n > maxBatchRecords {
			return nil, &decodeError{fmt.Errorf("a batch of %d records", n)}
		}
	}
	binary.BigEndian.PutUint32(buf, uint32(len(batch)))
	var set protocol.RecordSet
	if _, err := set.ReadFrom(bytes.NewBuffer(buf)); err != nil {
		return nil, err
	}
	if set.Records == nil {
		return nil, nil
	}
	return readMessages(set.Records, from)
}
