-- migrate:up

-- The scheduler passes on what units that have ended left open.
GRANT SELECT ON directory, camera_registry, case_queue, extraction_log TO minhchung_schedule;
CREATE INDEX directory_ceased ON directory (ceased_at) WHERE ceased_at IS NOT NULL;

-- migrate:down
DROP INDEX directory_ceased;
REVOKE ALL ON directory, camera_registry, case_queue, extraction_log FROM minhchung_schedule;
