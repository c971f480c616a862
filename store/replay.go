package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"frontfoot/detect"
	"frontfoot/ingest/event"
)

// Replay calls fn with the events of a site that were received from one time until another, in the order of the log, as messages: those of one
// Kafka message, or a part of them. It reads a stretch of the log at a time, so memory does not depend on the number of events. A topic that
// was made anew mixes its new offsets with the old ones.
func (s *Store) Replay(ctx context.Context, site string, from, to time.Time, fn func(*detect.Message) error) error {
	var chunks []chunk
	err := each(ctx, s, func(_ context.Context, c *chunk) error {
		if n := len(chunks); n > 0 && chunks[n-1].Rows+c.Rows <= chunkRows {
			chunks[n-1].join(c)
		} else {
			chunks = append(chunks, *c)
		}
		return nil
	}, `SELECT min(kafka_offset) AS lo, max(kafka_offset) AS hi, count() AS n, min(e.time) AS t0, max(e.time) AS t1, min(e.received) AS r0, max(e.received) AS r1
		FROM events AS e
		WHERE site = {site:String} AND e.received BETWEEN fromUnixTimestamp64Nano({from:Int64}, 'UTC') AND fromUnixTimestamp64Nano({to:Int64}, 'UTC')
		GROUP BY intDiv(kafka_offset, 16) AS stretch ORDER BY stretch`,
		clickhouse.Named("site", site), clickhouse.Named("from", nanoseconds(from)), clickhouse.Named("to", nanoseconds(to)))
	if err != nil {
		return err
	}
	for i := range chunks {
		if err := s.replayChunk(ctx, site, &chunks[i], fn); err != nil {
			return err
		}
	}
	return nil
}

// chunkRows is how many events are read and sorted at once; a stretch of 16 messages may have more.
const chunkRows = 50_000

// A chunk is a stretch of a site's log. Its times find the rows fast.
type chunk struct {
	First    uint64    `json:"lo"`
	Last     uint64    `json:"hi"`
	Rows     uint64    `json:"n"`
	TimeFrom time.Time `json:"t0"`
	TimeTo   time.Time `json:"t1"`
	From     time.Time `json:"r0"`
	To       time.Time `json:"r1"`
}

func (c *chunk) join(next *chunk) {
	earlier := func(a, b time.Time) time.Time {
		if b.Before(a) {
			return b
		}
		return a
	}
	later := func(a, b time.Time) time.Time {
		if b.After(a) {
			return b
		}
		return a
	}
	c.Last, c.Rows = next.Last, c.Rows+next.Rows
	c.TimeFrom, c.TimeTo = earlier(c.TimeFrom, next.TimeFrom), later(c.TimeTo, next.TimeTo)
	c.From, c.To = earlier(c.From, next.From), later(c.To, next.To)
}

// replayColumns are what is read of an event: what the collector said, and where it stands in the log.
func replayColumns() string {
	var names []string
	for i := range event.NumColumns {
		if spec := event.Column(i).Spec(); spec.From == event.Collector {
			names = append(names, spec.Name)
		}
	}
	return strings.Join(append(names, "toString(epoch) AS name", "seq", "kafka_offset", "kafka_row"), ", ")
}

func (s *Store) replayChunk(ctx context.Context, site string, c *chunk, fn func(*detect.Message) error) error {
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{
		"max_threads": 2, "max_block_size": 8192,
		"output_format_arrow_string_as_string": 0, "output_format_arrow_low_cardinality_as_dictionary": 0, "output_format_arrow_compression_method": "none",
	}))
	body, err := s.conn.QueryFormat(ctx, "ArrowStream", `SELECT `+replayColumns()+` FROM events
		WHERE site = {site:String} AND kafka_offset BETWEEN {lo:UInt64} AND {hi:UInt64}
			AND time BETWEEN fromUnixTimestamp64Nano({t0:Int64}, 'UTC') AND fromUnixTimestamp64Nano({t1:Int64}, 'UTC')
			AND received BETWEEN fromUnixTimestamp64Nano({r0:Int64}, 'UTC') AND fromUnixTimestamp64Nano({r1:Int64}, 'UTC')
		ORDER BY kafka_offset, kafka_row, seq`,
		clickhouse.Named("site", site), clickhouse.Named("lo", number(c.First)), clickhouse.Named("hi", number(c.Last)),
		clickhouse.Named("t0", nanoseconds(c.TimeFrom)), clickhouse.Named("t1", nanoseconds(c.TimeTo)),
		clickhouse.Named("r0", nanoseconds(c.From)), clickhouse.Named("r1", nanoseconds(c.To)))
	if err != nil {
		return sqlError(err)
	}
	defer body.Close()
	r, err := ipc.NewReader(body)
	if err != nil {
		return fmt.Errorf("reading events: %w", sqlError(err))
	}
	defer r.Release()
	for r.Next() {
		if err := messagesOf(r.Record(), fn); err != nil {
			return err
		}
	}
	if err := r.Err(); err != nil {
		return fmt.Errorf("reading events: %w", sqlError(err))
	}
	return nil
}

