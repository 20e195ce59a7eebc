"""From a proposal to its transfer: detect, discard, approve (*Phê duyệt*), and one violation, one case."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.case.body import CaseBody
from domain.case.clocks import passed, started, stopped
from domain.case.events import Created, Event, EvidenceItem, Moved, clock_of_v1, grown, stopped_of_v1
from domain.case.guards import CaseFacts, check_begin
from domain.case.inputs import LONGEST_NAME, personal, plate_of, some_words, words
from domain.case.state import CaseState, Channel, Mark
from domain.clock import legal_date
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, SameUnit, WrongState, refuse
from domain.personal import Personal
from domain.rules import CaseStep, VerifyStart
from domain.unit import Unit

ONE_VIOLATION = "R-VN-ND118-12.3"
"""One violation, one record, one decision."""

# -- events -------------------------------------------------------------------------


@dataclass(frozen=True)
class Detected(Created):
    """A machine proposed a violation. It is a proposal: nobody has found anything yet."""

    TOPIC = "case:detected"
    class_version = 3
    number: str
    proposal_id: UUID
    camera_id: UUID
    domain: str
    area_path: str
    holder_unit_id: UUID
    rule: str
    occurred_at: datetime
    detected_at: datetime
    confidence: float
    model: str
    model_sha256: str
    source_sha256: str
    evidence: list[EvidenceItem]
    track: str = field(default="SUPPLIED", kw_only=True)
    transmission: str | None = field(default=None, kw_only=True)
    """By which way the images of its camera came (R-DH-7.1.0)."""
    client_id: UUID | None = field(default=None, kw_only=True)
    """The client that sent it."""

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Its one deadline was that of the transfer."""
        clock_of_v1(state, "TRANSFER", state["detected_at"], state["holder_unit_id"])
        grown(state, track="SUPPLIED")

    @staticmethod
    def upcast_v2_v3(state: dict[str, Any]) -> None:
        """Earlier ones said neither way nor sender."""
        state |= {"transmission": None, "client_id": None}


@dataclass(frozen=True)
class Discarded(Event):
    """The Centre found that this is no violation, for a reason of the closed list."""

    TOPIC = "case:discarded"
    class_version = 2
    reason_code: str
    note: Personal[str] | None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """It ended the clock of the transfer."""
        stopped_of_v1(state, "TRANSFER")
        grown(state)

    def change(self, case: Moved) -> None:
        """Nothing more is expected."""
        case.state = CaseState.DISCARDED


@dataclass(frozen=True)
class Approved(Event):
    """The Centre approved the proposal and handed it over in one act (*Phê duyệt*, R-DHV-1.3.0); no guilt is found."""

    TOPIC = "case:approved"
    class_version = 2
    plate: Personal[str] | None
    recipient_unit_id: UUID
    channel: str = "SOFTWARE"
    reference: str | None = None
    receiver: Personal[str] | None = None
    """Who took it at the other end, where it went by hand."""
    duplicates: tuple[UUID, ...] = ()
    """Cases of the same plate, place, time and kind."""

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """It ended the clock of the transfer and started that of verification."""
        began = state["envelope"]["took_place_at"]
        clock_of_v1(state, "VERIFY", began, state["recipient_unit_id"])
        stopped_of_v1(state, "TRANSFER")
        grown(state, channel="SOFTWARE", reference=None, receiver=None, duplicates=[])

    def change(self, case: Moved) -> None:
        """The recipient holds it from now on."""
        case.state = CaseState.APPROVED
        case.approved_by = " ".join(filter(None, (case.approved_by, *self.envelope.people)))
        case.approving_unit_id = self.envelope.unit_id
        case.holder_unit_id = self.recipient_unit_id
        case.marks.discard(Mark.RECEIVED)
        if self.duplicates:
            case.marks.add(Mark.DUPLICATE_SUSPECTED)
            case.duplicates |= set(self.duplicates)

    def remember(self, case: CaseBody) -> None:
        """Keep what later decisions ask for."""
        case.plate_known = self.plate is not None


@dataclass(frozen=True)
class DuplicateSuspected(Event):
    """Another case seems to be about the same violation; a person merges them or keeps both."""

    TOPIC = "case:duplicate-suspected"
    duplicates: tuple[UUID, ...]

    def change(self, case: Moved) -> None:
        """Nothing is recorded or decided before somebody has looked."""
        case.marks.add(Mark.DUPLICATE_SUSPECTED)
        case.duplicates |= set(self.duplicates)


