package store

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// How often, and how far apart, sums are taken again that differ: rows may have come between the two.
const (
	sumTries = 4
	sumPause = 500 * time.Millisecond
)

// verifyRollUp compares the roll-up with the events. What expires within two days is left out: the two tables are merged at their own pace.
func (s *Store) verifyRollUp(ctx context.Context, out *Verification) error {
	type sums struct {
		Events uint64 `json:"events"`
		RollUp uint64 `json:"roll_up"`
	}
	tick := time.NewTicker(sumPause)
	defer tick.Stop()
	for try := 1; ; try++ {
		rows, err := read[sums](ctx, s, `SELECT
			(SELECT count() FROM events WHERE site = {site:String} AND expires > today() + 2) AS events,
			(SELECT toUInt64(sum(e.events)) FROM events_by_hour AS e WHERE site = {site:String} AND expires > today() + 2) AS roll_up`,
			clickhouse.Named("site", out.Site))
		if err != nil {
			return err
		}
		out.RollUp, out.RollUpOf = rows[0].RollUp, rows[0].Events
		if out.RollUp == out.RollUpOf || try == sumTries {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// verifyReferences looks for findings and evidence whose event is not there. Findings are kept longer than events: what was received before the
// oldest event that is left, and a few days after, is not looked for once events may have expired.
func (s *Store) verifyReferences(ctx context.Context, v *verifier) error {
	take := func(_ context.Context, r *Ref) error {
		if v.known[r.Epoch].covered(r.Seq) { // such as an event that the store would not have
			return nil
		}
		v.out.Dangling++
		if len(v.out.Danglings) < v.opt.List {
			v.out.Danglings = append(v.out.Danglings, *r)
		}
		return nil
	}
	return each(ctx, s, take, `
		WITH
			(SELECT min(received) FROM events WHERE site = {site:String}) AS oldest,
			(SELECT min(received) FROM findings WHERE site = {site:String} AND run = '') < oldest - INTERVAL 1 DAY AS expiring,
			refs AS (
				SELECT 'finding' AS what, id, toString(epoch) AS epoch, seq FROM findings
				WHERE site = {site:String} AND run = '' AND (NOT expiring OR received > oldest + INTERVAL 1 DAY)
				UNION ALL
				SELECT 'incident', id, e.1, e.2 FROM (
					SELECT id, arrayJoin(evidence) AS e FROM incidents
					WHERE site = {site:String} AND (NOT expiring OR first > oldest + INTERVAL 8 DAY)
				)
			)
		SELECT what, id, epoch, seq FROM refs
		WHERE (epoch, seq) NOT IN (
			SELECT toString(epoch), seq FROM events WHERE site = {site:String} AND (toString(epoch), seq) IN (SELECT epoch, seq FROM refs)
		)
		ORDER BY what, id, epoch, seq`,
		clickhouse.Named("site", v.site))
}
