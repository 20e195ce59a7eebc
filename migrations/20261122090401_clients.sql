-- migrate:up

-- What software and which devices may connect, by which document, and since when.
CREATE TABLE client_register (
    client_id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE,
    kind text NOT NULL,
    name text NOT NULL,
    release text NOT NULL,
    maker text NOT NULL,
    document text NOT NULL,
    permitted_on date NOT NULL,
    models text[] NOT NULL,
    state text NOT NULL,
    state_since timestamptz NOT NULL,
    state_document text,
    state_reason text,
    registered_by text NOT NULL,
    registering_unit_id uuid,
    registered_at timestamptz NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX client_register_models ON client_register USING gin (models);
CREATE INDEX client_register_unit ON client_register (owner_unit);

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON client_register TO minhchung_project;
GRANT SELECT ON client_register TO minhchung_serve, minhchung_intake, minhchung_operator, minhchung_schedule;

-- Through which of them a camera is connected; nobody said so before.
ALTER TABLE camera_registry ADD COLUMN client_id uuid;
CREATE INDEX camera_registry_client ON camera_registry (client_id) WHERE client_id IS NOT NULL;

-- By which way the evidence of a case came, and which of them sent it; of earlier cases that is not known.
ALTER TABLE case_detail
    ADD COLUMN transmission text,
    ADD COLUMN client_id uuid;

-- migrate:down
ALTER TABLE case_detail
    DROP COLUMN transmission,
    DROP COLUMN client_id;
DROP INDEX camera_registry_client;
ALTER TABLE camera_registry DROP COLUMN client_id;
DROP TABLE client_register;
