"""Accesses that are unusual for a period: more than a person's habit, out of hours, elsewhere, refused again and again.

Each line is a fact that was counted, with the accesses behind it; what it means, a person says (R-DH-5.8.0).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, LiteralString

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.sql import SQL

from domain.rules import UnusualAccess
from projections.access_log import AccessRow
from projections.scope import Scope

BEHIND: Final = 100
"""How many of the accesses behind a line are named."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """What was counted of a person, on a day or in the whole period, beside what it is held against."""

    kind: str
    by: str | None
    day: date | None
    count: int
    usual: float | None
    """The person's average of a day on which they looked, before it."""
    threshold: float
    positions: list[int]
    """Where the accesses are, the newest first."""
    plate: str | None = None
    """That several searched for, opened."""


WITHIN: Final[LiteralString] = "at >= %(since)s AND at < %(until)s"
LOCAL: Final[LiteralString] = "(at AT TIME ZONE 'Asia/Ho_Chi_Minh')"
PERSON: Final[LiteralString] = "owner_unit <> '00000000-0000-0000-0000-000000000000'"
"""Whoever acts for a unit; a process and an operator at the machine do not."""
NAMED: Final[LiteralString] = "(array_agg(position ORDER BY position DESC))[1:100] AS positions"

VOLUME: Final = SQL("""
WITH days AS (
    SELECT by, {local}::date AS day, count(*) AS count, {named}
    FROM access_log WHERE at >= %(habit)s AND at < %(until)s AND refused IS NULL AND {person} AND ({scope})
    GROUP BY 1, 2
), beside AS (
    SELECT *, coalesce(avg(count) OVER (
        PARTITION BY by ORDER BY day RANGE BETWEEN %(habit_span)s PRECEDING AND '1 day' PRECEDING
    ), 0)::float AS usual FROM days
)
SELECT 'VOLUME' AS kind, by, day, count::int, usual, greatest(%(busy_day)s, %(times_habit)s * usual) AS threshold,
    positions
FROM beside WHERE day >= {from_day} AND count >= %(busy_day)s AND count >= %(times_habit)s * usual
""")
OF_PERSON: Final = SQL("""
SELECT {kind} AS kind, by, NULL::date AS day, count(*)::int AS count, NULL::float AS usual,
    {threshold}::float AS threshold, {named}
FROM access_log WHERE {within} AND {person} AND ({scope}) AND {what}
GROUP BY by HAVING count(*) >= {threshold}
""")
COVERING: Final[LiteralString] = """
SELECT FROM directory AS unit WHERE unit.subject_id = unit_id
    AND (access_log.area_path = unit.area_path OR starts_with(access_log.area_path, unit.area_path || '/'))
"""
KINDS: Final[Mapping[LiteralString, tuple[LiteralString, LiteralString]]] = {
    "OUT_OF_HOURS": (
        "%(out_of_hours)s",
        f"refused IS NULL AND NOT extract(hour FROM {LOCAL}) BETWEEN %(day_begins)s AND %(day_ends)s - 1",
    ),
    "ELSEWHERE": (
        "%(elsewhere)s",
        f"refused IS NOT NULL AND area_path <> '' AND NOT EXISTS ({COVERING})",
    ),
    "REFUSALS": ("%(refusals)s", "refused IS NOT NULL"),
}
"""What else is counted of a person in the period: from which number on, and which accesses."""


def lines(
    conn: Connection[Any], scope: Scope, since: datetime, until: datetime, limits: UnusualAccess
) -> list[Line]:
    """What is unusual of people within a period, by kind, most first."""
    params = {
        "since": since,
        "until": until,
        "habit": since - timedelta(days=limits.habit_days),
        "habit_span": timedelta(days=limits.habit_days),
        **asdict(limits),
        **scope.params,
    }
    shared = {"named": SQL(NAMED), "person": SQL(PERSON), "scope": SQL(scope.where)}
    asked = [
        VOLUME.format(
            local=SQL(LOCAL),
            from_day=SQL("(%(since)s::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"),
            **shared,
        ),
        *(
            OF_PERSON.format(
                kind=SQL(f"'{kind}'"), threshold=SQL(least), what=SQL(what), within=SQL(WITHIN), **shared
            )
            for kind, (least, what) in KINDS.items()
        ),
    ]
    found: list[Line] = []
    with conn.cursor(row_factory=class_row(Line)) as curs:
        for statement in asked:
            found += sorted(curs.execute(statement, params).fetchall(), key=lambda one: -one.count)
    return found


def of_plates(searches: Iterable[tuple[int, str, str]], limits: UnusualAccess) -> list[Line]:
    """Plates that several people searched for, given each search with its person and its opened plate."""
    people: dict[str, set[str]] = defaultdict(set)
    positions: dict[str, list[int]] = defaultdict(list)
    for position, by, plate in searches:
        people[plate].add(by)
        positions[plate].append(position)
    return [
        Line(
            kind="SAME_PLATE",
            by=None,
            day=None,
            count=len(who),
            usual=None,
            threshold=limits.people_of_a_plate,
            positions=sorted(positions[plate], reverse=True)[:BEHIND],
            plate=plate,
        )
        for plate, who in sorted(people.items(), key=lambda one: -len(one[1]))
        if len(who) >= limits.people_of_a_plate
    ]


def behind(conn: Connection[Any], positions: Iterable[int]) -> dict[int, AccessRow]:
    """The accesses at these places, without regard to scope: they were found within it."""
    with conn.cursor(row_factory=class_row(AccessRow)) as curs:
        curs.execute("SELECT * FROM access_log WHERE position = ANY(%s)", (list(positions),))
        return {row.position: row for row in curs}
