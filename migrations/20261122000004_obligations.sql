-- migrate:up

-- Every clock that a case ever ran: whose obligation it was, until when, and how it ended.
CREATE TABLE obligations (
    case_id uuid NOT NULL,
    timer text NOT NULL,
    run integer NOT NULL, -- the first, the second … time that the case ran it; 0 keeps a case that has run none
    number text NOT NULL,
    variant text,
    started_at timestamptz NOT NULL,
    due timestamptz NOT NULL,
    due_soon_at timestamptz NOT NULL,
    rule text NOT NULL,
    missed text NOT NULL,
    hard boolean NOT NULL,
    provisional boolean NOT NULL,
    unit_id uuid NOT NULL,
    person uuid,
    holders jsonb NOT NULL,
    state text NOT NULL,
    ended boolean NOT NULL,
    due_soon_told_at timestamptz,
    missed_told_at timestamptz,
    tell_at timestamptz,
    stopped_at timestamptz,
    reason text, -- sealed
    reason_owed boolean NOT NULL,
    assignee uuid,
    detecting_unit_id uuid NOT NULL,
    position bigint NOT NULL,
    area_path text NOT NULL,
    owner_unit uuid NOT NULL,
    tier smallint NOT NULL,
    PRIMARY KEY (case_id, timer, run)
);
-- the order of the list: what runs comes first, then what has ended, each by when it is due
CREATE INDEX obligations_order ON obligations (owner_unit, ended, due, case_id, timer, run);
CREATE INDEX obligations_detecting ON obligations (detecting_unit_id, ended, due, case_id, timer, run);
CREATE INDEX obligations_all ON obligations (ended, due, case_id, timer, run);
-- what one unit has to do
CREATE INDEX obligations_unit ON obligations (unit_id, due, case_id, timer, run) WHERE NOT ended;
-- what came late, and what a reason is still owed for
CREATE INDEX obligations_late ON obligations (ended, due, case_id, timer, run) WHERE state = 'LATE';
CREATE INDEX obligations_owed ON obligations (ended, due, case_id, timer, run) WHERE reason_owed;
-- what the scheduler has to tell next
CREATE INDEX obligations_tell ON obligations (tell_at, case_id, timer, run) WHERE tell_at IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON obligations TO minhchung_project;
GRANT SELECT ON obligations TO minhchung_serve, minhchung_intake, minhchung_operator;

-- The scheduler reads what is due, puts on record what time does, and marks how far it has looked.
-- It opens nothing that is sealed and carries out no command.
DO $$
BEGIN
    BEGIN
        CREATE ROLE minhchung_schedule NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
    END;
    GRANT minhchung_schedule TO CURRENT_USER;
END
$$;
GRANT SELECT ON events, obligations TO minhchung_schedule;
GRANT INSERT (originator_id, originator_version, topic, state) ON events TO minhchung_schedule;
GRANT USAGE ON SEQUENCE events_notification_id_seq TO minhchung_schedule;
GRANT SELECT, INSERT, UPDATE ON positions TO minhchung_schedule;

-- migrate:down
REVOKE ALL ON events, positions FROM minhchung_schedule;
REVOKE ALL ON SEQUENCE events_notification_id_seq FROM minhchung_schedule;
DROP TABLE obligations;
DELETE FROM positions WHERE name IN ('obligations', 'scheduler');
