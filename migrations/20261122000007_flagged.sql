-- migrate:up

-- An inspection centre asks of a plate: every flagged case is read, and its plate opened, for no hash of one is kept.
CREATE INDEX case_queue_flagged ON case_queue (case_id) WHERE marks && '{INSPECTION_REFUSAL,INSPECTION_WARNING}'::text[];

-- migrate:down
DROP INDEX case_queue_flagged;