@dataclass(frozen=True)
class Kept(Event):
    """A person found that the other case is about another violation."""

    TOPIC = "case:kept"
    other_case_id: UUID
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """That one is no duplicate."""
        case.duplicates.discard(self.other_case_id)
        if not case.duplicates:
            case.marks.discard(Mark.DUPLICATE_SUSPECTED)

    def remember(self, case: CaseBody) -> None:
        """Keep what later decisions ask for."""
        case.no_duplicates.add(self.other_case_id)


@dataclass(frozen=True)
class Merged(Event):
    """A person found that another case is about the same violation; that one goes on."""

    TOPIC = "case:merged"
    into_case_id: UUID
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """The other case stands for it."""
        case.state = CaseState.MERGED
        case.marks.discard(Mark.DUPLICATE_SUSPECTED)


# -- guards -------------------------------------------------------------------------


def check_approve(case: CaseFacts, context: Context) -> Refusal | None:
    """An undecided proposal of its own cameras, detected since processing began, is the Centre's to approve."""
    refusal = check_begin(
        case, context, "case.approve", CaseState.DETECTED, CaseState.RETURNED, step=CaseStep.APPROVE
    )
    start = context.rulebook.processing_start
    if refusal is None and start and legal_date(case.detected_at) < start:
        return WrongState(
            "Phát hiện trước ngày bắt đầu xử lý qua hệ thống: được lưu, không chuyển",
            "Detected before processing through the system began: kept, not transferred",
            rule=context.rulebook.rule_for("processing"),
        )
    return refusal


def check_discard(case: CaseFacts, context: Context) -> Refusal | None:
    """An undecided proposal is the Centre's to discard, with a reason."""
    return check_begin(
        case, context, "case.discard", CaseState.DETECTED, CaseState.RETURNED, step=CaseStep.DISCARD
    )


UNDECIDED = (CaseState.APPROVED, CaseState.RECEIVED, CaseState.VERIFYING, CaseState.CONCLUDED)
"""Where two cases of one violation can still become one: before a record is drawn."""


def check_merge(case: CaseFacts, context: Context) -> Refusal | None:
    """Whoever verifies a case finds whether another is about the same violation."""
    return check_begin(case, context, "case.verify", *UNDECIDED)


def check_keep(case: CaseFacts, context: Context) -> Refusal | None:
    """Whoever verifies a case says that the suspected ones are of other violations."""
    refusal = check_merge(case, context)
    if refusal is None and Mark.DUPLICATE_SUSPECTED not in case.marks:
        return WrongState(
            "Không có hồ sơ nghi trùng", "No duplicate of the case is suspected", rule=ONE_VIOLATION
        )
    return refusal


# -- decisions ----------------------------------------------------------------------


def approve(
    case: CaseBody,
    context: Context,
    *,
    plate: str | None,
    recipient: Unit,
    channel: Channel = Channel.SOFTWARE,
    reference: str | None = None,
    receiver: str | None = None,
    duplicates: Sequence[UUID] = (),
    late_reason: str | None = None,
) -> None:
    """Approve and transfer in one act; where receipt starts it, the clock of verification starts with it (C1).

    Without a *plate* the image does not show one: finding it out is for verification, not a ground to discard.
    """
    refuse(check_approve(case, context))
    rule = context.rule_of("case.approve")
    sealed = plate_of(case, "plate", plate) if plate is not None else None
    if recipient.id == context.actor.unit_id:
        raise SameUnit(
            "Không thể chuyển hồ sơ cho chính đơn vị mình",
            "A case cannot be transferred to one's own unit",
            rule=rule,
        )
    check_recipient(case, context, recipient)
    check_channel(context, channel, reference, receiver)
    starts = context.rulebook.settings.verify_start is VerifyStart.RECEIPT and case.domain == "TRAFFIC"
    verify = started(context, "VERIFY", context.now, recipient.id) if starts else ()
    others = passed(
        case.clocks, recipient.id, *(t for t in case.clocks if t not in {"TRANSFER", "LIMITATION"})
    )
    with acting(context.envelope("case.approve")):
        case.trigger_event(
            Approved,
            plate=sealed,
            recipient_unit_id=recipient.id,
            channel=channel.value,
            reference=some_words("reference", reference, longest=LONGEST_NAME),
            receiver=personal(case, receiver),
            duplicates=tuple(sorted(set(duplicates) - case.no_duplicates)),
            clocks=(*verify, *others, *case.limitation(context, recipient.id)),
            stopped=stopped(case.clocks, context.now, "TRANSFER"),
            late_reason=personal(case, some_words("lateReason", late_reason)),
        )


