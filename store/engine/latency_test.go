package engine

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/sourcegraph/conc/pool"
)

// TestQuickQueriesBesideLoad shows that queries over a few rows are answered, and rows inserted, while another query keeps every core busy.
// BenchmarkQuickQueries measures how soon.
func TestQuickQueriesBesideLoad(t *testing.T) {
	conn := dial(t)
	inserted, stop := busy(t)
	defer stop()
	const least = 300
	for n := 0; (n < least || inserted.Load() == 0) && !t.Failed(); n++ {
		quickQuery(t, conn)
	}
	if got := ask(t, runningNow); got != "1" {
		t.Error("the query that was to keep the cores busy has ended")
	}
}

// BenchmarkQuickQueries measures a query over a few rows while another keeps every core busy and rows are being inserted. On two cores 99 in 100
// should be answered within 200 ms.
func BenchmarkQuickQueries(b *testing.B) {
	conn := dial(b)
	_, stop := busy(b)
	defer stop()
	var took []time.Duration
	for b.Loop() {
		begin := time.Now()
		quickQuery(b, conn)
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1e3, "p99-ms")
}

// busy makes a table of rows, inserts more of them, and keeps every core busy with a query that does not end, until it is stopped. It counts the inserts
// that have ended.
func busy(tb testing.TB) (inserted *atomic.Int64, stop func()) {
	tb.Helper()
	ask(tb, "DROP TABLE IF EXISTS quick SYNC")
	ask(tb, "CREATE TABLE quick (site LowCardinality(String), n UInt64, text String) ENGINE = MergeTree ORDER BY (site, n)")
	ask(tb, "INSERT INTO quick SELECT 'site-' || number % 10, number, toString(number) FROM numbers(200000)")
	ctx, cancel := context.WithCancel(tb.Context())
	load := pool.New().WithContext(ctx)
	load.Go(func(ctx context.Context) error {
		_, err := answerOf(ctx, Request{SQL: []byte(endless)})
		return err
	})
	inserted = new(atomic.Int64)
	load.Go(func(ctx context.Context) error {
		rows := strings.Repeat("site-1\t1\tsome text of a row\n", 50000)
		for ctx.Err() == nil {
			if _, err := answerOf(ctx, Request{SQL: []byte("INSERT INTO quick FORMAT TSV"), Data: strings.NewReader(rows)}); err != nil {
				if ctx.Err() == nil {
					tb.Errorf("inserting meanwhile: %v", err)
				}
				return err
			}
			inserted.Add(1)
		}
		return nil
	})
	stop = func() {
		cancel()
		_ = load.Wait()
	}
	waitFor(tb, runningNow, "1")
	return inserted, stop
}

// quickQuery asks for a few rows.
func quickQuery(tb testing.TB, conn driver.Conn) {
	tb.Helper()
	var rows uint64
	if err := conn.QueryRow(tb.Context(), "SELECT count() FROM quick WHERE site = 'site-2' AND n < 1000").Scan(&rows); err != nil {
		tb.Fatal(err)
	}
	if rows != 100 {
		tb.Fatalf("got %d rows, want 100", rows)
	}
}
