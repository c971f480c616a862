-- +goose NO TRANSACTION

-- +goose Up
-- One row is what is known of a site beside its events; the newest row of a name stands.
CREATE TABLE IF NOT EXISTS sites (
    name           String,
    title          String,
    time_zone      LowCardinality(String),
    retention_days UInt16,
    changed        DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(changed)
ORDER BY name;

-- One row is a count that must not be lost: what came in, what nobody understood, what is missing, from where and why. Canaries and ticks
-- are counted here and are never events.
CREATE TABLE IF NOT EXISTS ingest_ledger (
    site     LowCardinality(String),
    epoch    LowCardinality(String),
    input    LowCardinality(String),
    kind     LowCardinality(String),
    reason   LowCardinality(String),
    time     DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    received DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    seq      UInt64,
    rows     UInt64,
    bytes    UInt64,
    expires  Date
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(received)
ORDER BY (site, kind, received)
TTL expires
SETTINGS
    default_compression_codec = 'ZSTD(1)',
    non_replicated_deduplication_window = 200000,
    replicated_deduplication_window = 200000,
    replicated_deduplication_window_seconds = 604800;

-- +goose Down
DROP TABLE IF EXISTS ingest_ledger;
DROP TABLE IF EXISTS sites;