def check_recipient(case: CaseBody, context: Context, recipient: Unit) -> None:
    """The unit is at work, and so are units of its kind, which the matrix names as receivers of such cases."""
    refuse(recipient.check_stands("recipientUnitId", context.now))
    if (ended := context.rulebook.ended(recipient.kind, legal_date(context.now))) is not None:
        last_day, heir = ended
        raise InvalidInput(
            "recipientUnitId",
            f"đơn vị loại {recipient.kind} chỉ có đến hết ngày {last_day}; loại kế thừa: {heir or '—'}",
            f"there are units of kind {recipient.kind} up to {last_day}; they are followed by {heir or '—'}",
            rule=context.rule_of("case.receive"),
        )
    if not context.receives(recipient.kind, case.domain):
        raise InvalidInput(
            "recipientUnitId",
            f"đơn vị {recipient.code} không tiếp nhận loại hồ sơ này",
            f"the unit {recipient.code} does not receive cases of this kind",
            rule=context.rule_of("case.receive"),
        )


def check_channel(context: Context, channel: Channel, reference: str | None, receiver: str | None) -> None:
    """What goes by hand says under which reference, and to whom (R-QT-9.1.0)."""
    if channel is Channel.SOFTWARE:
        return
    for path, text in (("reference", reference), ("receiver", receiver)):
        if not (text and text.strip()):
            raise InvalidInput(
                path,
                f"chuyển bằng {channel} phải ghi số hiệu và người nhận",
                f"a transfer by {channel} names its reference and its receiver",
                rule=context.rulebook.rule_for("transfer"),
            )


def discard(
    case: CaseBody, context: Context, *, reason_code: str, note: str | None, late_reason: str | None = None
) -> None:
    """Discard the proposal for a reason of the closed list; the record stays."""
    refuse(check_discard(case, context))
    if reason_code not in context.rulebook.discard_reasons:
        raise InvalidInput(
            "reasonCode",
            f"phải là một trong {', '.join(sorted(context.rulebook.discard_reasons))}",
            f"must be one of {', '.join(sorted(context.rulebook.discard_reasons))}",
            rule=context.rule_of("case.discard"),
        )
    with acting(context.envelope("case.discard", reason=reason_code)):
        case.trigger_event(
            Discarded,
            reason_code=reason_code,
            note=personal(case, some_words("note", note)),
            stopped=stopped(case.clocks, context.now, *case.clocks),
            late_reason=personal(case, some_words("lateReason", late_reason)),
        )


def suspect(case: CaseBody, context: Context, duplicates: Sequence[UUID]) -> None:
    """Put on record that other cases seem to be about the same violation; what is known already records nothing."""
    new = set(duplicates) - case.duplicates - case.no_duplicates - {case.id}
    if new:
        with acting(context.envelope("case.verify", rule=ONE_VIOLATION)):
            case.trigger_event(DuplicateSuspected, duplicates=tuple(sorted(new)))


def keep(case: CaseBody, context: Context, *, other_case_id: UUID, text: str) -> None:
    """Say that a suspected case is about another violation."""
    refuse(check_keep(case, context))
    if other_case_id not in case.duplicates:
        raise InvalidInput("otherCaseId", "không phải hồ sơ nghi trùng", "is no suspected duplicate")
    words("text", text, rule=ONE_VIOLATION)
    with acting(context.envelope("case.verify", rule=ONE_VIOLATION)):
        case.trigger_event(Kept, other_case_id=other_case_id, text=Personal.said(case.id, text))


def merge(case: CaseBody, context: Context, *, into: CaseBody, text: str) -> None:
    """Let another case stand for this one: one violation, one record, one decision."""
    refuse(check_merge(case, context))
    if into.id == case.id or into.state in {CaseState.MERGED, CaseState.VOIDED, CaseState.DISCARDED}:
        raise InvalidInput(
            "intoCaseId", "phải là một hồ sơ khác còn hiệu lực", "must be another case that stands"
        )
    if into.kind != case.kind or into.domain != case.domain:
        raise InvalidInput(
            "intoCaseId", "là hồ sơ về hành vi khác", "is about another act", rule=ONE_VIOLATION
        )
    words("text", text, rule=ONE_VIOLATION)
    with acting(context.envelope("case.verify", rule=ONE_VIOLATION)):
        case.trigger_event(
            Merged,
            into_case_id=into.id,
            text=Personal.said(case.id, text),
            stopped=stopped(case.clocks, context.now, *case.clocks),
        )
