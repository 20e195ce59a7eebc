-- migrate:up

-- A password that somebody else gave is to be changed before anything else is done with it.
ALTER TABLE credentials ADD COLUMN must_change boolean NOT NULL DEFAULT false;

-- Passwords that an account had before, so that none of the last few is taken again.
CREATE TABLE former_passwords (
    account_id uuid NOT NULL,
    password_hash text NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (account_id, replaced_at)
);

-- Attempts to sign in that did not succeed, or have not yet, until they are put on record together.
-- Of a name that nobody has there is no trace but that somebody tried: it may have been a password.
CREATE TABLE sign_in_failures (
    attempt_id uuid PRIMARY KEY,
    account_id uuid,
    address text NOT NULL,
    emptied boolean NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);

-- From which network a session was opened, when it was last used, and whether another was in use elsewhere meanwhile.
ALTER TABLE sessions
    ADD COLUMN network text NOT NULL DEFAULT '',
    ADD COLUMN opened_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN overlapped boolean NOT NULL DEFAULT false,
    ADD COLUMN by_password boolean NOT NULL DEFAULT true;
CREATE INDEX sessions_session ON sessions (session_id);

-- The second factor of an account: its secret is sealed, its recovery codes are hashed.
-- Each time step is taken once: the last that was taken is kept.
CREATE TABLE second_factors (
    account_id uuid PRIMARY KEY,
    secret bytea NOT NULL,
    confirmed boolean NOT NULL DEFAULT false,
    last_step bigint NOT NULL DEFAULT 0
);
CREATE TABLE recovery_codes (
    account_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    PRIMARY KEY (account_id, code_hash)
);

GRANT SELECT, INSERT, DELETE ON former_passwords, sign_in_failures TO minhchung_serve, minhchung_operator;
GRANT UPDATE (seen_at, overlapped) ON sessions TO minhchung_serve, minhchung_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON second_factors TO minhchung_serve;
GRANT SELECT, INSERT, DELETE ON recovery_codes TO minhchung_serve;
-- so that a sign-in at the machine looks up what one at the door does
GRANT SELECT ON second_factors TO minhchung_operator;

-- migrate:down
DROP TABLE recovery_codes, second_factors, sign_in_failures, former_passwords;
DROP INDEX sessions_session;
ALTER TABLE sessions
    DROP COLUMN network,
    DROP COLUMN opened_at,
    DROP COLUMN seen_at,
    DROP COLUMN overlapped,
    DROP COLUMN by_password;
REVOKE UPDATE ON sessions FROM minhchung_serve, minhchung_operator;
ALTER TABLE credentials DROP COLUMN must_change;
