-- migrate:up

-- What opens a camera, sealed under a key that is not in the database; never an event.
CREATE TABLE camera_access (
    camera_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    sealed bytea NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON camera_access TO minhchung_serve, minhchung_operator;

-- The worker of a camera reads where its stream is, and nothing else.
DO $$
BEGIN
    BEGIN
        CREATE ROLE minhchung_detect NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
    END;
    GRANT minhchung_detect TO CURRENT_USER;
END
$$;
GRANT SELECT ON camera_access TO minhchung_detect;

-- The transaction that retires a camera, or in which its owner withdraws, takes its address away.
-- It does so with the writer's own rights, so whoever may not touch addresses closes no camera.
CREATE FUNCTION forget_camera_access() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM camera_access WHERE camera_id = NEW.originator_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER closed_cameras_have_no_address AFTER INSERT ON events FOR EACH ROW
    WHEN (NEW.topic IN ('camera:retired', 'camera:consent-withdrawn')) EXECUTE FUNCTION forget_camera_access();

-- migrate:down
DROP TRIGGER closed_cameras_have_no_address ON events;
DROP FUNCTION forget_camera_access;
DROP TABLE camera_access;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM minhchung_detect;
