package store

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"frontfoot/ingest/ledger"
)

// A LedgerTotal is what the loss ledger says of one kind at one input of a site. Gaps and dead letters are without what came after all, and
// damage of the spool is without what is a gap as well: nothing counts twice.
type LedgerTotal struct {
	Site    string      `json:"site"`
	Input   string      `json:"input"` // "" where it is of the whole site
	Kind    ledger.Kind `json:"kind"`
	Rows    uint64      `json:"rows"`
	Recent  uint64      `json:"recent"` // of them, rows of the 24 hours before it was asked
	Bytes   uint64      `json:"bytes"`
	Entries uint64      `json:"entries"`
	First   time.Time   `json:"first"`
	Last    time.Time   `json:"last"`
	Reason  string      `json:"reason"` // of the last
}

// A Loss is an entry of the ledger that says that something is missing, without what came after all.
type Loss struct {
	Kind   ledger.Kind `json:"kind"`
	Input  string      `json:"input"`
	Reason string      `json:"reason"`
	Epoch  string      `json:"epoch"`
	Seq    uint64      `json:"seq"`
	Rows   uint64      `json:"rows"` // events; messages of the log where the kind is lost_log; 0 where nobody can tell
	First  time.Time   `json:"first"`
	Last   time.Time   `json:"last"`
}

// losses is the ledger as it stands: entry by entry with the rows of gaps and dead letters that did not come after all, and without
// damage that a gap covers. What fills a hole names its own first event: the hole is the last one that begins at or before it.
const losses = `
	WITH
		kept AS (SELECT * FROM ingest_ledger WHERE {site:String} = '' OR site = {site:String}),
		holes AS (SELECT site, epoch, seq, kind, rows FROM kept WHERE kind IN ('gap', 'dead_letter') AND epoch != '' AND rows > 0),
		filled AS (
			SELECT site, epoch, seq, kind, sum(came) AS came FROM (
				SELECT h.site AS site, h.epoch AS epoch, h.seq AS seq, h.kind AS kind, f.rows AS came
				FROM (SELECT site, epoch, seq, rows FROM kept WHERE kind = 'gap_filled') AS f
				ASOF JOIN holes AS h ON f.site = h.site AND f.epoch = h.epoch AND f.seq >= h.seq
			) GROUP BY site, epoch, seq, kind
		),
		doubled AS (
			SELECT d.site AS site, d.epoch AS epoch, d.seq AS seq
			FROM (SELECT site, epoch, seq, toUInt64(seq + greatest(rows, 1) - 1) AS last FROM kept WHERE kind = 'damaged' AND epoch != '') AS d
			ASOF JOIN (SELECT site, epoch, seq, rows FROM holes WHERE kind = 'gap') AS g ON d.site = g.site AND d.epoch = g.epoch AND d.last >= g.seq
			WHERE g.seq + g.rows > d.seq
		),
		net AS (
			SELECT k.site AS site, k.epoch AS epoch, k.seq AS seq, k.input AS input, k.kind AS kind, k.reason AS reason,
				k.rows - least(k.rows, f.came) AS rows, k.bytes AS bytes, k.time AS time, k.received AS received
			FROM kept AS k LEFT JOIN filled AS f ON k.site = f.site AND k.epoch = f.epoch AND k.seq = f.seq AND k.kind = f.kind
			WHERE k.kind != 'damaged' OR (k.site, k.epoch, k.seq) NOT IN doubled
		)`

// Ledger sums the loss ledger up by site, input and kind; the site "" is all sites.
func (s *Store) Ledger(ctx context.Context, site string) ([]LedgerTotal, error) {
	return read[LedgerTotal](ctx, s, losses+`
		SELECT toString(n.site) AS site, toString(n.input) AS input, toString(n.kind) AS kind, sum(n.rows) AS rows,
			sumIf(n.rows, n.received >= now64(9) - INTERVAL 24 HOUR) AS recent, sum(n.bytes) AS bytes, count() AS entries,
			min(n.time) AS first, max(n.received) AS last, argMax(toString(n.reason), n.received) AS reason
		FROM net AS n GROUP BY site, input, kind ORDER BY site, input, kind`,
		clickhouse.Named("site", site))
}

// nearby is how far from an incident a loss may be to be named with it: a gap is noticed at the message behind it.
const nearby = 10 * time.Minute

// losses returns what is missing of a site between two times, the most first, at most 20.
func (s *Store) losses(ctx context.Context, site string, first, last time.Time) ([]Loss, error) {
	return read[Loss](ctx, s, losses+`
		SELECT toString(kind) AS kind, toString(input) AS input, toString(reason) AS reason, toString(epoch) AS epoch, seq, rows, time AS first, received AS last
		FROM net
		WHERE (kind IN ('kernel_drop', 'spool_full', 'gap', 'dead_letter') AND rows > 0 OR kind IN ('damaged', 'lost_log', 'state_lost'))
			AND time <= fromUnixTimestamp64Nano({last:Int64}, 'UTC') AND received >= fromUnixTimestamp64Nano({first:Int64}, 'UTC')
		ORDER BY rows DESC, time, kind, epoch, seq LIMIT 20`,
		clickhouse.Named("site", site), clickhouse.Named("first", nanoseconds(first.Add(-nearby))), clickhouse.Named("last", nanoseconds(last.Add(nearby))))
}
