"""Work on cameras is planned by whoever operates them, and does not interrupt operation without saying why."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.context import Actor
from domain.errors import Forbidden, InvalidInput, WrongState
from domain.personal import Personal
from domain.work_order import Busy, WorkOrder, check_cameras, check_view
from tests.support.record import camera
from tests.support.regulations import somebody
from tests.support.spec import (
    APPROVER,
    AUDITOR,
    CENTRE,
    CITY,
    EXECUTOR,
    HANDLER,
    ID,
    NOW,
    OTHER_APPROVER,
    context,
    fact,
    given,
    when,
)

HOUR = timedelta(hours=1)
RULE = "R-DH-9.3.0"
PLANNED = fact(
    WorkOrder.Planned,
    number="DH-BD-2026-000001",
    kind="MAINTENANCE",
    camera_ids=(camera().id,),
    area_path=CITY,
    starts_at=NOW + HOUR,
    ends_at=NOW + 2 * HOUR,
    supplier_schedule="Sổ tay 6 tháng",
    supplier_due_at=NOW + 24 * HOUR,
    text=Personal.said(ID, "Vệ sinh ống kính"),
    interruption=None,
).under(rule=RULE, unit_id=CENTRE.id)
STARTED = fact(WorkOrder.Started).under(rule=RULE)
AGAIN = NOW + 4000 * HOUR
FINISHED = fact(WorkOrder.Finished, text=Personal.said(ID, "Đã vệ sinh"), next_due_at=AGAIN).under(rule=RULE)


def planned(who: Actor = EXECUTOR, busy: Busy = Busy(), **otherwise: Any) -> WorkOrder:  # noqa: B008 — immutable
    """Plan the usual one."""
    said: dict[str, Any] = {
        "kind": "MAINTENANCE",
        "cameras": [camera()],
        "starts_at": NOW + HOUR,
        "ends_at": NOW + 2 * HOUR,
        "text": "Vệ sinh ống kính",
        "supplier_schedule": "Sổ tay 6 tháng",
        "supplier_due_at": NOW + 24 * HOUR,
        **otherwise,
    }
    return WorkOrder.plan(
        context(who), order_id=ID, number=lambda: "DH-BD-2026-000001", busy=lambda: busy, **said
    )


def started(one: WorkOrder, who: Actor = EXECUTOR, busy: Busy = Busy(), after: timedelta = HOUR) -> None:  # noqa: B008 — immutable
    """Start it when it was planned to begin."""
    one.start(context(who, now=NOW + after), busy=lambda: busy)


@pytest.mark.rule("R-DH-6.1.a", "R-DH-9.1.0", "R-DH-9.2.0")
def test_way() -> None:
    """It is planned by the supplier's guidance, begun and finished on record, by whoever operates the camera."""
    when(planned).then(PLANNED)
    given(WorkOrder, PLANNED).when(started).then(STARTED)
    given(WorkOrder, PLANNED, STARTED).when(
        lambda one: one.finish(context(EXECUTOR), text="Đã vệ sinh", next_due_at=AGAIN)
    ).then(FINISHED)


@pytest.mark.rule("R-QT-11.1.0", "R-QT-11.2.0", "R-DB-12.1.0", "R-DB-17.1.0")
@pytest.mark.parametrize(
    "profile, kind, rule",
    [
        ("quang-tri", "PROVINCIAL_POLICE", "R-QT-11.3.0"),
        ("dien-bien", "LEVEL_1_OPERATOR", "R-DB-16.4.0"),
        ("dien-bien", "LEVEL_2_BODY", "R-DB-16.4.0"),
    ],
)
def test_other_regulations(profile: str, kind: str, rule: str) -> None:
    """Whoever operates a camera maintains it, by the supplier's guidance, under the rule of their regulation."""
    who = somebody(profile, kind)
    one = WorkOrder.plan(
        who,
        order_id=ID,
        number=lambda: "1",
        kind="VERIFICATION",
        cameras=[camera(unit_id=who.actor.unit_id)],
        starts_at=who.now + HOUR,
        ends_at=who.now + 2 * HOUR,
        text="Kiểm định",
        busy=Busy,
        supplier_schedule="Hướng dẫn bảo trì",
    )
    [event] = one.collect_events()
    assert isinstance(event, WorkOrder.Planned)
    assert (event.envelope.rule, event.supplier_schedule) == (rule, "Hướng dẫn bảo trì")


