-- migrate:up

-- The scheduler passes on what units that have ended had in hand: it looks at whose that is, and at nothing else of it.
GRANT SELECT (breach_id, state, owner_unit, examining_unit_id, version) ON breach_log TO minhchung_schedule;
GRANT SELECT (roster_id, ends_at, owner_unit, version) ON duty_roster TO minhchung_schedule;
GRANT SELECT (incident_id, state, owner_unit, operating_unit_id, handling_unit_id, version)
    ON incident_log TO minhchung_schedule;
GRANT SELECT (obstacle_id, state, owner_unit, handling_unit_id, version) ON obstacle_log TO minhchung_schedule;
GRANT SELECT (recommendation_id, state, owner_unit, recipient_unit_id, version)
    ON recommendation_log TO minhchung_schedule;
GRANT SELECT (shift_id, state, owner_unit, version) ON shift_log TO minhchung_schedule;
GRANT SELECT (order_id, state, owner_unit, version) ON work_order_log TO minhchung_schedule;

-- migrate:down
REVOKE SELECT (breach_id, state, owner_unit, examining_unit_id, version) ON breach_log FROM minhchung_schedule;
REVOKE SELECT (roster_id, ends_at, owner_unit, version) ON duty_roster FROM minhchung_schedule;
REVOKE SELECT (incident_id, state, owner_unit, operating_unit_id, handling_unit_id, version)
    ON incident_log FROM minhchung_schedule;
REVOKE SELECT (obstacle_id, state, owner_unit, handling_unit_id, version) ON obstacle_log FROM minhchung_schedule;
REVOKE SELECT (recommendation_id, state, owner_unit, recipient_unit_id, version)
    ON recommendation_log FROM minhchung_schedule;
REVOKE SELECT (shift_id, state, owner_unit, version) ON shift_log FROM minhchung_schedule;
REVOKE SELECT (order_id, state, owner_unit, version) ON work_order_log FROM minhchung_schedule;
