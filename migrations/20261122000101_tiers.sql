-- migrate:up

-- What a camera is, how far it is, whose system it belongs to: what access is decided by.
-- Rows that are there were registered before any of it could be said; the read model is rebuilt from the log.
ALTER TABLE camera_registry
    ADD COLUMN kind text NOT NULL DEFAULT 'OTHER',
    ADD COLUMN state text NOT NULL DEFAULT 'ACTIVE',
    ADD COLUMN placement text NOT NULL DEFAULT 'PUBLIC',
    ADD COLUMN manager_unit_id uuid,
    ADD COLUMN custodian_unit_id uuid,
    ADD COLUMN longitude double precision,
    ADD COLUMN latitude double precision,
    ADD COLUMN view text,
    ADD COLUMN channel text,
    ADD COLUMN secret boolean NOT NULL DEFAULT false,
    ADD COLUMN published boolean NOT NULL DEFAULT false;
UPDATE camera_registry SET
    manager_unit_id = owner_unit,
    tier = CASE camera_class WHEN 'LEVEL_1' THEN 1 WHEN 'LEVEL_2' THEN 2 WHEN 'LEVEL_3' THEN 3 WHEN 'OTHER' THEN 3
        ELSE 0 END;
ALTER TABLE camera_registry
    ALTER COLUMN kind DROP DEFAULT,
    ALTER COLUMN state DROP DEFAULT,
    ALTER COLUMN placement DROP DEFAULT,
    ALTER COLUMN secret DROP DEFAULT,
    ALTER COLUMN published DROP DEFAULT,
    ALTER COLUMN manager_unit_id SET NOT NULL;
CREATE INDEX camera_registry_of_operator ON camera_registry (owner_unit, area_path, code, camera_id);
CREATE INDEX camera_registry_of_manager ON camera_registry (manager_unit_id, area_path, code, camera_id);
CREATE INDEX camera_registry_of_domain ON camera_registry (domain, area_path, code, camera_id);
CREATE INDEX camera_registry_published ON camera_registry (area_path, code, camera_id) WHERE published;

-- migrate:down
DROP INDEX
    camera_registry_of_operator, camera_registry_of_manager, camera_registry_of_domain, camera_registry_published;
ALTER TABLE camera_registry
    DROP COLUMN kind,
    DROP COLUMN state,
    DROP COLUMN placement,
    DROP COLUMN manager_unit_id,
    DROP COLUMN custodian_unit_id,
    DROP COLUMN longitude,
    DROP COLUMN latitude,
    DROP COLUMN view,
    DROP COLUMN channel,
    DROP COLUMN secret,
    DROP COLUMN published;
