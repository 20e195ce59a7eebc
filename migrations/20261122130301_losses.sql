-- migrate:up

-- Each incident ends the fault and the loss of the link that it put on record, and no other. The losses that are not
-- over are kept with a camera, and what follows for when it did not work: both are made again from the log.
TRUNCATE camera_registry, outages;
ALTER TABLE camera_registry ADD COLUMN losses jsonb NOT NULL;
UPDATE positions SET position = 0 WHERE name IN ('camera_registry', 'outages');

-- migrate:down
TRUNCATE camera_registry, outages;
ALTER TABLE camera_registry DROP COLUMN losses;
UPDATE positions SET position = 0 WHERE name IN ('camera_registry', 'outages');
