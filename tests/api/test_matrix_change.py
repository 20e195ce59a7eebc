"""F5: a policy that changes while people ask: each request is decided by one whole policy, or nothing is."""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policies import rulebook as policies
from policies.rulebook import Rulebook, load, read
from tests.support.acting import NEVER_BEHIND, ask, everything
from tests.support.documents import MOST_WHOLE, PLAIN, WHOLE, page
from tests.support.oracle import DONE
from tests.support.oracle_facts import AreaFacts, UnitFacts
from tests.support.world import World

CHANGES = 100
ASK = """{
  a: cases(first: 20) { totalCount nodes { id availableActions { action enabled } } }
  b: extractions(first: 20) { totalCount nodes { id availableActions { action enabled } } }
  c: cameras(first: 20) { totalCount nodes { id availableActions { action enabled } } }
  d: cases(first: 20) { totalCount nodes { id } }
  e: cameras { totalCount }
}"""


@contextmanager
def in_force(world: World, rulebook: Rulebook) -> Iterator[Callable[[Rulebook], None]]:
    """Let another policy be in force; the answer changes it again."""
    services: Any = world.installation.services
    before = services.rulebook

    def change(to: Rulebook) -> None:
        object.__setattr__(services, "rulebook", to)  # one reference: a request has the one or the other

    change(rulebook)
    try:
        yield change
    finally:
        change(before)


def other(folder: Path) -> Rulebook:
    """The policy with the functions of two people changed: who handles approves, and who approves handles."""
    root = folder / "policies"
    shutil.copytree(
        Path(policies.__file__).parent, root, ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )
    roles = root / "roles.csv"
    names = {"APPROVER": "HANDLER", "HANDLER": "AUDITOR", "AUDITOR": "APPROVER"}
    lines = [line.partition(",") for line in roles.read_text(encoding="utf-8").splitlines(keepends=True)]
    roles.write_text("".join(f"{names.get(role, role)},{rest}" for role, _, rest in lines), encoding="utf-8")
    return read("dong-hoi", root)


def test_under_load(world: World, tmp_path: Path, counted: Callable[[str], None]) -> None:
    """Lists, totals and what one may do come from one policy within an answer, however often it changes meanwhile."""
    both = [load("dong-hoi"), other(tmp_path)]
    people = ["police.handle", "centre.approve", "csgt.handler", "ca-qt.handler"]
    with in_force(world, both[0]) as change:
        whole: dict[str, list[Any]] = {name: [] for name in (*people, "police.lead")}
        for rulebook in both:
            change(rulebook)
            for name, answers in whole.items():
                answers.append(world.installation.signed_in(name).ask(ASK))
        lead = whole.pop("police.lead")
        assert all(one != another for one, another in whole.values())
        over = threading.Event()

        def asking(name: str) -> list[int]:
            seen = []
            while not over.is_set():
                seen.append(whole[name].index(world.installation.signed_in(name).ask(ASK)))
            return seen

        with ThreadPoolExecutor(len(people)) as pool:
            asked = [pool.submit(asking, name) for name in people]
            try:
                for n in range(CHANGES):
                    change(both[n % 2])
                    seen_by_one = world.installation.signed_in("police.lead").ask(ASK)
                    assert seen_by_one == lead[n % 2]
            finally:
                over.set()
            seen = [one for future in asked for one in future.result(60)]
    assert set(seen) == {0, 1}
    counted(f"F5 {len(seen)} requests during {CHANGES} changes of policy, each decided by one of them whole")


class Unreadable(Mapping[Any, Any]):
    """A part of a policy that cannot be read."""

    def __getitem__(self, key: object) -> Any:
        raise OSError("unreadable")

    def __iter__(self) -> Iterator[Any]:
        raise OSError("unreadable")

    def __len__(self) -> int:
        raise OSError("unreadable")


@pytest.fixture
def undecidable(world: World) -> Iterator[World]:
    """The world, where nobody can find out who may do what."""
    rulebook, unreadable = load("dong-hoi"), Unreadable()
    authority = replace(
        rulebook.authority,
        access=replace(rulebook.access, table=unreadable),
        roles=unreadable,
        grantable=unreadable,  # type: ignore[arg-type] # whoever walks through it finds that they cannot
    )
    with in_force(world, replace(rulebook, authority=authority)):
        yield world


@pytest.mark.parametrize("shape", [PLAIN, WHOLE])
def test_nothing_is_shown(undecidable: World, shape: str) -> None:
    """Where permission cannot be decided, there is nothing for anybody, and no total tells of more."""
    world = undecidable
    for name in ("centre.approve", "police.handle", "commune.lead", "audits.town"):
        for field in ("cases", "cameras", "extractions", "accessLog"):
            found = world.installation.signed_in(name).ask(page(field, shape), first=MOST_WHOLE)[field]
            assert (found["nodes"], found["edges"], found["totalCount"]) == ([], [], 0)
            assert found["pageInfo"] == {"hasNextPage": False, "endCursor": None}


def test_nothing_is_done(undecidable: World) -> None:
    """Where permission cannot be decided, nothing is done."""
    world = undecidable
    world.installation._conn.execute(NEVER_BEHIND)
    before = world.installation.head()
    acts = {
        act.mutation: (who, act)
        for who in world.people.values()
        for act in everything(world)
        if act.result(who) == DONE
    }
    for who, act in acts.values():
        [answer] = ask(world, who, [act])
        hidden = "Forbidden" if isinstance(act.subject, AreaFacts | UnitFacts) else "NotFound"  # known to all
        assert answer["__typename"] == hidden, act
    assert world.installation.since(before) == ["attempt:refused"] * len(acts)
