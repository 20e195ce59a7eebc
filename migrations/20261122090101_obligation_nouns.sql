-- migrate:up

-- Cameras and incidents have obligations as cases do. The rows are made again from the log, with theirs among them.
TRUNCATE obligations;
UPDATE positions SET position = 0 WHERE name = 'obligations';
DROP INDEX obligations_order, obligations_detecting, obligations_all, obligations_unit, obligations_late,
    obligations_owed, obligations_tell;
ALTER TABLE obligations RENAME COLUMN case_id TO subject_id;
ALTER TABLE obligations ADD COLUMN noun text NOT NULL;
ALTER TABLE obligations ALTER COLUMN detecting_unit_id DROP NOT NULL; -- only cases are proposed
ALTER TABLE obligations ALTER COLUMN unit_id DROP NOT NULL; -- nobody has an incident that is not received

-- the order of the list: what runs comes first, then what has ended, each by when it is due; a row without a run is
-- in none of it: there is one for each camera
CREATE INDEX obligations_order ON obligations (noun, owner_unit, ended, due, subject_id, timer, run) WHERE run > 0;
CREATE INDEX obligations_detecting ON obligations (detecting_unit_id, ended, due, subject_id, timer, run)
    WHERE run > 0;
CREATE INDEX obligations_all ON obligations (noun, ended, due, subject_id, timer, run) WHERE run > 0;
-- whose a camera's is
CREATE INDEX obligations_managed ON obligations (unit_id, ended, due, subject_id, timer, run)
    WHERE run > 0 AND noun = 'CAMERA';
-- what one unit has to do
CREATE INDEX obligations_unit ON obligations (unit_id, due, subject_id, timer, run) WHERE NOT ended;
-- what came late, and what a reason is still owed for
CREATE INDEX obligations_late ON obligations (ended, due, subject_id, timer, run) WHERE state = 'LATE';
CREATE INDEX obligations_owed ON obligations (ended, due, subject_id, timer, run) WHERE reason_owed;
-- what the scheduler has to tell next
CREATE INDEX obligations_tell ON obligations (tell_at, subject_id, timer, run) WHERE tell_at IS NOT NULL;

-- What was said of the time in which a camera is to be connected.
ALTER TABLE camera_registry
    ADD COLUMN connect_due_soon_told_at timestamptz,
    ADD COLUMN connect_missed_told_at timestamptz;
-- What the scheduler has to tell of an incident stands among the obligations.
ALTER TABLE incident_log DROP COLUMN tell_at, ADD COLUMN due_soon_told_at timestamptz;
REVOKE SELECT ON incident_log FROM minhchung_schedule;

-- migrate:down
GRANT SELECT ON incident_log TO minhchung_schedule;
ALTER TABLE incident_log DROP COLUMN due_soon_told_at, ADD COLUMN tell_at timestamptz;
UPDATE incident_log SET tell_at = due WHERE fixed_at IS NULL AND overdue_told_at IS NULL;
CREATE INDEX incident_log_to_tell ON incident_log (tell_at, incident_id) WHERE tell_at IS NOT NULL;
ALTER TABLE camera_registry DROP COLUMN connect_due_soon_told_at, DROP COLUMN connect_missed_told_at;
TRUNCATE obligations;
UPDATE positions SET position = 0 WHERE name = 'obligations';
DROP INDEX obligations_order, obligations_detecting, obligations_all, obligations_managed, obligations_unit,
    obligations_late, obligations_owed, obligations_tell;
ALTER TABLE obligations DROP COLUMN noun;
ALTER TABLE obligations ALTER COLUMN detecting_unit_id SET NOT NULL;
ALTER TABLE obligations ALTER COLUMN unit_id SET NOT NULL;
ALTER TABLE obligations RENAME COLUMN subject_id TO case_id;
CREATE INDEX obligations_order ON obligations (owner_unit, ended, due, case_id, timer, run);
CREATE INDEX obligations_detecting ON obligations (detecting_unit_id, ended, due, case_id, timer, run);
CREATE INDEX obligations_all ON obligations (ended, due, case_id, timer, run);
CREATE INDEX obligations_unit ON obligations (unit_id, due, case_id, timer, run) WHERE NOT ended;
CREATE INDEX obligations_late ON obligations (ended, due, case_id, timer, run) WHERE state = 'LATE';
CREATE INDEX obligations_owed ON obligations (ended, due, case_id, timer, run) WHERE reason_owed;
CREATE INDEX obligations_tell ON obligations (tell_at, case_id, timer, run) WHERE tell_at IS NOT NULL;
