"""The queue built anew from the log: folded batches, against one statement an event.

The baseline is the same follower over the same log in the same transactions; only `apply` differs.
Both must end in the same rows. `beside` is `minhchung rebuild` of the full queue: built anew and compared.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from random import Random
from typing import Any, ClassVar, LiteralString
from uuid import UUID

import orjson
from psycopg import Connection, Cursor

from bench.installation import Installation
from bench.measure import in_turns, line, rate
from bench.sample import Sample, found
from domain.case import Case, Finding
from domain.commands.application import CaseSystem
from domain.envelope import acting
from domain.reading import Reading
from projections.case_queue import CaseQueue, CaseRow, fold, written
from projections.follower import BATCH, Follower, Recorded
from projections.rebuild import Rebuild

EVENTS, ROUNDS, WAVE = 60_000, 3, 400
DISCARDED = 0.3
GOES_ON = 0.9
"""How many cases take each next step within the time of the log; the others wait for theirs."""


def run(
    at: Installation, *, events: int = EVENTS, rounds: int = ROUNDS, wave: int = WAVE
) -> Iterator[dict[str, object]]:
    """Yield events a second, from an empty table to the head of the log."""
    with at.application("minhchung_operator") as app:
        start = app.recorder.max_notification_id() or 0
        write_log(app, found(app), events, wave)
        wrote = (app.recorder.max_notification_id() or 0) - start
        folded = Follower(at.database_url, CaseQueue(), app.mapper)
        one_by_one = Follower(at.database_url, OneByOne(), app.mapper)
        with folded.connect() as conn:

            def rebuild(follower: Follower) -> float:
                _empty(conn, follower.name, start)
                return rate(wrote, lambda: _follow(conn, follower))

            rebuild(one_by_one)
            expected = _rows(conn)
            value, beside, baseline = in_turns(
                rounds,
                lambda: rebuild(folded),
                lambda: rate(wrote, Rebuild(folded).run),
                lambda: rebuild(one_by_one),
            )
            rebuild(folded)
            if _rows(conn) != expected:
                raise AssertionError("folded batches and single statements give different rows")
            conn.execute("TRUNCATE case_queue")
    yield line(
        "rebuild",
        value,
        baseline,
        target="value >= 15000",
        unit="events/s",
        beside=round(beside, 1),
        events=wrote,
        batch=BATCH,
        **at.settings(),
    )


def write_log(app: CaseSystem, sample: Sample, events: int, wave: int) -> None:
    """Write a log as an installation has it: many cases under way at once, each opened by somebody who looks."""
    chance = Random(7)  # noqa: S311 — which cases go on, not a secret
    under_way: list[tuple[Case, int]] = []
    wrote = 0
    while wrote < events:
        went_on = [(case, stage + 1) for case, stage in under_way if _step(sample, case, stage, chance)]
        fresh = [(sample.propose(), 0) for _ in range(min(wave, events - wrote))]
        with acting(sample.at_centre().envelope("case.view")):
            looks = [
                Reading.record(
                    Reading.create_id(),
                    way="case",
                    noun="case",
                    ids=[case.id],
                    purpose="VIOLATION_HANDLING",
                    area_path=case.area_path,
                    address=None,
                )
                for case, _ in went_on
            ]
        under_way = [*fresh, *went_on]
        chance.shuffle(under_way)
        aggregates = [*looks, *(case for case, _ in under_way)]
        app.record_all(aggregates)
        wrote += len(aggregates)


def _step(sample: Sample, case: Case, stage: int, chance: Random) -> bool:
    """Let a case take its next step; false where it has none or waits."""
    if stage == 0 and chance.random() < DISCARDED:
        case.discard(sample.at_centre(), reason_code="FALSE_ALARM", note=None)
        return True
    if case.state == "DISCARDED" or stage >= len(STEPS) or chance.random() > GOES_ON:
        return False
    STEPS[stage](sample, case)
    return True


STEPS: tuple[Callable[[Sample, Case], None], ...] = (
    lambda s, case: case.approve(s.at_centre(), plate="73A-123.45", recipient=s.police),
    lambda s, case: case.receive(s.at_police()),
    lambda s, case: case.start_verification(s.at_police()),
    lambda s, case: case.conclude(s.at_police(), finding=Finding.VIOLATION, text="Vượt đèn đỏ"),
    lambda s, case: case.notify_result(s.at_police()),
)


def _empty(conn: Connection[Any], name: str, start: int) -> None:
    conn.execute("TRUNCATE case_queue")
    conn.execute(
        "INSERT INTO positions (name, position) VALUES (%s, %s)"
        " ON CONFLICT (name) DO UPDATE SET position = excluded.position",
        (name, start),
    )


def _follow(conn: Connection[Any], follower: Follower) -> None:
    while follower.step(conn):
        pass


def _rows(conn: Connection[Any]) -> list[tuple[Any, ...]]:
    return conn.execute("SELECT * FROM case_queue ORDER BY case_id").fetchall()


# -- the baseline -------------------------------------------------------------

COLUMNS = tuple(column.name for column in fields(CaseRow))
INSERT: LiteralString = "INSERT INTO case_queue VALUES (" + "%s, " * 30 + "%s)"
CHANGING: LiteralString = """
UPDATE case_queue SET state = %s, due = %s, due_rule = %s, plate = %s, assignee = %s, approved_by = %s,
    approving_unit_id = %s, finding = %s, received = %s, notified = %s, late = %s, marks = %s, clocks = %s,
    late_without_reason = %s, duplicates = %s, before_referral = %s, version = %s, position = %s, owner_unit = %s
WHERE case_id = %s
"""
CHANGED = (
    *(
        "state",
        "due",
        "due_rule",
        "plate",
        "assignee",
        "approved_by",
        "approving_unit_id",
        "finding",
        "received",
    ),
    *(
        "notified",
        "late",
        "marks",
        "clocks",
        "late_without_reason",
        "duplicates",
        "before_referral",
        "version",
    ),
    *("position", "owner_unit", "case_id"),
)


class OneByOne:
    """The queue as it is usually written: each event its statement, prepared."""

    name: ClassVar[str] = "case_queue_one_by_one"
    table: ClassVar[LiteralString] = "case_queue"

    def __init__(self) -> None:
        self._rows: dict[UUID, CaseRow] = {}

    def apply(self, batch: Sequence[Recorded], curs: Cursor[Any]) -> None:
        """Send one statement an event."""
        for recorded in batch:
            event = recorded.event
            if not isinstance(event, Case.Event | Case.Created):
                continue
            row = fold(self._rows.get(event.originator_id), event, recorded.position)
            if row is None:
                continue
            self._rows[row.case_id] = row
            first = isinstance(event, Case.Created)
            statement, names = (INSERT, COLUMNS) if first else (CHANGING, CHANGED)
            told = written(row)
            curs.execute(statement, [_value(told[name]) for name in names])


def _value(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict) else value
