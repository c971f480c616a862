package engine

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sourcegraph/conc/pool"
)

// TestQuickQueriesStayQuick holds the promise that a query over a few rows answers within 200 ms, 99 times in 100,
// while another keeps every core busy and rows are being inserted.
func TestQuickQueriesStayQuick(t *testing.T) {
	const (
		limit   = 200 * time.Millisecond
		samples = 300
	)
	conn := dial(t)
	ask(t, "CREATE TABLE quick (site LowCardinality(String), n UInt64, text String) ENGINE = MergeTree ORDER BY (site, n)")
	ask(t, "INSERT INTO quick SELECT 'site-' || number % 10, number, toString(number) FROM numbers(200000)")
	ctx, cancel := context.WithCancel(t.Context())
	load := pool.New().WithContext(ctx)
	load.Go(func(ctx context.Context) error {
		_, err := answerOf(ctx, Request{SQL: []byte("SELECT max(sipHash64(number, number % 7)) FROM numbers(100000000000) SETTINGS max_threads = 8")})
		return err
	})
	inserted := 0
	load.Go(func(ctx context.Context) error {
		rows := strings.Repeat("site-1\t1\tsome text of a row\n", 50000)
		for ctx.Err() == nil {
			if _, err := answerOf(ctx, Request{SQL: []byte("INSERT INTO quick FORMAT TSV"), Data: strings.NewReader(rows)}); err != nil {
				return err
			}
			inserted++
		}
		return nil
	})
	waitFor(t, runningNow, "1")
	var took []time.Duration
	for i := range samples {
		begin := time.Now()
		var n uint64
		if err := conn.QueryRow(ctx, "SELECT count() FROM quick WHERE site = 'site-2' AND n < 1000").Scan(&n); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(begin))
		if n != 100 {
			t.Fatalf("query %d: got %d rows, want 100", i, n)
		}
	}
	if got := ask(t, runningNow); got != "1" {
		t.Error("the query that was to keep the cores busy has ended")
	}
	cancel()
	_ = load.Wait()
	slices.Sort(took)
	p50, p99 := took[samples/2], took[samples*99/100]
	t.Logf("%d quick queries: p50 %v, p99 %v, longest %v, beside %d inserts of 50,000 rows", samples, p50, p99, took[samples-1], inserted)
	if inserted == 0 {
		t.Error("no insert ended meanwhile")
	}
	if p99 > limit {
		t.Errorf("p99 is %v, want at most %v", p99, limit)
	}
}
