package store

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"frontfoot/ingest/ledger"
)

// An epoch is what the ledger says of one: where it ends and which of its numbers are not in the store.
type epoch struct {
	seen   bool      // has events
	began  time.Time // zero where nobody knows
	end    uint64    // the first number that it is not known to have had
	covers []cover   // in order of from, none touching the next

	gaps, filled []cover // what never came, and what of it came after all; of no use once they are settled
}

// cover is numbers from up to but not including to.
type cover struct{ from, to uint64 }

// epochs reads what the ledger says of a site's epochs.
func (s *Store) epochs(ctx context.Context, site string) (map[string]*epoch, error) {
	type entry struct {
		Epoch string      `json:"epoch"`
		Kind  ledger.Kind `json:"kind"`
		Seq   uint64      `json:"seq"`
		Rows  uint64      `json:"rows"`
		Time  time.Time   `json:"time"`
	}
	known := map[string]*epoch{}
	err := each(ctx, s, func(_ context.Context, e *entry) error {
		k := known[e.Epoch]
		if k == nil {
			k = &epoch{}
			known[e.Epoch] = k
		}
		if k.began.IsZero() || e.Time.Before(k.began) {
			k.began = e.Time
		}
		to := saturated(e.Seq, e.Rows)
		k.end = max(k.end, to)
		switch {
		case e.Rows == 0 || e.Kind == ledger.Duplicate:
		case e.Kind == ledger.Gap:
			k.gaps = add(k.gaps, e.Seq, to)
		case e.Kind == ledger.GapFilled:
			k.filled = add(k.filled, e.Seq, to)
		default:
			k.covers = add(k.covers, e.Seq, to)
		}
		return nil
	}, `SELECT toString(epoch) AS epoch, toString(kind) AS kind, seq, rows, time FROM ingest_ledger
		WHERE site = {site:String} AND epoch != '' AND kind IN ('gap', 'gap_filled', 'dead_letter', 'damaged', 'duplicate', 'epoch_end')
		ORDER BY epoch, seq`, clickhouse.Named("site", site))
	for _, e := range known {
		e.settle()
	}
	return known, err
}

// settle takes for covered what never came, but for what came after all: that must be in the store.
func (e *epoch) settle() {
	all, none := e.covers, uint64(0)
	for _, gap := range e.gaps {
		without(e.filled, gap.from, gap.to, func(from, to uint64) { all = append(all, cover{from, to}) }, &none)
	}
	slices.SortFunc(all, func(a, b cover) int { return cmp.Compare(a.from, b.from) })
	e.covers, e.gaps, e.filled = nil, nil, nil
	for _, c := range all {
		e.covers = add(e.covers, c.from, c.to)
	}
}

// add adds a cover; they come in the order of from.
func add(covers []cover, from, to uint64) []cover {
	if n := len(covers); n > 0 && from <= covers[n-1].to {
		covers[n-1].to = max(covers[n-1].to, to)
		return covers
	}
	return append(covers, cover{from, to})
}

// without calls fn with the parts of [from, to) that nothing covers, and adds the covered numbers to covered.
func (e *epoch) without(from, to uint64, fn func(from, to uint64), covered *uint64) {
	without(e.covers, from, to, fn, covered)
}

func without(covers []cover, from, to uint64, fn func(from, to uint64), covered *uint64) {
	i := sort.Search(len(covers), func(i int) bool { return covers[i].to > from })
	for ; from < to; i++ {
		if i == len(covers) || covers[i].from >= to {
			fn(from, to)
			return
		}
		c := covers[i]
		if c.from > from {
			fn(from, c.from)
			from = c.from
		}
		end := min(c.to, to)
		*covered += end - from
		from = end
	}
}

// covered reports whether the ledger says that a number is not in the store.
func (e *epoch) covered(seq uint64) bool {
	if e == nil {
		return false
	}
	i := sort.Search(len(e.covers), func(i int) bool { return e.covers[i].to > seq })
	return i < len(e.covers) && e.covers[i].from <= seq
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }

// one returns the number n of a query about a site.
func (s *Store) one(ctx context.Context, query, site string) (uint64, error) {
	type row struct {
		N uint64 `json:"n"`
	}
	rows, err := read[row](ctx, s, query, clickhouse.Named("site", site))
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].N, nil
}
