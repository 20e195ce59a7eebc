-- migrate:up

-- When the same is due again; whoever finished work before now was not asked.
ALTER TABLE work_order_log ADD COLUMN next_due_at timestamptz;

-- migrate:down
ALTER TABLE work_order_log DROP COLUMN next_due_at;
