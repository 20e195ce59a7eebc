"""What units that have ended left open: what passes to their successors, and what stands where nobody follows."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from domain.commands.succession import NOUNS
from domain.succession import CLOSED


@dataclass(frozen=True, kw_only=True)
class LeftOpen:
    """One thing of a unit that has ended, as a read model shows it."""

    noun: str
    subject_id: UUID
    unit_id: UUID
    successor_unit_id: UUID | None
    version: int


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Where a noun keeps whose it is: its parts under the columns of units, and which of it are open."""

    table: LiteralString
    key: LiteralString
    parts: tuple[LiteralString, ...] = ("owner_unit",)
    open: LiteralString = "true"
    left: LiteralString | None
    """Under what it is told to the unit above where nobody follows; None where it is not."""


KEPT: Final[dict[LiteralString, Kept]] = {
    "account": Kept(table="people", key="subject_id", left="accounts"),
    "breach": Kept(
        table="breach_log",
        key="breach_id",
        parts=("owner_unit", "examining_unit_id"),
        open="state <> ALL(%(breach)s)",
        left="breaches",
    ),
    "camera": Kept(
        table="camera_registry",
        key="camera_id",
        parts=("owner_unit", "manager_unit_id", "custodian_unit_id", "owning_unit_id"),
        left="cameras",
    ),
    "case": Kept(
        table="case_queue",
        key="case_id",
        parts=("owner_unit", "detecting_unit_id"),
        open="state <> ALL(%(case)s)",
        left="cases",
    ),
    # clients go on under the administrators of the area, and nobody has to withdraw what was issued
    "client": Kept(table="client_register", key="client_id", open="state <> ALL(%(client)s)", left=None),
    "extraction": Kept(
        table="extraction_log",
        key="extraction_id",
        parts=("requesting_unit_id", "operating_unit_id", "executing_unit_id"),
        open="state <> ALL(%(extraction)s)",
        left="extractions",
    ),
    "guidance": Kept(table="guidance_log", key="guidance_id", open="state <> ALL(%(guidance)s)", left=None),
    "incident": Kept(
        table="incident_log",
        key="incident_id",
        parts=("owner_unit", "operating_unit_id", "handling_unit_id"),
        open="state <> ALL(%(incident)s)",
        left="incidents",
    ),
    "obstacle": Kept(
        table="obstacle_log",
        key="obstacle_id",
        parts=("owner_unit", "handling_unit_id"),
        open="state <> ALL(%(obstacle)s)",
        left="obstacles",
    ),
    "recommendation": Kept(
        table="recommendation_log",
        key="recommendation_id",
        parts=("owner_unit", "recipient_unit_id"),
        open="state <> ALL(%(recommendation)s)",
        left="recommendations",
    ),
    "roster": Kept(table="duty_roster", key="roster_id", open="ends_at > %(now)s", left="rosters"),
    "shift": Kept(table="shift_log", key="shift_id", open="state <> ALL(%(shift)s)", left="shifts"),
    "unit": Kept(table="bodies", key="part_id", parts=("part_of",), open="NOT has_ended", left="units"),
    "work_order": Kept(
        table="work_order_log", key="order_id", open="state <> ALL(%(work_order)s)", left="work_orders"
    ),
}
"""What a unit may leave behind, each noun under the name that `pass_on` has for it."""


def _found(noun: LiteralString, kept: Kept) -> LiteralString:
    mine = " OR ".join(f"kept.{part} = gone.unit_id" for part in kept.parts)
    return (
        f"SELECT '{noun}' AS noun, kept.{kept.key} AS subject_id, gone.unit_id, gone.successor_unit_id, kept.version"  # noqa: S608 — of our own words
        f" FROM gone JOIN {kept.table} AS kept ON {mine} WHERE {kept.open}"
    )


# the last entry of a unit that has ended says so, whatever is recorded of it afterwards
GONE: LiteralString = """
WITH units AS (
    SELECT DISTINCT ON (subject_id) subject_id AS unit_id, parent_unit_id, ceased_at, successor_unit_id, version
    FROM directory WHERE noun = 'unit' ORDER BY subject_id, since DESC
), gone AS (
    SELECT * FROM units WHERE ceased_at <= %(now)s
), bodies AS (
    SELECT unit_id AS part_id, parent_unit_id AS part_of, coalesce(ceased_at <= %(now)s, false) AS has_ended, version
    FROM units
), people AS (
    SELECT DISTINCT ON (subject_id) subject_id, owner_unit, version
    FROM directory WHERE noun = 'account' ORDER BY subject_id, since DESC
), found AS (
"""
LEFT: LiteralString = GONE + "\nUNION ALL ".join(_found(noun, kept) for noun, kept in KEPT.items()) + "\n)"
"""What is left open, as `found`."""

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
SELECT unit_id, noun, count(*) FROM found
WHERE successor_unit_id IS NULL AND noun = ANY(%(told)s) GROUP BY unit_id, noun
"""
)

STATE: LiteralString = "SELECT count(*), coalesce(max(since), 0) FROM directory WHERE ceased_at <= %s"


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
    """How much of each noun units left that nobody follows."""
    told = {str(noun): kept.left for noun, kept in KEPT.items() if kept.left is not None}
    found: dict[UUID, dict[str, int]] = {}
    for unit_id, noun, count in conn.execute(COUNT, {**_asked(now), "told": list(told)}):
        found.setdefault(unit_id, {})[told[noun]] = count
    return found


def gone(conn: Connection[Any], now: datetime) -> tuple[int, int]:
    """What is on record of units that have ended, in two numbers: other numbers, and there is something new."""
    row = conn.execute(STATE, [now]).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _asked(now: datetime) -> dict[str, Any]:
    return {"now": now, **{noun: list(CLOSED.get(cls, ())) for noun, cls in NOUNS.items()}}
