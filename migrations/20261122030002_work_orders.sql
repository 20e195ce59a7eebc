-- migrate:up

-- What is done with which cameras, when, and what was done.
CREATE TABLE work_order_log (
    order_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    state text NOT NULL,
    kind text NOT NULL,
    camera_ids uuid[] NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    supplier_schedule text,
    supplier_due_at timestamptz,
    text text NOT NULL, -- sealed
    interruption text, -- sealed
    planned_by text NOT NULL,
    planned_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    result text, -- sealed
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX work_order_log_order ON work_order_log (starts_at DESC, order_id);
-- what is planned meanwhile
CREATE INDEX work_order_log_open ON work_order_log (ends_at) WHERE state IN ('PLANNED', 'STARTED');

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON work_order_log TO minhchung_project;
GRANT SELECT ON work_order_log TO minhchung_serve, minhchung_intake, minhchung_operator;

-- migrate:down
DROP TABLE work_order_log;
