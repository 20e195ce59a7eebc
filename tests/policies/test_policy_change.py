"""F5: a policy is whole or it is not there; what it does not name, and what cannot be decided, is denied."""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from domain.context import Actor, Context
from policies import rulebook as policies
from policies.access import Grant, Key
from policies.rulebook import Rulebook, RulebookInvalid, load, read

FOLDER = Path(policies.__file__).parent
FILES = ("actions.csv", "roles.csv", "dong_hoi/access.csv", "dong_hoi/rulebook.yaml")
NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
ROLES = ("APPROVER", "EXECUTOR", "ADMINISTRATOR", "HANDLER", "LEADER", "AUDITOR")
CHANGES = 1000
ASKING = 4
CUTS = 5
"""Of each file, in the middle of something and at the end of a line."""


def copied(to: Path) -> Path:
    """A copy of all policies."""
    shutil.copytree(FOLDER, to, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return to


def person(unit: str, role: str, *, leader: bool) -> Actor:
    """Somebody."""
    return Actor(
        account_id=UUID(int=1), unit_id=UUID(int=2), unit_kind=unit, area_path="dh", role=role, leader=leader
    )


def allowed(rulebook: Rulebook) -> set[tuple[str, ...]]:
    """All that a policy allows to anybody for whom every fact holds."""
    facts = frozenset(need for grant in rulebook.access.table.values() for need in grant.needs)
    found: set[tuple[str, ...]] = set()
    for unit, leader, action, on in rulebook.access.table:
        for role in ROLES:
            who = person(unit, role, leader=leader)
            if rulebook.authority.may(who, action, now=NOW, on=on, facts=facts).allowed:
                found.add((unit, role, str(leader), action, on))
    return found


def test_half_a_file(tmp_path: Path, counted: Callable[[str], None]) -> None:
    """Of a policy whose file breaks off somewhere nothing is loaded, or nothing that the whole does not allow."""
    root = copied(tmp_path / "policies")
    whole = allowed(load("dong-hoi"))
    assert allowed(read("dong-hoi", root)) == whole
    refused = narrower = 0
    for name in FILES:
        path = root / name
        text = path.read_text(encoding="utf-8")
        ends = [n + 1 for n, letter in enumerate(text) if letter == "\n"]
        for cut in (*range(0, len(text), len(text) // CUTS), *ends[: -1 : len(ends) // CUTS]):
            path.write_text(text[:cut], encoding="utf-8")
            try:
                half = allowed(read("dong-hoi", root))
            except RulebookInvalid:
                refused += 1
            else:
                assert half <= whole, (name, cut)
                narrower += 1
        path.write_text(text, encoding="utf-8")
    assert refused > 0
    counted(
        f"F5 {refused + narrower} files that break off: {refused} refused, {narrower} allow no more than the whole"
    )


def test_changed_under_load(tmp_path: Path, counted: Callable[[str], None]) -> None:
    """Whoever asks while the policy changes is answered by the one or by the other, in everything they ask at once."""
    root = copied(tmp_path / "policies")
    access = root / "dong_hoi" / "access.csv"
    lines = access.read_text(encoding="utf-8").splitlines(keepends=True)
    turned = [_turned(line) for line in lines]
    access.write_text("".join(turned), encoding="utf-8")
    both = [load("dong-hoi"), read("dong-hoi", root)]
    keys = sorted(both[0].access.table.keys() | both[1].access.table.keys())
    answers = [_all(rulebook, keys) for rulebook in both]
    assert sum(one != other for one, other in zip(*answers, strict=True)) > len(keys) // 2
    in_force, over = [both[0]], threading.Event()
    seen: list[int] = []

    def ask() -> None:
        while not over.is_set():
            seen.append(answers.index(_all(in_force[0], keys)))

    changes = 0
    with ThreadPoolExecutor(ASKING) as askers:
        asking = [askers.submit(ask) for _ in range(ASKING)]
        try:
            # How often whoever asks gets a turn is the machine's affair: it goes on until both have answered.
            while changes < CHANGES or not ({0, 1} <= set(seen) or any(one.done() for one in asking)):
                in_force[0] = both[changes % 2]  # loaded beside the one in force, it takes its place at once
                assert _all(in_force[0], keys) == answers[changes % 2]
                changes += 1
        finally:
            over.set()
    for one in asking:
        one.result()
    assert {0, 1} <= set(seen)
    counted(f"F5 {len(seen) * len(keys)} decisions during {changes} changes of policy, none by half of one")


def _turned(line: str) -> str:
    """Yes for no, and no for yes."""
    return line.replace(",yes,", ",X,", 1).replace(",no,", ",yes,", 1).replace(",X,", ",no,", 1)


def _all(rulebook: Rulebook, keys: list[Key]) -> list[bool]:
    """All answers of one request."""
    asked = Context(
        actor=person("", "", leader=False),
        now=NOW,
        rulebook=rulebook.on(date(2026, 6, 1)),
        authority=rulebook.authority,
    )
    access = asked.authority.access  # type: ignore[attr-defined] # the authority of a rulebook
    return [access.decide(unit, action, on=on, leader=leader).allowed for unit, leader, action, on in keys]


class Broken(Mapping[Key, Grant]):
    """A table that cannot be read."""

    def __getitem__(self, key: Key) -> Grant:
        raise OSError("unreadable")

    def __iter__(self) -> Iterator[Key]:
        raise OSError("unreadable")

    def __len__(self) -> int:
        raise OSError("unreadable")


@pytest.mark.parametrize("what", ["access", "roles", "grantable"])
def test_what_cannot_be_decided(what: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever of a policy cannot be read, nobody may do anything by it, and the log says so."""
    rulebook = load("dong-hoi")
    authority = rulebook.authority
    broken = {
        "access": replace(authority, access=replace(authority.access, table=Broken())),
        "roles": replace(authority, roles=Broken()),  # type: ignore[arg-type]
        "grantable": replace(authority, grantable=Broken()),  # type: ignore[arg-type]
    }[what]
    assert allowed(replace(rulebook, authority=broken)) == set()
    assert "permission could not be decided" in caplog.text
