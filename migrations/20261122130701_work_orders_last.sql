-- migrate:up

-- Which order was planned last, for the one that follows it.
CREATE INDEX work_order_log_last ON work_order_log (planned_at DESC, position DESC);

-- migrate:down
DROP INDEX work_order_log_last;
