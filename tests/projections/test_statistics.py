"""Statistics of a small town, each number worked by hand; and any of them asked again of the past."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from domain.case import Case
from domain.case.state import Voided
from domain.commands.application import CaseSystem
from domain.envelope import Created
from projections import case_queue, history
from projections.case_facts import CaseFact, CaseFacts, standing
from projections.scope import Scope, counted_for, of_numbers
from projections.statistics import By, Cell, Question, behind, cells, hotspots, place_of, precision, total
from projections.statistics import standing as stood
from tests.support.case_examples import CASE_EVENTS
from tests.support.following import Model
from tests.support.record import opened
from tests.support.spec import (
    ADMINISTRATOR,
    CENTRE,
    CITY,
    COMMUNE_LEADER,
    POLICE,
    STRANGER,
    context,
    legal,
)
from tests.support.town import BAC_LY, CAMERA_A, CAMERA_B, NAM_LY, case_id, events, put_on_record, told

ALL = Scope("true")
JUNE, JULY, AUGUST = legal("2026-06-01 00:00"), legal("2026-07-01 00:00"), legal("2026-08-01 00:00")


def asked(
    town: Model,
    starts_at: datetime | None = JUNE,
    ends_at: datetime | None = JULY,
    as_of: datetime = AUGUST,
    **narrow: Any,
) -> Question:
    """What is asked of June, as it stood in August, unless somebody says otherwise."""
    return Question(starts_at=starts_at, ends_at=ends_at, upto=place_of(town.conn, as_of), **narrow)


def numbers(cell: Cell) -> dict[str, int]:
    """How many cases there are of each fact."""
    return {fact.value: count.cases for fact, count in cell.facts.items()}


@pytest.fixture(scope="module")
def town(common: str, app: CaseSystem) -> Iterator[Model]:
    """The town, with all that happened in it."""
    with Model(common, CaseFacts(), app) as model:
        put_on_record(app, events())
        model.follow()
        yield model


@pytest.fixture
def apart(database: str, tmp_path: Path) -> Iterator[CaseSystem]:
    """A record of a test's own."""
    with opened(database, tmp_path / "keys", role="") as app:
        yield app


