"""The report of breaches by unit holds what somebody counts who goes through all that is on record one by one."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
import psycopg
import pytest

from domain.breach_guards import BreachFinding, Measure
from projections import access_log, breach_log, directory, obligations
from projections.access_log import AccessRow
from projections.breach_log import BreachRow
from projections.breach_report import Numbers, OfUnit, of_units, total
from projections.directory import Entry
from projections.obligation_runs import ObligationNoun, ObligationRow
from projections.scope import NOTHING, of_breach_numbers
from tests.support.spec import ADMINISTRATOR, CITY, HANDLER, NOW, actor, context, unit

AREAS: Final = (CITY, f"{CITY}/nam-ly", f"{CITY}-2", "quang-tri")
UNITS: Final = [UUID(int=0xB00 + n) for n in range(12)]
PEOPLE: Final = [UUID(int=0xB80 + n) for n in range(20)]
BEGINS: Final = NOW - timedelta(days=60)
Record = tuple[list[Entry], list[BreachRow], list[AccessRow], list[ObligationRow]]


def on_record(chance: random.Random) -> Record:
    """Units that move and change heads, and what happened in them."""

    def when() -> datetime:
        return BEGINS + timedelta(hours=chance.randint(0, 24 * 60))

    entries = []
    for n, one in enumerate([*UNITS, *PEOPLE]):
        entry = Entry(
            subject_id=one,
            since=100 * n,
            given_at=BEGINS - timedelta(days=1) if n else NOW,  # the first one was entered late
            noun="unit" if one in UNITS else "account",
            code=f"U-{n:02d}",
            name=f"Tên {n}.0",
            kind="CITY_POLICE",
            version=1,
            area_path=chance.choice(AREAS) if one in UNITS else "",
            owner_unit=one if one in UNITS else UNITS[0],
            tier=0,
        )
        entries.append(entry)
        for change, at in enumerate(sorted(when() for _ in range(chance.randint(0, 3))), 1):
            if n:
                entry = replace(entry, since=100 * n + change, given_at=at, name=f"Tên {n}.{change}")
                if one in UNITS:
                    head = chance.choice([None, *PEOPLE])
                    entry = replace(entry, area_path=chance.choice(AREAS), head_account_id=head)
                entries.append(entry)
    breaches = []
    for n in range(120):
        finding = chance.choice([None, *BreachFinding])
        measures = chance.choices([*Measure], k=chance.randint(0, 3)) if finding == "CONFIRMED" else []
        breaches.append(
            BreachRow(
                breach_id=UUID(int=0x10_000 + n),
                number=f"DH-VP-2026-{n:06d}",
                state="CLOSED" if n % 3 == 0 else "REPORTED",
                subject_rule="R-DH-5.3.0",
                account_id=None,
                leads=False,
                happened_at=BEGINS,
                text="",
                reported_by="x",
                reporting_unit_id=None,
                reported_at=when(),
                finding=finding,
                measures=[{"measure": measure.value} for measure in measures],
                closed_at=NOW if n % 3 == 0 else None,
                version=1,
                position=n,
                area_path="",
                owner_unit=chance.choice(UNITS),
            )
        )
    tried = [
        AccessRow(
            position=n,
            at=when(),
            by="x",
            delegation=None,
            on_behalf_of=None,
            unit_id=None,
            way="case",
            noun="case",
            ids=[],
            purpose=None,
            refused=chance.choice([None, "FORBIDDEN", "WRONG_STATE"]),
            address=None,
            camera_id=None,
            plate=None,
            area_path="elsewhere",
            owner_unit=chance.choice([*UNITS, access_log.NOBODY]),
            tier=0,
        )
        for n in range(300)
    ]
    owed = [
        ObligationRow(
            noun=chance.choice([*ObligationNoun]),
            subject_id=UUID(int=0x20_000 + n),
            timer="TRANSFER",
            run=chance.choice([0, 1, 1, 1]),
            number=f"DH-2026-{n:06d}",
            started_at=BEGINS,
            due=when() + timedelta(days=chance.choice([0, 0, 30])),
            due_soon_at=BEGINS,
            rule="R-DH-11.3.a1",
            missed="RECORDED",
            hard=False,
            provisional=False,
            unit_id=chance.choice(UNITS),
            state=chance.choice(["OPEN", "MET", "LATE", "LAPSED"]),
            missed_told_at=chance.choice([None, None, NOW]),
            detecting_unit_id=UNITS[0],
            position=n,
            area_path="elsewhere",
            owner_unit=UNITS[0],
        )
        for n in range(200)
    ]
    for row in owed:
        row.ended = row.state != "OPEN"
    return entries, breaches, tried, owed


@pytest.fixture(scope="module")
def record(common: str) -> Iterator[tuple[psycopg.Connection[Any], Record]]:
    """All of it in its tables, for as long as these tests take."""
    made = on_record(random.Random(0xB4EA))  # noqa: S311 — a mixture, not a secret
    entries, breaches, tried, owed = made
    with psycopg.connect(common) as conn:
        conn.execute("TRUNCATE directory, breach_log, access_log, obligations")
        for statement, rows in (
            (directory.INSERT.encode(), [asdict(row) for row in entries]),
            (access_log.INSERT, [{**asdict(row), "ids": "{}"} for row in tried]),
            (obligations.UPSERT.encode(), [asdict(row) for row in owed]),
        ):
            conn.execute(statement, (orjson.dumps(rows).decode(),))
        breach_log.LOG.write(conn, breaches)
        yield conn, made
        conn.rollback()


# -- the same, counted one by one ----------------------------------------------------------


def as_of(entries: list[Entry], subject: UUID, until: datetime) -> Entry:
    """A unit or a person as they had been entered by an instant, or else as they were first entered."""
    own = [entry for entry in entries if entry.subject_id == subject]
    return ([entry for entry in own if entry.given_at <= until] or own[:1])[-1]


def counted(found: Record, own: UUID, area: str, since: datetime, until: datetime) -> list[Any]:
    """Unit, head and numbers of each unit of an area, or one's own, of which there is something to say."""
    entries, breaches, tried, owed = found
    rows = []
    for one in sorted(UNITS):
        entry = as_of(entries, one, until)
        if one != own and not f"{entry.area_path}/".startswith(f"{area}/"):
            continue
        ours = [row for row in breaches if row.owner_unit == one and since <= row.reported_at < until]
        late = [row for row in owed if row.unit_id == one and row.run and since <= row.due < until]
        numbers = Numbers(
            reported=len(ours),
            confirmed=sum(row.finding == "CONFIRMED" for row in ours),
            unfounded=sum(row.finding == "UNFOUNDED" for row in ours),
            open=sum(row.closed_at is None for row in ours),
            measures=dict(Counter(name for row in ours for name in {m["measure"] for m in row.measures})),
            refused_attempts=sum(
                bool(row.refused) and row.owner_unit == one and since <= row.at < until for row in tried
            ),
            missed_obligations=sum(
                row.state == "LATE" or row.missed_told_at is not None or (not row.ended and row.due <= NOW)
                for row in late
            ),
        )
        if numbers != Numbers():
            head = entry.head_account_id
            rows.append((entry, as_of(entries, head, until) if head else None, numbers))
    return rows


