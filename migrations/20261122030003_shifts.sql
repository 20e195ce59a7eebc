-- migrate:up

-- Who was on duty, what state the devices were in, what was entered, what was handed over.
CREATE TABLE shift_log (
    shift_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    state text NOT NULL,
    post text NOT NULL,
    after uuid,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    faulty_camera_ids uuid[] NOT NULL,
    devices text, -- sealed
    entries jsonb NOT NULL,
    closed_by text,
    closed_at timestamptz,
    handover text, -- sealed
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX shift_log_order ON shift_log (opened_at DESC, shift_id);
CREATE INDEX shift_log_of_post ON shift_log (owner_unit, post, opened_at DESC);

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON shift_log TO minhchung_project;
GRANT SELECT ON shift_log TO minhchung_serve, minhchung_intake, minhchung_operator;

-- migrate:down
DROP TABLE shift_log;
