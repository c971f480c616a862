package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"
)

// A SQLError is ClickHouse's own answer to a statement that it does not carry out.
type SQLError struct {
	Code    int32  // such as 62
	Name    string // such as SYNTAX_ERROR; may be empty
	Message string // with the position, where ClickHouse names one
}

func (e *SQLError) Error() string {
	message, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(e.Message), "DB::Exception: "), " (version ")
	text := fmt.Sprintf("Code: %d. DB::Exception: %s", e.Code, message)
	if name := " (" + e.Name + ")"; e.Name != "" && !strings.HasSuffix(text, name) {
		text += name
	}
	return text
}

// sqlError makes a SQLError of an error that holds an answer of ClickHouse.
func sqlError(err error) error {
	if ex, ok := errors.AsType[*clickhouse.Exception](err); ok {
		return &SQLError{Code: ex.Code, Name: ex.CodeName, Message: ex.Message}
	}
	return err
}

// killTimeout is how long a query that is no longer wanted is waited for.
const killTimeout = 5 * time.Second

// formatClause is a FORMAT clause at the end of a statement, and endings what may follow a statement.
var (
	formatClause = regexp.MustCompile(`(?is)\sFORMAT\s+([A-Za-z][A-Za-z0-9]*)\s*$`)
	endings      = regexp.MustCompile(`[\s;]+$`)
)

// Stream runs a statement and copies its result, in a format of ClickHouse, to w as it comes. A FORMAT clause in the statement wins.
// Settings are ClickHouse's. When ctx ends, the statement is ended in the database too, and the error is ctx's; errors of the statement
// are *SQLError.
func (s *Store) Stream(ctx context.Context, w io.Writer, format, statement string, settings map[string]any) error {
	statement = endings.ReplaceAllString(statement, "")
	if m := formatClause.FindStringSubmatch(statement); m != nil && !strings.EqualFold(m[1], "asc") && !strings.EqualFold(m[1], "desc") {
		format, statement = m[1], statement[:len(statement)-len(m[0])]
	}
	id := uuid.NewString()
	err := s.copyResult(clickhouse.Context(ctx, clickhouse.WithQueryID(id), clickhouse.WithSettings(settings)), w, format, statement)
	if err != nil && ctx.Err() != nil {
		s.kill(context.WithoutCancel(ctx), id)
		return context.Cause(ctx)
	}
	return sqlError(err)
}

func (s *Store) copyResult(ctx context.Context, w io.Writer, format, statement string) (err error) {
	body, err := s.conn.QueryFormat(ctx, format, statement)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	_, err = io.Copy(w, body)
	return err
}

// kill ends a query in the database. SYNC would wait for it, for minutes at times.
func (s *Store) kill(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, killTimeout)
	defer cancel()
	if err := s.conn.Exec(ctx, "KILL QUERY WHERE query_id = '"+id+"' ASYNC"); err != nil {
		s.logger.DebugContext(ctx, "query may go on in the database", "query_id", id, "error", err)
	}
}
