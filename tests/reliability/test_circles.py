"""Two who change the trees of units and areas at once: one of them decides on what the other one did."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from domain.account import Account
from domain.area import Area
from domain.commands.account import open_account
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.area import end_area
from domain.commands.succession import pass_on
from domain.commands.unit import end_unit, line_of, move_unit, name_successor, register_unit
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal
from domain.unit import Unit
from tests.support.installation import app_over
from tests.support.scheduling import rules
from tests.support.spec import ADMINISTRATOR, CITY, NOW, SOMEBODY, context

ADMIN = context(ADMINISTRATOR)
PATHS = (f"{CITY}/nam-ly", f"{CITY}/bac-ly")
A, B, C = (Unit.create_id(code) for code in ("TO-A", "TO-B", "TO-C"))


@pytest.fixture
def writers(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[CaseSystem, CaseSystem]]:
    """Two processes' applications, neither of which records before both have decided."""
    with (
        app_over(database, tmp_path, role="") as one,
        app_over(database, tmp_path, role="") as other,
        acting(SOMEBODY),
    ):
        units = [
            Unit(code=code, name=code, kind="OTHER_BODY", area_path=CITY) for code in ("TO-A", "TO-B", "TO-C")
        ]
        city = Area.enter(path=CITY, parent=None, name="Đồng Hới", kind="DISTRICT", valid_from=NOW)
        wards = [
            Area.enter(path=path, parent=city, name=path, kind="COMMUNE", valid_from=NOW) for path in PATHS
        ]
        one.record_all([*units, city, *wards])
        both = threading.Barrier(2)
        for app in (one, other):
            monkeypatch.setattr(app, "record", meeting(app.record, both))
        yield one, other


def meeting(record: Callable[..., Answer], both: threading.Barrier) -> Callable[..., Answer]:
    """Record, the first time once the other one is about to as well."""
    waits = iter([both.wait])

    def met(*aggregates: Any, **how: Any) -> Answer:
        for wait in waits:
            wait(30)
        return record(*aggregates, **how)

    return met


Act = Callable[[CaseSystem, Command], Answer]


def at_once(writers: tuple[CaseSystem, CaseSystem], *acts: Act) -> list[Answer | Refusal]:
    """Let each do one of the acts; what came of each."""

    def run(app: CaseSystem, n: int, act: Act) -> Answer | Refusal:
        try:
            return act(app, Command.of(ADMINISTRATOR.account_id, f"c{n}", "act", {}, None))
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, writers, (1, 2), acts))


def ends(gone: Any, heir: Any) -> Act:
    """A unit ends, and another follows it."""
    return lambda app, command: end_unit(
        app, ADMIN, command, unit_id=gone, successor_unit_id=heir, document="1/QĐ"
    )


def moves(one: Any, parent: Any) -> Act:
    """A unit becomes part of another."""
    return lambda app, command: move_unit(
        app, ADMIN, command, unit_id=one, parent_unit_id=parent, document="1/QĐ"
    )


def closes(path: str, heir: str) -> Act:
    """An area ends, and another follows it."""
    return lambda app, command: end_area(
        app, ADMIN, command, area_id=Area.create_id(path), successor_path=heir, document="1/QĐ"
    )


@pytest.mark.parametrize(
    "acts",
    [
        (ends(A, B), ends(B, A)),
        (moves(A, B), moves(B, A)),
        (closes(PATHS[0], PATHS[1]), closes(PATHS[1], PATHS[0])),
    ],
    ids=["successors", "parts", "areas"],
)
def test_no_circle(writers: tuple[CaseSystem, CaseSystem], acts: tuple[Act, Act]) -> None:
    """Of two who would close a circle from both ends one is refused, and says why."""
    found = at_once(writers, *acts)
    assert sorted(type(one).__name__ for one in found) == ["Answer", "InvalidInput"]
    [refused] = [one for one in found if isinstance(one, InvalidInput)]
    assert refused.path in {"successor", "parent"}


def test_no_longer_circle(writers: tuple[CaseSystem, CaseSystem]) -> None:
    """Nor where the circle leads through a third that neither of them changes."""
    app, other = writers
    with acting(SOMEBODY):
        middle = app.find(Unit, C)
        middle.move(rules(), parent=app.find(Unit, B), line=(B,), area_path=CITY, document="1/QĐ", at=NOW)
        app.record_all([middle])
    found = at_once((app, other), moves(A, C), moves(B, A))
    assert sorted(type(one).__name__ for one in found) == ["Answer", "InvalidInput"]
    for unit_id in (A, B, C):
        top = line_of(app, app.find(Unit, unit_id))[-1]
        assert top.parent_unit_id is None


