package engine

import (
	"errors"
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
