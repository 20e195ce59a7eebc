"""The filter of the queue is written twice, for rows in the database and for rows at hand."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import orjson
import psycopg

from domain.case import CaseState, Mark
from projections import case_queue
from projections.case_queue import CaseRow, QueueFilter
from projections.scope import Scope
from tests.support.spec import legal

NOW = legal("2026-06-01 09:00")
MARKS = (Mark.COMPLEX, Mark.OWNER_IDENTIFIED, Mark.COMPLAINED)


def test_both_say_the_same(database: str) -> None:
    """Of 300 rows, 500 filters let through those that the list of each shows."""
    chance = Random(7)  # noqa: S311 — which rows, not a secret
    rows = [some_row(n, chance) for n in range(300)]
    shown = set()
    with psycopg.connect(database) as conn:
        conn.execute(case_queue.UPSERT, (orjson.dumps([case_queue.written(row) for row in rows]).decode(),))
        for _ in range(500):
            narrow = some_filter(rows, chance)
            listed = case_queue.LISTING.page(conn, Scope("true"), narrow, first=1_000, after=None)
            assert {r.case_id for r in listed} == {r.case_id for r in rows if narrow.lets_through(r)}
            shown.add(len(listed))
    assert {0, 300} < shown


def some_row(n: int, chance: Random) -> CaseRow:
    """A row of the queue with anything in it that a filter looks at."""
    at = NOW + timedelta(minutes=chance.randrange(20))
    return CaseRow(
        case_id=UUID(int=n),
        number=f"DH-2026-{n % 250:06}x{n // 250}",
        state=chance.choice(list(CaseState)),
        domain="TRAFFIC",
        kind=chance.choice(["RED_LIGHT", "LANE", "Vượt đèn đỏ", ""]),
        track="SUPPLIED",
        camera_id=UUID(int=chance.randrange(3)),
        occurred_at=at,
        detected_at=at,
        due=chance.choice([None, at, at + timedelta(microseconds=1)]),
        detecting_unit_id=UUID(int=1),
        assignee=chance.choice([None, UUID(int=5), UUID(int=6)]),
        marks={mark for mark in MARKS if chance.random() < 0.5},
        rulebook="dong-hoi@test",
        late=chance.random() < 0.5,
        version=1,
        position=n,
        area_path="x",
        owner_unit=UUID(int=chance.randrange(1, 4)),
        tier=0,
    )


def some_filter(rows: list[CaseRow], chance: Random) -> QueueFilter:
    """A filter that names something of one row, or of none."""
    row = chance.choice(rows)
    offered: dict[str, list[Any]] = {
        "states": [[], [row.state], [row.state, "CONCLUDED"], ["NOTHING"]],
        "rules": [[], [row.kind], [row.kind, "LANE"], ["red_light"]],
        "camera_id": [row.camera_id, UUID(int=9)],
        "number": [row.number, row.number.lower(), "%", ""],
        "due_before": [row.due, NOW, NOW + timedelta(minutes=10)],
        "late": [True, False],
        "marks": [[], sorted(row.marks), list(MARKS), ["NOTHING"]],
        "holder_id": [row.owner_unit, UUID(int=9)],
        "assignee_id": [UUID(int=5), UUID(int=9)],
    }
    asked = chance.sample(list(offered), chance.randrange(4))
    return QueueFilter(**{name: chance.choice(offered[name]) for name in asked})
