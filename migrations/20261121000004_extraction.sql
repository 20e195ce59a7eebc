-- migrate:up

-- Kept footage, by camera and time.
CREATE TABLE recordings (
    recording_id uuid PRIMARY KEY,
    camera_id uuid NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    size bigint NOT NULL,
    media_type text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    damaged boolean NOT NULL,
    version bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX recordings_window ON recordings (camera_id, starts_at, recording_id);

-- Every extraction with its purpose, its window, who asked and who cut: none of them may be missing.
CREATE TABLE extraction_log (
    extraction_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    state text NOT NULL,
    camera_id uuid NOT NULL,
    domain text NOT NULL,
    case_id uuid,
    purpose text NOT NULL,
    note text, -- sealed
    document_number text,
    undertaking boolean NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    requested_by text NOT NULL,
    requesting_unit_id uuid NOT NULL,
    requesting_unit_kind text NOT NULL,
    requested_at timestamptz NOT NULL,
    requested_position bigint NOT NULL,
    decided_by text,
    deciding_unit_id uuid,
    decided_at timestamptz,
    rejection text, -- sealed
    executed_by text,
    executing_unit_id uuid,
    executed_at timestamptz,
    files jsonb NOT NULL,
    gaps jsonb NOT NULL,
    receiver_account_id uuid,
    handed_over_at timestamptz,
    accepted_at timestamptz,
    version bigint NOT NULL,
    position bigint NOT NULL,
    operating_unit_id uuid NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL,
    CONSTRAINT an_extraction_has_its_executor CHECK (
        state IN ('REQUESTED', 'REJECTED', 'APPROVED') OR (executed_by IS NOT NULL AND executed_at IS NOT NULL)
    )
);
CREATE INDEX extraction_log_order ON extraction_log (requested_at DESC, extraction_id);
CREATE INDEX extraction_log_requesting ON extraction_log (requesting_unit_id, requested_at DESC, extraction_id);
CREATE INDEX extraction_log_operating ON extraction_log (operating_unit_id, requested_at DESC, extraction_id);
CREATE INDEX extraction_log_files ON extraction_log USING gin (files jsonb_path_ops);
CREATE INDEX case_detail_evidence ON case_detail USING gin (evidence jsonb_path_ops);

-- Who looked at what, why, from where; and who was not allowed to.
CREATE TABLE access_log (
    position bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    by text NOT NULL,
    unit_id uuid,
    way text NOT NULL,
    noun text NOT NULL,
    ids uuid[] NOT NULL,
    purpose text,
    refused text,
    address text, -- sealed
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX access_log_ids ON access_log USING gin (ids);
CREATE INDEX access_log_by ON access_log (by, position);

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON recordings, extraction_log, access_log TO minhchung_project;
GRANT SELECT ON recordings, extraction_log, access_log TO minhchung_serve, minhchung_intake, minhchung_operator;
-- an extraction has a number as a case has
GRANT SELECT, INSERT, UPDATE ON case_numbers TO minhchung_serve;

-- migrate:down
REVOKE SELECT, INSERT, UPDATE ON case_numbers FROM minhchung_serve;
DROP INDEX case_detail_evidence;
DROP TABLE recordings, extraction_log, access_log;
DELETE FROM positions WHERE name IN ('recordings', 'extraction_log', 'access_log');
