-- +goose NO TRANSACTION

-- +goose Up
-- One row is one event that a model found unusual. run is '' for what was found live and names the replay otherwise.
CREATE TABLE IF NOT EXISTS findings (
    run          LowCardinality(String),
    id           String,
    site         LowCardinality(String),
    premises     LowCardinality(String),
    time         DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    received     DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    epoch        LowCardinality(String),
    seq          UInt64,
    kafka_offset UInt64,
    kafka_row    UInt32,
    model        LowCardinality(String),
    score        Float32,
    field        LowCardinality(String),
    value        String,
    expected     String,
    seen         String,
    reason       String,
    tactic       LowCardinality(String),
    incident     String,
    inserted     DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
    expires      Date
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(received)
ORDER BY (run, site, toStartOfHour(time), time)
TTL expires
SETTINGS
    default_compression_codec = 'ZSTD(1)',
    non_replicated_deduplication_window = 200000,
    replicated_deduplication_window = 200000,
    replicated_deduplication_window_seconds = 604800;

-- +goose Down
DROP TABLE IF EXISTS findings;
