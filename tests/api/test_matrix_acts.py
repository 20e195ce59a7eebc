"""F1: every person, every mutation, everything there is: what the oracle says, and no event besides."""

from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from domain.account import Account
from tests.support import rules
from tests.support.acting import EVENTS, HELD, NEVER_BEHIND, Act, ask, everything
from tests.support.documents import root
from tests.support.office import FACTS, did
from tests.support.oracle import (
    CASE_ACTS,
    DONE,
    CaseFacts,
    ExtractionFacts,
    Somebody,
    distance,
    recorded,
)
from tests.support.oracle_cameras import CAMERA_ACTS
from tests.support.oracle_clients import CLIENT_ACTS
from tests.support.oracle_office import reports
from tests.support.oracle_operation import OPERATION_ACTS
from tests.support.oracle_tree import TREE_ACTS
from tests.support.oracle_uses import USES_OF_CAMERAS
from tests.support.world import World

AT_ONCE = 5
"""Mutations in one document."""
UNANNOUNCED = {
    "openEvidence",
    "openCase",
    "makeRecommendation",
    "reportObstacle",
    "reportIncident",
    "planWork",
    "reportBreach",
    *TREE_ACTS,
}
"""What no list of nouns says among the acts on it: files are opened of it, and new things are made that name it."""
CODES = {"SamePerson": "SAME_PERSON", "WrongState": "WRONG_STATE"}
SHARED = [*CASE_ACTS, *CAMERA_ACTS, *USES_OF_CAMERAS, *OPERATION_ACTS, *CLIENT_ACTS]
"""Of these everybody tries a share."""
WHY = "vi: message en: message(language: EN) rule { id citation }"


@pytest.mark.rule("R-QT-5.2.a", "R-DH-5.5.0", "R-DB-5.5.0")
def test_what_is_refused(world: World, counted: Callable[[str], None]) -> None:
    """What may not be done is not done, by nobody, at no distance; who may not is on record, and nothing else is."""
    _refused(world, counted, lambda who, act: (act.mutation, act.result(who), distance(act.subject, who)), 8)


@pytest.mark.soak
def test_everything_that_is_refused(world: World, counted: Callable[[str], None]) -> None:
    """The same of each noun that there is, in each state."""
    _refused(world, counted, lambda _, act: (act.mutation, act.file or act.subject.id), 1)


def _refused(
    world: World, counted: Callable[[str], None], kind: Callable[[Somebody, Act], tuple[str, ...]], share: int
) -> None:
    """Try one act of each kind that the oracle refuses, as everybody; of most acts a share, each another one."""
    world.installation._conn.execute(NEVER_BEHIND)
    tried: Counter[str] = Counter()
    expected: Counter[tuple[str, str, str | None, str]] = Counter()
    start = world.installation.head()
    acts = list(everything(world))
    for n, who in enumerate(world.people.values()):
        own = set(SHARED[n % share :: share])
        tried_by_one = [act for act in acts if act.mutation in own or act.mutation not in SHARED]
        kinds = {kind(who, act): act for act in tried_by_one if act.result(who) != DONE}
        refused = iter(kinds.values())
        reasons = _reasons(world, who)
        while some := list(islice(refused, AT_ONCE)):
            for act, answer in zip(some, ask(world, who, some, WHY), strict=True):
                assert answer["__typename"] == act.result(who), (act.mutation, who, act.subject)
                if answer["__typename"] == "InvalidInput":
                    assert not reasons.get((act.subject.id, act.mutation))  # it could be done otherwise
                elif (act.subject.id, act.mutation) in reasons:
                    [why] = reasons[act.subject.id, act.mutation]
                    assert why == {key: answer[key] for key in ("vi", "en", "rule")}
                    assert why["rule"]["citation"] != why["rule"]["id"]
                else:
                    assert answer["__typename"] == "NotFound" or act.mutation in UNANNOUNCED
                tried[act.result(who)] += 1
                if recorded(act.result(who)):
                    code = CODES.get(act.result(who), "FORBIDDEN")
                    expected[str(Account.create_id(who.name)), act.mutation, act.attempted, code] += 1
    with world.installation.as_owner() as conn:
        topics = conn.execute(
            "SELECT topic, count(*) FROM events WHERE notification_id > %s GROUP BY topic", [start]
        ).fetchall()
        assert topics == [("attempt:refused", expected.total())]
        conn.execute("UPDATE positions SET position = %s WHERE name = 'recordings'", [start])
        world.installation.project()
        rows = conn.execute(
            "SELECT by, way, ids[cardinality(ids)]::text, refused FROM access_log WHERE position > %s",
            [start],
        ).fetchall()
    assert Counter(rows) == expected
    each = ", ".join(f"{count} {result}" for result, count in sorted(tried.items()))
    counted(f"F1 {tried.total()} decisions: mutations refused to {len(world.people)} people ({each})")


