"""Whatever happens to a camera, its obligations are what the law says: five days, from each change or installation."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given as tried
from hypothesis import settings
from hypothesis import strategies as st

from domain.camera import Camera
from domain.clock import LEGAL_TIME, due_soon_at, legal_date, start_of
from domain.commands.clock import by_time
from domain.context import Actor, Context
from domain.envelope import Event, acting
from domain.errors import Refusal
from domain.succession import succeed
from projections.obligation_clocks import CameraClocks
from projections.obligation_runs import Clocks, ObligationRow
from projections.obligations import fold
from tests.support.cameras import CONSENTS, DB, ID, LEVEL_2, consent
from tests.support.spec import actor, context, legal, rules_on, unit

OTHER: Final = unit("DB-SVH", "LEVEL_2_BODY", "dien-bien")
HEIR: Final = unit("DB-SXD", "LEVEL_2_BODY", "dien-bien")
UNITS: Final = {one.id: one for one in (LEVEL_2, OTHER, HEIR)}
ADMINISTRATORS: Final[dict[UUID, Actor]] = {
    unit_id: actor(70 + n, one, "ADMINISTRATOR") for n, (unit_id, one) in enumerate(UNITS.items())
}
BEGIN: Final = legal("2026-10-01 08:00")
"""No day off but Saturdays and Sundays lies in the two months after it."""
IN_SCOPE: Final = ("PUBLIC", "STATE_AREA")
STEPS: Final = tuple(timedelta(hours=n) for n in (1, 9, 24, 40, 72, 130))


def fifth_day(start: datetime) -> datetime:
    """The end of the fifth day after a day, or of the Monday after it."""
    last = legal_date(start) + timedelta(days=5)
    while last.weekday() >= 5:  # Saturday, Sunday
        last += timedelta(days=1)
    return datetime.combine(last + timedelta(days=1), time(), LEGAL_TIME)


@dataclass
class Run:
    """What the law says of one change or installation."""

    start: datetime
    due: datetime
    holders: list[tuple[UUID, datetime]]
    state: str = "OPEN"
    stopped_at: datetime | None = None
    soon: datetime | None = None
    missed: datetime | None = None


@dataclass
class Law:
    """The runs of one camera, by what was done with it: nothing here asks the product."""

    operator: UUID = LEVEL_2.id
    manager: UUID = LEVEL_2.id
    stage: str = "REGISTERED"
    placement: str = "PUBLIC"
    withdrawn: bool = False
    runs: list[Run] = field(default_factory=list)

    @property
    def open(self) -> Run | None:
        """The one that runs."""
        return next((run for run in self.runs if run.state == "OPEN"), None)

    def begins(self, start: datetime, now: datetime) -> None:
        """It is to be connected from now on, unless it is already, or nobody has to connect it."""
        if self.open is None and self.placement in IN_SCOPE and not self.withdrawn:
            self.runs.append(Run(start, fifth_day(start), [(self.manager, now)]))

    def ends(self, now: datetime, in_time: str) -> None:
        """It is connected, or need not be any more."""
        if (run := self.open) is not None:
            run.state = in_time if now < run.due else "LATE"
            run.stopped_at = now

    def passes(self, operator: UUID, manager: UUID, now: datetime) -> None:
        """It is of another system."""
        self.operator = operator
        if manager != self.manager and (run := self.open) is not None:
            run.holders.append((manager, now))
        self.manager = manager


def install(camera: Camera, who: Context, law: Law, data: st.DataObject) -> None:
    """It is put up, some days ago or today."""
    on = legal_date(who.now) - timedelta(days=data.draw(st.integers(0, 9)))
    camera.install(who, installed_on=on)
    law.stage = "STANDS"
    law.begins(start_of(on), who.now)


def reconfigure(camera: Camera, who: Context, law: Law, _: st.DataObject) -> None:
    """It is turned."""
    camera.reconfigure(who, reason="Xoay hướng", view=f"Hướng lúc {who.now.isoformat()}", document="19/CV")
    if law.stage != "REGISTERED":
        law.begins(who.now, who.now)


def move(camera: Camera, who: Context, law: Law, _: st.DataObject) -> None:
    """It is put elsewhere, where nobody agreed to it yet: in scope it is connected to nothing until it is anew."""
    days = (who.now - BEGIN) / timedelta(days=1)
    camera.reconfigure(who, reason="Dời cột", longitude=100 + days, latitude=17.0, document="19/CV")
    if law.stage != "REGISTERED":
        law.begins(who.now, who.now)
    if law.stage == "LINKED" and law.placement in IN_SCOPE:
        law.stage = "STANDS"


def connect(camera: Camera, who: Context, law: Law, _: st.DataObject) -> None:
    """Its images come."""
    camera.connect(who, channel="INTERNET")
    law.stage = "LINKED"
    law.ends(who.now, "MET")


def replace_it(camera: Camera, who: Context, law: Law, data: st.DataObject) -> None:
    """It looks at another kind of place."""
    placement = data.draw(st.sampled_from(("PUBLIC", "STATE_AREA", "INTERNAL", "PRIVATE")))
    camera.change_placement(who, placement=placement, reason="Đổi nơi đặt")
    law.placement = placement
    if placement not in IN_SCOPE:
        law.ends(who.now, "LAPSED")
    elif law.stage == "STANDS":
        law.begins(who.now, who.now)


def withdraw(camera: Camera, who: Context, law: Law, _: st.DataObject) -> None:
    """Its owner agrees no longer."""
    camera.withdraw_consent(who, document="01/ĐN")
    law.withdrawn = True
    law.stage = "STANDS" if law.stage == "LINKED" else law.stage
    law.ends(who.now, "LAPSED")


def agree(camera: Camera, who: Context, law: Law, _: st.DataObject) -> None:
    """Its owner agrees, again."""
    camera.file_consent(who, consent("HOUSEHOLDER", legal_date(who.now), document=f"{who.now}/ĐN"))
    law.withdrawn = False


def transfer(camera: Camera, who: Context, law: Law, data: st.DataObject) -> None:
    """Another unit operates it, or another body manages it."""
    operator, manager = (data.draw(st.sampled_from((LEVEL_2.id, OTHER.id))) for _ in range(2))
    camera.transfer(who, operating_unit_id=operator, manager_unit_id=manager, document="18/QĐ")
    law.passes(operator, manager, who.now)


def cease(camera: Camera, who: Context, law: Law, data: st.DataObject) -> None:
    """A unit ends, and another follows it."""
    gone = UNITS[data.draw(st.sampled_from(list(UNITS)))]
    with acting(by_time(who.rulebook, who.now, unit_id=gone.id, rule=None)):
        succeed(camera, gone, HEIR, rulebook=who.rulebook, now=who.now)
    heir = {gone.id: HEIR.id}
    law.passes(heir.get(law.operator, law.operator), heir.get(law.manager, law.manager), who.now)


def retire(camera: Camera, who: Context, law: Law, _: st.DataObject) -> None:
    """It is taken down."""
    camera.retire(who, reason="Thay mới")
    law.stage = "RETIRED"
    law.ends(who.now, "LAPSED")


def rename(camera: Camera, who: Context, _law: Law, _: st.DataObject) -> None:
    """It is called otherwise, which is nothing to its clocks."""
    with acting(who.envelope("camera.administer")):
        camera.rename(f"Camera lúc {who.now.isoformat()}")


ACTS: Final[tuple[Callable[[Camera, Context, Law, st.DataObject], None], ...]] = (
    install,
    *[reconfigure] * 3,
    move,
    *[connect] * 4,
    replace_it,
    withdraw,
    agree,
    *[transfer] * 3,
    *[cease] * 2,
    rename,
    retire,
)


def time_passes(camera: Camera, row: ObligationRow | None, law: Law, now: datetime) -> None:
    """The scheduler looks at what its row wants told; the law says what is to be said, once."""
    if row is not None and row.tell_at is not None and row.tell_at <= now:
        with acting(by_time(rules_on(legal_date(now), "dien-bien"), now, unit_id=row.unit_id, rule=row.rule)):
            if now < row.due:
                camera.tell_due_soon(row.due)
            else:
                camera.tell_missed(now)
    run = law.open
    if run is None or run.missed is not None:
        return
    soon = due_soon_at(run.start, run.due, rules_on(legal_date(now), "dien-bien").calendar)
    if now >= run.due:
        run.missed = now
    elif now >= soon and run.soon is None:
        run.soon = now


class Shown:
    """The rows of the camera, as its follower has them: read anew now and then."""

    def __init__(self) -> None:
        self._subjects: dict[UUID, Clocks] = {}
        self._position = 0

    def take(self, camera: Camera, *, again: bool) -> None:
        """Fold what was recorded of it."""
        if again and self._subjects:
            rows = [replace(row) for row in reversed(self._subjects[ID].rows)]
            self._subjects = {ID: CameraClocks(rows)}
        for event in camera.collect_events():
            assert isinstance(event, Event)
            self._position += 1
            fold(self._subjects, event, self._position)

    @property
    def rows(self) -> list[ObligationRow]:
        """Those that are listed, the first first."""
        return sorted((row for row in self._subjects[ID].rows if row.run), key=lambda row: row.run)


def by(camera: Camera, now: datetime) -> Context:
    """An act of whoever administers the camera, who changes with it."""
    return context(ADMINISTRATORS[camera.owner_unit], now, "dien-bien")


@pytest.mark.rule("R-DB-7.5.a")
@tried(data=st.data())
@settings(max_examples=200, deadline=None)
def test_the_rows_are_the_law(data: st.DataObject) -> None:
    """Each installation and each change is one run of five days, whoever has it, until it is connected or gone."""
    law, shown, now = Law(), Shown(), BEGIN
    who = context(ADMINISTRATORS[LEVEL_2.id], now, "dien-bien")
    camera = Camera.register(who, DB)
    for kind in (*CONSENTS["dien-bien"], "HOUSEHOLDER"):
        camera.file_consent(who, consent(kind))
    shown.take(camera, again=False)
    for n in range(data.draw(st.integers(0, 16))):
        now += data.draw(st.sampled_from(STEPS))
        time_passes(camera, shown.rows[-1] if shown.rows else None, law, now)
        shown.take(camera, again=data.draw(st.booleans()))
        act = install if n == 0 else data.draw(st.sampled_from(ACTS))
        try:
            act(camera, by(camera, now), law, data)
        except Refusal:
            continue  # it did not happen
        finally:
            shown.take(camera, again=data.draw(st.booleans()))
    assert [_said(row) for row in shown.rows] == [
        (run.start, run.due, run.state, run.stopped_at, run.soon, run.missed, run.holders) for run in law.runs
    ]
    for row in shown.rows:
        assert (row.timer, row.rule, row.missed, row.hard) == ("CONNECT_CAMERA", "R-DB-7.5.a", "late", False)
        assert (row.number, row.area_path, row.tier, row.owner_unit) == (
            DB.code,
            DB.area_path,
            2,
            law.operator,
        )
        assert (row.person, row.reason_owed, row.detecting_unit_id) == (None, False, None)
        assert row.ended == (row.state != "OPEN")
    assert camera.connect_due == (law.open.due if law.open else None)


def _said(row: ObligationRow) -> tuple[Any, ...]:
    holders = [(UUID(held["unit"]), datetime.fromisoformat(held["since"])) for held in row.holders]
    assert row.unit_id == holders[-1][0]
    return (
        row.started_at,
        row.due,
        row.state,
        row.stopped_at,
        row.due_soon_told_at,
        row.missed_told_at,
        holders,
    )


def test_the_fifth_day() -> None:
    """What the test above counts by is not what the product counts by."""
    assert fifth_day(legal("2026-10-05 23:59")) == legal("2026-10-13 00:00")  # its fifth day is a Saturday
    assert fifth_day(start_of(date(2026, 10, 7))) == legal("2026-10-13 00:00")
    assert fifth_day(legal("2026-10-01 00:00")) == legal("2026-10-07 00:00")
