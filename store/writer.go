package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/cenkalti/backoff/v7"

	"frontfoot/detect"
)

// Limits of one insert. It is one block of the server, which makes it atomic within a day.
const (
	maxInsertRows  = 100_000
	maxInsertBytes = 64 << 20
)

// attemptTimeout bounds one try of an insert, in the client and in the server.
const attemptTimeout = 2 * time.Minute

var _ detect.Sink = (*Store)(nil)

// An encoder is the memory of one Write, used again by the next.
type encoder struct {
	arena arena
	body  bytes.Buffer
}

// Write inserts events, then findings, then incidents. Each insert carries a token made of the batch's, so that a batch that is written
// again, in whole or after a part of it, adds nothing that is there already. While the database is away Write goes on trying, with the
// same bytes, until ctx ends; only what it will never take is an error that wraps detect.ErrRejected, or detect.ErrFindingsRejected once the events are there. It may be called concurrently.
func (s *Store) Write(ctx context.Context, b *detect.Batch) error {
	e := s.encoders.Get().(*encoder) //nolint:errcheck,forcetypeassert // New makes nothing else
	defer s.encoders.Put(e)
	inserts, err := s.messages(b)
	if err != nil {
		return err
	}
	for i, messages := range inserts {
		e.arena.reset(2 * maxInsertBytes)
		e.body.Reset()
		r := eventRecord(messages, &e.arena)
		if err := r.writeStream(&e.body); err != nil {
			return fmt.Errorf("%w: %w", detect.ErrRejected, err)
		}
		in := insert{table: "events", columns: r.names(), format: "ArrowStream", rows: r.rows, body: e.body.Bytes()}
		in.token = b.Token + "/events/" + strconv.Itoa(i)
		if err := s.insert(ctx, &in); err != nil {
			return err
		}
	}
	for _, encode := range []func(*detect.Batch, *bytes.Buffer) (insert, error){s.findings, s.incidents} {
		e.body.Reset()
		in, err := encode(b, &e.body)
		if err != nil {
			return fmt.Errorf("%w: %w", detect.ErrFindingsRejected, err)
		}
		if in.rows == 0 {
			continue
		}
		in.token = b.Token + "/" + in.table
		if err := s.insert(ctx, &in); errors.Is(err, detect.ErrRejected) {
			return fmt.Errorf("%w: %w", detect.ErrFindingsRejected, err)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// messages shares the batch's messages out to inserts, always in the same way.
func (s *Store) messages(b *detect.Batch) (inserts [][]*message, err error) {
	var current []*message
	rows, size := 0, 0
	for o := range b.Sites {
		site := &b.Sites[o]
		for i := range site.Messages {
			m := &site.Messages[i]
			n := m.Events.Rows()
			if len(m.Scores) != n || len(m.Models) != n {
				return nil, fmt.Errorf("%w: %d events of %s have %d scores and %d models", detect.ErrRejected, n, site.Site, len(m.Scores), len(m.Models))
			}
			if n == 0 {
				continue
			}
			next := newMessage(m, site.Site, s.cfg.days(site.Site))
			if len(current) > 0 && (rows+n > maxInsertRows || size+next.size > maxInsertBytes) {
				inserts, current, rows, size = append(inserts, current), nil, 0, 0
			}
			current = append(current, next)
			rows, size = rows+n, size+next.size
		}
	}
	if len(current) > 0 {
		inserts = append(inserts, current)
	}
	return inserts, nil
}

// An insert is rows on their way into a table.
type insert struct {
	table   string
	columns []string
	format  string
	token   string // two inserts with one token are one
	rows    int
	body    []byte
}

// insert sends the same bytes until the database has them.
func (s *Store) insert(ctx context.Context, in *insert) error {
	start := time.Now()
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = 100*time.Millisecond, 10*time.Second
	_, err := backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, s.attempt(ctx, in) },
		backoff.WithBackOff(wait), backoff.WithMaxElapsedTime(0),
		backoff.WithNotify(func(err error, _ time.Duration) {
			s.metrics.retries.WithLabelValues(in.table).Inc()
			s.outage.began(ctx, s.logger, err)
		}))
	if err != nil {
		if errors.Is(err, detect.ErrRejected) {
			s.metrics.rejected.WithLabelValues(in.table).Add(float64(in.rows))
		}
		return fmt.Errorf("inserting %d rows into %s: %w", in.rows, in.table, err)
	}
	s.outage.ended(ctx, s.logger)
	s.metrics.inserted(in, time.Since(start))
	return nil
}

func (s *Store) attempt(ctx context.Context, in *insert) error {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{
		"insert_deduplication_token":       in.token,
		"insert_deduplicate":               1,
		"async_insert":                     0,
		"max_insert_threads":               1,
		"input_format_parallel_parsing":    0,
		"input_format_null_as_default":     1,
		"max_partitions_per_insert_block":  0, // a spool of many days may come at once
		"optimize_on_insert":               0,
		"date_time_input_format":           "best_effort",
		"input_format_skip_unknown_fields": 0,
	}))
	query := "INSERT INTO " + in.table + " (" + strings.Join(in.columns, ", ") + ")"
	err := s.conn.InsertFormat(ctx, in.format, query, bytes.NewReader(in.body))
	if permanent(err) {
		return backoff.Permanent(fmt.Errorf("%w: %w", detect.ErrRejected, err))
	}
	return err
}
