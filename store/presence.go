package store

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// HasEvents reports whether there is any event of a site.
func (s *Store) HasEvents(ctx context.Context, site string) (bool, error) {
	found, err := read[struct {
		Any uint8 `json:"any"`
	}](ctx, s, "SELECT 1 AS any FROM events WHERE site = {site:String} LIMIT 1", clickhouse.Named("site", site))
	return len(found) > 0, err
}
