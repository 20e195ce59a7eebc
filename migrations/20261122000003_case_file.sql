-- migrate:up

-- The details of a case keep its file: what each step of the procedure said. A fold of the log, made anew from there.
DROP TABLE case_detail;
CREATE TABLE case_detail (
    case_id uuid PRIMARY KEY,
    evidence jsonb NOT NULL,
    confidence double precision, -- of a machine's proposal, as the three after it
    model text,
    model_sha256 text,
    source_sha256 text,
    text text, -- sealed
    note text, -- sealed
    file jsonb NOT NULL, -- what names a person in it is sealed
    version bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL
);
CREATE INDEX case_detail_evidence ON case_detail USING gin (evidence jsonb_path_ops);

UPDATE positions SET position = 0 WHERE name = 'case_detail';

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON case_detail TO minhchung_project;
GRANT SELECT ON case_detail TO minhchung_serve, minhchung_intake, minhchung_operator;

-- migrate:down
DROP TABLE case_detail;
