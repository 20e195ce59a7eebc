-- migrate:up

-- Who stands behind the request of an extraction and the decision on it, also where they acted by another's rights.
ALTER TABLE extraction_log ADD COLUMN behind text[] NOT NULL DEFAULT '{}';
UPDATE extraction_log SET behind = array_remove(ARRAY[requested_by, decided_by], NULL);
ALTER TABLE extraction_log ALTER COLUMN behind DROP DEFAULT;

-- migrate:down
ALTER TABLE extraction_log DROP COLUMN behind;
