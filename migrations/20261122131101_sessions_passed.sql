-- migrate:up

-- The scheduler suspends whoever has a function that people of the successor may not have, and ends their sessions
-- with that: it knows which there are and takes them away, and never sees a token.
GRANT SELECT (session_id, account_id, opened_at, expires_at, by_password), DELETE ON sessions TO minhchung_schedule;

-- migrate:down
REVOKE SELECT (session_id, account_id, opened_at, expires_at, by_password), DELETE ON sessions FROM minhchung_schedule;
