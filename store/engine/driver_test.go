package engine

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

func TestDriverBatch(t *testing.T) {
	conn := dial(t)
	ctx := t.Context()
	for _, sql := range []string{
		"CREATE DATABASE IF NOT EXISTS batch",
		"CREATE TABLE batch.t (ts DateTime64(9, 'UTC'), host LowCardinality(String), n UInt32) ENGINE = MergeTree ORDER BY (host, ts)",
	} {
		if err := conn.Exec(ctx, sql); err != nil {
			t.Fatal(sql, err)
		}
	}
	b, err := conn.PrepareBatch(ctx, "INSERT INTO batch.t")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		if err := b.Append(time.Unix(int64(i), 7).UTC(), "h", uint32(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Send(); err != nil {
		t.Fatal(err)
	}
	var n, sum uint64
	var last time.Time
	if err := conn.QueryRow(ctx, "SELECT count(), sum(n), max(ts) FROM batch.t WHERE host = {h:String}", clickhouse.Named("h", "h")).Scan(&n, &sum, &last); err != nil {
		t.Fatal(err)
	}
	if n != 1000 || sum != 499500 || !last.Equal(time.Unix(999, 7)) {
		t.Errorf("got %d rows, sum %d, last %v", n, sum, last)
	}
}

func TestDriverRefused(t *testing.T) {
	for _, wrong := range []string{"", "wrong"} {
		conn := dial(t, func(o *clickhouse.Options) { o.Auth.Password = wrong })
		err := conn.Ping(t.Context())
		var e *clickhouse.Exception
		if !errors.As(err, &e) || e.Code != 516 {
			t.Errorf("password %q: got %v, want exception 516", wrong, err)
		}
	}
}

func TestDriverInsertFormat(t *testing.T) {
	conn := dial(t)
	w := newWide()
	if err := conn.Exec(t.Context(), w.create("formatted")); err != nil {
		t.Fatal(err)
	}
	data := w.stream(25000)
	if err := conn.InsertFormat(t.Context(), "ArrowStream", "INSERT INTO formatted ("+w.names()+")", bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, "SELECT count(), uniqExact(name0), any(labels0) FROM formatted"); got != "25000\t20\t{'fortinet.firewall.policytype':'policy'}" {
		t.Errorf("got %s", got)
	}
	err := conn.InsertFormat(t.Context(), "ArrowStream", "INSERT INTO formatted ("+w.names()+")", bytes.NewReader(data[:len(data)/2]))
	if _, ok := errors.AsType[*clickhouse.Exception](err); !ok {
		t.Errorf("half a stream: got %v", err)
	}
	if got := ask(t, "SELECT count() FROM formatted"); got != "25000" {
		t.Errorf("after half a stream there are %s rows", got)
	}
}

// TestDriverSettings: a token given with the insert keeps its rows from being doubled.
func TestDriverSettings(t *testing.T) {
	conn := dial(t)
	if err := conn.Exec(t.Context(), "CREATE TABLE once (a UInt64) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100"); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{"x", "x", "y", "x"} {
		ctx := clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"insert_deduplication_token": token}))
		if err := conn.InsertFormat(ctx, "CSV", "INSERT INTO once", strings.NewReader("1\n2\n")); err != nil {
			t.Fatal(err)
		}
	}
	if got := ask(t, "SELECT count() FROM once"); got != "4" {
		t.Errorf("got %s rows, want 4", got)
	}
}

func TestDriverEmptyAnswer(t *testing.T) {
	conn := dial(t)
	rows, err := conn.Query(t.Context(), "SELECT 1 AS a, 'x' AS b WHERE {n:UInt8} = 1;", clickhouse.Named("n", "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if got := rows.Columns(); !slices.Equal(got, []string{"a", "b"}) || rows.Next() || rows.Err() != nil {
		t.Errorf("got columns %q, error %v", got, rows.Err())
	}
}

func TestDriverExceptions(t *testing.T) {
	conn := dial(t)
	for sql, want := range map[string]int32{
		"SELECT 1 FROM":      62,
		"SELECT * FROM nope": 60,
		"SELECT throwIf(number = 300000) FROM numbers(400000)": 395, // after the first rows
	} {
		rows, err := conn.Query(t.Context(), sql)
		if err == nil {
			for rows.Next() {
				continue
			}
			err = errors.Join(rows.Err(), rows.Close())
		}
		var e *clickhouse.Exception
		if !errors.As(err, &e) || e.Code != want {
			t.Errorf("%s: got %v, want exception %d", sql, err, want)
		}
	}
}

func TestDriverTimeout(t *testing.T) {
	conn := dial(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := conn.Exec(ctx, endless); err == nil {
		t.Error("a query that does not end has ended well")
	}
	waitFor(t, runningNow, "0")
}
