-- migrate:up

-- What happened to cases, as it is counted: a row stands from the event that told it to the event that undid it.
-- Nothing is taken back, so the numbers of any earlier instant are a WHERE.
CREATE TABLE case_facts (
    position bigint NOT NULL,
    n smallint NOT NULL,
    case_id uuid NOT NULL,
    fact text NOT NULL, -- STATE says where the case stood; every other is counted
    value text,
    amount bigint NOT NULL, -- in đồng
    took_place_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    ended_position bigint, -- of the event that undid it
    unit_id uuid,
    camera_id uuid NOT NULL,
    kind text NOT NULL,
    domain text NOT NULL,
    track text NOT NULL,
    detecting_unit_id uuid NOT NULL,
    outcome text,
    finding text,
    before_referral text,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL,
    PRIMARY KEY (position, n)
);
CREATE INDEX case_facts_standing ON case_facts (case_id) WHERE ended_position IS NULL;
CREATE INDEX case_facts_when ON case_facts (fact, took_place_at);
CREATE INDEX case_facts_recorded ON case_facts (recorded_at, position);

CREATE TABLE report_log (
    report_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    kind text NOT NULL,
    period text,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    due timestamptz,
    late boolean NOT NULL,
    as_of timestamptz NOT NULL,
    upto bigint NOT NULL,
    issued_by text NOT NULL,
    issued_at timestamptz NOT NULL,
    numbers text NOT NULL, -- canonical JSON, as it was hashed
    sha256 text NOT NULL,
    rulebook text NOT NULL,
    rule text,
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX report_log_order ON report_log (issued_at DESC, report_id);

CREATE TABLE recommendation_log (
    recommendation_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    state text NOT NULL,
    shortcoming text NOT NULL,
    text text NOT NULL, -- sealed
    case_ids uuid[] NOT NULL,
    camera_ids uuid[] NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    recipient_unit_id uuid,
    outside text,
    document text,
    sent_at timestamptz,
    accepted boolean,
    answer text, -- sealed
    answer_document text,
    answered_at timestamptz,
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX recommendation_log_order ON recommendation_log (made_at DESC, recommendation_id);

CREATE TABLE obstacle_log (
    obstacle_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    state text NOT NULL,
    level smallint NOT NULL,
    addressed_kind text,
    handling_unit_id uuid,
    escalated_to text,
    subject_rule text,
    case_id uuid,
    text text NOT NULL, -- sealed
    reported_by text NOT NULL,
    reported_at timestamptz NOT NULL,
    document text,
    answer text, -- sealed
    settled_at timestamptz,
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX obstacle_log_order ON obstacle_log (reported_at DESC, obstacle_id);

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON case_facts, report_log, recommendation_log, obstacle_log
    TO minhchung_project;
GRANT SELECT ON case_facts, report_log, recommendation_log, obstacle_log
    TO minhchung_serve, minhchung_intake, minhchung_operator;

-- migrate:down
DROP TABLE case_facts, report_log, recommendation_log, obstacle_log;
