-- migrate:up

-- Whose footage was looked at, and which plate was searched for, sealed: what "who saw" is asked by.
ALTER TABLE access_log ADD COLUMN camera_id uuid, ADD COLUMN plate text;

-- Each question is one range of one index, newest first, and its totals are counted from the index alone.
CREATE INDEX access_log_of_camera ON access_log (camera_id, at DESC, position DESC)
    INCLUDE (by, unit_id, refused, area_path) WHERE camera_id IS NOT NULL;
CREATE INDEX access_log_of_person ON access_log (by, at DESC, position DESC)
    INCLUDE (unit_id, refused, area_path);
-- plates are found by opening them, which only a search has
CREATE INDEX access_log_of_plates ON access_log (at DESC, position DESC)
    INCLUDE (by, plate, area_path) WHERE plate IS NOT NULL;
-- rows come in the order of time, so that a period lies in few blocks
CREATE INDEX access_log_of_time ON access_log USING brin (at);

-- a person is of one unit, or of few: without being told, PostgreSQL expects all of them in all, and sorts
CREATE STATISTICS access_log_people (ndistinct) ON by, unit_id FROM access_log;

-- migrate:down
DROP STATISTICS access_log_people;
DROP INDEX access_log_of_camera, access_log_of_person, access_log_of_plates, access_log_of_time;
ALTER TABLE access_log DROP COLUMN camera_id, DROP COLUMN plate;
