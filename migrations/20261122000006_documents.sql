-- migrate:up

-- A document is opened by its id.
CREATE INDEX case_detail_documents ON case_detail USING gin ((file->'documents') jsonb_path_ops);

-- The minutes of a handing over; none was made before.
ALTER TABLE extraction_log ADD COLUMN minutes jsonb NOT NULL DEFAULT '[]';
CREATE INDEX extraction_log_minutes ON extraction_log USING gin (minutes jsonb_path_ops);

-- migrate:down
DROP INDEX case_detail_documents;
ALTER TABLE extraction_log DROP COLUMN minutes;
