-- migrate:up

-- The scheduler passes on what areas that have ended hold still; an area says which ones were merged into it.
ALTER TABLE areas ADD COLUMN before text[] NOT NULL DEFAULT '{}';
GRANT SELECT ON areas, account_log TO minhchung_schedule;
CREATE INDEX areas_ended ON areas (ended_at) WHERE ended_at IS NOT NULL;

-- migrate:down
DROP INDEX areas_ended;
REVOKE SELECT ON areas, account_log FROM minhchung_schedule;
ALTER TABLE areas DROP COLUMN before;
