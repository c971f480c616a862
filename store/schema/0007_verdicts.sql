-- +goose NO TRANSACTION

-- +goose Up
-- What a verdict on an incident speaks of, as JSON: who acted, and hashes of the values that were new. Only the site's key tells what they are.
ALTER TABLE incident_versions ADD COLUMN IF NOT EXISTS scope String;

-- Whom and what a verdict is about (scope: as above), until when something is suppressed (1970 where nothing is), and the offset of the first message
-- on the site's topic that it held for. The decoys of a site are rows too, of no incident: the newest names all of them, in entities.
ALTER TABLE verdicts
    ADD COLUMN IF NOT EXISTS entities Array(String),
    ADD COLUMN IF NOT EXISTS reasons Array(String),
    ADD COLUMN IF NOT EXISTS scope String,
    ADD COLUMN IF NOT EXISTS until DateTime64(9, 'UTC'),
    ADD COLUMN IF NOT EXISTS held_from UInt64;

-- +goose Down
ALTER TABLE verdicts DROP COLUMN IF EXISTS entities, DROP COLUMN IF EXISTS reasons, DROP COLUMN IF EXISTS scope, DROP COLUMN IF EXISTS until, DROP COLUMN IF EXISTS held_from;
ALTER TABLE incident_versions DROP COLUMN IF EXISTS scope;
