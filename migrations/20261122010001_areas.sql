-- migrate:up

-- The tree of areas, each by its path.
CREATE TABLE areas (
    area_id uuid PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL,
    valid_from timestamptz NOT NULL,
    document text,
    boundary text, -- GeoJSON
    ended_at timestamptz,
    successor_path text,
    version bigint NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL UNIQUE,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON areas TO minhchung_project;
GRANT SELECT ON areas TO minhchung_serve, minhchung_intake, minhchung_operator;

-- migrate:down
DROP TABLE areas;