def _reasons(world: World, who: Somebody) -> dict[tuple[str, str], list[Any]]:
    """Why not, as `availableActions` says of all that somebody is shown."""
    lists = [
        f"{field}(first: 30) {{ nodes {{ id availableActions {{ action reasons {{ {WHY} }} }} }} }}"
        for field in sorted(rules.under("list", "Query").keys() - {"accessLog"})
    ]
    found: dict[tuple[str, str], list[Any]] = {}
    for wanted in lists:  # in one document they would cost too much
        for answer in world.person(who).ask(f"{{ {wanted} }}").values():
            for node in answer["nodes"]:
                found |= {(node["id"], one["action"]): one["reasons"] for one in node["availableActions"]}
    return found


def test_what_is_done(world: World, counted: Callable[[str], None]) -> None:
    """What may be done is done by whoever may, is shown to them, and leaves the events of its name."""
    done: Counter[str] = Counter()
    acts = list(everything(world))
    for who in world.people.values():
        for act in {
            (a.mutation, a.mutation in CAMERA_ACTS or distance(a.subject, who)): a
            for a in reversed(acts)
            if a.result(who) == DONE
        }.values():
            world.restore()
            before = world.installation.head()
            [answer] = ask(world, who, [act])
            assert "code" not in answer, (who, act, answer)
            assert world.installation.since(before) == EVENTS[act.mutation].split()
            done[act.mutation] += 1
    assert done.keys() == EVENTS.keys()
    others = {
        "login",
        "logout",
        "openDocument",
        "issueReport",
        "registerCamera",
        "signInWithCode",
        *(
            act
            for rule in ("staff", "library", "self", "administered")
            for act in rules.under(rule, "Mutation")
        ),
        "openShift",
        "drawRoster",
        "registerClient",
    }
    mutations = root("Mutation").fields.keys() - others
    assert mutations == EVENTS.keys() | CASE_ACTS.keys() | CAMERA_ACTS.keys() | HELD | TREE_ACTS.keys()
    counted(f"F1 {done.total()} decisions: mutations that were done")


def test_what_is_reported(world: World) -> None:
    """A report is issued by whoever runs reports; that anybody else tried is on record."""
    for who in world.people.values():
        world.restore()
        before = world.installation.head()
        answer = did(world.person(who), "issueReport", **FACTS["issueReport"], period="2026")
        assert (answer["__typename"], world.installation.since(before)) == (
            ("ReportIssued", ["report:issued"]) if reports(who) else ("Forbidden", ["attempt:refused"])
        ), who


def test_what_was_opened(world: World) -> None:
    """A file that was opened is the file of the noun it was opened of."""
    opened = set()
    for who in world.people.values():
        for act in everything(world):
            if act.file is not None and act.file not in opened and act.result(who) == DONE:
                [answer] = ask(world, who, [act], shown="... on EvidenceOpened { url }")
                got = world.installation.client.get(answer["url"])
                assert isinstance(act.subject, CaseFacts | ExtractionFacts)
                assert got.status_code == 200
                assert act.subject.number in got.headers["content-disposition"]
                opened.add(act.file)
    assert len(opened) == len(world.cases) + sum(x.state == "ACCEPTED" for x in world.extractions)


def test_signing_out(world: World) -> None:
    """Whoever signs out ends their own session and no other."""
    people = list(world.people.values())[:2]
    assert world.person(people[0]).ask("mutation { logout }") == {"logout": True}
    assert world.person(people[0]).error("{ me { id } }")["code"] == "UNAUTHENTICATED"
    assert world.person(people[1]).ask("{ me { name } }") == {"me": {"name": people[1].name}}
