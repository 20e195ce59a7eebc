"""How many breaches there were in each unit, and what is on record of it by itself; nothing in it names the accused.

Breaches of a period are those reported in it, by what has become of them since. Beside them stand the acts that people
of the unit were refused, and the obligations whose time ran out on it, in the same period (R-QT-18.2.0).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString, TypeVar
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.sql import SQL

from projections import directory
from projections.directory import Entry
from projections.obligation_lists import MISSED
from projections.scope import Scope

K = TypeVar("K")


@dataclass(kw_only=True)
class Numbers:
    """What is counted of a unit, or of all of them."""

    reported: int = 0
    confirmed: int = 0
    unfounded: int = 0
    open: int = 0
    """Not closed yet, whatever was found."""
    measures: dict[str, int] = field(default_factory=dict)
    """Of how many each measure followed."""
    refused_attempts: int = 0
    missed_obligations: int = 0


@dataclass(frozen=True, kw_only=True)
class OfUnit:
    """A unit and its head as they were at the end of the period, and what is counted of it."""

    unit: Entry
    head: Entry | None
    numbers: Numbers


# a unit that was entered later stands as it was entered
UNITS: LiteralString = """
SELECT * FROM (
    SELECT DISTINCT ON (subject_id) * FROM directory WHERE noun = 'unit'
    ORDER BY subject_id, given_at > %(until)s, CASE WHEN given_at <= %(until)s THEN -since ELSE since END
) AS units WHERE {scope}
"""
BREACHES: LiteralString = """
SELECT owner_unit, count(*), count(*) FILTER (WHERE finding = 'CONFIRMED'),
    count(*) FILTER (WHERE finding = 'UNFOUNDED'), count(*) FILTER (WHERE closed_at IS NULL)
FROM breach_log WHERE owner_unit = ANY(%(units)s) AND reported_at >= %(since)s AND reported_at < %(until)s
GROUP BY owner_unit
"""
MEASURES: LiteralString = """
SELECT owner_unit, m ->> 'measure', count(DISTINCT breach_id)
FROM breach_log CROSS JOIN LATERAL jsonb_array_elements(measures) AS m
WHERE owner_unit = ANY(%(units)s) AND reported_at >= %(since)s AND reported_at < %(until)s
GROUP BY 1, 2 ORDER BY 2
"""
REFUSED: LiteralString = """
SELECT owner_unit, count(*) FROM access_log
WHERE refused IS NOT NULL AND owner_unit = ANY(%(units)s) AND at >= %(since)s AND at < %(until)s
GROUP BY owner_unit
"""
OVERDUE: LiteralString = """
SELECT unit_id, count(*) FROM obligations
WHERE run > 0 AND unit_id = ANY(%(units)s) AND due >= %(since)s AND due < %(until)s AND {missed}
GROUP BY unit_id
"""


def of_units(
    conn: Connection[Any], scope: Scope, since: datetime, until: datetime, *, now: datetime
) -> list[OfUnit]:
    """What is counted of each unit of a scope by its code; units of which nothing is counted are not there."""
    with conn.cursor(row_factory=class_row(Entry)) as curs:
        found = curs.execute(SQL(UNITS).format(scope=SQL(scope.where)), {"until": until, **scope.params})
        units = {entry.subject_id: entry for entry in found}
    numbers = _numbers(conn, {"units": list(units), "since": since, "until": until, "missed_by": now})
    heads = _heads(conn, {unit_id: units[unit_id].head_account_id for unit_id in numbers}, until)
    return [
        OfUnit(unit=units[unit_id], head=heads.get(unit_id), numbers=numbers[unit_id])
        for unit_id in sorted(numbers, key=lambda one: units[one].code)
    ]


def total(rows: list[OfUnit]) -> Numbers:
    """The sum of the rows."""
    found = Numbers()
    for row in rows:
        one = row.numbers
        found.reported += one.reported
        found.confirmed += one.confirmed
        found.unfounded += one.unfounded
        found.open += one.open
        found.refused_attempts += one.refused_attempts
        found.missed_obligations += one.missed_obligations
        for measure, count in one.measures.items():
            found.measures[measure] = found.measures.get(measure, 0) + count
    return found


def _numbers(conn: Connection[Any], asked: Mapping[str, object]) -> dict[UUID, Numbers]:
    found: dict[UUID, Numbers] = {}
    for unit_id, reported, confirmed, unfounded, still in conn.execute(BREACHES, asked):
        found[unit_id] = Numbers(reported=reported, confirmed=confirmed, unfounded=unfounded, open=still)
    for unit_id, measure, count in conn.execute(MEASURES, asked):
        found[unit_id].measures[measure] = count
    for unit_id, count in conn.execute(REFUSED, asked):
        found.setdefault(unit_id, Numbers()).refused_attempts = count
    for unit_id, count in conn.execute(SQL(OVERDUE).format(missed=SQL(MISSED)), asked):
        found.setdefault(unit_id, Numbers()).missed_obligations = count
    return found


def _heads(conn: Connection[Any], of: Mapping[K, UUID | None], until: datetime) -> dict[K, Entry]:
    """Who headed them, under the names they had at an instant; who was entered later, under the first that is known."""
    heads = {one for one in of.values() if one is not None}
    then = {
        entry.subject_id: entry
        for entry in directory.as_of_instant(conn, {(one, until) for one in heads}).values()
    }
    now = directory.current(conn, heads - then.keys())
    return {
        unit_id: then.get(head) or now[head]
        for unit_id, head in of.items()
        if head is not None and (head in then or head in now)
    }
