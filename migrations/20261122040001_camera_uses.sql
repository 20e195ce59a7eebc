-- migrate:up

-- Who used which cameras, how, what for and how long: live views, searches, holds of the controls.
CREATE TABLE camera_uses (
    use_id uuid PRIMARY KEY, -- of a hold, the hold's own
    log_id uuid NOT NULL, -- the aggregate that tells of it
    kind text NOT NULL,
    camera_ids uuid[] NOT NULL,
    used_by text NOT NULL,
    purpose text NOT NULL,
    document text,
    case_id uuid,
    starts_at timestamptz, -- of the footage
    ends_at timestamptz,
    opened_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    ended_at timestamptz,
    ended_how text,
    refused text, -- the code, where it was taken back
    connections int NOT NULL,
    served_s bigint NOT NULL,
    rank int,
    commands int NOT NULL,
    last_command uuid,
    last_movement text,
    last_outcome text,
    last_detail text,
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX camera_uses_order ON camera_uses (opened_at DESC, use_id);
CREATE INDEX camera_uses_of_camera ON camera_uses USING gin (camera_ids);
CREATE INDEX camera_uses_by ON camera_uses (used_by, opened_at DESC, use_id);
CREATE INDEX camera_uses_of_unit ON camera_uses (owner_unit, opened_at DESC, use_id);
CREATE INDEX camera_uses_of_log ON camera_uses (log_id);
CREATE INDEX camera_uses_open ON camera_uses (until) WHERE ended_at IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON camera_uses TO minhchung_project;
GRANT SELECT ON camera_uses TO minhchung_serve, minhchung_intake, minhchung_operator, minhchung_schedule;

-- migrate:down
DROP TABLE camera_uses;
