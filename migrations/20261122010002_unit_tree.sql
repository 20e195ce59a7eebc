-- migrate:up

-- What a unit is part of, since when, until when, who follows it, and who answers for it.
-- The log says it of units that were registered before; the directory is fed anew.
ALTER TABLE directory
    ADD COLUMN parent_unit_id uuid,
    ADD COLUMN valid_from timestamptz,
    ADD COLUMN document text,
    ADD COLUMN ceased_at timestamptz,
    ADD COLUMN successor_unit_id uuid,
    ADD COLUMN head_account_id uuid,
    ADD COLUMN administrator_account_id uuid;
TRUNCATE directory;
UPDATE positions SET position = 0 WHERE name = 'directory';

-- migrate:down
ALTER TABLE directory
    DROP COLUMN parent_unit_id,
    DROP COLUMN valid_from,
    DROP COLUMN document,
    DROP COLUMN ceased_at,
    DROP COLUMN successor_unit_id,
    DROP COLUMN head_account_id,
    DROP COLUMN administrator_account_id;
