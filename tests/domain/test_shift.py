"""A shift is opened after another, confirms its devices, keeps what was entered as it was, and is handed over."""

from typing import Any
from uuid import UUID

import pytest

from domain.context import Actor
from domain.errors import Forbidden, InvalidInput, WrongState
from domain.personal import Personal
from domain.shift import GUARDS, Shift, check_view
from tests.support.regulations import somebody
from tests.support.spec import (
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    CENTRE,
    CITY,
    EXECUTOR,
    HANDLER,
    OTHER_APPROVER,
    Fact,
    context,
    fact,
    given,
    when,
)
from tests.support.spec import ID as SUBJECT

RULE = "R-DH-15.1.0"
ID = Shift.create_id(CENTRE.id, "Trực ban", None)
CAMERA = UUID(int=0xCA)


def said(text: str) -> Personal[str]:
    """Words under the key of the aggregate of these tests."""
    return Personal.said(SUBJECT, text)


OPENED = fact(Shift.Opened, number="DH-CT-2026-000001", post="Trực ban", area_path=CITY, after=None).under(
    rule=RULE, unit_id=CENTRE.id
)
CONFIRMED = fact(Shift.DevicesConfirmed, faulty_camera_ids=(CAMERA,), text=said("Một camera mất hình")).under(
    rule=RULE
)
ENTERED = fact(
    Shift.Entered, entry=1, kind="ADVICE", camera_id=CAMERA, corrects=None, text=said("Cần kiểm định")
)
CORRECTED = fact(
    Shift.Entered, entry=2, kind="CORRECTION", camera_id=None, corrects=1, text=said("Cần hiệu chuẩn")
)
CLOSED = fact(Shift.Closed, text=said("Theo dõi camera mất hình")).under(rule=RULE)


def opened(who: Actor = EXECUTOR, after: Shift | None = None, post: str = "Trực ban") -> Shift:
    """Open the usual one."""
    return Shift.open(context(who), post=post, after=after, number=lambda: "DH-CT-2026-000001")


@pytest.mark.rule("R-DH-15.1.0")
def test_way() -> None:
    """Opened, devices confirmed, something entered, closed with what the next has to know."""
    when(opened).then(OPENED)
    given(Shift, OPENED).when(
        lambda one: one.confirm(context(EXECUTOR), faulty_camera_ids=(CAMERA,), text="Một camera mất hình")
    ).then(CONFIRMED)
    given(Shift, OPENED).when(
        lambda one: one.enter(context(EXECUTOR), kind="ADVICE", text="Cần kiểm định", camera_id=CAMERA)
    ).then(ENTERED)
    given(Shift, OPENED, CONFIRMED, ENTERED).when(
        lambda one: one.close(context(EXECUTOR), text="Theo dõi camera mất hình")
    ).then(CLOSED)


@pytest.mark.rule("R-QT-6.2.c", "R-QT-6.2.d", "R-QT-12.4.a")
def test_quang_tri() -> None:
    """In Quảng Trị officers on standing duty keep the log, confirm the equipment, and advise on it."""
    who = somebody("quang-tri", "PROVINCIAL_POLICE")
    one = Shift.open(who, post="Trực ban", after=None, number=lambda: "1")
    one.enter(who, kind="ADVICE", text="Cần kiểm định")
    with pytest.raises(WrongState, match="The shift is OPEN, it must be CONFIRMED") as refused:
        one.close(who, text="Không có gì")
    assert refused.value.rule == "R-QT-12.4.a"
    one.confirm(who)
    one.close(who, text="Không có gì")
    events = [event for event in one.collect_events() if isinstance(event, Shift.Event)]
    assert [event.envelope.rule for event in events] == ["R-QT-12.4.a"] * 4


class TestImmutable:
    """What was entered stays."""

    @pytest.mark.rule("R-QT-6.2.d")
    @pytest.mark.parametrize("past", [(OPENED, ENTERED), (OPENED, CONFIRMED, ENTERED, CLOSED)])
    def test_correction(self, past: tuple[Fact, ...]) -> None:
        """A correction is a new entry that names the old one, also when the shift is over."""
        given(Shift, *past).when(
            lambda one: one.correct(context(EXECUTOR), entry=1, text="Cần hiệu chuẩn")
        ).then(CORRECTED)

    @pytest.mark.rule("R-QT-6.2.d")
    def test_closed(self) -> None:
        """In what is closed nothing is entered, confirmed or closed again."""
        one = given(Shift, OPENED, CONFIRMED, CLOSED).aggregate
        still = [name for name, guard in GUARDS.items() if guard(one, context(EXECUTOR)) is None]
        assert still == ["correctShiftLog"]

    @pytest.mark.parametrize("entry", [0, 2, -1])
    def test_no_such_entry(self, entry: int) -> None:
        """A correction names an entry that is there."""
        given(Shift, OPENED, ENTERED).when(
            lambda one: one.correct(context(EXECUTOR), entry=entry, text="x")
        ).then_refused(InvalidInput, rule=RULE)

    def test_correction_by_itself(self) -> None:
        """Nothing is entered as a correction that corrects nothing."""
        given(Shift, OPENED).when(
            lambda one: one.enter(context(EXECUTOR), kind="CORRECTION", text="x")
        ).then_refused(InvalidInput)


class TestHandover:
    """One open shift a post."""

    def test_after_another(self) -> None:
        """The next takes over when the last is closed, and not before."""
        for past, refused in (((OPENED, CONFIRMED), True), ((OPENED, CONFIRMED, CLOSED), False)):
            last = given(Shift, *past).aggregate
            outcome = when_opened(last)
            assert isinstance(outcome, WrongState) == refused

    def test_one_at_a_time(self) -> None:
        """Two that are opened after the same shift have one id, so that only one of them is saved."""
        last = given(Shift, OPENED, CONFIRMED, CLOSED).aggregate
        assert opened(EXECUTOR, last).id == opened(APPROVER, last).id
        assert opened().id == ID
        assert len({opened().id, opened(post="Trực máy chủ").id, opened(OTHER_APPROVER).id}) == 3


def when_opened(last: Shift) -> object:
    """Open the next; the shift, or why not."""
    try:
        return opened(EXECUTOR, last)
    except WrongState as refusal:
        return refusal


@pytest.mark.parametrize("who", [ADMINISTRATOR, HANDLER, OTHER_APPROVER, AUDITOR])
def test_not_theirs(who: Actor) -> None:
    """Only whoever is on duty in the unit keeps its log."""
    acts: tuple[Any, ...] = (
        lambda one: one.confirm(context(who)),
        lambda one: one.enter(context(who), kind="NOTE", text="x"),
        lambda one: one.correct(context(who), entry=1, text="x"),
        lambda one: one.close(context(who), text="x"),
    )
    for act in acts:
        outcome = given(Shift, OPENED, CONFIRMED, ENTERED).when(act)
        assert (type(outcome.refusal), outcome.events) == (Forbidden, [])


@pytest.mark.parametrize(
    "who, seen", [(APPROVER, True), (ADMINISTRATOR, False), (HANDLER, False), (AUDITOR, True)]
)
def test_seen(who: Actor, *, seen: bool) -> None:
    """It is seen by whoever is on duty in the unit, and by the audit of its area."""
    assert (check_view(given(Shift, OPENED).aggregate, context(who)) is None) == seen
