"""How a case comes to a unit and goes on from it: found by the police themselves, received, returned, forwarded."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.camera.guards import yields
from domain.case.body import CaseBody
from domain.case.clocks import Clock, passed, started, stopped
from domain.case.events import Created, Event, EvidenceItem, Moved, grown
from domain.case.guards import (
    CaseFacts,
    check_begin,
    check_leader,
)
from domain.case.inputs import LONGEST_NAME, personal, some_words, words
from domain.case.proposal import check_channel, check_recipient
from domain.case.state import CaseState, Channel, Mark
from domain.context import Context
from domain.envelope import acting
from domain.errors import Forbidden, InvalidInput, Refusal, SameUnit, WrongState, refuse
from domain.personal import Personal
from domain.plates import Plate
from domain.rules import CaseStep, Track
from domain.rules import Forwarded as Verification
from domain.unit import Unit

if TYPE_CHECKING:
    from domain.camera import Camera

# -- events -------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened(Created):
    """The police found it themselves, on data of their own: no Centre has to approve it (QT 12.3, 13.2)."""

    TOPIC = "case:opened"
    number: str
    camera_id: UUID
    domain: str
    area_path: str
    holder_unit_id: UUID
    rule: str
    occurred_at: datetime
    detected_at: datetime
    plate: Personal[str] | None
    text: Personal[str]
    evidence: list[EvidenceItem]
    track: str = field(default=Track.OWN_DEVICE.value, kw_only=True)

    def apply(self, aggregate: CaseBody) -> None:
        """It begins where a supplied case comes to by its receipt."""
        aggregate.state = CaseState.RECEIVED
        aggregate.marks.add(Mark.RECEIVED)
        aggregate.plate_known = self.plate is not None


@dataclass(frozen=True)
class Received(Event):
    """The police took the data over (*tiếp nhận*, R-DHV-2.1.a)."""

    TOPIC = "case:received"
    class_version = 2

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Nothing in it was said otherwise."""
        grown(state)

    def change(self, case: Moved) -> None:
        """It has arrived."""
        case.state = CaseState.RECEIVED
        case.marks.add(Mark.RECEIVED)


@dataclass(frozen=True)
class Assigned(Event):
    """One person of the unit is to act next."""

    TOPIC = "case:assigned"
    account_id: UUID

    def change(self, case: Moved) -> None:
        """Whose it is."""
        case.assignee = self.account_id


@dataclass(frozen=True)
class Returned(Event):
    """The recipient sent the case back to whoever supplied it, and said why."""

    TOPIC = "case:returned"
    to_unit_id: UUID
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """The supplier holds it again; what is received anew is verified in the usual time."""
        case.state = CaseState.RETURNED
        case.holder_unit_id = self.to_unit_id
        case.assignee = None
        case.marks -= {Mark.RECEIVED, Mark.COMPLEX}


@dataclass(frozen=True)
class Forwarded(Event):
    """The case went on to another unit or locality, which is competent (NĐ 135/2021 Đ15.2, Đ20.3.b)."""

    TOPIC = "case:forwarded"
    recipient_unit_id: UUID | None
    outside: str | None
    """A body that is not in the system."""
    channel: str
    reference: str | None
    receiver: Personal[str] | None
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """The recipient holds it; where that is nobody of ours, the case ends here."""
        case.assignee = None
        case.marks.discard(Mark.RECEIVED)
        if self.recipient_unit_id is None:
            case.state = CaseState.FORWARDED
        else:
            case.state = CaseState.APPROVED
            case.finding = None
            case.holder_unit_id = self.recipient_unit_id
            if any(clock.timer == "VERIFY" and clock.variant != "COMPLEX" for clock in self.clocks):
                case.marks.discard(Mark.COMPLEX)


@dataclass(frozen=True)
class Handled(Event):
    """An abnormal event was dealt with by the unit it was transferred to (R-DH-12.2.a2)."""

    TOPIC = "case:handled"
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """Nothing more is expected."""
        case.state = CaseState.HANDLED


# -- guards -------------------------------------------------------------------------


def check_open_case(camera: "Camera", context: Context) -> Refusal | None:
    """Whoever receives cases opens one on data of their own unit's camera (QT 12.3, 13.2)."""
    facts = set(context.rulebook.facts_about(context.actor.unit_kind)) | {"holds-case-or-camera", "own-unit"}
    if context.actor.covers(camera.area_path):
        facts.add("own-area")
    if camera.domain == "SECURITY":
        facts.add("security-case")
    refusal = context.check_may("case.receive", facts=frozenset(facts))
    if refusal is None and camera.operating_unit_id != context.actor.unit_id:
        return Forbidden(
            "Chỉ mở hồ sơ từ thiết bị của đơn vị mình; dữ liệu của nơi khác phải được chuyển đến",
            "A case is opened on data of the unit's own device; what others have is transferred by them",
            rule=context.rule_of("case.receive"),
        )
    return refusal


