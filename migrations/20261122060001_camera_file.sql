-- migrate:up

-- What is on file about a camera, and how far it is in its life. What was registered before says none of it.
ALTER TABLE camera_registry
    ADD COLUMN place text,
    ADD COLUMN owner_kind text,
    ADD COLUMN owning_unit_id uuid,
    ADD COLUMN owner_name text, -- sealed
    ADD COLUMN owner_contact text, -- sealed
    ADD COLUMN withdrawn boolean NOT NULL DEFAULT false,
    ADD COLUMN installed_on date,
    ADD COLUMN activated_at timestamptz,
    ADD COLUMN retired_at timestamptz,
    ADD COLUMN connect_due timestamptz,
    ADD COLUMN connect_rule text,
    ADD COLUMN maintenance boolean NOT NULL DEFAULT false,
    ADD COLUMN link_lost_at timestamptz,
    ADD COLUMN consents jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN certificates jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN faults jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN verified_until date, -- the last day of the last certificate
    ADD COLUMN calibrated_on date,
    ADD COLUMN clock_offset_ms integer,
    ADD COLUMN firmware text;
ALTER TABLE camera_registry
    ALTER COLUMN withdrawn DROP DEFAULT,
    ALTER COLUMN maintenance DROP DEFAULT,
    ALTER COLUMN consents DROP DEFAULT,
    ALTER COLUMN certificates DROP DEFAULT,
    ALTER COLUMN faults DROP DEFAULT;
-- what has to be verified soon, and what has to be connected
CREATE INDEX camera_registry_verified ON camera_registry (verified_until) WHERE verified_until IS NOT NULL;
CREATE INDEX camera_registry_connect ON camera_registry (connect_due) WHERE connect_due IS NOT NULL;

-- migrate:down
DROP INDEX camera_registry_verified, camera_registry_connect;
ALTER TABLE camera_registry
    DROP COLUMN place,
    DROP COLUMN owner_kind,
    DROP COLUMN owning_unit_id,
    DROP COLUMN owner_name,
    DROP COLUMN owner_contact,
    DROP COLUMN withdrawn,
    DROP COLUMN installed_on,
    DROP COLUMN activated_at,
    DROP COLUMN retired_at,
    DROP COLUMN connect_due,
    DROP COLUMN connect_rule,
    DROP COLUMN maintenance,
    DROP COLUMN link_lost_at,
    DROP COLUMN consents,
    DROP COLUMN certificates,
    DROP COLUMN faults,
    DROP COLUMN verified_until,
    DROP COLUMN calibrated_on,
    DROP COLUMN clock_offset_ms,
    DROP COLUMN firmware;
