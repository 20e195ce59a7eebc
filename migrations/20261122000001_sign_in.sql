-- migrate:up

-- Attempts to sign in take of budgets that fill up again by themselves: one row each, with the instant it is full again.
DROP TABLE sign_in_failures;
CREATE TABLE sign_in_budgets (
    key bytea PRIMARY KEY,
    spent_until timestamptz NOT NULL,
    holds interval NOT NULL
);
CREATE INDEX sign_in_budgets_spent ON sign_in_budgets (spent_until);

-- From where an account has signed in: addresses and devices, by their hash.
CREATE TABLE sign_in_places (
    account_id uuid NOT NULL,
    place bytea NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, place)
);
CREATE INDEX sign_in_places_seen ON sign_in_places (seen_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_budgets, sign_in_places TO minhchung_serve;

-- migrate:down
DROP TABLE sign_in_budgets, sign_in_places;
CREATE TABLE sign_in_failures (
    account_hash bytea NOT NULL,
    address text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sign_in_failures_name ON sign_in_failures (account_hash, at);
CREATE INDEX sign_in_failures_address ON sign_in_failures (address, at);
GRANT SELECT, INSERT, DELETE ON sign_in_failures TO minhchung_serve;
