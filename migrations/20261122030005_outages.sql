-- migrate:up

-- When a camera did not work, and why; without a beginning it never had, without an end it lasts.
CREATE TABLE outages (
    camera_id uuid NOT NULL,
    began_position bigint NOT NULL,
    cause text NOT NULL,
    kind text,
    down boolean NOT NULL,
    incident_id uuid,
    work_order_id uuid,
    began_at timestamptz,
    ended_at timestamptz,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL,
    PRIMARY KEY (camera_id, began_position)
);
CREATE INDEX outages_order ON outages (began_at DESC, began_position);
CREATE INDEX outages_of_incident ON outages (incident_id) WHERE incident_id IS NOT NULL;

-- What happened to each camera and was done with it.
CREATE TABLE device_diary (
    camera_id uuid NOT NULL,
    position bigint NOT NULL,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    event text NOT NULL,
    subject_id uuid NOT NULL,
    by text NOT NULL,
    unit_id uuid,
    rule text,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL,
    PRIMARY KEY (camera_id, position)
);
CREATE INDEX device_diary_order ON device_diary (camera_id, at, position);
CREATE INDEX device_diary_of_subject ON device_diary (subject_id, camera_id);

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON outages, device_diary TO minhchung_project;
GRANT SELECT ON outages, device_diary TO minhchung_serve, minhchung_intake, minhchung_operator;

-- migrate:down
DROP TABLE outages, device_diary;
