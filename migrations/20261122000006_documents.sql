-- migrate:up

-- A document is opened by its id.
CREATE INDEX case_detail_documents ON case_detail USING gin ((file->'documents') jsonb_path_ops);

-- migrate:down
DROP INDEX case_detail_documents;
