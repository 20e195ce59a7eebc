-- migrate:up

-- Who is on duty at which post, month by month.
CREATE TABLE duty_roster (
    roster_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    state text NOT NULL,
    post text NOT NULL,
    month text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    turns jsonb NOT NULL,
    drawn_by text NOT NULL,
    drawn_at timestamptz NOT NULL,
    published_at timestamptz,
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX duty_roster_order ON duty_roster (starts_at DESC, roster_id);

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON duty_roster TO minhchung_project;
GRANT SELECT ON duty_roster TO minhchung_serve, minhchung_intake, minhchung_operator;

-- migrate:down
DROP TABLE duty_roster;
