-- +goose NO TRANSACTION

-- +goose Up
-- One row is how many events of one kind a site had in an hour, by when they were received: what boards and the list of sites add up instead of
-- reading events. Rows of one key are added up when parts merge: sum(events), min(first) and max(last) are exact before and after. It is
-- written with the events themselves, so it is as exact as they are: an insert that is tried again is known here too. expires is the
-- events' own: both sides of a count fall away together.
CREATE TABLE IF NOT EXISTS events_by_hour (
    site          LowCardinality(String),
    premises      LowCardinality(String),
    hour          DateTime('UTC') CODEC(Delta, ZSTD(1)),
    dataset       LowCardinality(String),
    model         LowCardinality(String),
    expires       Date,
    events        SimpleAggregateFunction(sum, UInt64),
    bytes         SimpleAggregateFunction(sum, UInt64),
    first         SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
    last          SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
    last_received SimpleAggregateFunction(max, DateTime64(9, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(hour)
ORDER BY (site, hour, premises, dataset, model, expires)
TTL expires
SETTINGS
    default_compression_codec = 'ZSTD(1)',
    non_replicated_deduplication_window = 200000,
    replicated_deduplication_window = 200000,
    replicated_deduplication_window_seconds = 604800;

-- The events that are there already. No worker may write while this migration runs; after an interruption it begins again.
DROP VIEW IF EXISTS events_into_hours;
TRUNCATE TABLE events_by_hour;
INSERT INTO events_by_hour
SELECT site, premises, toStartOfHour(toDateTime(received, 'UTC')) AS hour, dataset, model, expires,
    count(), sum(length(raw)), min(time), max(time), max(received)
FROM events GROUP BY site, premises, hour, dataset, model, expires;

CREATE MATERIALIZED VIEW IF NOT EXISTS events_into_hours TO events_by_hour AS
SELECT site, premises, toStartOfHour(toDateTime(received, 'UTC')) AS hour, dataset, model, expires,
    count() AS events, sum(length(raw)) AS bytes, min(time) AS first, max(time) AS last, max(received) AS last_received
FROM events GROUP BY site, premises, hour, dataset, model, expires;

-- +goose Down
DROP VIEW IF EXISTS events_into_hours;
DROP TABLE IF EXISTS events_by_hour;