class TestCounts:
    """What is counted."""

    def test_june_at_its_end(self, town: Model) -> None:
        """June, as it was known when it ended."""
        june = total(town.conn, ALL, asked(town, as_of=JULY))
        assert numbers(june) == {
            "DETECTED": 6,
            "DISCARDED": 2,
            "TRANSFERRED": 3,
            "CONCLUDED": 3,
            "RECORDED": 2,
            "DECIDED": 2,
            "LATE": 1,
        }
        assert june[CaseFact.DETECTED].by == {"MACHINE": 5, "PERSON": 1}
        assert june[CaseFact.DISCARDED].by == {"FALSE_ALARM": 1, "EXEMPT_VEHICLE": 1}
        assert june[CaseFact.CONCLUDED].by == {"VIOLATION": 2, "NO_VIOLATION": 1}
        assert june[CaseFact.DECIDED].amount == 24_000_000
        assert june[CaseFact.LATE].by == {"TRANSFER": 1}

    def test_june_looked_at_later(self, town: Model) -> None:
        """A decision that was declared void in July no longer counts in June, as of August."""
        june = total(town.conn, ALL, asked(town))
        assert (june[CaseFact.DECIDED].cases, june[CaseFact.DECIDED].amount) == (1, 19_000_000)
        assert june[CaseFact.RECORDED].cases == 2

    def test_july(self, town: Model) -> None:
        """What was returned is not transferred, what is late twice is late once, two payments are of one case."""
        july = total(town.conn, ALL, asked(town, JULY, AUGUST))
        assert numbers(july) == {"DETECTED": 1, "CONCLUDED": 1, "PAID": 1, "EXECUTED": 1, "LATE": 1}
        assert (july[CaseFact.PAID].amount, july[CaseFact.LATE].by) == (19_000_000, {"VERIFY": 1})

    def test_before_it_was_returned(self, town: Model) -> None:
        """On the morning of 3 July the case was still transferred."""
        july = total(town.conn, ALL, asked(town, JULY, AUGUST, legal("2026-07-03 08:00")))
        assert july[CaseFact.TRANSFERRED].cases == 1

    def test_nothing(self, town: Model) -> None:
        """Of a time in which nothing happened there is nothing."""
        assert total(town.conn, ALL, asked(town, AUGUST, None)).facts == {}

    @pytest.mark.parametrize(
        "by, found",
        [
            (By.AREA, {NAM_LY: 4, BAC_LY: 2}),
            (By.CAMERA, {str(CAMERA_A): 4, str(CAMERA_B): 2}),
            (By.KIND, {"RED_LIGHT": 4, "LANE": 2}),
            (By.MONTH, {"2026-06": 6}),
            (By.UNIT, {str(CENTRE.id): 5, str(POLICE.id): 1}),
            (By.STATE, {"EXECUTED": 1, "DISCARDED": 2, "CONCLUDED": 2, "RECORDED": 1}),
            (By.OUTCOME, {"EXECUTED": 1, "DISCARDED": 2, "NO_VIOLATION": 1, "VIOLATION": 2}),
        ],
    )
    def test_by(self, town: Model, by: By, found: dict[str, int]) -> None:
        """The six that were detected in June, told apart each way."""
        assert {
            cell.group[by]: cell[CaseFact.DETECTED].cases
            for cell in cells(town.conn, ALL, asked(town), [by])
            if cell[CaseFact.DETECTED].cases
        } == found

    @pytest.mark.rule("R-QT-18.1.0", "R-DH-17.1.0")
    def test_by_unit(self, town: Model) -> None:
        """What each unit did, and what it let run out: the work of each, and whether it kept its time limits."""
        found = cells(town.conn, ALL, asked(town, None, None), [By.UNIT])
        assert {
            str(cell.group[By.UNIT]): {
                fact.value: (count.by if fact is CaseFact.LATE else count.cases)
                for fact, count in cell.facts.items()
            }
            for cell in found
        } == {
            str(CENTRE.id): {"DETECTED": 6, "DISCARDED": 2, "TRANSFERRED": 3, "LATE": {"TRANSFER": 1}},
            str(POLICE.id): {
                "DETECTED": 1,
                "CONCLUDED": 4,
                "RECORDED": 2,
                "DECIDED": 1,
                "PAID": 1,
                "EXECUTED": 1,
                "LATE": {"VERIFY": 1},
            },
        }

    def test_month_of_viet_nam(self, town: Model) -> None:
        """Half past midnight of 1 July is July, though it is June in Greenwich."""
        months = cells(town.conn, ALL, asked(town, None, None), [By.MONTH])
        assert {c.group[By.MONTH]: c[CaseFact.DETECTED].cases for c in months} == {"2026-06": 6, "2026-07": 1}

    def test_by_two(self, town: Model) -> None:
        """Groups of two words."""
        found = cells(town.conn, ALL, asked(town), [By.KIND, By.AREA])
        assert [(c.group, c[CaseFact.TRANSFERRED].cases) for c in found] == [
            ({By.KIND: "LANE", By.AREA: BAC_LY}, 1),
            ({By.KIND: "RED_LIGHT", By.AREA: NAM_LY}, 2),
        ]

    @pytest.mark.parametrize(
        "narrow, detected",
        [
            ({"area": NAM_LY}, 4),
            ({"area": CITY}, 6),
            ({"area": f"{CITY}/nam"}, 0),
            ({"camera_id": CAMERA_B}, 2),
            ({"kind": "LANE"}, 2),
            ({"unit_id": POLICE.id}, 1),
            ({"kind": "RED_LIGHT", "camera_id": CAMERA_B}, 0),
        ],
    )
    def test_narrowed(self, town: Model, narrow: dict[str, Any], detected: int) -> None:
        """By area and all within, camera, kind and the unit that acted."""
        assert total(town.conn, ALL, asked(town, **narrow))[CaseFact.DETECTED].cases == detected

    def test_standing(self, town: Model) -> None:
        """Where all cases stood at two instants."""
        assert stood(town.conn, ALL, asked(town, as_of=JULY)) == {
            "CONCLUDED": 1,
            "DELIVERED": 1,
            "DISCARDED": 2,
            "DECIDED": 1,
            "VERIFYING": 1,
        }
        assert stood(town.conn, ALL, asked(town)) == {
            "CONCLUDED": 2,
            "DISCARDED": 2,
            "EXECUTED": 1,
            "RECORDED": 1,
            "RETURNED": 1,
        }


