package store

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// A Range is events of one epoch, From up to but not including To.
type Range struct {
	Epoch string `json:"epoch"`
	From  uint64 `json:"from"`
	To    uint64 `json:"to"`
}

// A Double is an event that is there more than once.
type Double struct {
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
	Times uint64 `json:"times"`
}

// A Verification is what Verify found. Lists are bounded, numbers are not.
type Verification struct {
	Site      string   `json:"site"`
	Epochs    uint64   `json:"epochs"`
	Events    uint64   `json:"events"`    // that are there
	Explained uint64   `json:"explained"` // that are not, and the loss ledger says so: gaps, dead letters, damage
	Expired   uint64   `json:"expired"`   // that are not, because their time was over
	Presumed  uint64   `json:"presumed"`  // of them, the beginnings of epochs that nothing proves to be so old: that they ever were there is not known
	Missing   uint64   `json:"missing"`   // that are not, and nothing says why
	Doubled   uint64   `json:"doubled"`   // rows too many
	Ranges    []Range  `json:"ranges"`    // missing
	Doubles   []Double `json:"doubles"`

	RollUp    uint64 `json:"roll_up"`    // events that events_by_hour counts
	RollUpOf  uint64 `json:"roll_up_of"` // of as many
	Dangling  uint64 `json:"dangling"`   // findings and evidence of incidents whose event is not there
	Danglings []Ref  `json:"danglings"`
}

// A Ref is a finding or an incident that speaks of an event.
type Ref struct {
	What  string `json:"what"` // finding or incident
	ID    string `json:"id"`
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
}

// Clean reports whether each event is there once, or the ledger says why not, and the rest fits.
func (v *Verification) Clean() bool {
	return v.Missing == 0 && v.Doubled == 0 && v.RollUp == v.RollUpOf && v.Dangling == 0
}

// VerifyOptions bound a verification.
type VerifyOptions struct {
	List     int                       // at most so many ranges, doubles and danglings are listed; 0 is 1,000
	Progress func(events, most uint64) // is told how many events have been looked at; may be nil
}

// stretch is how many numbers of an epoch are counted together.
const stretch = 1 << 16

// A count is what a stretch of an epoch holds.
type count struct {
	Epoch   string    `json:"epoch"`
	Stretch uint64    `json:"stretch"`
	Rows    uint64    `json:"n"`
	Unique  uint64    `json:"u"`
	First   uint64    `json:"lo"`
	Last    uint64    `json:"hi"`
	From    time.Time `json:"t0"` // event time, which finds the rows fast
	To      time.Time `json:"t1"`
	Expires string    `json:"expires"` // of the first
	Days    int64     `json:"days"`    // that its rows are kept
}

// Verify holds a site's events against the loss ledger: in each epoch each number from 0 to the highest that is known of must be there once,
// or the ledger must say that it is not. Its memory does not depend on the number of events: they are counted by stretches, and only those
// that do not add up are looked at row by row.
func (s *Store) Verify(ctx context.Context, site string, opt VerifyOptions) (*Verification, error) {
	if opt.List <= 0 {
		opt.List = 1000
	}
	v := &verifier{Store: s, site: site, opt: opt, out: &Verification{Site: site, Ranges: []Range{}, Doubles: []Double{}, Danglings: []Ref{}}}
	var err error
	if v.known, err = s.epochs(ctx, site); err != nil {
		return nil, err
	}
	if v.most, err = s.one(ctx, "SELECT toUInt64(sum(events)) AS n FROM events_by_hour WHERE site = {site:String}", site); err != nil {
		return nil, err
	}
	big := clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"max_bytes_before_external_group_by": 256 << 20, "max_bytes_ratio_before_external_group_by": 0}))
	err = each(big, s, v.take, `
		SELECT toString(e.epoch) AS epoch, intDiv(e.seq, `+number(stretch)+`) AS stretch, count() AS n, uniqExact(e.seq) AS u, min(e.seq) AS lo, max(e.seq) AS hi,
			min(e.time) AS t0, max(e.time) AS t1, argMin(toString(e.expires), e.seq) AS expires,
			argMin(toInt64(e.expires) - toInt64(toDate(e.received)), e.seq) AS days
		FROM events AS e WHERE site = {site:String} GROUP BY epoch, stretch ORDER BY epoch, stretch`, clickhouse.Named("site", site))
	if err != nil {
		return nil, err
	}
	v.end()
	v.unseen()
	if err := s.verifyRollUp(ctx, v.out); err != nil {
		return nil, err
	}
	return v.out, s.verifyReferences(ctx, v)
}

