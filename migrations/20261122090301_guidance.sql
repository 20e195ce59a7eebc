-- migrate:up

-- Documents that users of the system share, one row an edition.
CREATE TABLE guidance_log (
    guidance_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    state text NOT NULL,
    document text NOT NULL,
    dated date NOT NULL,
    title text NOT NULL,
    kind text NOT NULL,
    text text NOT NULL, -- sealed
    unit_kinds text[] NOT NULL, -- all where none is named
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    must_acknowledge boolean NOT NULL,
    replaces_id uuid,
    replaced_by_id uuid,
    withdrawn_by text,
    issued_by text NOT NULL,
    issued_at timestamptz NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX guidance_log_order ON guidance_log (issued_at DESC, guidance_id);
CREATE INDEX guidance_log_of_unit ON guidance_log (owner_unit);

-- Who confirmed an edition, and whom a head says to have told of it. Their area is that of the unit they are in now,
-- which the log of accounts knows; the unit here is the one of the time.
CREATE TABLE acknowledgement_log (
    guidance_id uuid NOT NULL,
    account_id uuid NOT NULL,
    acknowledged_at timestamptz,
    acknowledged_unit_id uuid,
    briefed_at timestamptz,
    briefed_by text,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL,
    PRIMARY KEY (guidance_id, account_id)
);
CREATE INDEX acknowledgement_log_of_person ON acknowledgement_log (account_id);

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON guidance_log, acknowledgement_log TO minhchung_project;
GRANT SELECT ON guidance_log, acknowledgement_log TO minhchung_serve, minhchung_intake, minhchung_operator;
GRANT SELECT ON guidance_log TO minhchung_schedule;

-- migrate:down
DROP TABLE guidance_log, acknowledgement_log;