def told(rows: list[OfUnit]) -> list[Any]:
    """What the report says of each unit."""
    return [(row.unit, row.head, row.numbers) for row in rows]


@pytest.mark.rule("R-DH-16.4.b", "R-QT-18.2.0")
@pytest.mark.parametrize("area", [*AREAS, "nowhere"])
def test_counted(record: tuple[psycopg.Connection[Any], Record], area: str) -> None:
    """Each unit of the area stands with its head of that day and what is counted of it; the total is the sum."""
    conn, found = record
    who = actor(50, unit("U", "CITY_POLICE", area), "HANDLER")
    who = replace(who, unit_id=UNITS[3])
    scope = of_breach_numbers(context(who))
    periods = [
        (BEGINS, NOW),
        (BEGINS, BEGINS),
        (NOW - timedelta(days=7), NOW),
        (NOW, NOW + timedelta(days=40)),
    ]
    periods += [(BEGINS + timedelta(days=n), BEGINS + timedelta(days=n + 9)) for n in range(0, 50, 7)]
    for since, until in periods:
        rows = of_units(conn, scope, since, until, now=NOW)
        assert told(rows) == counted(found, UNITS[3], area, since, until), (since, until)
        whole = total(rows)
        for name in ("reported", "confirmed", "unfounded", "open", "refused_attempts", "missed_obligations"):
            assert getattr(whole, name) == sum(getattr(row.numbers, name) for row in rows)
        assert Counter(whole.measures) == sum((Counter(row.numbers.measures) for row in rows), Counter())


def test_without_a_head(record: tuple[psycopg.Connection[Any], Record]) -> None:
    """A unit of which no head is on record stands there all the same, and says so."""
    scope = of_breach_numbers(context(HANDLER))
    rows = of_units(record[0], scope, BEGINS, NOW, now=NOW)
    assert {row.head is None for row in rows} == {True, False}


def test_nobody_else() -> None:
    """Whoever may run no reports counts nothing; whoever may counts their area and their own unit."""
    assert of_breach_numbers(context(ADMINISTRATOR)) == NOTHING
    assert of_breach_numbers(context(HANDLER)).params == {"unit": HANDLER.unit_id, "area": CITY}
