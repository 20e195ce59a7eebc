"""A scheduler over a record of a test's own, and what it has told."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

import psycopg

from cli.schedule import ROLE, Scheduler
from domain.case import Case
from domain.commands.application import CaseSystem
from domain.commands.case import propose
from policies.rulebook import Rulebook, load
from tests.support.following import Model
from tests.support.installation import app_over
from tests.support.record import camera, proposal
from tests.support.spec import legal

INSTANTS = (
    legal("2026-06-05 01:00"),
    legal("2026-06-09 00:00"),
    legal("2027-02-01 09:00"),
    legal("2027-06-01 00:00"),
)
"""When the transfer is due soon and when it is missed, and so the limitation of the act."""

Said: TypeAlias = tuple[UUID, str, str]
"""A case, the topic of an event, and the timer it tells of."""


def rules() -> Rulebook:
    """The regulation of the tests."""
    return load("dong-hoi")


def proposed(app: CaseSystem, count: int) -> list[Case]:
    """So many cases of Monday, each with its transfer and its limitation."""
    cases = [propose(rules(), proposal(n), camera(), number=n) for n in range(1, count + 1)]
    app.record_all(cases)
    return cases


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
        cases = conn.execute(
            "SELECT DISTINCT originator_id FROM events WHERE topic LIKE 'case:clock-%'"
        ).fetchall()
    for (case_id,) in cases:
        for event in app.events.get(case_id):
            if isinstance(event, Case.ClockDueSoon | Case.ClockMissed):
                found[case_id, event.TOPIC, event.timer] += 1
    return found


def once(cases: list[Case], *what: tuple[str, str]) -> Counter[Said]:
    """Each of these, told of each case once."""
    return Counter({(case.id, f"case:clock-{topic}", timer): 1 for case in cases for topic, timer in what})


EVERYTHING = (
    ("due-soon", "TRANSFER"),
    ("missed", "TRANSFER"),
    ("due-soon", "LIMITATION"),
    ("missed", "LIMITATION"),
)
