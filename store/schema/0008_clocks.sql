-- +goose NO TRANSACTION

-- +goose Up
-- A site's own time, about as detection has it: that of its latest event, or of the collector's latest sign of life, whichever is later. A stamp
-- that is further ahead of its reception than 26 hours is not believed.
CREATE VIEW IF NOT EXISTS clocks AS
SELECT site, max(at) AS now FROM (
    SELECT site, least(max(last), max(last_received) + INTERVAL 26 HOUR) AS at FROM events_by_hour GROUP BY site, hour
    UNION ALL
    SELECT site, max(received) AS at FROM ingest_ledger WHERE kind IN ('canary', 'tick') GROUP BY site
) GROUP BY site;

-- The incidents that were raised live, as they stand now. What is suppressed is so until its end in the site's own time: from then on the verdict
-- is '' again, and verdict_until tells.
DROP VIEW IF EXISTS incidents;
CREATE VIEW IF NOT EXISTS incidents AS
SELECT
    v.id AS id, v.site AS site, v.premises AS premises, v.number AS number,
    v.first AS first, v.last AS last, v.raised AS raised,
    v.title AS title, v.severity AS severity, v.score AS score,
    v.entities AS entities, v.reasons AS reasons, v.tactics AS tactics, v.next_step AS next_step,
    v.findings AS findings, v.evidence AS evidence,
    if(d.verdict = 'suppressed' AND d.until <= c.now, '', d.verdict) AS verdict,
    d.note AS verdict_note, d.author AS verdict_author, d.time AS verdict_time, d.until AS verdict_until
FROM (
    SELECT * FROM incident_versions WHERE run = '' ORDER BY site, id, number DESC LIMIT 1 BY site, id
) AS v
LEFT JOIN (
    SELECT * FROM verdicts ORDER BY site, incident, time DESC, kafka_offset DESC LIMIT 1 BY site, incident
) AS d ON d.site = v.site AND d.incident = v.id
LEFT JOIN clocks AS c ON c.site = v.site;

-- +goose Down
DROP VIEW IF EXISTS incidents;
DROP VIEW IF EXISTS clocks;
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
