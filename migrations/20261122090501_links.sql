-- migrate:up

-- When each link was last tried, and since when that has failed; what a crash takes, the next minute brings back.
CREATE UNLOGGED TABLE link_tries (
    camera_id uuid PRIMARY KEY,
    tried_at timestamptz NOT NULL,
    failing_since timestamptz
) WITH (fillfactor = 50);

-- Whoever watches the links reads which cameras there are and where, puts on record that a link is lost or restored,
-- opens the incident of a loss, and marks how far it has looked. It signs nobody in and carries out no command.
DO $$
BEGIN
    BEGIN
        CREATE ROLE minhchung_links NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
    END;
    GRANT minhchung_links TO CURRENT_USER;
END
$$;
GRANT SELECT ON events, camera_registry, camera_access TO minhchung_links;
GRANT INSERT (originator_id, originator_version, topic, state) ON events TO minhchung_links;
GRANT USAGE ON SEQUENCE events_notification_id_seq TO minhchung_links;
GRANT SELECT, INSERT, UPDATE ON positions, case_numbers TO minhchung_links;
GRANT SELECT, INSERT ON personal_keys TO minhchung_links;
GRANT SELECT, INSERT, UPDATE, DELETE ON link_tries TO minhchung_links;
GRANT SELECT ON link_tries TO minhchung_serve, minhchung_operator;

-- migrate:down
DROP TABLE link_tries;
REVOKE ALL ON events, camera_registry, camera_access, positions, case_numbers, personal_keys FROM minhchung_links;
REVOKE ALL ON SEQUENCE events_notification_id_seq FROM minhchung_links;
DELETE FROM positions WHERE name = 'links';
