"""A scheduler over a record of a test's own, and what it has told."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

import psycopg

from cli.schedule import ROLE, Scheduler
from domain.camera import Camera
from domain.camera.life import CONNECT_CAMERA
from domain.case import Case
from domain.commands.application import CaseSystem
from domain.commands.case import propose
from policies.rulebook import Rulebook, load
from tests.support.cameras import waiting
from tests.support.following import Model
from tests.support.installation import app_over
from tests.support.record import camera, happened, proposal
from tests.support.spec import CENTRE, legal

INSTANTS = (
    legal("2026-06-05 01:00"),
    legal("2026-06-09 00:00"),
    legal("2027-02-01 09:00"),
    legal("2027-06-01 00:00"),
)
"""When the transfer is due soon and when it is missed, and so the limitation of the act.

At the first of them a camera is to be connected soon, at the second it was to be connected.
"""
CONNECT_BY = legal("2026-06-07 00:00")

Said: TypeAlias = tuple[UUID, str, str]
"""A case or a camera, the topic of an event, and the timer it tells of."""


def rules() -> Rulebook:
    """The regulation of the tests."""
    return load("dong-hoi")


def proposed(app: CaseSystem, count: int) -> list[Case]:
    """So many cases of Monday, each with its transfer and its limitation."""
    cases = [propose(rules(), proposal(n), camera(), number=n) for n in range(1, count + 1)]
    app.record_all(cases)
    return cases


def put_up(app: CaseSystem, count: int) -> list[Camera]:
    """So many cameras of Monday, each to be connected by the end of Saturday."""
    for n in range(count):
        way = waiting(f"C-{n}", operator=CENTRE.id, manager=CENTRE.id, due=CONNECT_BY)
        happened(app, Camera, Camera.create_id(f"C-{n}"), *way)
    return [app.find(Camera, Camera.create_id(f"C-{n}")) for n in range(count)]


@contextmanager
def scheduler(database: str, keys: Path, now: datetime | Callable[[], datetime]) -> Iterator[Scheduler]:
    """A scheduler under its own role, at an instant."""
    with app_over(database, keys, role=ROLE, pool=1) as app:
        yield Scheduler(database, app, rules(), clock=now if callable(now) else lambda: now)


def told_by(database: str, keys: Path, shown: Model, now: datetime) -> int:
    """Let one look until nothing is left to tell at an instant; how many clocks it looked at."""
    seen = 0
    with scheduler(database, keys, now) as one, one.connect() as conn:
        conn.execute("INSERT INTO positions (name, position) VALUES ('scheduler', 0) ON CONFLICT DO NOTHING")
        shown.follow()
        while looked := one.step(conn):
            seen += looked
            shown.follow()
    return seen


def said(app: CaseSystem, database: str) -> Counter[Said]:
    """What was put on record of time, and how often."""
    found: Counter[Said] = Counter()
    with psycopg.connect(database) as conn:
        told = conn.execute(
            "SELECT DISTINCT originator_id FROM events"
            " WHERE topic LIKE 'case:clock-%' OR topic LIKE 'camera:connection-%'"
        ).fetchall()
    for (subject_id,) in told:
        for event in app.events.get(subject_id):
            match event:
                case Case.ClockDueSoon() | Case.ClockMissed():
                    found[subject_id, event.TOPIC, event.timer] += 1
                case Camera.ConnectionDueSoon() | Camera.ConnectionMissed():
                    found[subject_id, event.TOPIC, CONNECT_CAMERA] += 1
                case _:
                    pass
    return found


def once(subjects: Sequence[Case | Camera], *what: tuple[str, str]) -> Counter[Said]:
    """Each of these, told of each case or camera once."""
    topics = {Case: "case:clock-", Camera: "camera:connection-"}
    return Counter(
        {(one.id, topics[type(one)] + topic, timer): 1 for one in subjects for topic, timer in what}
    )


CONNECTION = (("due-soon", CONNECT_CAMERA), ("missed", CONNECT_CAMERA))
EVERYTHING = (
    ("due-soon", "TRANSFER"),
    ("missed", "TRANSFER"),
    ("due-soon", "LIMITATION"),
    ("missed", "LIMITATION"),
)
