-- +goose NO TRANSACTION

-- +goose Up
-- Who taught the models of a site on a day of the site's own time: those who taught most and those who were held back most by name, and all others
-- together, whose source is ''. taught is as much as so many events that are learned in full; what is missing to events was held back.
CREATE TABLE IF NOT EXISTS lessons (
    site    LowCardinality(String),
    day     Date,
    source  String,
    events  UInt64,
    taught  UInt64,
    expires Date
)
ENGINE = MergeTree
ORDER BY (site, day)
PARTITION BY toYYYYMM(expires)
TTL expires
SETTINGS
    default_compression_codec = 'ZSTD(1)',
    non_replicated_deduplication_window = 200000,
    replicated_deduplication_window = 200000,
    replicated_deduplication_window_seconds = 604800;

-- +goose Down
DROP TABLE IF EXISTS lessons;