@pytest.mark.rule("R-DH-9.3.0", "R-QT-11.3.0", "R-DB-16.4.0")
class TestInterruption:
    """What else is planned meanwhile."""

    def test_the_same_camera(self) -> None:
        """A camera is in one order at a time, whatever the reason."""
        busy = Busy(clashes=["DH-BD-2026-000009"])
        for why in (None, "Gấp"):
            with pytest.raises(InvalidInput, match="DH-BD-2026-000009") as refused:
                planned(busy=busy, interruption=why)
            assert (refused.value.path, refused.value.rule) == ("cameraIds", RULE)

    def test_too_many(self) -> None:
        """Where too many cameras of an area would be down at once, the order says why."""
        busy = Busy(crowded=[f"{CITY}/nam-ly"])
        with pytest.raises(InvalidInput, match="nam-ly") as refused:
            planned(busy=busy)
        assert (refused.value.path, refused.value.rule) == ("interruption", RULE)
        assert planned(busy=busy, interruption="Chỉ có một camera").state == "PLANNED"

    @pytest.mark.parametrize("after, begins", [(0, False), (1, True), (2, False)])
    def test_when_it_begins(self, after: int, *, begins: bool) -> None:
        """It begins in the time that it was planned for, for what else goes on then was asked for that time."""
        outcome = given(WorkOrder, PLANNED).when(lambda one: started(one, after=after * HOUR))
        assert len(outcome.events) == int(begins)
        if not begins:
            outcome.then_refused(WrongState, rule=RULE)

    @pytest.mark.parametrize(
        "busy, why, begins",
        [
            (Busy(crowded=[CITY]), None, False),
            (Busy(crowded=[CITY]), "Chỉ có một camera", True),
            (Busy(clashes=["DH-BD-2026-000009"]), "Chỉ có một camera", False),
        ],
    )
    def test_what_is_down_by_then(self, busy: Busy, why: str | None, *, begins: bool) -> None:
        """What would interrupt operation by now, and was not planned to, is planned anew."""
        said = fact(
            WorkOrder.Planned,
            **{**PLANNED.said, "interruption": Personal.said(ID, why) if why else None},
        ).under(rule=RULE, unit_id=CENTRE.id)
        outcome = given(WorkOrder, said).when(lambda one: started(one, busy=busy))
        assert len(outcome.events) == int(begins)
        if not begins:
            outcome.then_refused(WrongState, rule=RULE)


class TestRefused:
    """What is none, and whose it is not."""

    @pytest.mark.parametrize("who", [APPROVER, HANDLER, OTHER_APPROVER, AUDITOR])
    def test_not_theirs(self, who: Actor) -> None:
        """Nobody plans work on a camera of another's system, nor without the function."""
        with pytest.raises(Forbidden):
            planned(who)
        outcome = given(WorkOrder, PLANNED).when(lambda one: started(one, who))
        assert (type(outcome.refusal), outcome.events) == (Forbidden, [])

    @pytest.mark.parametrize(
        "otherwise, path",
        [
            ({"text": ""}, "text"),
            ({"ends_at": NOW + HOUR}, "endsAt"),
            ({"starts_at": NOW - 2 * HOUR, "ends_at": NOW}, "endsAt"),
            ({"supplier_due_at": NOW}, "supplierDueAt"),
        ],
    )
    def test_not_said(self, otherwise: dict[str, Any], path: str) -> None:
        """It says what is done, and when, and not in the past."""
        with pytest.raises(InvalidInput) as refused:
            planned(**otherwise)
        assert refused.value.path == path

    def test_due_again_before_now(self) -> None:
        """What is due again is due after it was done."""
        one = given(WorkOrder, PLANNED, STARTED)
        outcome = one.when(lambda one: one.finish(context(EXECUTOR), text="Đã vệ sinh", next_due_at=NOW))
        assert outcome.then_refused(InvalidInput, rule=RULE).path == "nextDueAt"

    @pytest.mark.parametrize("ids", [[], [ID, ID], [UUID(int=n) for n in range(101)]])
    def test_cameras(self, ids: Sequence[Any]) -> None:
        """It names some cameras, a hundred at most, each once."""
        with pytest.raises(InvalidInput) as refused:
            check_cameras(ids)
        assert refused.value.path == "cameraIds"

    def test_in_order(self) -> None:
        """What was begun is not cancelled, and what was finished is not begun."""
        for past in ((PLANNED, STARTED), (PLANNED, STARTED, FINISHED)):
            given(WorkOrder, *past).when(lambda one: one.cancel(context(EXECUTOR), text="x")).then_refused(
                WrongState, rule=RULE
            )
        given(WorkOrder, PLANNED).when(lambda one: one.finish(context(EXECUTOR), text="x")).then_refused(
            WrongState, rule=RULE
        )


@pytest.mark.parametrize(
    "who, seen", [(EXECUTOR, True), (APPROVER, False), (HANDLER, False), (AUDITOR, True)]
)
def test_seen(who: Actor, *, seen: bool) -> None:
    """Whoever does the work of the unit sees it, and the audit."""
    assert (check_view(given(WorkOrder, PLANNED).aggregate, context(who)) is None) == seen
