"""A queue of any length, written past the log: what reading costs does not depend on how the rows came there."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from bench.installation import Installation
from bench.sample import AREA, Sample, found
from bench.serving import signed_in

ROWS = """
INSERT INTO case_queue (case_id, number, state, domain, kind, track, camera_id, occurred_at, detected_at, due, due_rule,
    plate, detecting_unit_id, approved_by, approving_unit_id, received, notified, finding, late, marks, clocks,
    late_without_reason, duplicates, rulebook, version, position, area_path, owner_unit, tier)
SELECT gen_random_uuid(), 'B-' || n, CASE WHEN n %% 20 = 0 THEN 'DETECTED' ELSE 'CONCLUDED' END, 'TRAFFIC',
    'RED_LIGHT', 'SUPPLIED',
    %(camera)s, %(at)s - n * interval '1 second', %(at)s - n * interval '1 second',
    CASE WHEN n %% 20 = 0 THEN %(at)s + n * interval '1 minute' END,
    CASE WHEN n %% 20 = 0 THEN 'R-DH-11.3.a1' END, NULL,
    %(centre)s, NULL, NULL, n %% 20 <> 0, n %% 20 <> 0,
    CASE WHEN n %% 20 <> 0 THEN 'VIOLATION' END, false,
    CASE WHEN n %% 20 <> 0 THEN '{RECEIVED,RESULT_NOTIFIED}' ELSE '{}' END::text[],
    CASE WHEN n %% 20 = 0 THEN jsonb_build_object(
        'TRANSFER', jsonb_build_object('timer', 'TRANSFER', 'variant', NULL, 'started_at', %(at)s, 'missed', 'late',
            'due', %(at)s + n * interval '1 minute', 'rule', 'R-DH-11.3.a1', 'unit_id', %(centre)s::uuid,
            'provisional', false),
        'LIMITATION', jsonb_build_object('timer', 'LIMITATION', 'variant', NULL, 'started_at', %(at)s,
            'missed', 'bars', 'due', %(at)s + interval '1 year', 'rule', 'R-VN-LXLVPHC-6.1.a',
            'unit_id', %(centre)s::uuid, 'provisional', false)
    ) ELSE '{}' END, '{}', '{}', 'dong-hoi@bench', 5, n, %(area)s,
    CASE WHEN n %% 20 = 0 THEN %(centre)s::uuid ELSE %(police)s::uuid END, 0
FROM generate_series(%(first)s::int, %(last)s::int) AS n
"""
"""All were proposed by the reader's unit; one of twenty is open and with it, the others went to the police long ago."""


def fill(at: Installation, stack: ExitStack, rows: int) -> tuple[str, Sample]:
    """Write so many rows; the token of somebody who sees them, and whose they are."""
    operator = stack.enter_context(at.application("minhchung_operator"))
    sample = found(operator)
    token = signed_in(operator, sample)
    extend(at, sample, 1, rows)
    return token, sample


def extend(at: Installation, sample: Sample, first: int, last: int) -> None:
    """Write rows of these numbers, and let PostgreSQL look at them as it does by itself after a while."""
    params = {
        "camera": sample.camera.id,
        "centre": sample.centre.id,
        "police": sample.police.id,
        "area": f"{AREA}/nam-ly",
        "at": datetime.now(UTC) - timedelta(days=30),
        "first": first,
        "last": last,
    }
    with at.connect() as conn:
        conn.execute(ROWS, params)
        conn.execute("VACUUM (ANALYZE) case_queue")