// A verifier goes over the stretches in order.
type verifier struct {
	*Store
	site  string
	opt   VerifyOptions
	out   *Verification
	known map[string]*epoch
	most  uint64

	epoch string // that it is in; of is what the ledger says of it, nil before the first
	of    *epoch
	next  uint64 // number that is due
	days  int64  // that rows are kept
	old   bool   // the first row that is there is about to expire
}

func (v *verifier) take(ctx context.Context, c *count) error {
	if v.of == nil || c.Epoch != v.epoch {
		v.end()
		v.begin(c)
	}
	v.out.Events += c.Rows
	if whole := c.Last - c.First + 1; c.Rows == whole && c.Unique == whole {
		v.run(c.First, c.Last)
	} else if err := v.look(ctx, c); err != nil {
		return err
	}
	if v.opt.Progress != nil {
		v.opt.Progress(v.out.Events, max(v.most, v.out.Events))
	}
	return nil
}

func (v *verifier) begin(c *count) {
	v.epoch, v.next, v.days = c.Epoch, 0, c.Days
	if v.of = v.known[c.Epoch]; v.of == nil {
		v.of = &epoch{}
		v.known[c.Epoch] = v.of
	}
	v.of.seen = true
	v.out.Epochs++
	expires, err := time.Parse(time.DateOnly, c.Expires)
	v.old = err == nil && time.Until(expires) < quiet(c.Days)
}

const oneDay = time.Duration(nsPerDay)

// quiet is how long before its time is over the first row that is left may be, where those before it fell away: a day, and as long as a site says
// nothing at most, a week, or half of the time that rows are kept where that is less.
func quiet(days int64) time.Duration { return min(7*oneDay, oneDay+time.Duration(days)*oneDay/2) }

// look goes over the rows of a stretch that does not add up.
func (v *verifier) look(ctx context.Context, c *count) error {
	type row struct {
		Seq   uint64 `json:"seq"`
		Times uint64 `json:"times"`
	}
	return each(ctx, v.Store, func(_ context.Context, r *row) error {
		v.run(r.Seq, r.Seq)
		if r.Times > 1 {
			v.out.Doubled += r.Times - 1
			if len(v.out.Doubles) < v.opt.List {
				v.out.Doubles = append(v.out.Doubles, Double{v.epoch, r.Seq, r.Times})
			}
		}
		return nil
	}, `SELECT seq, count() AS times FROM events
		WHERE site = {site:String} AND epoch = {epoch:String} AND seq BETWEEN {lo:UInt64} AND {hi:UInt64}
			AND time BETWEEN fromUnixTimestamp64Nano({t0:Int64}, 'UTC') AND fromUnixTimestamp64Nano({t1:Int64}, 'UTC')
		GROUP BY seq ORDER BY seq`,
		clickhouse.Named("site", v.site), clickhouse.Named("epoch", c.Epoch), clickhouse.Named("lo", number(c.First)), clickhouse.Named("hi", number(c.Last)),
		clickhouse.Named("t0", nanoseconds(c.From)), clickhouse.Named("t1", nanoseconds(c.To)))
}

// run takes numbers that are there, first to last.
func (v *verifier) run(first, last uint64) {
	if first > v.next {
		v.missing(v.next, first)
	}
	v.next = max(v.next, saturated(last, 1))
}

// end is the end of an epoch.
func (v *verifier) end() {
	if v.of != nil && v.of.end > v.next {
		v.missing(v.next, v.of.end)
	}
	v.of, v.old = nil, false
}

// unseen goes over the epochs without a single event.
func (v *verifier) unseen() {
	for _, name := range slices.Sorted(maps.Keys(v.known)) {
		if k := v.known[name]; !k.seen {
			v.epoch, v.next, v.of = name, 0, k
			v.days = int64(v.cfg.days(v.site))
			v.end()
		}
	}
}

// missing takes numbers that are not there: their time was over, or the ledger explains them, or they are missing.
func (v *verifier) missing(from, to uint64) {
	// What the ledger says first of an epoch may be of its end.
	proven := !v.of.began.IsZero() && time.Since(v.of.began) > time.Duration(v.days)*oneDay
	if from == 0 && (proven || v.old) {
		v.out.Expired += to - from
		if !proven {
			v.out.Presumed += to - from
		}
		return
	}
	v.of.without(from, to, func(from, to uint64) {
		v.out.Missing += to - from
		if len(v.out.Ranges) < v.opt.List {
			v.out.Ranges = append(v.out.Ranges, Range{v.epoch, from, to})
		}
	}, &v.out.Explained)
}

// saturated is a sum that does not run over.
func saturated(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}
