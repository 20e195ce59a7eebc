"""Who has to confirm which edition still: those it is for without those who have, whatever happens to either."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count, product
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest
from eventsourcing.domain import Aggregate

from domain.account import Account
from domain.acknowledgement import Acknowledgement
from domain.commands.application import CaseSystem
from domain.guidance import Guidance, withdrawn_at
from domain.guidance.guards import check_view
from domain.personal import Personal
from domain.succession import AccountSucceeded
from domain.unit import Unit
from policies.rulebook import PROFILES, load
from projections import acknowledgement_log, guidance_log
from projections.account_log import AccountLog
from projections.acknowledgement_log import AcknowledgementLog, OwedNarrow, StatementNarrow
from projections.directory import Directory
from projections.guidance_log import GuidanceNarrow, GuidanceRow
from projections.scope import Scope, of_guidance
from tests.support.following import Model
from tests.support.guidance_examples import GUIDANCE_EVENTS
from tests.support.soak import sizes
from tests.support.spec import CENTRE, GRANT, NOW, Fact, actor, context, fact, recorded, unit

AREAS = ("tinh", "tinh/xa", "tinh/xa/thon", "tinh/xa-2")
"""A province, a commune, a place in it, and a commune whose path begins with the same letters."""
KINDS = ("CITY_POLICE", "COMMUNE_POLICE", "OTHER_BODY")
DAY = timedelta(days=1)
NUMBERS = count(1)


@dataclass
class Person:
    """Somebody, in a unit, with an account that opens something or does not."""

    unit: UUID
    active: bool = True


@dataclass
class Paper:
    """An edition: for whom, until when, and who has confirmed it."""

    area: str
    kinds: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None
    asks: bool
    state: str = "ISSUED"
    confirmed: set[UUID] = field(default_factory=set)
    briefed: set[UUID] = field(default_factory=set)

    def owed_by(
        self, people: dict[UUID, Person], units: dict[UUID, tuple[str, str]], at: datetime
    ) -> set[UUID]:
        """Who has to confirm it still, said a second time."""
        if not self.asks or (self.ends_at is not None and self.ends_at <= at):
            return set()
        return {
            who
            for who, one in people.items()
            if one.active
            and f"{units[one.unit][1]}/".startswith(f"{self.area}/")
            and (not self.kinds or units[one.unit][0] in self.kinds)
        } - self.confirmed


class Town:
    """A log of units, people and papers, and what a small model makes of it."""

    def __init__(self, app: CaseSystem, chance: random.Random) -> None:
        self.app, self.chance = app, chance
        self.units: dict[UUID, tuple[str, str]] = {}
        self.people: dict[UUID, Person] = {}
        self.papers: dict[UUID, Paper] = {}
        self._told: dict[UUID, list[Fact]] = {}
        self.now = NOW

    def tell(self, cls: type[Aggregate], one: UUID, said: Fact) -> None:
        """Put one more event of something on record."""
        facts = self._told.setdefault(one, [])
        facts.append(said.under(took_place_at=self.now, **{"unit_id": CENTRE.id, **said.circumstances}))
        event = recorded(facts, cls, one)[-1]
        self.app.recorder.insert_events([self.app.mapper.to_stored_event(event)])

    def unit(self) -> None:
        """Another unit."""
        number = next(NUMBERS)
        one, kind, area = UUID(int=0xA0000 + number), self.chance.choice(KINDS), self.chance.choice(AREAS)
        self.units[one] = kind, area
        said: dict[str, Any] = {"code": f"U-{number}", "name": "Đơn vị", "kind": kind, "area_path": area}
        self.tell(Unit, one, fact(Unit.Registered, **said))

    def hire(self) -> None:
        """Another person."""
        number, of = next(NUMBERS), self.chance.choice([*self.units])
        one = UUID(int=0xB0000 + number)
        self.people[one] = Person(of)
        said: dict[str, Any] = {"name": f"person.{number}", "full_name": Personal.said(one, "Người Mẫu")}
        self.tell(Account, one, fact(Account.Opened, **said, unit_id=of, role="HANDLER", leader=False))

    def issue(self) -> None:
        """Another edition, in place of one or of none."""
        number, kinds = next(NUMBERS), self.chance.sample(KINDS, self.chance.randint(0, 2))
        one = UUID(int=0xC0000 + number)
        paper = Paper(
            self.chance.choice([*AREAS, "tinh", "tinh"]),
            tuple(sorted(kinds)),
            self.now + self.chance.randint(-2, 2) * DAY,
            self.chance.choice([None, self.now + 9 * DAY]),
            self.chance.random() < 0.8,
        )
        standing = [at for at, old in self.papers.items() if old.state == "ISSUED"]
        old = self.chance.choice(standing) if standing and self.chance.random() < 0.4 else None
        self.papers[one] = paper
        self.tell(
            Guidance,
            one,
            fact(
                Guidance.Issued,
                number=f"DH-VB-2026-{number:06d}",
                document=f"{number}/HD",
                dated=date(2026, 5, 20),
                title="Hướng dẫn",
                kind="GUIDANCE",
                area_path=paper.area,
                unit_kinds=paper.kinds,
                starts_at=paper.starts_at,
                ends_at=paper.ends_at,
                must_acknowledge=paper.asks,
                replaces_id=old,
                text=Personal.said(one, "Giữ bí mật mật khẩu"),
            ),
        )
        if old is not None:
            before = self.papers[old]
            before.state = "REPLACED"
            before.ends_at = min(paper.starts_at, before.ends_at or paper.starts_at)
            self.tell(Guidance, old, fact(Guidance.Replaced, replaced_by_id=one, ends_at=before.ends_at))

    def withdraw(self) -> None:
        """An edition is taken back."""
        standing = [at for at, old in self.papers.items() if old.state == "ISSUED"]
        if standing:
            one = self.chance.choice(standing)
            self.papers[one].state = "WITHDRAWN"
            self.papers[one].ends_at = withdrawn_at(self.papers[one].ends_at, self.now)
            self.tell(Guidance, one, fact(Guidance.Withdrawn, document="1/TB"))

    def confirm(self) -> None:
        """Somebody confirms an edition that they owe a word on."""
        owed = [(p, who) for p, one in self.papers.items() for who in sorted(self.owed(one))]
        if owed:
            paper, who = self.chance.choice(owed)
            self.papers[paper].confirmed.add(who)
            said = {"guidance_id": paper, "account_id": who}
            self.tell(
                Acknowledgement, Acknowledgement.create_id(paper, who), fact(Acknowledgement.Given, **said)
            )

    def brief(self) -> None:
        """A head tells some people, which is no word of theirs."""
        paper = self.chance.choice([*self.papers])
        told = tuple(sorted(self.chance.sample([*self.people], 2)))
        self.papers[paper].briefed |= {*told}
        self.tell(Guidance, paper, fact(Guidance.Briefed, held_at=self.now, account_ids=told))

    def move(self) -> None:
        """Somebody works elsewhere, or their unit is followed by another, or works elsewhere itself."""
        who, to = self.chance.choice([*self.people]), self.chance.choice([*self.units])
        match self.chance.randint(0, 2):
            case 0:
                self.people[who].unit = to
                said: dict[str, Any] = {"role": "HANDLER", "leader": False, "document": "1"}
                self.tell(Account, who, fact(Account.Moved, unit_id=to, **said))
            case 1:
                gone = self.people[who].unit
                for one, person in self.people.items():
                    if person.unit == gone:
                        person.unit = to
                        said = {"from_unit_id": gone, "to_unit_id": to, "document": "1"}
                        self.tell(Account, one, fact(AccountSucceeded, **said))
            case _:
                area = self.chance.choice(AREAS)
                self.units[to] = self.units[to][0], area
                self.tell(Unit, to, fact(Unit.Moved, parent_unit_id=None, area_path=area, document="1"))

    def suspend(self) -> None:
        """Somebody's account opens nothing any more, or does so again."""
        who = self.chance.choice([*self.people])
        person = self.people[who]
        person.active = not person.active
        said = fact(Account.Resumed, document="1")
        self.tell(
            Account, who, said if person.active else fact(Account.Suspended, text=Personal.said(who, "x"))
        )

    def owed(self, paper: Paper, at: datetime | None = None) -> set[UUID]:
        """Who owes a word on it."""
        return paper.owed_by(self.people, self.units, at or self.now)