def test_nobody_follows_who_ends(writers: tuple[CaseSystem, CaseSystem]) -> None:
    """Whoever is named a successor while it ends itself is followed through, or not named."""
    app, other = writers
    with acting(SOMEBODY):
        gone = app.find(Unit, A)
        gone.cease(at=NOW, successor=None, document="1/QĐ")
        app.record_all([gone])

    def names(app: CaseSystem, command: Command) -> Answer:
        return name_successor(app, ADMIN, command, unit_id=A, successor_unit_id=B, document="2/QĐ")

    named, ended = at_once((app, other), names, ends(B, C))
    assert isinstance(ended, Answer)
    first = isinstance(named, Answer)
    assert first or isinstance(named, InvalidInput)
    assert app.find(Unit, A).successor_unit_id == (B if first else None)


def test_part_of_what_ends(writers: tuple[CaseSystem, CaseSystem]) -> None:
    """A unit that is registered below one that ends is either below it before that, or refused."""

    def registers(app: CaseSystem, command: Command) -> Answer:
        return register_unit(
            app, ADMIN, command, code="TO-D", name="Tổ", kind="OTHER_BODY", area_path=CITY, parent_unit_id=A
        )

    made, ended = at_once(writers, registers, ends(A, B))
    assert isinstance(ended, Answer)
    if isinstance(made, Answer):
        assert made.position < ended.position
    else:
        assert isinstance(made, InvalidInput)
        assert made.path == "parent"


class TestPassesOn:
    """Whatever the tree is, what passes on comes to rest."""

    @pytest.fixture
    def app(self, database: str, tmp_path: Path) -> Iterator[CaseSystem]:
        """The record, with three units and a person of the first."""
        with app_over(database, tmp_path, role="") as app:
            with acting(SOMEBODY):
                app.record_all(
                    [
                        Unit(code=code, name=code, kind="OTHER_BODY", area_path=CITY)
                        for code in ("TO-A", "TO-B", "TO-C")
                    ]
                )
                open_account(
                    app, name="a.person", full_name="Lê Văn Mẫu", unit_id=A, role="HANDLER", leader=False
                )
            yield app

    def end(self, app: CaseSystem, gone: Any, heir: Any) -> None:
        """A unit ends, whatever its successor has become."""
        one, other = app.find(Unit, gone), app.find(Unit, heir)
        with acting(SOMEBODY):
            one.trigger_event(
                Unit.Ceased, ceased_at=NOW, successor_unit_id=heir, successor_code=other.code, document="1/QĐ"
            )
        app.record_all([one])

    def passed(self, app: CaseSystem) -> bool:
        """Let the person pass."""
        person = Account.create_id("a.person")
        return pass_on(app, rules(), noun="account", subject_id=person, unit_id=A, now=NOW)

    def test_to_whom_stands(self, app: CaseSystem) -> None:
        """Where the successor ended as well, to whoever follows that one."""
        self.end(app, A, B)
        self.end(app, B, C)
        assert self.passed(app)
        assert app.find(Account, Account.create_id("a.person")).unit_id == C
        assert not self.passed(app)

    def test_nobody_in_a_circle(self, app: CaseSystem) -> None:
        """Units that follow each other in a circle are followed by nobody: it says which, and nothing is recorded."""
        self.end(app, A, B)
        self.end(app, B, A)
        with pytest.raises(LookupError, match="TO-A → TO-B → TO-A"):
            self.passed(app)
        assert app.find(Account, Account.create_id("a.person")).version == 1

    @pytest.mark.parametrize("heir", [B, C])
    def test_successor_out_of_its_midst(self, app: CaseSystem, heir: Any) -> None:
        """A part of the unit that follows it, or has the one that does, is part of what the unit was part of."""
        with acting(SOMEBODY):
            for one, parent in ((B, A), (C, B)):
                unit = app.find(Unit, one)
                unit.move(
                    rules(), parent=app.find(Unit, parent), line=(), area_path=CITY, document="1", at=NOW
                )
                app.record_all([unit])
        self.end(app, A, heir)
        assert pass_on(app, rules(), noun="unit", subject_id=B, unit_id=A, now=NOW)
        assert app.find(Unit, B).parent_unit_id is None
        assert [one.id for one in line_of(app, app.find(Unit, C))] == [C, B]
