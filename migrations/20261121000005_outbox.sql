-- migrate:up

-- The outbox reads the log and marks how far it has published; it sees no key, no person and no read model.
DO $$
BEGIN
    BEGIN
        CREATE ROLE minhchung_outbox NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
    END;
    GRANT minhchung_outbox TO CURRENT_USER;
END
$$;
GRANT SELECT ON events TO minhchung_outbox;
GRANT SELECT, INSERT, UPDATE ON positions TO minhchung_outbox;

-- migrate:down
REVOKE ALL ON events, positions FROM minhchung_outbox;
