"""The usual case driven by its acts, from a detection to the case resolved: who does what, when, in which words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from domain.case import Case, Finding
from domain.case.clocks import Clock, Stopped
from domain.case.record import RecordWords
from domain.case.sanction import PenaltyWords
from domain.case.state import Delivery, ViolatorBasis
from domain.clock import legal_date
from domain.context import Actor, Context
from domain.envelope import Envelope, acting
from domain.personal import Personal
from domain.rules import VehicleGroup
from domain.unit import Unit
from policies.rulebook import load
from tests.support.cases import PLATE, TEXT, detected
from tests.support.spec import (
    APPROVER,
    HANDLER,
    ID,
    POLICE,
    SOMEBODY,
    TEAM,
    Fact,
    Given,
    actor,
    context,
    given,
    legal,
)

CHIEF: Final = actor(11, POLICE, "LEADER", leader=True)
TEAM_CHIEF: Final = actor(12, TEAM, "LEADER", leader=True)

OWNER: Final[dict[str, Any]] = {
    "plate": PLATE,
    "plate_colour": "WHITE",
    "vehicle_group": VehicleGroup.CAR,
    "owner_name": "Nguyễn Thị Mẫu",
    "owner_address": "Số 1 phố Mẫu",
    "owner_is_organisation": False,
    "source": "Cơ sở dữ liệu đăng ký xe, tra cứu 118",
}
VIOLATOR: Final[dict[str, Any]] = {
    "name": "Nguyễn Thị Mẫu",
    "address": "Số 1 phố Mẫu",
    "identity_number": "000000000000",
    "is_organisation": False,
    "basis": ViolatorBasis.DETERMINED_BY_POLICE,
    "text": "Chủ phương tiện thừa nhận đã điều khiển xe",
}
RECORD: Final = RecordWords(
    number="03/BB-VPHC",
    place="Trụ sở Công an thành phố",
    maker_title="Cán bộ",
    behaviour=TEXT,
    offence_code="6.9.b",
    statement="Không có ý kiến",
    measures="Không",
)
PENALTY: Final = PenaltyWords(
    number="05/QĐ-XPHC",
    signer_title="TEAM_LEADER",
    offence_code="6.9.b",
    fine=19_000_000,
    currency="VND",
    points=4,
)

Act = Callable[[Case, Context], object]

WAY: Final[dict[str, tuple[datetime, Actor, Act]]] = {
    "approveCase": (
        legal("2026-06-02 08:00"),
        APPROVER,
        lambda case, ctx: case.approve(ctx, plate=PLATE, recipient=POLICE),
    ),
    "receiveCase": (legal("2026-06-03 08:00"), HANDLER, lambda case, ctx: case.receive(ctx)),
    "startVerification": (
        legal("2026-06-03 09:00"),
        HANDLER,
        lambda case, ctx: case.start_verification(ctx),
    ),
    "identifyOwner": (
        legal("2026-06-10 09:00"),
        HANDLER,
        lambda case, ctx: case.identify_owner(ctx, **OWNER),
    ),
    "sendNotice": (
        legal("2026-06-12 09:00"),
        HANDLER,
        lambda case, ctx: case.send_notice(ctx, reference="01/TB-CA"),
    ),
    "concludeCase": (
        legal("2026-06-22 09:00"),
        HANDLER,
        lambda case, ctx: case.conclude(ctx, finding=Finding.VIOLATION, text=TEXT),
    ),
    "notifyResult": (legal("2026-06-24 09:00"), HANDLER, lambda case, ctx: case.notify_result(ctx)),
    "determineViolator": (
        legal("2026-06-30 09:00"),
        HANDLER,
        lambda case, ctx: case.determine_violator(ctx, **VIOLATOR),
    ),
    "drawRecord": (legal("2026-07-01 10:00"), HANDLER, lambda case, ctx: case.draw(ctx, RECORD)),
    "decidePenalty": (legal("2026-07-09 09:00"), CHIEF, lambda case, ctx: case.decide(ctx, PENALTY)),
    "sendDecision": (
        legal("2026-07-10 09:00"),
        HANDLER,
        lambda case, ctx: case.send_decision(ctx, how=Delivery.POST, reference="RR123456789VN"),
    ),
    "confirmDelivery": (
        legal("2026-07-15 10:00"),
        HANDLER,
        lambda case, ctx: case.confirm_delivery(
            ctx, how=Delivery.POST, proof="Giấy báo phát số 9", received_at=legal("2026-07-15 09:00")
        ),
    ),
    "recordPayment": (
        legal("2026-07-20 09:00"),
        HANDLER,
        lambda case, ctx: case.pay(ctx, paid=19_000_000, currency="VND", receipt="BL-0001"),
    ),
    "executeDecision": (
        legal("2026-07-20 10:00"),
        HANDLER,
        lambda case, ctx: case.execute(ctx, receipt="BL-0001"),
    ),
    "resolveCase": (legal("2026-07-21 09:00"), HANDLER, lambda case, ctx: case.resolve(ctx)),
}
"""The usual way of a case: a car, a red light, a driver who pays in time."""


def on(who: Actor, when: str, **settings: Any) -> Context:
    """Return an act of somebody at an instant, under the rules of Đồng Hới or with some of their switches otherwise."""
    usual = context(who, legal(when))
    if not settings:
        return usual
    rulebook = load("dong-hoi").on(legal_date(usual.now))
    return replace(usual, rulebook=replace(rulebook, settings=replace(rulebook.settings, **settings)))


def driven(until: str, *, begins: Fact | None = None, **otherwise: Act | None) -> Given[Case]:
    """Return the usual case as it is after an act of its way; some acts are done otherwise, or not at all."""
    case = given(Case, begins or detected())
    for name, (at, who, usual) in WAY.items():
        act = otherwise.get(name, usual)
        if act is not None:
            case.after(context(who, at), act)
        if name == until:
            return case
    raise LookupError(until)


def runs(
    timer: str,
    since: str,
    until: str,
    rule: str,
    variant: str | None = None,
    *,
    missed: str = "late",
    unit: Unit = POLICE,
) -> Clock:
    """Return a clock that runs."""
    return Clock(
        timer=timer,
        variant=variant,
        started_at=legal(since),
        due=legal(until),
        rule=rule,
        missed=missed,
        unit_id=unit.id,
    )


def ends(timer: str, due: str, *, late: bool = False) -> Stopped:
    """Return the end of a clock."""
    return Stopped(timer=timer, due=legal(due), late=late)


def said(text: str) -> Personal[str]:
    """Return words about somebody in the case under test."""
    return Personal.said(ID, text)


def on_a_motorbike(case: Case, context: Context) -> None:
    """The vehicle is a motorbike."""
    case.identify_owner(context, **{**OWNER, "vehicle_group": VehicleGroup.MOTORBIKE})


def of_an_organisation(case: Case, context: Context) -> None:
    """The violator is an organisation."""
    case.determine_violator(context, **{**VIOLATOR, "is_organisation": True})


def scheduler_says(case: Given[Case], timer: str, at: str) -> Given[Case]:
    """The scheduler finds that a clock has ended."""
    circumstances = Envelope(
        **{**vars(SOMEBODY), "unit_id": POLICE.id, "took_place_at": legal(at), "by": "system:scheduler"}
    )
    with acting(circumstances):
        case.aggregate.tell_missed(timer, legal(at), flags=("REFUSAL", "WARNING"))
    case.aggregate.collect_events()
    return case


def overdue() -> Given[Case]:
    """The driver had until 27 July, and did not pay."""
    return scheduler_says(driven("confirmDelivery"), "EXECUTE", "2026-07-28 00:05")


def pays(case: Given[Case], at: str, dong: int) -> Given[Case]:
    """Somebody pays."""
    return case.after(
        on(HANDLER, at), lambda case, ctx: case.pay(ctx, paid=dong, currency="VND", receipt="BL-0002")
    )
