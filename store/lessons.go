package store

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// A Teacher is how much a source taught the models of a site in the last seven days that have ended in the site's own time.
type Teacher struct {
	Site      string    `json:"site"`
	Source    string    `json:"source"`     // "" all who are not told of by name
	Days      uint64    `json:"days"`       // on which it is told of
	Events    uint64    `json:"events"`     // that it sent
	Taught    uint64    `json:"taught"`     // as much as so many events that are learned in full
	HeldBack  uint64    `json:"held_back"`  // the others
	Share     float64   `json:"share"`      // of all that was taught
	Last      time.Time `json:"last_day"`   // of the site
	LastShare float64   `json:"last_share"` // of all that was taught on that day
}

// Teachers returns who taught the models of a site, "" for all, those who taught most first.
func (s *Store) Teachers(ctx context.Context, site string) ([]Teacher, error) {
	return read[Teacher](ctx, s, `
		WITH kept AS (
			SELECT toString(site) AS site, day, source, events, taught, max(day) OVER (PARTITION BY site) AS latest
			FROM lessons WHERE {site:String} = '' OR site = {site:String}
		), sums AS (
			SELECT site, source, uniqExact(day) AS days, sum(events) AS sent, sum(taught) AS learned, sumIf(taught, day = latest) AS lately, max(latest) AS until
			FROM kept WHERE day > latest - 7 GROUP BY site, source
		)
		SELECT site, source, days, sent AS events, learned AS taught, sent - least(sent, learned) AS held_back,
			learned / greatest(1, sum(learned) OVER (PARTITION BY site)) AS share, toDateTime64(until, 9, 'UTC') AS last_day,
			lately / greatest(1, sum(lately) OVER (PARTITION BY site)) AS last_share
		FROM sums ORDER BY site, source = '', learned DESC, source`,
		clickhouse.Named("site", site))
}
