package store

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"frontfoot/detect"
)

// A State is what a site's detection knew once.
type State struct {
	Site   string    `json:"site"`
	Time   time.Time `json:"time"`         // the site's own
	Offset int64     `json:"kafka_offset"` // of the first message that it does not hold
	Model  uint64    `json:"model"`        // version of the models
	Size   uint64    `json:"size"`         // bytes of the snapshot
}

// States lists the states that are kept of a site, the newest first.
func (s *Store) States(ctx context.Context, site string) ([]State, error) {
	return read[State](ctx, s, `SELECT site, time, kafka_offset, model, size FROM states WHERE site = {site:String} ORDER BY time DESC, kafka_offset DESC`,
		clickhouse.Named("site", site))
}

// State returns the snapshot of a site that was kept with a time and an offset, or an error that wraps detect.ErrNoState.
func (s *Store) State(ctx context.Context, site string, at, offset int64) ([]byte, error) {
	found, err := read[struct {
		Packed []byte `json:"packed"`
	}](ctx, s, `SELECT base64Encode(state) AS packed FROM states
		WHERE site = {site:String} AND kafka_offset = {offset:UInt64} AND time = fromUnixTimestamp64Nano({time:Int64}, 'UTC') LIMIT 1`,
		clickhouse.Named("site", site), clickhouse.Named("offset", uint64(max(0, offset))), clickhouse.Named("time", nanoseconds(time.Unix(0, at))))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading what was known of site %s: %w", site, err)
	case len(found) == 0:
		return nil, fmt.Errorf("site %s: %w", site, detect.ErrNoState)
	}
	return found[0].Packed, nil
}
