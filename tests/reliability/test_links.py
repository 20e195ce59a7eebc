"""PostgreSQL behind a bad link: nobody waits without end, and what is sent again happens once (C1)."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import anyio
import psycopg
import pytest

from api.services import AWAY, Reads
from domain.commands.application import Answer, CaseSystem, Command
from domain.unit import Unit
from projections import directory
from projections.directory import Directory
from projections.follower import Follower
from projections.scope import Scope
from tests.cli.support import eventually
from tests.support.faults import FAULTS, link_to
from tests.support.following import following
from tests.support.installation import app_over, somebody_acts

T = TypeVar("T")

ANSWER_S = 1.0
"""How long an answer is waited for here; the product waits longer than its server may take."""

WITHIN_S = 30.0
"""By then whoever asked has heard something, whatever the link does."""


def opened(app: CaseSystem, code: str) -> Answer:
    """A command that creates a unit, keyed by its code."""

    def decide() -> Unit:
        with somebody_acts():
            return Unit(code=code, name="Đội", kind="OTHER_BODY", area_path="quang-binh")

    return app.perform(Command.of(UUID(int=1), code, "open", {}, None), decide)


def shown(reads: Reads) -> int:
    """How many units a reader sees."""
    return anyio.run(partial(reads, directory.UNITS.total, Scope("true"), directory.UnitNarrow()))


def heard(asked: Callable[[], T]) -> T | None:
    """What was answered; None for a definite error."""
    try:
        return asked()
    except AWAY:
        return None


@pytest.mark.timeout(180)
@pytest.mark.parametrize("fault", FAULTS)
def test_bounded(
    fault: str,
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    counted: Callable[[str], None],
) -> None:
    """A command, a reader and a follower hear within bounds, go on by themselves afterwards, and nothing is twice."""
    monkeypatch.setattr("store.datastore.Patient.answer_s", ANSWER_S)
    with link_to(database) as link:
        url = f"{link.url}?connect_timeout=2"
        with app_over(url, tmp_path) as app, ThreadPoolExecutor(2) as people:
            reads, follower = Reads(url, role="minhchung_serve"), Follower(url, Directory(), app.mapper)
            reads.open()
            try:
                with following(follower):
                    opened(app, "BEFORE")
                    eventually(lambda: shown(reads) == 1)
                    with link.faulty(fault):
                        asked: list[Future[object]] = [
                            people.submit(heard, partial(opened, app, "DURING")),
                            people.submit(heard, partial(shown, reads)),
                        ]
                        answers = [one.result(WITHIN_S) for one in asked]
                        if fault == "slow":
                            eventually(lambda: shown(reads) == 2, WITHIN_S)
                        elif fault == "resetting":
                            eventually(lambda: [heard(partial(shown, reads))] and link.cuts > 0, WITHIN_S)
                        else:
                            eventually(lambda: not follower.leading.is_set(), WITHIN_S)
                    assert (link.cuts > 0) == (fault == "resetting")
                    again = eventually(lambda: heard(partial(opened, app, "DURING")), WITHIN_S)
                    assert answers[0] in (None, again)
                    assert eventually(lambda: heard(partial(opened, app, "AFTER")), WITHIN_S)
                    assert eventually(lambda: heard(partial(shown, reads)) == 3, WITHIN_S)
            finally:
                reads.close()
    with psycopg.connect(database) as conn:
        assert conn.execute("SELECT count(*), count(DISTINCT originator_id) FROM events").fetchone() == (3, 3)
        assert conn.execute("SELECT count(*) FROM commands").fetchone() == (3,)
    told = ["answered" if answer is not None else "told that it failed" for answer in answers]
    counted(f"C1 {fault}: a command {told[0]}, a reader {told[1]}, a follower caught up; every event once")
