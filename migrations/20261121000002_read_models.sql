-- migrate:up

-- A follower that met an event it cannot apply says so here, and waits for a person.
ALTER TABLE positions ADD COLUMN problem text, ADD COLUMN seen_at timestamptz;

-- Every read model can be thrown away: it is a fold of the log.
-- Each carries the columns the scope of a reader is cut by: area_path, owner_unit, tier.

CREATE TABLE case_queue (
    case_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    state text NOT NULL,
    domain text NOT NULL,
    rule text NOT NULL,
    camera_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    detected_at timestamptz NOT NULL,
    due timestamptz,
    due_rule text,
    plate text, -- sealed
    detecting_unit_id uuid NOT NULL,
    approved_by text,
    approving_unit_id uuid,
    received boolean NOT NULL,
    notified boolean NOT NULL,
    finding text,
    late boolean NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
-- the order of the queue: what is due first, then what was detected first; without a clock comes last
CREATE INDEX case_queue_order ON case_queue (owner_unit, (coalesce(due, 'infinity'::timestamptz)), detected_at, case_id);
CREATE INDEX case_queue_detecting ON case_queue (detecting_unit_id, (coalesce(due, 'infinity'::timestamptz)), detected_at, case_id);
CREATE INDEX case_queue_all ON case_queue ((coalesce(due, 'infinity'::timestamptz)), detected_at, case_id);

CREATE TABLE case_detail (
    case_id uuid PRIMARY KEY,
    evidence jsonb NOT NULL,
    confidence double precision NOT NULL,
    model text NOT NULL,
    model_sha256 text NOT NULL,
    source_sha256 text NOT NULL,
    text text, -- sealed
    note text, -- sealed
    version bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);

CREATE TABLE camera_registry (
    camera_id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    camera_class text NOT NULL,
    domain text NOT NULL,
    version bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX camera_registry_order ON camera_registry (area_path, code, camera_id);

-- Who was called what, and since which position: an act shows the names of its own time.
CREATE TABLE directory (
    subject_id uuid NOT NULL,
    since bigint NOT NULL,
    given_at timestamptz NOT NULL,
    noun text NOT NULL,
    code text NOT NULL,
    name text NOT NULL, -- of an account: sealed
    kind text,
    version bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL,
    PRIMARY KEY (subject_id, since)
);
CREATE INDEX directory_code ON directory (noun, code, since);

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE
    ON case_queue, case_detail, camera_registry, directory TO minhchung_project;
GRANT SELECT ON case_queue, case_detail, camera_registry, directory
    TO minhchung_serve, minhchung_intake, minhchung_operator;

-- migrate:down
DROP TABLE case_queue, case_detail, camera_registry, directory;
ALTER TABLE positions DROP COLUMN problem, DROP COLUMN seen_at;
