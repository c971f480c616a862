-- +goose NO TRANSACTION

-- +goose Up
-- One row is an incident as it stood at one moment. Rows are never changed: the highest number of an id is how it stands now.
CREATE TABLE IF NOT EXISTS incident_versions (
    run       LowCardinality(String),
    id        String,
    site      LowCardinality(String),
    premises  LowCardinality(String),
    number    UInt32,
    first     DateTime64(9, 'UTC'),
    last      DateTime64(9, 'UTC'),
    raised    DateTime64(9, 'UTC'),
    title     String,
    severity  LowCardinality(String),
    score     Float32,
    entities  Array(String),
    reasons   Array(String),
    tactics   Array(LowCardinality(String)),
    next_step String,
    findings  UInt32,
    evidence  Array(Tuple(epoch String, seq UInt64)),
    inserted  DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
    expires   Date
)
ENGINE = MergeTree
ORDER BY (run, site, id, number)
TTL expires
SETTINGS
    default_compression_codec = 'ZSTD(1)',
    non_replicated_deduplication_window = 200000,
    replicated_deduplication_window = 200000,
    replicated_deduplication_window_seconds = 604800;

-- One row is what a person said of an incident: the newest one stands, and '' takes a verdict back.
CREATE TABLE IF NOT EXISTS verdicts (
    site         LowCardinality(String),
    premises     LowCardinality(String),
    incident     String,
    verdict      LowCardinality(String),
    note         String,
    author       LowCardinality(String),
    time         DateTime64(9, 'UTC'),
    kafka_offset UInt64
)
ENGINE = MergeTree
ORDER BY (site, incident, time)
SETTINGS
    default_compression_codec = 'ZSTD(1)',
    non_replicated_deduplication_window = 200000,
    replicated_deduplication_window = 200000,
    replicated_deduplication_window_seconds = 604800;

-- The incidents that were raised live, as they stand now.
CREATE VIEW IF NOT EXISTS incidents AS
SELECT
    v.id AS id, v.site AS site, v.premises AS premises, v.number AS number,
    v.first AS first, v.last AS last, v.raised AS raised,
    v.title AS title, v.severity AS severity, v.score AS score,
    v.entities AS entities, v.reasons AS reasons, v.tactics AS tactics, v.next_step AS next_step,
    v.findings AS findings, v.evidence AS evidence,
    d.verdict AS verdict, d.note AS verdict_note, d.author AS verdict_author, d.time AS verdict_time
FROM (
    SELECT * FROM incident_versions WHERE run = '' ORDER BY site, id, number DESC LIMIT 1 BY site, id
) AS v
LEFT JOIN (
    SELECT * FROM verdicts ORDER BY site, incident, time DESC, kafka_offset DESC LIMIT 1 BY site, incident
) AS d ON d.site = v.site AND d.incident = v.id;

-- +goose Down
DROP VIEW IF EXISTS incidents;
DROP TABLE IF EXISTS verdicts;
DROP TABLE IF EXISTS incident_versions;
