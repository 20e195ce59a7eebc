"""What units that have ended left open: what passes to their successors, and what stands where nobody follows."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from domain.case.state import ENDED
from domain.guidance import GuidanceState
from domain.succession import CLOSED


@dataclass(frozen=True, kw_only=True)
class LeftOpen:
    """One thing of a unit that has ended, as a read model shows it."""

    noun: str
    subject_id: UUID
    unit_id: UUID
    successor_unit_id: UUID | None
    version: int


# the last entry of a unit that has ended says so, whatever is recorded of it afterwards
LEFT: LiteralString = """
WITH units AS (
    SELECT DISTINCT ON (subject_id) subject_id AS unit_id, parent_unit_id, ceased_at, successor_unit_id, version
    FROM directory WHERE noun = 'unit' ORDER BY subject_id, since DESC
), gone AS (
    SELECT * FROM units WHERE ceased_at <= %(now)s
), people AS (
    SELECT DISTINCT ON (subject_id) subject_id, owner_unit, version
    FROM directory WHERE noun = 'account' ORDER BY subject_id, since DESC
), found AS (
    SELECT 'account' AS noun, subject_id, unit_id, successor_unit_id, people.version
        FROM gone JOIN people ON owner_unit = unit_id
    UNION
    SELECT 'camera', camera_id, unit_id, successor_unit_id, c.version FROM gone JOIN camera_registry AS c
        ON owner_unit = unit_id OR manager_unit_id = unit_id OR custodian_unit_id = unit_id
    UNION
    SELECT 'case', case_id, unit_id, successor_unit_id, c.version FROM gone JOIN case_queue AS c
        ON owner_unit = unit_id OR detecting_unit_id = unit_id WHERE state <> ALL(%(ended)s)
    UNION
    SELECT 'extraction', extraction_id, unit_id, successor_unit_id, e.version FROM gone JOIN extraction_log AS e
        ON requesting_unit_id = unit_id OR operating_unit_id = unit_id OR executing_unit_id = unit_id
        WHERE state <> ALL(%(closed)s)
    UNION
    SELECT 'guidance', guidance_id, unit_id, successor_unit_id, g.version FROM gone JOIN guidance_log AS g
        ON owner_unit = unit_id WHERE state = %(issued)s AND successor_unit_id IS NOT NULL
    UNION
    SELECT 'client', client_id, unit_id, successor_unit_id, k.version FROM gone JOIN client_register AS k
        ON owner_unit = unit_id WHERE state <> 'WITHDRAWN'
    UNION
    SELECT 'unit', part.unit_id, gone.unit_id, gone.successor_unit_id, part.version
        FROM gone JOIN units AS part ON part.parent_unit_id = gone.unit_id WHERE part.ceased_at IS NULL
)
"""

PAGE: LiteralString = (
    LEFT
    + """
SELECT noun, subject_id, unit_id, successor_unit_id, version FROM found
WHERE successor_unit_id IS NOT NULL
    AND (%(after_noun)s::text IS NULL
        OR (noun, subject_id, unit_id) > (%(after_noun)s, %(after_subject_id)s::uuid, %(after_unit_id)s::uuid))
ORDER BY noun, subject_id, unit_id LIMIT %(limit)s
"""
)

COUNT: LiteralString = (
    LEFT
    + """
SELECT unit_id, noun, count(*) FROM found WHERE successor_unit_id IS NULL AND noun <> 'client' GROUP BY unit_id, noun
"""
)

GONE: LiteralString = "SELECT count(*), coalesce(max(since), 0) FROM directory WHERE ceased_at <= %s"


def to_pass_on(
    conn: Connection[Any], now: datetime, *, after: LeftOpen | None = None, limit: int = 1000
) -> Sequence[LeftOpen]:
    """What has a successor, some at a time."""
    place = {f"after_{name}": value for name, value in asdict(after).items()} if after else {}
    with conn.cursor(row_factory=class_row(LeftOpen)) as curs:
        return curs.execute(
            PAGE,
            {"after_noun": None, "after_subject_id": None, "after_unit_id": None, **place, "limit": limit}
            | _asked(now),
        ).fetchall()


def left_by(conn: Connection[Any], now: datetime) -> dict[UUID, dict[str, int]]:
    """How much of each noun units left that nobody follows; clients go on under the administrators of the area."""
    found: dict[UUID, dict[str, int]] = {}
    for unit_id, noun, count in conn.execute(COUNT, _asked(now)):
        found.setdefault(unit_id, {})[f"{noun}s"] = count
    return found


def gone(conn: Connection[Any], now: datetime) -> tuple[int, int]:
    """What is on record of units that have ended, in two numbers: other numbers, and there is something new."""
    row = conn.execute(GONE, [now]).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _asked(now: datetime) -> dict[str, Any]:
    return {"now": now, "ended": list(ENDED), "closed": list(CLOSED), "issued": GuidanceState.ISSUED}
