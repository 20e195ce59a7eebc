-- migrate:up

-- What went wrong, who had it, until when, and when it was put right.
CREATE TABLE incident_log (
    incident_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    state text NOT NULL,
    kind text NOT NULL,
    camera_id uuid,
    operating_unit_id uuid,
    handler_kind text,
    handling_unit_id uuid,
    detected_at timestamptz NOT NULL,
    notified_at timestamptz NOT NULL,
    reported_by text NOT NULL,
    reported_at timestamptz NOT NULL,
    leader_account_id uuid,
    leader_told_at timestamptz,
    due timestamptz,
    due_rule text,
    tell_at timestamptz,
    process text,
    text text NOT NULL, -- sealed
    received_at timestamptz,
    handling_began_at timestamptz,
    fixed_at timestamptz,
    remedy text, -- sealed
    late_reason text, -- sealed
    overdue_told_at timestamptz,
    closed_at timestamptz,
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX incident_log_order ON incident_log (notified_at DESC, incident_id);
CREATE INDEX incident_log_of_camera ON incident_log (camera_id, notified_at DESC);
-- what the scheduler has to tell next
CREATE INDEX incident_log_to_tell ON incident_log (tell_at, incident_id) WHERE tell_at IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON incident_log TO minhchung_project;
GRANT SELECT ON incident_log TO minhchung_serve, minhchung_intake, minhchung_operator, minhchung_schedule;

-- migrate:down
DROP TABLE incident_log;
