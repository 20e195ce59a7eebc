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
    ended_at timestamptz, -- when it was recorded that this no longer stands
    ended_position bigint,
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

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON case_facts TO minhchung_project;
GRANT SELECT ON case_facts TO minhchung_serve, minhchung_intake, minhchung_operator;

-- migrate:down
DROP TABLE case_facts;
