package broker

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// maxAnswerBytes bounds the answer to one DeleteRecords request.
const maxAnswerBytes = 64 << 10

// Trim forgets the messages of a topic's partition 0 below an offset and
// removes segment files that hold nothing else. The last batch always stays. An
// offset at or below the start changes nothing; an offset beyond the end trims
// as far as it may. A missing topic is an error.
func (b *Broker) Trim(ctx context.Context, topic string, before int64) error {
	info := b.cluster.PartitionInfo(topic, 0)
	if info == nil {
		return fmt.Errorf("trimming %s: no such topic", topic)
	}
	before = min(before, info.HighWatermark-1)
	if before <= info.LogStartOffset {
		return nil
	}
	if err := deleteRecords(ctx, b.addr, topic, before); err != nil {
		return fmt.Errorf("trimming %s: %w", topic, err)
	}
	return nil
}

// deleteRecords makes one DeleteRecords request on a connection of its own:
// kfake has no call for it.
func deleteRecords(ctx context.Context, addr, topic string, before int64) (err error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })() // unblocks a read; its error tells

	req := kmsg.NewPtrDeleteRecordsRequest()
	req.Version = 1
	req.TimeoutMillis = 10_000
	part := kmsg.NewDeleteRecordsRequestTopicPartition()
	part.Offset = before
	t := kmsg.NewDeleteRecordsRequestTopic()
	t.Topic, t.Partitions = topic, append(t.Partitions, part)
	req.Topics = append(req.Topics, t)
	if _, err := conn.Write(kmsg.NewRequestFormatter().AppendRequest(nil, req, 1)); err != nil {
		return err
	}
	var head [8]byte // size, correlation id
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return err
	}
	size := binary.BigEndian.Uint32(head[:4])
	if size < 4 || size > maxAnswerBytes {
		return fmt.Errorf("answer of %d bytes", size)
	}
	body := make([]byte, size-4)
	if _, err := io.ReadFull(conn, body); err != nil {
		return err
	}
	resp := kmsg.NewPtrDeleteRecordsResponse()
	resp.Version = req.Version
	if err := resp.ReadFrom(body); err != nil {
		return err
	}
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return err
			}
		}
	}
	return nil
}
