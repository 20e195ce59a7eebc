"""F2: subscriptions: of every change that is told, each person is told of those of their scope, and of no other."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from tests.support import rules
from tests.support.acting import Act, ask
from tests.support.documents import PLAIN, root, selection
from tests.support.oracle import Somebody, sees
from tests.support.serving import until
from tests.support.watching import Socket, Watched, watched
from tests.support.world import World

CHANGED = f"""
subscription($filter: CaseFilter, $p: Position) {{
  caseChanged(filter: $filter, minPosition: $p) {{ position event case {{ {selection("Case", PLAIN)} }} }} }}
"""
TOLD = rules.under("told", "Subscription")


@contextmanager
def watching(
    now: Watched, who: Somebody, after: int, *, query: str = CHANGED, **narrow: str
) -> Iterator[Socket]:
    """Somebody subscribed, who has been sent all that they are told of the past."""
    with now.socket(who.name) as socket:
        before = len(now.live.subscribers)
        socket.watch(query=query, after=after, filter=narrow or None)
        assert until(lambda: len(now.live.subscribers) > before)
        yield socket


def sent(socket: Socket) -> list[Any]:
    """All that was sent so far: an answer to a ping comes behind it."""
    socket.session.send_json({"type": "ping"})
    found = []
    while (message := socket.receive())["type"] != "pong":
        assert message["type"] == "next", message
        found.append(message["payload"]["data"]["caseChanged"])
    return found


def happened(world: World, after: int = 0) -> list[tuple[str, str, str]]:
    """Every change of a case, from the log itself: position, event, case."""
    stored = world.installation.operator.recorder.select_notifications(start=after + 1, limit=100_000)
    return [
        (f"{event.id:016d}", event.topic, str(event.originator_id))
        for event in stored
        if event.topic.startswith("case:")
    ]


def test_what_is_subscribed_to() -> None:
    """Cases are the one noun of which changes are told; another wants a test of its own here."""
    assert (TOLD, set(root("Subscription").fields)) == ({"caseChanged": "case"}, {"caseChanged"})


def test_everybody(world: World, counted: Callable[[str], None]) -> None:
    """Of what happened each is told of exactly their own cases, each change shown to all of them alike."""
    cases = {one.id: one for one in world.cases}
    past = happened(world)
    shown: dict[str, Any] = {}
    told = 0
    with watched(world.installation) as now:
        for who in world.people.values():
            with watching(now, who, 0) as socket:
                found = sent(socket)
            expected = [change for change in past if sees(cases[change[2]], who)]
            assert [(c["position"], c["event"], c["case"]["id"]) for c in found] == expected, who
            assert all(shown.setdefault(change["position"], change) == change for change in found)
            told += len(found)
    offered = len(past) * len(world.people)
    counted(f"F2 {offered} decisions: changes of cases, {told} of them told")


def test_what_comes(world: World) -> None:
    """Of what happens next each is told as the case is by then: who has just been given one is told of that."""
    cases = {one.id: one for one in world.cases}
    given, taken, discarded, concluded = (world.cases[n] for n in (0, 2, 11, -1))
    assert discarded.detecting == "TTGS-2"
    acts = {
        "centre.approve": Act("approveCase", given),
        "police.handle": Act("receiveCase", taken),
        "ttgs-2.approver": Act("discardCase", discarded),
        "ca-qt.handler": Act("concludeCase", concluded),
    }
    cases[given.id] = replace(given, holder="CATP")
    people = [world.people[name] for name in (*acts, "commune.lead", "audits.town", "centre.admin")]
    start = world.installation.head()
    with watched(world.installation) as now, ExitStack() as stack:
        sockets = [stack.enter_context(watching(now, who, start)) for who in people]
        for name, act in acts.items():
            [answer] = ask(world, world.people[name], [act])
            assert "code" not in answer
        world.installation.project()
        assert until(lambda: now.live.position == world.installation.head())
        coming = happened(world, start)
        assert [change[2] for change in coming] == [one.id for one in (given, taken, discarded, concluded)]
        for who, socket in zip(people, sockets, strict=True):
            for expected in [change for change in coming if sees(cases[change[2]], who)]:
                change = socket.changed()
                assert (change["position"], change["event"], change["case"]["id"]) == expected
        assert [sent(socket) for socket in sockets] == [[]] * len(sockets)


def test_narrowed(world: World) -> None:
    """A filter lets nothing through that its reader is not shown."""
    with watched(world.installation) as now:
        for name in ("police.handle", "ca-qt.handler", "audits.province", "centre.admin"):
            who = world.people[name]
            for camera in world.cameras:
                expected = {c.id for c in world.cases if c.camera == camera.id and sees(c, who)}
                with watching(now, who, 0, cameraId=camera.id) as socket:
                    assert {change["case"]["id"] for change in sent(socket)} == expected


@pytest.mark.parametrize(
    "written",
    [
        "{ ...A } fragment A on Subscription { TOLD }",
        "{ ... on Subscription { ... { TOLD } } }",
        "{ TOLD TOLD }",
    ],
)
def test_in_another_form(world: World, written: str) -> None:
    """However a document says it, the same is told."""
    told = "caseChanged(minPosition: $p) { position event case { ... on Case { id } ...B } }"
    document = "subscription($p: Position)" + written.replace("TOLD", told) + " fragment B on Case { number }"
    past = happened(world)
    with watched(world.installation) as now:
        for name in ("police.handle", "ca-qt.handler", "centre.admin"):
            own = {one.id: one.number for one in world.cases if sees(one, world.people[name])}
            with watching(now, world.people[name], 0, query=document) as socket:
                assert sent(socket) == [
                    {"position": position, "event": event, "case": {"id": case, "number": own[case]}}
                    for position, event, case in past
                    if case in own
                ]