def check_receive(case: CaseFacts, context: Context) -> Refusal | None:
    """The recipient takes an approved case over, once; a proposal of its own device it takes up itself."""
    if case.track == Track.OWN_DEVICE and case.state == CaseState.DETECTED:
        return check_begin(case, context, "case.receive", CaseState.DETECTED, step=CaseStep.RECEIVE)
    if Mark.RECEIVED in case.marks and case.state == CaseState.RECEIVED:
        refusal = check_begin(case, context, "case.receive", CaseState.RECEIVED)
        return refusal or WrongState(
            "Hồ sơ đã được tiếp nhận", "The case is already received", rule=context.rule_of("case.receive")
        )
    return check_begin(case, context, "case.receive", CaseState.APPROVED, step=CaseStep.RECEIVE)


def check_assign(case: CaseFacts, context: Context) -> Refusal | None:
    """A person takes a case of the unit upon themselves, or its head gives it to one (R-DHV-1.1.0)."""
    if case.state in {CaseState.DETECTED, CaseState.RETURNED} and case.track != Track.OWN_DEVICE:
        return check_begin(case, context, "case.approve", CaseState.DETECTED, CaseState.RETURNED)
    return check_begin(case, context, "case.receive", *IN_HAND)


IN_HAND = (
    CaseState.APPROVED,
    CaseState.RECEIVED,
    CaseState.VERIFYING,
    CaseState.CONCLUDED,
    CaseState.RECORDED,
    CaseState.DECIDED,
    CaseState.DELIVERED,
    CaseState.OVERDUE,
    CaseState.ENFORCED,
    CaseState.EXECUTED,
)
"""Where somebody at the police has something to do."""


def check_return(case: CaseFacts, context: Context) -> Refusal | None:
    """What was supplied can go back before it is verified to the end; what the police found themselves cannot."""
    refusal = check_begin(case, context, "case.receive", CaseState.RECEIVED, CaseState.VERIFYING)
    if refusal is None and case.approving_unit_id is None:
        return WrongState(
            "Hồ sơ do chính đơn vị phát hiện, không có nơi trả lại",
            "The unit found the case itself, there is nobody to return it to",
            rule=context.rule_of("case.receive"),
        )
    return refusal


def check_forward(case: CaseFacts, context: Context) -> Refusal | None:
    """A case goes on to whoever is competent, until it is decided."""
    return check_begin(
        case,
        context,
        "case.receive",
        CaseState.RECEIVED,
        CaseState.VERIFYING,
        CaseState.CONCLUDED,
        step=CaseStep.FORWARD,
    )


def check_handle(case: CaseFacts, context: Context) -> Refusal | None:
    """A security case ends with the unit that received it."""
    refusal = check_begin(case, context, "case.receive", CaseState.RECEIVED)
    if refusal is None and case.domain != "SECURITY":
        return WrongState(
            "Hồ sơ vi phạm giao thông phải được xác minh, kết luận",
            "A traffic case is verified and concluded",
            rule=context.rule_of("case.receive"),
        )
    return refusal


# -- decisions ----------------------------------------------------------------------


def take_up(
    context: Context,
    *,
    case_id: UUID,
    number: Callable[[], str],
    camera: "Camera",
    kind: str,
    occurred_at: datetime,
    plate: str | None,
    text: str,
    clocks: tuple[Clock, ...],
) -> dict[str, Any]:
    """What the police found on data of a camera of their own, checked: the facts of `Opened`."""
    refuse(check_open_case(camera, context))
    words("text", text, rule=context.rule_of("case.receive"))
    if kind not in context.rulebook.kinds(camera.domain):
        known = ", ".join(sorted(context.rulebook.kinds(camera.domain)))
        raise InvalidInput("rule", f"phải là một trong {known}", f"must be one of {known}")
    if occurred_at > context.now:
        raise InvalidInput("occurredAt", "ở tương lai", "lies in the future")
    if not yields(camera, occurred_at):
        raise InvalidInput(
            "occurredAt",
            f"camera {camera.code} không hoạt động vào lúc đó",
            f"camera {camera.code} was not at work then",
            rule=context.rule_of("case.receive"),
        )
    if plate is not None and Plate.read(plate) is None:
        raise InvalidInput("plate", "không phải biển số", "is no plate")
    return {
        "number": number(),
        "camera_id": camera.id,
        "domain": camera.domain,
        "area_path": camera.area_path,
        "holder_unit_id": context.actor.unit_id,
        "rule": kind,
        "occurred_at": occurred_at,
        "detected_at": context.now,
        "plate": Personal.said(case_id, plate.strip().upper()) if plate else None,
        "text": Personal.said(case_id, text),
        "evidence": [],
        "clocks": clocks if camera.domain == "TRAFFIC" else (),
    }