class TestBehind:
    """The cases behind each number."""

    @pytest.mark.parametrize(
        "group, fact, value, cases",
        [
            ({}, CaseFact.DECIDED, None, [1, 7]),
            ({By.KIND: "LANE"}, CaseFact.DECIDED, None, [7]),
            ({}, CaseFact.DISCARDED, "FALSE_ALARM", [2]),
            ({By.AREA: NAM_LY, By.STATE: "VERIFYING"}, CaseFact.TRANSFERRED, None, [6]),
            ({By.MONTH: "2026-07"}, CaseFact.DECIDED, None, []),
        ],
    )
    def test_behind(
        self, town: Model, group: dict[By, str | None], fact: CaseFact, value: str | None, cases: list[int]
    ) -> None:
        """Exactly those cases are behind the number of June, as it stood at its end."""
        found = behind(town.conn, ALL, asked(town, as_of=JULY), group, fact, value)
        assert sorted(found) == [case_id(n) for n in cases]

    def test_as_many(self, town: Model) -> None:
        """Behind each number of each group there are as many cases as it says."""
        by = [By.KIND, By.UNIT, By.OUTCOME]
        for cell in cells(town.conn, ALL, asked(town, None, None), by):
            for fact, count in cell.facts.items():
                assert (
                    len(behind(town.conn, ALL, asked(town, None, None), cell.group, fact)) == count.cases
                ), cell.group


class TestScope:
    """Whose cases are counted."""

    @pytest.mark.rule("R-QT-17.1.0")
    def test_commune(self, town: Model) -> None:
        """A commune's police count their area, whoever holds its cases, and nothing of the next."""
        within = of_numbers(context(COMMUNE_LEADER))
        found = cells(town.conn, within, asked(town), [By.AREA])
        assert [(c.group[By.AREA], c[CaseFact.DETECTED].cases) for c in found] == [(NAM_LY, 4)]
        assert total(town.conn, within, asked(town, area=BAC_LY)).facts == {}

    def test_unit(self, town: Model) -> None:
        """A unit of another area counts what it held at that instant, or its cameras proposed."""
        elsewhere = "quang-binh/ba-don"
        assert total(town.conn, counted_for(POLICE.id, elsewhere), asked(town))[CaseFact.DETECTED].cases == 4
        at_first = counted_for(CENTRE.id, elsewhere)
        assert total(town.conn, at_first, asked(town))[CaseFact.DETECTED].cases == 5

    @pytest.mark.parametrize("who", [STRANGER, ADMINISTRATOR])
    def test_nobody_else(self, town: Model, who: Any) -> None:
        """Whose unit or function runs no reports counts nothing."""
        assert cells(town.conn, of_numbers(context(who)), asked(town), [By.AREA]) == []


class TestPrecision:
    """How often a machine was right."""

    def test_by_camera(self, town: Model) -> None:
        """Two approved and one false alarm are two thirds; the vehicle with right of way counts for neither."""
        found = precision(town.conn, ALL, asked(town, None, None), By.CAMERA)
        assert [(p.of, p.approved, p.false_alarms, p.other_discards) for p in found] == [
            (str(CAMERA_A), 2, 1, 1),
            (str(CAMERA_B), 1, 0, 0),
        ]
        assert found[0].precision == 2 / 3
        low, high = found[0].interval or (0, 0)
        assert (round(low, 4), round(high, 4)) == (0.2077, 0.9385)
        assert found[0].few

    def test_by_kind(self, town: Model) -> None:
        """Of each detection rule."""
        found = precision(town.conn, ALL, asked(town), By.KIND)
        assert [(p.of, p.approved, p.false_alarms) for p in found] == [("LANE", 1, 0), ("RED_LIGHT", 2, 1)]

    def test_nobody_has_looked(self, town: Model) -> None:
        """Where nothing was decided there is no precision, rather than a perfect one."""
        assert precision(town.conn, ALL, asked(town, as_of=legal("2026-06-02 12:00")), By.CAMERA) == []


