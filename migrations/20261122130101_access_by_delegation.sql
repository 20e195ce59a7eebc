-- migrate:up

-- By whose rights somebody looked, where those were another's, and which delegation gave them (R-QT-5.3.0).
ALTER TABLE access_log ADD COLUMN delegation text, ADD COLUMN on_behalf_of text;

-- Both, and which camera a look at one camera was of, stand in the log from the beginning: it is read again.
TRUNCATE access_log;
UPDATE positions SET position = 0 WHERE name = 'access_log';

-- Totals are counted from the indexes alone, by person and by whose rights.
DROP STATISTICS access_log_people;
DROP INDEX access_log_of_camera, access_log_of_person;
CREATE INDEX access_log_of_camera ON access_log (camera_id, at DESC, position DESC)
    INCLUDE (by, on_behalf_of, unit_id, refused, area_path) WHERE camera_id IS NOT NULL;
CREATE INDEX access_log_of_person ON access_log (by, at DESC, position DESC)
    INCLUDE (on_behalf_of, unit_id, refused, area_path);
CREATE INDEX access_log_of_principal ON access_log (on_behalf_of, at DESC, position DESC)
    INCLUDE (by, unit_id, refused, area_path) WHERE on_behalf_of IS NOT NULL;
CREATE STATISTICS access_log_people (ndistinct) ON by, on_behalf_of, unit_id FROM access_log;

-- migrate:down
DROP STATISTICS access_log_people;
DROP INDEX access_log_of_camera, access_log_of_person, access_log_of_principal;
ALTER TABLE access_log DROP COLUMN delegation, DROP COLUMN on_behalf_of;
TRUNCATE access_log;
UPDATE positions SET position = 0 WHERE name = 'access_log';
CREATE INDEX access_log_of_camera ON access_log (camera_id, at DESC, position DESC)
    INCLUDE (by, unit_id, refused, area_path) WHERE camera_id IS NOT NULL;
CREATE INDEX access_log_of_person ON access_log (by, at DESC, position DESC)
    INCLUDE (unit_id, refused, area_path);
CREATE STATISTICS access_log_people (ndistinct) ON by, unit_id FROM access_log;