def receive(case: CaseBody, context: Context, *, late_reason: str | None = None) -> None:
    """Take the case over."""
    refuse(check_receive(case, context))
    with acting(context.envelope("case.receive")):
        case.trigger_event(Received, late_reason=personal(case, some_words("lateReason", late_reason)))


def assign(case: CaseBody, context: Context, *, account_id: UUID, unit_id: UUID | None) -> None:
    """Take a case of the unit upon oneself, or as its head give it to one of its people."""
    refuse(check_assign(case, context))
    if account_id != context.actor.account_id:
        refuse(check_leader(context, "case.receive"))
    if unit_id != case.holder_unit_id:
        raise InvalidInput("accountId", "không thuộc đơn vị thụ lý", "is not of the unit that holds the case")
    if account_id != case.assignee:
        with acting(context.envelope("case.receive")):
            case.trigger_event(Assigned, account_id=account_id)


def return_(case: CaseBody, context: Context, *, text: str) -> None:
    """Send the case back to whoever supplied it, and say why."""
    refuse(check_return(case, context))
    words("text", text, rule=context.rule_of("case.receive"))
    supplier = case.approving_unit_id or case.detecting_unit_id
    of_the_police = ("VERIFY", "NOTIFY_RESULT", "DRAW_RECORD", "OWNER_APPEARANCE")
    with acting(context.envelope("case.receive")):
        case.trigger_event(
            Returned,
            to_unit_id=supplier,
            text=Personal.said(case.id, text),
            clocks=passed(case.clocks, supplier, *(t for t in case.clocks if t not in of_the_police)),
            stopped=stopped(case.clocks, context.now, *of_the_police),
        )


def forward(
    case: CaseBody,
    context: Context,
    *,
    recipient: Unit | None,
    outside: str | None,
    text: str,
    channel: Channel = Channel.SOFTWARE,
    reference: str | None = None,
    receiver: str | None = None,
) -> None:
    """Send the case on to whoever is competent: a unit of ours, or a named body outside."""
    refuse(check_forward(case, context))
    words("text", text, rule=context.rule_of("case.receive"))
    if (recipient is None) == (not outside):
        raise InvalidInput(
            "recipientUnitId", "cần một đơn vị nhận, hoặc tên nơi nhận bên ngoài", "a unit, or a body outside"
        )
    check_channel(context, channel, reference, receiver)
    if recipient is None:
        if channel is Channel.SOFTWARE:
            raise InvalidInput(
                "channel", "nơi nhận ở ngoài hệ thống", "the receiver is outside of the system"
            )
        clocks: tuple[Clock, ...] = ()
        ended = stopped(case.clocks, context.now, *case.clocks)
    else:
        if recipient.id == context.actor.unit_id:
            raise SameUnit("Hồ sơ đang ở đơn vị này", "The case is with this unit already")
        check_recipient(case, context, recipient)
        restarts = context.rulebook.settings.verify_after_forwarding is Verification.RESTARTS
        verify = (
            started(context, "VERIFY", context.now, recipient.id)
            if restarts and "VERIFY" in case.clocks
            else passed(case.clocks, recipient.id, "VERIFY")
        )
        others = passed(case.clocks, recipient.id, *(t for t in case.clocks if t != "VERIFY"))
        clocks, ended = (*verify, *others), ()
    with acting(context.envelope("case.receive")):
        case.trigger_event(
            Forwarded,
            recipient_unit_id=recipient.id if recipient else None,
            outside=some_words("outside", outside, longest=LONGEST_NAME),
            channel=channel.value,
            reference=some_words("reference", reference, longest=LONGEST_NAME),
            receiver=personal(case, receiver),
            text=Personal.said(case.id, text),
            clocks=clocks,
            stopped=ended,
        )


def handle(case: CaseBody, context: Context, *, text: str) -> None:
    """End a security case with what was done."""
    refuse(check_handle(case, context))
    words("text", text, rule=context.rule_of("case.receive"))
    with acting(context.envelope("case.receive")):
        case.trigger_event(
            Handled,
            text=Personal.said(case.id, text),
            stopped=stopped(case.clocks, context.now, *case.clocks),
        )
