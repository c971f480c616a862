package store

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"frontfoot/ingest/hint"
)

// Codes of ClickHouse that speak of the rows of an insert, not of the database's state: another try gives the same answer. A missing
// table or column is not among them, because a migration mends it.
var permanentCodes = map[int32]bool{
	6:   true, // CANNOT_PARSE_TEXT
	26:  true, // CANNOT_PARSE_QUOTED_STRING
	27:  true, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
	33:  true, // CANNOT_READ_ALL_DATA
	38:  true, // CANNOT_PARSE_DATE
	41:  true, // CANNOT_PARSE_DATETIME
	53:  true, // TYPE_MISMATCH
	69:  true, // ARGUMENT_OUT_OF_BOUND
	70:  true, // CANNOT_CONVERT_TYPE
	72:  true, // CANNOT_PARSE_NUMBER
	117: true, // INCORRECT_DATA
	131: true, // TOO_LARGE_STRING_SIZE
	190: true, // SIZES_OF_ARRAYS_DONT_MATCH
	349: true, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
	407: true, // DECIMAL_OVERFLOW
	652: true, // ONLY_NULLS_WHILE_READING_SCHEMA
}

// permanent reports whether trying again is of no use.
func permanent(err error) bool {
	ex, ok := errors.AsType[*clickhouse.Exception](err)
	return ok && permanentCodes[ex.Code]
}

// Codes of ClickHouse that say that nobody has migrated the database yet.
const (
	unknownTable    = 60
	unknownDatabase = 81
)

// errNoTables stands in place of ClickHouse's own answer, which repeats a question that nobody asked in these words.
var errNoTables = errors.New("the database has no tables of frontfoot yet, or those of an earlier version")

// askError makes what a question of ours failed with fit to be read.
func askError(err error) error {
	err = sqlError(err)
	if e, ok := errors.AsType[*SQLError](err); ok && (e.Code == unknownTable || e.Code == unknownDatabase) {
		return &hint.Error{Err: errNoTables, Hint: "start 'frontfoot up', or 'frontfoot work' in a region: it makes them. 'frontfoot demo' begins anew where it was ended early"}
	}
	return err
}

// A refusal is an error of rows that the database will never take.
type refusal struct{ error }

func (r *refusal) Unwrap() error { return r.error }

// refused reports whether an insert failed because of what it holds. It has written nothing then.
func refused(err error) bool {
	_, ok := errors.AsType[*refusal](err)
	return ok
}

// Refused reports whether the database is there and answered with an error of its own: to wait for it is of no use then.
func Refused(err error) bool {
	_, ok := errors.AsType[*clickhouse.Exception](err)
	return ok
}

// An outage says once that the database is away, and once that it is back.
type outage struct {
	mu    sync.Mutex
	since time.Time // zero while the database is there
}

func (o *outage) began(ctx context.Context, logger *slog.Logger, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() {
		o.since = time.Now()
		logger.WarnContext(ctx, "database does not take rows; trying until it does", "error", err)
	}
}

func (o *outage) ended(ctx context.Context, logger *slog.Logger) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.since.IsZero() {
		logger.InfoContext(ctx, "database takes rows again", "after", time.Since(o.since).Round(time.Second))
		o.since = time.Time{}
	}
}
