-- migrate:up

-- Who moved a camera stands in its diary, from the beginning: the diaries are made again from the log.
TRUNCATE device_diary;
UPDATE positions SET position = 0 WHERE name = 'device_diary';

-- migrate:down
TRUNCATE device_diary;
UPDATE positions SET position = 0 WHERE name = 'device_diary';
