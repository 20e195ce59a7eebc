-- migrate:up

-- Group roles: a process connects as it is deployed and runs SET ROLE to its own.
-- Roles belong to the cluster, so another database of the same cluster may have made them already.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['minhchung_serve', 'minhchung_intake', 'minhchung_project', 'minhchung_operator'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
        EXECUTE format('GRANT %I TO CURRENT_USER', name);
    END LOOP;
END
$$;

-- The log. Every row is an immutable event; notification_id is its position.
CREATE TABLE events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigserial NOT NULL,
    CONSTRAINT events_version PRIMARY KEY (originator_id, originator_version)
) WITH (
    -- rows are never updated or deleted: only statistics and freezing are of use
    autovacuum_vacuum_threshold = 100000000,
    autovacuum_analyze_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.01
);
CREATE UNIQUE INDEX events_position ON events (notification_id);

-- What was answered to each command, stored with its events.
CREATE TABLE commands (
    account text NOT NULL,
    command_id text NOT NULL,
    input_hash bytea NOT NULL,
    originator_id uuid NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT commands_key PRIMARY KEY (account, command_id)
);

-- Case numbers: the last one drawn per profile and year. Gaps are allowed; a number is never given twice.
CREATE TABLE case_numbers (
    code text NOT NULL,
    year integer NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (code, year)
);

-- One key per subject of personal data, wrapped by a key outside the database.
-- A destroyed key leaves its row, so that it is never made anew.
CREATE TABLE personal_keys (
    subject uuid PRIMARY KEY,
    wrapped bytea,
    destroyed_at timestamptz,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);

-- Secrets of accounts: never events.
CREATE TABLE credentials (
    account_id uuid PRIMARY KEY,
    password_hash text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    session_id uuid NOT NULL,
    account_id uuid NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE TABLE sign_in_failures (
    account_hash bytea NOT NULL,
    address text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sign_in_failures_name ON sign_in_failures (account_hash, at);
CREATE INDEX sign_in_failures_address ON sign_in_failures (address, at);

-- How far each follower has read the log.
CREATE TABLE positions (
    name text PRIMARY KEY,
    position bigint NOT NULL
);

-- Nobody changes the log but a superuser, whom the transparency log will find.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'events are immutable: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        RETURN NEW;
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER events_are_immutable BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_are_kept BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON events TO minhchung_serve, minhchung_intake, minhchung_operator;
-- not the position: nobody fills a gap behind a reader
GRANT INSERT (originator_id, originator_version, topic, state) ON events
    TO minhchung_serve, minhchung_intake, minhchung_operator;
GRANT SELECT, INSERT ON commands TO minhchung_serve, minhchung_intake, minhchung_operator;
GRANT USAGE ON SEQUENCE events_notification_id_seq TO minhchung_serve, minhchung_intake, minhchung_operator;
GRANT SELECT, INSERT, UPDATE ON case_numbers TO minhchung_intake;
GRANT SELECT, INSERT ON personal_keys TO minhchung_serve, minhchung_intake, minhchung_operator;
GRANT SELECT, INSERT, UPDATE ON credentials TO minhchung_serve, minhchung_operator;
GRANT SELECT, INSERT, DELETE ON sessions TO minhchung_serve, minhchung_operator;
GRANT SELECT, INSERT, DELETE ON sign_in_failures TO minhchung_serve;
GRANT SELECT ON events TO minhchung_project;
GRANT SELECT, INSERT, UPDATE ON positions TO minhchung_project;
GRANT SELECT ON positions TO minhchung_serve, minhchung_intake, minhchung_operator;

-- migrate:down
-- The log is not taken back: restore a backup instead.
SELECT 1 / 0;
