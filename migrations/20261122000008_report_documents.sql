-- migrate:up

-- The documents made of a report; none was made before.
ALTER TABLE report_log ADD COLUMN documents jsonb NOT NULL DEFAULT '[]';
CREATE INDEX report_log_documents ON report_log USING gin (documents jsonb_path_ops);

-- migrate:down
DROP INDEX report_log_documents;
ALTER TABLE report_log DROP COLUMN documents;