class TestHotspots:
    """Where most takes place."""

    @pytest.mark.rule("R-QT-12.6.0")
    def test_places(self, town: Model) -> None:
        """Most first, by kind; what was discarded or found to be nothing makes no place hotter."""
        found = hotspots(town.conn, ALL, asked(town, None, None), By.AREA, first=10)
        assert [(spot.place, spot.kind, spot.cases) for spot in found] == [
            (NAM_LY, "RED_LIGHT", 2),
            (BAC_LY, "LANE", 1),
            (BAC_LY, "RED_LIGHT", 1),
        ]
        assert len(hotspots(town.conn, ALL, asked(town, None, None), By.CAMERA, first=1)) == 1


class TestThePast:
    """Any number of any instant, asked again."""

    def test_any_prefix(self, database: str, apart: CaseSystem) -> None:
        """Whatever happens afterwards, what was counted at each position and instant is counted again, exactly."""
        happened = any_events(5, cases=12, length=14)
        with Model(database, CaseFacts(), apart) as model:
            put_on_record(apart, happened)
            then: list[tuple[datetime, int, Any]] = []
            for event in happened:
                model.follower.step(model.conn, 1)
                position, _ = model.standing()
                then.append((event.timestamp, position, asked_all(model.conn, position)))
            assert len({str(counted) for _, _, counted in then}) > len(happened) / 3
            for at, position, counted in then:
                assert asked_all(model.conn, position) == counted
                assert asked_all(model.conn, place_of(model.conn, at)) == counted

    def test_stands_where_the_queue_says(self, database: str, apart: CaseSystem) -> None:
        """State, finding and holder are those of the queue, after any sequence of events."""
        happened = any_events(6, cases=20, length=20)
        with Model(database, CaseFacts(), apart) as model:
            put_on_record(apart, happened)
            model.follow()
            ids = {event.originator_id for event in happened}
            for one, facts in standing(model.conn, ids).items():
                row = history.state(history.read(model.conn, apart.mapper, one), case_queue.fold)
                assert row is not None
                state = facts.state
                assert (state.value, state.finding, state.owner_unit) == (
                    row.state,
                    row.finding,
                    row.owner_unit,
                )


def asked_all(conn: Any, upto: int) -> tuple[Any, ...]:
    """Numbers of every kind, up to a place in the log."""
    question = Question(upto=upto)
    return (
        [(c.group, c.facts) for c in cells(conn, ALL, question, [By.UNIT, By.OUTCOME])],
        total(conn, ALL, question).facts,
        stood(conn, ALL, question),
    )


def any_events(seed: int, *, cases: int, length: int) -> list[Any]:
    """Events of cases in any order at all, minute by minute: what is replayed may not refuse."""
    draw = random.Random(seed)  # noqa: S311 — the same events every time
    later = [cls for cls in CASE_EVENTS if not issubclass(cls, Created)]
    units = [CENTRE.id, POLICE.id, UUID(int=0xC)]
    versions = dict.fromkeys(range(1, cases + 1), 0)
    made, at = [], JUNE
    while versions:
        n = draw.choice(list(versions))
        versions[n] += 1
        at += timedelta(minutes=draw.randint(1, 500))
        cls = draw.choice(later) if versions[n] > 1 else draw.choice([Case.Detected, Case.Opened])
        said: dict[str, Any] = {}
        if versions[n] == 1:
            said = {"number": f"DH-2026-{n:06d}"}
        elif cls is Case.DeclaredVoid:
            said = {"what": draw.choice(list(Voided)).value}
        made.append(told(n, versions[n], cls, at, draw.choice(units), **said))
        if versions[n] == length:
            del versions[n]
    return made