var errAnswer = errors.New("the database's answer is not of the type that was asked for")

// messagesOf cuts a record into messages.
func messagesOf(rec arrow.Record, fn func(*detect.Message) error) error {
	var setters []func(b *event.Builder, row int)
	for i, f := range rec.Schema().Fields() {
		if c, ok := event.ByName(f.Name); ok && c.Spec().From == event.Collector {
			set, err := setter(c, rec.Column(i))
			if err != nil {
				return err
			}
			setters = append(setters, set)
		}
	}
	n := rec.NumCols()
	epochs, ok1 := rec.Column(int(n) - 4).(*array.Binary)
	seqs, ok2 := rec.Column(int(n) - 3).(*array.Uint64)
	offsets, ok3 := rec.Column(int(n) - 2).(*array.Uint64)
	rows, ok4 := rec.Column(int(n) - 1).(*array.Uint32)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return fmt.Errorf("%w: %s", errAnswer, rec.Schema())
	}
	for from, to := 0, 1; from < int(rec.NumRows()); from, to = to, to+1 {
		for to < int(rec.NumRows()) && seqs.Value(to) == seqs.Value(to-1)+1 && rows.Value(to) == rows.Value(to-1)+1 &&
			offsets.Value(to) == offsets.Value(from) && epochs.ValueString(to) == epochs.ValueString(from) {
			to++
		}
		b := event.NewBuilder()
		for row := from; row < to; row++ {
			for _, set := range setters {
				set(b, row)
			}
			b.End()
		}
		m := detect.Message{
			Epoch: strings.Clone(epochs.ValueString(from)), Seq0: seqs.Value(from), Offset: int64(offsets.Value(from)), Row0: rows.Value(from), Events: b.Batch(),
		}
		if err := fn(&m); err != nil {
			return err
		}
	}
	return nil
}

// setter returns what copies a column's value of a row into a builder. What is empty in the store is absent.
func setter(c event.Column, a arrow.Array) (func(b *event.Builder, row int), error) {
	switch a := a.(type) {
	case *array.Binary:
		return func(b *event.Builder, row int) {
			if v := a.Value(row); len(v) > 0 {
				b.SetText(c, v)
			}
		}, nil
	case *array.Timestamp:
		if t, ok := a.DataType().(*arrow.TimestampType); !ok || t.Unit != arrow.Nanosecond {
			return nil, fmt.Errorf("%w: column %s is %s", errAnswer, c.Spec().Name, a.DataType())
		}
		return func(b *event.Builder, row int) {
			if v := int64(a.Value(row)); v != 0 {
				b.SetTime(c, v)
			}
		}, nil
	case *array.Uint16:
		return numbers(c, a, a.Value), nil
	case *array.Uint32:
		return numbers(c, a, a.Value), nil
	case *array.Uint64:
		return numbers(c, a, a.Value), nil
	case *array.Map:
		keys, ok := a.Keys().(*array.Binary)
		values, ok2 := a.Items().(*array.Binary)
		if ok && ok2 {
			return func(b *event.Builder, row int) {
				from, to := a.ValueOffsets(row)
				for i := int(from); i < int(to); i++ {
					b.Label(keys.ValueString(i), values.Value(i))
				}
			}, nil
		}
	}
	return nil, fmt.Errorf("%w: column %s is %s", errAnswer, c.Spec().Name, a.DataType())
}

func numbers[T uint16 | uint32 | uint64](c event.Column, a arrow.Array, value func(int) T) func(b *event.Builder, row int) {
	return func(b *event.Builder, row int) {
		if a.IsValid(row) {
			b.SetUint(c, uint64(value(row)))
		}
	}
}
