package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/cenkalti/backoff/v7"

	"frontfoot/detect"
	"frontfoot/ingest/failpoint"
)

// Limits of one insert. It is one block of the server, which makes it atomic within a day: the server cuts blocks of a million rows, and
// joins what is smaller than 256 MiB.
const (
	maxInsertRows  = 100_000
	maxInsertBytes = 64 << 20
)

// Bounds of one try of an insert: the server gives up first, so that a try that the client left is no longer under way for long.
const (
	serverTimeout  = 2 * time.Minute
	attemptTimeout = serverTimeout + 10*time.Second
)

// errNoAnswer ends a try that takes too long.
var errNoAnswer = errors.New("the database has not answered in " + attemptTimeout.String())

// maxWait is the longest pause between two tries.
const maxWait = 10 * time.Second

var _ detect.Sink = (*Store)(nil)

// An encoder is the memory of one Write, used again by the next.
type encoder struct {
	arena arena
	body  bytes.Buffer
}

// live is the run of what is found as it comes.
const live = ""

// Write inserts events, then findings, incidents, ledger entries, verdicts, states and lessons. Each insert carries a token made of the batch's, so that a batch that is
// written again, in whole or after a part of it, adds nothing that is there already. While the database is away Write goes on trying, with the
// same bytes, until ctx ends. An insert that the database will never take is halved until only the rows that it refuses are left: these are
// the rejections, and the others are there. It may be called concurrently.
func (s *Store) Write(ctx context.Context, b *detect.Batch) ([]detect.Rejection, error) {
	e := s.encoders.Get().(*encoder) //nolint:errcheck,forcetypeassert // New makes nothing else
	defer s.encoders.Put(e)
	rejected, err := s.writeEvents(ctx, e, b)
	if err != nil {
		return nil, err
	}
	failpoint.Hit("mid_insert")
	for _, rows := range []*rows{s.findings(b, live), s.incidents(b, live), s.ledger(b), s.verdicts(b), s.states(b), s.lessons(b)} {
		e.body.Reset()
		refused, err := s.writeRows(ctx, &e.body, b.Token, rows)
		if err != nil {
			return nil, err
		}
		rejected = append(rejected, refused...)
	}
	return rejected, nil
}

// part names rows [from, to) of a table's insert, of which there are so many in all: with the batch's token it is all that an insert's token is made
// of. A whole insert is named without its size: a batch that is run again after the log was shortened lacks rows, and must double none of the others.
func part(table string, insert, from, to, all int) string {
	if from == 0 && to == all {
		return fmt.Sprintf("/%s/%d", table, insert)
	}
	return fmt.Sprintf("/%s/%d/%d-%d", table, insert, from, to)
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
	wait.InitialInterval = 100 * time.Millisecond
	wait.MaxInterval = time.Duration(float64(maxWait) / (1 + wait.RandomizationFactor))
	_, err := backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, s.attempt(ctx, in) },
		backoff.WithBackOff(wait), backoff.WithMaxElapsedTime(0),
		backoff.WithNotify(func(err error, _ time.Duration) {
			s.metrics.retries.WithLabelValues(in.table).Inc()
			s.outage.began(ctx, s.logger, err)
		}))
	if err != nil {
		return fmt.Errorf("inserting %d rows into %s: %w", in.rows, in.table, err)
	}
	s.outage.ended(ctx, s.logger)
	s.metrics.inserted(in, time.Since(start))
	return nil
}

func (s *Store) attempt(ctx context.Context, in *insert) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// No deadline: the client would make a max_execution_time of it that takes the place of ours.
	defer time.AfterFunc(attemptTimeout, func() { cancel(errNoAnswer) }).Stop()
	set, err := s.settingsOf(ctx, in.token)
	if err != nil {
		return err
	}
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(set))
	query := "INSERT INTO " + in.table + " (" + strings.Join(in.columns, ", ") + ")"
	err = s.conn.InsertFormat(ctx, in.format, query, bytes.NewReader(in.body))
	if errors.Is(context.Cause(ctx), errNoAnswer) {
		return errNoAnswer // the rows may be there or not: another try tells
	}
	if permanent(err) {
		return backoff.Permanent(&refusal{err})
	}
	return err
}

// settingsOf are the server's settings for an insert with a token.
func (s *Store) settingsOf(ctx context.Context, token string) (clickhouse.Settings, error) {
	override, err := s.overridesDeduplicate(ctx)
	if err != nil {
		return nil, err
	}
	set := clickhouse.Settings{
		"insert_deduplication_token":                         token,
		"insert_deduplicate":                                 1,
		"deduplicate_blocks_in_dependent_materialized_views": 1, // roll-ups are as exact as what they are made of
		"async_insert":                                       0,
		"max_execution_time":                                 int(serverTimeout.Seconds()),
		"max_insert_threads":                                 1,
		"input_format_parallel_parsing":                      0,
		"input_format_null_as_default":                       1,
		"max_partitions_per_insert_block":                    0, // maxDays is the bound
		"optimize_on_insert":                                 0,
		"date_time_input_format":                             "best_effort",
		"input_format_skip_unknown_fields":                   0,
		"min_insert_block_size_rows":                         2 * maxInsertRows, // whatever a profile says: one insert is one block
		"min_insert_block_size_bytes":                        8 * maxInsertBytes,
		"max_insert_block_size":                              2 * maxInsertRows,
	}
	if override {
		set["deduplicate_insert"] = "enable"
	}
	if failpoint.Off("token") {
		delete(set, "insert_deduplication_token")
		set["insert_deduplicate"], set["deduplicate_insert"] = 0, "disable"
	}
	return set, nil
}

// overridesDeduplicate reports whether the server has the setting deduplicate_insert, which overrides insert_deduplicate: an older one refuses an insert that
// names it, and a newer one whose profile sets it to disable would forget tokens.
func (s *Store) overridesDeduplicate(ctx context.Context) (bool, error) {
	if known := s.override.Load(); known != nil {
		return *known, nil
	}
	var n uint64
	if err := s.conn.QueryRow(ctx, "SELECT count() FROM system.settings WHERE name = 'deduplicate_insert'").Scan(&n); err != nil {
		return false, fmt.Errorf("asking for the server's settings: %w", err)
	}
	known := n > 0
	s.override.Store(&known)
	return known, nil
}
