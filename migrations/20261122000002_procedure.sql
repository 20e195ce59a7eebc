-- migrate:up

-- The queue shows every step, mark and clock of the procedure. It is a fold of the log: it is made anew from there.
DROP TABLE case_queue;
CREATE TABLE case_queue (
    case_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    state text NOT NULL,
    domain text NOT NULL,
    kind text NOT NULL,
    track text NOT NULL,
    camera_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    detected_at timestamptz NOT NULL,
    due timestamptz,
    due_rule text,
    plate text, -- sealed
    detecting_unit_id uuid NOT NULL,
    assignee uuid,
    approved_by text,
    approving_unit_id uuid,
    finding text,
    received boolean NOT NULL,
    notified boolean NOT NULL,
    late boolean NOT NULL,
    marks text[] NOT NULL,
    clocks jsonb NOT NULL,
    late_without_reason jsonb NOT NULL,
    duplicates uuid[] NOT NULL,
    before_referral text,
    rulebook text NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX case_queue_order ON case_queue (owner_unit, (coalesce(due, 'infinity'::timestamptz)), detected_at, case_id);
CREATE INDEX case_queue_detecting ON case_queue (detecting_unit_id, (coalesce(due, 'infinity'::timestamptz)), detected_at, case_id);
CREATE INDEX case_queue_all ON case_queue ((coalesce(due, 'infinity'::timestamptz)), detected_at, case_id);
-- cases of the same act: the same kind and place, at about the same time
CREATE INDEX case_queue_alike ON case_queue (kind, area_path, occurred_at);

UPDATE positions SET position = 0 WHERE name = 'case_queue';

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON case_queue TO minhchung_project;
GRANT SELECT ON case_queue TO minhchung_serve, minhchung_intake, minhchung_operator;

-- migrate:down
DROP TABLE case_queue;