@pytest.fixture
def models(common: str, app: CaseSystem) -> Iterator[list[Model]]:
    """The read models that say who owes what, over one log."""
    with ExitStack() as stack:
        made = (guidance_log.LOG, AcknowledgementLog(), AccountLog(), Directory())
        found = [stack.enter_context(Model(common, one, app)) for one in made]
        for model in found:
            model.follow()
        yield found


@pytest.mark.rule("R-QT-6.1.a", "R-DH-16.4.a")
@sizes(steps=(60, 1500))
def test_owed(app: CaseSystem, models: list[Model], steps: int) -> None:
    """Outstanding are those it is for without those who confirmed, at every instant, whoever moves, whatever ends."""
    chance = random.Random(0x6D)  # noqa: S311 — a mixture, not a secret
    town, conn = Town(app, chance), models[0].conn
    for begin in [town.unit] * 6 + [town.hire] * 12 + [town.issue] * 3:
        begin()
    acts = [town.hire, town.issue, town.withdraw, town.brief, town.move, town.move, town.suspend]
    acts += [town.confirm] * 3
    seen = 0
    for _ in range(steps):
        chance.choice(acts)()
        town.now += timedelta(hours=chance.randint(0, 12))
        for model in models:
            model.follow()
        for at in (town.now, town.now + 3 * DAY):
            every = Scope("true", params={"now": at, "self": chance.choice([*town.people])})
            owed = {one: town.owed(paper, at) for one, paper in town.papers.items()}
            for one in chance.sample([*town.papers], min(4, len(town.papers))):
                narrow = OwedNarrow(guidance_id=one)
                rows = acknowledgement_log.OWED.page(conn, every, narrow, first=1000)
                assert {row.account_id for row in rows} == owed[one]
                assert acknowledgement_log.OWED.total(conn, every, narrow) == len(owed[one])
                briefed = {row.account_id for row in rows if row.briefed_at is not None}
                assert briefed == owed[one] & town.papers[one].briefed
                seen += len(rows)
            asked = guidance_log.still_to_acknowledge(conn, [*town.people], at)
            assert asked == set().union(*owed.values())
            mine = guidance_log.LISTING.page(conn, every, GuidanceNarrow(to_acknowledge=True), first=1000)
            assert {row.guidance_id for row in mine} == {
                one for one, people in owed.items() if every.params["self"] in people
            }
    for one, paper in town.papers.items():
        every = Scope("true")
        own = acknowledgement_log.STATEMENTS.page(
            conn, every, StatementNarrow(guidance_id=one, confirmed=True), first=1000
        )
        assert {row.account_id for row in own} == paper.confirmed
        both = acknowledgement_log.STATEMENTS.page(conn, every, StatementNarrow(guidance_id=one), first=1000)
        assert {row.account_id for row in both} == paper.confirmed | paper.briefed
    assert seen > steps


