"""Who is shown which breach under all four regulations: the list, each by itself, and plain sentences say the same.

The oracle reads the contract table and the functions; who checks whom is said here once more.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest
from psycopg.sql import SQL

from domain.breach_guards import GUARDS, check_view
from domain.context import Actor, Grant
from projections.breach_log import LOG, BreachRow
from projections.scope import of_breaches
from tests.projections.test_privileges import CONTRACT, NO_MORE, OWN, functions, in_area
from tests.support.spec import NOW, context

HOME, OTHER = UUID(int=0xA1), UUID(int=0xA2)
ME, SOMEBODY = UUID(int=1), UUID(int=2)
AREA, LOOK_ALIKE, AWAY = "tinh/xa", "tinh/xa-2", "tinh/khac"
CHECKS: Final = {
    "dong-hoi": "OPERATIONS_CENTRE",  # R-DH-17.1.0
    "quang-tri": "SAFETY_BOARD",  # R-QT-19.2.0
    "dien-bien": "LEVEL_1_MANAGER",  # R-DB-13.1.0
    "yen-bai": None,  # three equal parties, R-YB-11.3.0
}
GRANT: Final = Grant(action="audit.replay", document="15/QĐ-UBND", starts_at=NOW - timedelta(days=1))


def breaches() -> list[BreachRow]:
    """One of each place, unit, person and state."""
    ways = product(
        ((HOME, AREA), (OTHER, AREA), (OTHER, f"{AREA}/thon"), (OTHER, LOOK_ALIKE), (OTHER, AWAY)),
        ((None, False), (ME, False), (ME, True), (SOMEBODY, False), (SOMEBODY, True)),
        (
            ("REPORTED", None),
            ("CONFIRMED", HOME),
            ("UNFOUNDED", OTHER),
            ("DEALT_WITH", HOME),
            ("CLOSED", OTHER),
        ),
    )
    return [
        BreachRow(
            breach_id=UUID(int=0x30_000 + n),
            number=f"XX-VP-2026-{n:06d}",
            state=state,
            subject_rule="R-DH-5.3.0",
            account_id=accused,
            leads=leads,
            happened_at=NOW,
            text="",
            reported_by=str(SOMEBODY),
            reporting_unit_id=OTHER,
            reported_at=NOW,
            examining_unit_id=examined_by,
            version=1,
            position=n,
            area_path=area,
            owner_unit=unit,
        )
        for n, ((unit, area), (accused, leads), (state, examined_by)) in enumerate(ways)
    ]


@dataclass(frozen=True)
class Asked:
    """Who asks: profile, kind of unit, function, whether they lead it, and whether they hold a grant to audit."""

    profile: str
    kind: str
    role: str
    leader: bool
    granted: bool

    @property
    def actor(self) -> Actor:
        """The person."""
        return Actor(
            account_id=ME,
            unit_id=HOME,
            unit_kind=self.kind,
            area_path=AREA,
            role=self.role,
            leader=self.leader,
            grants=(GRANT,) if self.granted else (),
        )


def everybody(profile: str) -> Iterator[Asked]:
    """Each kind of unit, function and grant."""
    with CONTRACT.open(encoding="utf-8", newline="") as file:
        kinds = sorted({row["unit_kind"] for row in csv.DictReader(file) if row["profile"] == profile})
    for kind, role, leader, granted in product(kinds, functions(), (False, True), (False, True)):
        yield Asked(profile, kind, role, leader, granted)


# -- the oracle ------------------------------------------------------------------------


def audits(asked: Asked) -> bool:
    """Whether somebody replays the audit: by the contract, or in Đồng Hới by a grant to another body."""
    if asked.profile == "dong-hoi":
        return asked.kind == "OTHER_BODY" and asked.granted
    with CONTRACT.open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["profile"], row["unit_kind"], row["action"])
            == (asked.profile, asked.kind, "audit.replay")
        ]
    given = any(
        row["allowed"] == "yes"
        and row["leader"] in {"", "yes" if asked.leader else "no"}
        and (asked.granted or "grant" not in row["needs"].split())
        for row in rows
    )
    return given and "audit.replay" in functions()[asked.role]


def examines(asked: Asked, row: BreachRow) -> bool:
    """The leaders of the unit, and whoever checks, in their area; by function."""
    if asked.role not in {"APPROVER", "HANDLER", "LEADER"}:
        return False
    checks = asked.kind == CHECKS[asked.profile] and in_area(row.area_path, AREA)
    return checks or (asked.leader and row.owner_unit == HOME)


def sees(asked: Asked, row: BreachRow, *, auditing: bool) -> bool:
    """Whoever examines it, the person it is said of, and the audit of its area."""
    if (asked.profile, asked.kind) in NO_MORE:
        return False
    audited = auditing and in_area(row.area_path, AREA)
    return audited or row.account_id == ME or examines(asked, row)


def acts(asked: Asked, row: BreachRow) -> set[str]:
    """What somebody may do with it now."""
    gone = (asked.profile, asked.kind) in NO_MORE
    found = {"answerBreach"} if row.account_id == ME and row.state != "CLOSED" and not gone else set()
    if gone or not examines(asked, row) or row.account_id == ME:
        return found
    own = row.examining_unit_id == HOME
    above = asked.kind == CHECKS[asked.profile] and in_area(row.area_path, AREA)
    return (
        found
        | {
            "REPORTED": {"examineBreach"},
            "CONFIRMED": {"dealWithBreach"},
            "UNFOUNDED": {"closeBreach"},
            "DEALT_WITH": {"dealWithBreach", "closeBreach"},
            "CLOSED": set[str](),
        }[row.state]
        | ({"reopenBreach"} if row.state != "REPORTED" and (own or above) else set())
    )


# -- the two sides of the product ------------------------------------------------------


@pytest.fixture(scope="module")
def log(common: str) -> Iterator[psycopg.Connection[Any]]:
    """The breaches, in their table."""
    with psycopg.connect(common) as conn:
        conn.execute("TRUNCATE breach_log")
        LOG.write(conn, list(breaches()))
        yield conn
        conn.rollback()


@pytest.mark.rule("R-QT-19.3.0", "R-DB-19.2.0", "R-DB-13.1.0")
@pytest.mark.parametrize("profile", OWN)
def test_every_list_and_every_breach(
    log: psycopg.Connection[Any], profile: str, counted: Callable[[str], None]
) -> None:
    """Who is shown a breach, in the list and by itself, and may do what with it, is what the sentences say."""
    rows, people = breaches(), list(everybody(profile))
    for asked in people:
        act = context(asked.actor, profile=profile)
        scope = of_breaches(act)
        found = log.execute(
            SQL("SELECT position FROM breach_log WHERE {}").format(SQL(scope.where)), scope.params
        )
        listed = {position for (position,) in found}
        auditing = audits(asked)
        assert listed == {row.position for row in rows if sees(asked, row, auditing=auditing)}, asked
        for row in rows:
            assert (check_view(row, act) is None) == (row.position in listed), (asked, row)
            open_ = {name for name, guard in GUARDS.items() if guard(row, act) is None}
            assert open_ == acts(asked, row), (asked, row)
    counted(f"breaches of {profile}: {len(people)} people on {len(rows)} breaches")
