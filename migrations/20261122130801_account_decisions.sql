-- migrate:up

-- A function, the lead or a unit that was decided of somebody, and waits for another person to carry it out.
ALTER TABLE account_log ADD COLUMN decided jsonb;

-- migrate:down
ALTER TABLE account_log DROP COLUMN decided;
