-- +goose NO TRANSACTION

-- +goose Up
-- What a site's detection knew once, about one a day of the site's own time, so that it can be put back to it. Only models of the same version and
-- the site's key make sense of it. packed is how it comes: in base64.
CREATE TABLE IF NOT EXISTS states (
    site         LowCardinality(String),
    time         DateTime64(9, 'UTC'), -- the site's own
    kafka_offset UInt64,               -- of the first message that it does not hold
    model        UInt32,
    packed       String EPHEMERAL,
    size         UInt32 DEFAULT length(base64Decode(packed)),
    state        String DEFAULT base64Decode(packed) CODEC(ZSTD(3)),
    expires      Date
)
ENGINE = MergeTree
ORDER BY (site, time)
PARTITION BY expires
TTL expires
SETTINGS
    ttl_only_drop_parts = 1,
    default_compression_codec = 'ZSTD(1)',
    non_replicated_deduplication_window = 200000,
    replicated_deduplication_window = 200000,
    replicated_deduplication_window_seconds = 604800;

-- +goose Down
DROP TABLE IF EXISTS states;