def test_in_force(app: CaseSystem, models: list[Model]) -> None:
    """An edition is in force from its first instant until the one at which it ends, and not at that."""
    town, conn = Town(app, random.Random(1)), models[0].conn  # noqa: S311 — as above
    town.issue()
    [(one, paper)] = town.papers.items()
    paper.ends_at = paper.starts_at + DAY
    town.tell(Guidance, one, fact(Guidance.Replaced, replaced_by_id=UUID(int=1), ends_at=paper.ends_at))
    models[0].follow()
    row = guidance_log.by_ids(conn, [one])[one]
    tick = timedelta(microseconds=1)
    expected = {
        paper.starts_at - tick: False,
        paper.starts_at: True,
        paper.ends_at - tick: True,
        paper.ends_at: False,
    }
    for at, holds in expected.items():
        assert row.in_force(at) is holds
        scope = Scope("guidance_id = %(one)s", params={"one": one, "now": at, "self": one})
        for asked in (True, False):
            found = guidance_log.LISTING.page(conn, scope, GuidanceNarrow(in_force=asked), first=9)
            assert [row.guidance_id for row in found] == [one] * (asked is holds)


PLACED: Final = ("tinh", "tinh/xa", "tinh/xa/thon", "tinh/xa-2")
HOME, OTHER = UUID(int=0xA1), UUID(int=0xA2)
NO_MORE: Final = {("quang-tri", "DISTRICT_POLICE")}
"""Kinds of units that have ended by the day of the tests: their people may do nothing."""


def editions(profile: str) -> list[GuidanceRow]:
    """One for each area, for all and for one or two kinds of unit, of one's own unit and of another's."""
    kinds = sorted(load(profile).unit_kinds)
    addressed: list[tuple[str, ...]] = [(), *((kind,) for kind in kinds), (kinds[0], kinds[-1])]
    found = []
    for n, (area, those, owner) in enumerate(product(PLACED, addressed, (HOME, OTHER)), start=1):
        said = GUIDANCE_EVENTS[Guidance.Issued][1]
        own = {"number": f"DH-VB-2026-{n:06d}", "area_path": area, "unit_kinds": those}
        [event] = recorded(
            [fact(Guidance.Issued, **{**said, **own}).under(unit_id=owner)], Guidance, UUID(int=n)
        )
        row = guidance_log.fold(None, event, n)
        assert row is not None
        found.append(row)
    return found


@pytest.mark.rule("R-DB-13.4.0", "R-QT-6.1.a", "R-DH-16.4.a")
@pytest.mark.parametrize("profile", [one for one in PROFILES if one != "national"])
def test_every_library(common: str, profile: str, counted: Callable[[str], None]) -> None:
    """Under each regulation everybody reads what is for their unit or of it, in the list and one by one; no more."""
    rows, rules, asked = editions(profile), load(profile), 0
    with psycopg.connect(common) as conn:
        conn.execute("TRUNCATE guidance_log")
        guidance_log.LOG.write(conn, rows)
        for kind, role, area in product(rules.unit_kinds, rules.authority.roles, PLACED):
            who = actor(1, unit("U", kind, area), role, grants=(GRANT,) if area == "tinh/xa" else ())
            act = context(replace(who, unit_id=HOME), profile=profile)
            audits = act.permission("audit.replay").allowed
            expected = {
                row.guidance_id
                for row in rows
                if (audits and f"{row.area_path}/".startswith(f"{area}/"))
                or (
                    (profile, kind) not in NO_MORE
                    and (
                        row.owner_unit == HOME
                        or (
                            f"{area}/".startswith(f"{row.area_path}/")
                            and (not row.unit_kinds or kind in row.unit_kinds)
                        )
                    )
                )
            }
            listed = guidance_log.LISTING.page(conn, of_guidance(act), GuidanceNarrow(), first=1000)
            assert {row.guidance_id for row in listed} == expected, (kind, role, area)
            assert {row.guidance_id for row in rows if check_view(row, act) is None} == expected
            asked += 1
        conn.rollback()
    counted(f"libraries of {profile}: {asked} people on {len(rows)} editions")
