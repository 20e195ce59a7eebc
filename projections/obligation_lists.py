"""How obligations are listed and counted for readers, and what of them the scheduler has to tell."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.sql import SQL, Literal

from projections.listing import Listing
from projections.obligation_runs import ObligationRow
from projections.scope import Scope


@dataclass(frozen=True, kw_only=True)
class ObligationNarrow:
    """What a reader narrows the obligations to; None does not narrow."""

    listed: bool = True
    """What has run no clock keeps a row, which is none of these, nor in any index of the order."""
    nouns: list[str] | None = None
    running: bool | None = None
    late: bool | None = None
    owing: bool | None = None
    """True: those that are open, that came late, for which a reason is owed; there is an index of each."""
    states: list[str] | None = None
    timers: list[str] | None = None
    unit_id: UUID | None = None
    person: UUID | None = None
    due_before: datetime | None = None
    due_from: datetime | None = None
    missed_by: datetime | None = None
    """Those whose time was over by this instant before they were met."""
    kept_by: datetime | None = None
    """The others."""
    hard: bool | None = None
    reason_owed: bool | None = None
    my_person: UUID | None = None
    my_unit: UUID | None = None


MISSED: LiteralString = (
    "(state = 'LATE' OR missed_told_at IS NOT NULL OR (NOT ended AND due <= %(missed_by)s))"
)

LISTING = Listing(
    table="obligations",
    row=ObligationRow,
    order="ended, due, subject_id, timer, run",
    place=("ended", "due", "subject_id", "timer", "run"),
    beyond="""
    (ended, due, subject_id, timer, run) > (
        %(after_ended)s::boolean, %(after_due)s::timestamptz, %(after_subject_id)s::uuid, %(after_timer)s::text,
        %(after_run)s::integer
    )""",
    narrowed={
        "listed": "run > 0 AND %(listed)s",
        "nouns": "noun = ANY(%(nouns)s)",
        "running": "NOT ended AND %(running)s",
        "late": "state = 'LATE' AND %(late)s",
        "owing": "reason_owed AND %(owing)s",
        "states": "state = ANY(%(states)s)",
        "timers": "timer = ANY(%(timers)s)",
        "unit_id": "unit_id = %(unit_id)s",
        "person": "person = %(person)s",
        "due_before": "due < %(due_before)s",
        "due_from": "due >= %(due_from)s",
        "missed_by": MISSED,
        "kept_by": "NOT (state = 'LATE' OR missed_told_at IS NOT NULL OR (NOT ended AND due <= %(kept_by)s))",
        "hard": "hard = %(hard)s",
        "reason_owed": "reason_owed = %(reason_owed)s",
        "my_person": "person = %(my_person)s",
        "my_unit": "unit_id = %(my_unit)s",
    },
    writes=True,
)
"""What runs comes first, then what has ended, each by when it is due."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many obligations there are of each kind, under one unit, person or timer."""

    unit_id: UUID | None = None
    person: UUID | None = None
    timer: str | None = None
    open: int
    due_soon: int
    missed: int
    met: int
    late: int
    reason_owed: int
    lapsed: int


GROUPS: Final[dict[str, LiteralString]] = {"UNIT": "unit_id", "PERSON": "person", "TIMER": "timer"}
MOST_GROUPS: Final = 200

COUNTED: LiteralString = """
    count(*) FILTER (WHERE NOT ended AND due > %(now)s) AS open,
    count(*) FILTER (WHERE NOT ended AND due > %(now)s AND due_soon_at <= %(now)s) AS due_soon,
    count(*) FILTER (WHERE NOT ended AND due <= %(now)s) AS missed,
    count(*) FILTER (WHERE state = 'MET') AS met,
    count(*) FILTER (WHERE state = 'LATE') AS late,
    count(*) FILTER (WHERE reason_owed) AS reason_owed,
    count(*) FILTER (WHERE state = 'LAPSED') AS lapsed
"""


def counts(
    conn: Connection[Any], scope: Scope, narrow: ObligationNarrow, *, by: str, now: datetime
) -> list[Counts]:
    """Count those of a scope by unit, by person or by timer, those with most that is missed first."""
    given = {name: getattr(narrow, name) for name in LISTING.narrowed}
    params = {name: value for name, value in given.items() if value is not None}
    where = SQL(" AND ").join(
        SQL("({})").format(SQL(condition))
        for condition in (scope.where, *(LISTING.narrowed[name] for name in params))
    )
    statement = SQL(
        "SELECT {group}, {counted} FROM obligations WHERE {where} GROUP BY {group}"
        " ORDER BY missed DESC, open DESC, {group} LIMIT {most}"
    ).format(group=SQL(GROUPS[by]), counted=SQL(COUNTED), where=where, most=Literal(MOST_GROUPS))
    with conn.cursor(row_factory=class_row(Counts)) as curs:
        return curs.execute(statement, {**params, **scope.params, "now": now}).fetchall()


# -- for the scheduler ----------------------------------------------------------


@dataclass(frozen=True)
class ToTell:
    """A clock of which something is to be said, as of a position of the log."""

    noun: str
    subject_id: UUID
    timer: str
    run: int
    due: datetime
    tell_at: datetime
    position: int


TO_TELL: LiteralString = """
SELECT noun, subject_id, timer, run, due, tell_at, position FROM obligations
WHERE tell_at <= %(now)s ORDER BY tell_at, subject_id, timer, run LIMIT %(limit)s
"""
TO_TELL_AFTER: LiteralString = """
SELECT noun, subject_id, timer, run, due, tell_at, position FROM obligations
WHERE tell_at <= %(now)s AND (tell_at, subject_id, timer, run) > (%(tell_at)s, %(subject_id)s, %(timer)s, %(run)s)
ORDER BY tell_at, subject_id, timer, run LIMIT %(limit)s
"""


def to_tell(
    conn: Connection[Any], now: datetime, *, after: ToTell | None = None, limit: int = 500
) -> list[ToTell]:
    """The clocks of which something is to be said by *now*, the longest overdue first; those *after* one of them."""
    with conn.cursor(row_factory=class_row(ToTell)) as curs:
        return curs.execute(
            TO_TELL_AFTER if after else TO_TELL,
            {**(asdict(after) if after else {}), "now": now, "limit": limit},
        ).fetchall()
