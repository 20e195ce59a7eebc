-- migrate:up

-- What is said to have happened in a unit, of whom, what was found, and what followed.
CREATE TABLE breach_log (
    breach_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    state text NOT NULL,
    subject_rule text NOT NULL,
    account_id uuid,
    leads boolean NOT NULL,
    happened_at timestamptz NOT NULL,
    text text NOT NULL, -- sealed
    attempts bigint[] NOT NULL, -- positions in the log
    case_ids uuid[] NOT NULL,
    camera_ids uuid[] NOT NULL,
    reported_by text NOT NULL,
    reporting_unit_id uuid,
    reported_at timestamptz NOT NULL,
    answers text[] NOT NULL, -- sealed
    finding text,
    findings text, -- sealed
    document text,
    examining_unit_id uuid,
    examined_by text,
    examined_at timestamptz,
    measures jsonb NOT NULL,
    closed_at timestamptz,
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL, -- in which it happened
    tier smallint NOT NULL
);
CREATE INDEX breach_log_order ON breach_log (reported_at DESC, breach_id);
CREATE INDEX breach_log_of_unit ON breach_log (owner_unit, reported_at DESC, breach_id);
CREATE INDEX breach_log_of_person ON breach_log (account_id, reported_at DESC, breach_id) WHERE account_id IS NOT NULL;
-- who was refused within a period
CREATE INDEX access_log_refused ON access_log (at) INCLUDE (owner_unit) WHERE refused IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON breach_log TO minhchung_project;
GRANT SELECT ON breach_log TO minhchung_serve, minhchung_intake, minhchung_operator;

-- migrate:down
DROP INDEX access_log_refused;
DROP TABLE breach_log;
