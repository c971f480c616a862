package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"frontfoot/detect"
)

// WriteRun writes findings and incidents of a replay beside those that were found live. run is its name, which live ones do not have; token names this part of it: the same part written again adds nothing.
func (s *Store) WriteRun(ctx context.Context, run, token string, out *detect.Output) error {
	b := &detect.Batch{Sites: []detect.Output{*out}}
	var body bytes.Buffer
	for _, rows := range []*rows{s.findings(b, run), s.incidents(b, run)} {
		refused, err := s.writeRows(ctx, &body, token, rows)
		for _, r := range refused {
			err = errors.Join(err, r.Err)
		}
		if err != nil {
			return fmt.Errorf("writing run %s: %w", run, err)
		}
	}
	return nil
}

// RunRows returns how many findings and versions of incidents a run has at a site.
func (s *Store) RunRows(ctx context.Context, site, run string) (uint64, error) {
	type row struct {
		N uint64 `json:"n"`
	}
	rows, err := read[row](ctx, s, `SELECT
			(SELECT count() FROM findings WHERE site = {site:String} AND run = {run:String})
			+ (SELECT count() FROM incident_versions WHERE site = {site:String} AND run = {run:String}) AS n`,
		clickhouse.Named("site", site), clickhouse.Named("run", run))
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].N, nil
}

// A Comparison is how many findings or incidents of a time were found live and by a replay.
type Comparison struct {
	What string `json:"what"` // findings or incidents
	Old  uint64 `json:"old"`  // found live
	New  uint64 `json:"new"`  // found by the replay
	Both uint64 `json:"both"`
}

// CompareRun compares a run with what was found live of events that were received from one time until another: findings by their event, incidents by
// their id, which their first finding decides. An incident is of that time when one of the events that show it was received then.
func (s *Store) CompareRun(ctx context.Context, site, run string, from, to time.Time) ([]Comparison, error) {
	return read[Comparison](ctx, s, `
		SELECT what, countIf(live) AS old, countIf(again) AS new, countIf(live AND again) AS both FROM (
			SELECT 'findings' AS what, max(run = '') AS live, max(run = {run:String}) AS again FROM findings
			WHERE site = {site:String} AND run IN ('', {run:String})
				AND received BETWEEN fromUnixTimestamp64Nano({from:Int64}, 'UTC') AND fromUnixTimestamp64Nano({to:Int64}, 'UTC')
			GROUP BY epoch, seq
			UNION ALL
			SELECT 'incidents' AS what, max(run = '') AS live, max(run = {run:String}) AS again FROM incident_versions
			WHERE site = {site:String} AND run IN ('', {run:String})
				AND id IN (
					SELECT id FROM (
						SELECT id, e.1 AS epoch, e.2 AS seq FROM incident_versions ARRAY JOIN evidence AS e
						WHERE site = {site:String} AND run IN ('', {run:String})
					) WHERE (epoch, seq) IN (
						SELECT epoch, seq FROM events
						WHERE site = {site:String} AND received BETWEEN fromUnixTimestamp64Nano({from:Int64}, 'UTC') AND fromUnixTimestamp64Nano({to:Int64}, 'UTC')
							AND (epoch, seq) IN (
								SELECT e.1, e.2 FROM incident_versions ARRAY JOIN evidence AS e WHERE site = {site:String} AND run IN ('', {run:String})
							)
					)
				)
			GROUP BY id
		) GROUP BY what ORDER BY what`,
		clickhouse.Named("site", site), clickhouse.Named("run", run), clickhouse.Named("from", nanoseconds(from)), clickhouse.Named("to", nanoseconds(to)))
}
