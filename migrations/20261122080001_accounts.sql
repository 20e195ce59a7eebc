-- migrate:up

-- Accounts as they are now. Their area is that of their unit, which the directory knows: an account moves with it.
CREATE TABLE account_log (
    account_id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    full_name text NOT NULL, -- sealed
    state text NOT NULL,
    role text NOT NULL,
    leader boolean NOT NULL,
    stepped_by text[] NOT NULL,
    trained_at timestamptz,
    reviewed_at timestamptz,
    duties text[] NOT NULL,
    grants jsonb NOT NULL,
    directions jsonb NOT NULL,
    delegations jsonb NOT NULL,
    opened_at timestamptz NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX account_log_of_unit ON account_log (owner_unit, name);
CREATE INDEX account_log_delegations ON account_log USING gin (delegations jsonb_path_ops);

CREATE TABLE account_review_log (
    review_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    state text NOT NULL,
    of_unit_id uuid,
    account_ids uuid[] NOT NULL,
    reviewed jsonb NOT NULL,
    suspended uuid[] NOT NULL,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    closed_at timestamptz,
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX account_review_log_order ON account_review_log (opened_at DESC, review_id);

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON account_log, account_review_log TO minhchung_project;
GRANT SELECT ON account_log, account_review_log TO minhchung_serve, minhchung_intake, minhchung_operator;

-- migrate:down
DROP TABLE account_log, account_review_log;
