"""Whose vehicle it was, who was told, and who is the violator."""

from dataclasses import dataclass
from datetime import datetime

from domain.case.body import CaseBody
from domain.case.clocks import started, stopped
from domain.case.events import Event, Moved
from domain.case.guards import CaseFacts, check_begin, check_mark, check_no_mark, check_traffic
from domain.case.inputs import LONGEST_NAME, personal, plate_of, some_words, when, words
from domain.case.state import CaseState, Finding, Mark, ViolatorBasis
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse
from domain.personal import Personal
from domain.rules import CaseStep, RecordStart, VehicleGroup

# -- events -------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnerIdentified(Event):
    """The vehicle and its owner were found in a register (TT 73/2024/TT-BCA Đ24.1.a)."""

    TOPIC = "case:owner-identified"
    plate: Personal[str]
    plate_colour: str
    vehicle_group: str
    owner_name: Personal[str]
    owner_address: Personal[str]
    owner_is_organisation: bool
    source: str
    """Which register answered, under which reference."""

    def change(self, case: Moved) -> None:
        """The vehicle is known."""
        case.marks.add(Mark.OWNER_IDENTIFIED)

    def remember(self, case: CaseBody) -> None:
        """Keep what later decisions ask for."""
        case.plate_known = True
        case.vehicle_group = self.vehicle_group


@dataclass(frozen=True)
class NoticeSent(Event):
    """The owner was told of the violation and invited (*thông báo vi phạm*, form 01)."""

    TOPIC = "case:notice-sent"
    reference: str
    appear_at: Personal[str] | None

    def change(self, case: Moved) -> None:
        """It is on its way."""
        case.marks.add(Mark.NOTICE_SENT)


@dataclass(frozen=True)
class InspectionWarningSent(Event):
    """The notice was not answered: the inspection and registration bodies were told (TT 73/2024/TT-BCA Đ24.5)."""

    TOPIC = "case:inspection-warning-sent"
    recipients: tuple[str, ...]
    reference: str

    def change(self, case: Moved) -> None:
        """They are not to process the vehicle meanwhile."""
        case.marks.add(Mark.INSPECTION_WARNING)


@dataclass(frozen=True)
class ViolatorDetermined(Event):
    """It was found who committed the violation, or answers for it (NĐ 168/2024 Đ47.8)."""

    TOPIC = "case:violator-determined"
    name: Personal[str]
    address: Personal[str]
    identity_number: Personal[str] | None
    is_organisation: bool
    basis: str
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """The clock of the record may start."""
        case.marks.add(Mark.VIOLATOR_DETERMINED)

    def remember(self, case: CaseBody) -> None:
        """Keep what later decisions ask for."""
        case.violator_is_organisation = self.is_organisation


# -- guards -------------------------------------------------------------------------

FINDING_OUT = (CaseState.RECEIVED, CaseState.VERIFYING, CaseState.CONCLUDED)
"""No source fixes the order of concluding and finding the violator: either may come first."""


def check_identify(case: CaseFacts, context: Context) -> Refusal | None:
    """The police find out the owner, from receipt on, unless they found that there was no violation."""
    action = "case.identify"
    refusal = check_begin(case, context, action, *FINDING_OUT) or check_traffic(case, context, action)
    if refusal is None and case.state == CaseState.CONCLUDED and case.finding != Finding.VIOLATION:
        return WrongState(
            "Hồ sơ được kết luận không có vi phạm",
            "The case was concluded without a violation",
            rule=context.rule_of(action),
        )
    return refusal


def check_notice(case: CaseFacts, context: Context) -> Refusal | None:
    """A notice goes to an owner who is known."""
    refusal = check_identify(case, context) or context.check_step(CaseStep.NOTICE)
    return refusal or check_mark(
        case,
        Mark.OWNER_IDENTIFIED,
        "Phải xác định chủ phương tiện trước khi gửi thông báo",
        "The owner is identified before the notice is sent",
        context.rule_of("case.identify"),
    )


def check_warn(case: CaseFacts, context: Context) -> Refusal | None:
    """The inspection body is warned when the owner did not come in time, where the profile has such a warning (C29)."""
    refusal = check_identify(case, context) or check_no_mark(
        case,
        Mark.INSPECTION_WARNING,
        "Đã gửi cảnh báo đăng kiểm",
        "The inspection warning was sent already",
        context.rule_of("case.identify"),
    )
    if refusal is not None:
        return refusal
    if "WARNING" not in context.rulebook.settings.inspection_flags:
        return WrongState(
            "Quy định này không đặt cảnh báo đăng kiểm",
            "An inspection warning is not set by this regulation",
            rule=context.rule_of("case.identify"),
        )
    clock = case.clocks.get("OWNER_APPEARANCE")
    if clock is None:
        return WrongState(
            "Chưa có thông báo vi phạm có thời hạn đến giải quyết",
            "No notice with a time to appear was sent",
            rule=context.rule_of("case.identify"),
        )
    if context.now < clock.due:
        return WrongState(
            f"Chủ phương tiện còn thời hạn đến {clock.due.isoformat()}",
            f"The owner has until {clock.due.isoformat()}",
            rule=clock.rule,
        )
    return None


def check_determine(case: CaseFacts, context: Context) -> Refusal | None:
    """The violator is determined once; to err is mended by correcting the case."""
    refusal = check_identify(case, context) or context.check_step(CaseStep.DETERMINE_VIOLATOR)
    return refusal or check_no_mark(
        case,
        Mark.VIOLATOR_DETERMINED,
        "Đã xác định đối tượng vi phạm",
        "The violator was determined already",
        context.rule_of("case.identify"),
    )


# -- decisions ----------------------------------------------------------------------


def identify_owner(
    case: CaseBody,
    context: Context,
    *,
    plate: str,
    plate_colour: str,
    vehicle_group: VehicleGroup,
    owner_name: str,
    owner_address: str,
    owner_is_organisation: bool,
    source: str,
) -> None:
    """Put the register's answer on record."""
    refuse(check_identify(case, context))
    sealed = plate_of(case, "plate", plate)
    for path, text in (
        ("plateColour", plate_colour),
        ("ownerName", owner_name),
        ("ownerAddress", owner_address),
        ("source", source),
    ):
        words(path, text, longest=LONGEST_NAME)
    with acting(context.envelope("case.identify")):
        case.trigger_event(
            OwnerIdentified,
            plate=sealed,
            plate_colour=plate_colour,
            vehicle_group=vehicle_group.value,
            owner_name=Personal.said(case.id, owner_name),
            owner_address=Personal.said(case.id, owner_address),
            owner_is_organisation=owner_is_organisation,
            source=source,
        )


def send_notice(
    case: CaseBody,
    context: Context,
    *,
    reference: str,
    appear_at: str | None = None,
    at: datetime | None = None,
    late_reason: str | None = None,
) -> None:
    """Tell the owner; on the track that has it, their time to come starts (C29)."""
    refuse(check_notice(case, context))
    words("reference", reference, longest=LONGEST_NAME)
    sent = when(case, context, at, after="owner-identified")
    timed = case.track in context.rulebook.settings.notice_tracks
    unit_id = context.actor.unit_id
    with acting(context.envelope("case.identify", at=sent)):
        case.trigger_event(
            NoticeSent,
            reference=reference,
            appear_at=personal(case, some_words("appearAt", appear_at)),
            clocks=started(context, "OWNER_APPEARANCE", sent, unit_id) if timed else (),
            stopped=stopped(case.clocks, sent, "OWNER_NOTICE"),
            late_reason=personal(case, some_words("lateReason", late_reason)),
        )


def send_warning(case: CaseBody, context: Context, *, recipients: tuple[str, ...], reference: str) -> None:
    """Tell the inspection and registration bodies that the notice stands unresolved."""
    refuse(check_warn(case, context))
    words("reference", reference, longest=LONGEST_NAME)
    if not recipients:
        raise InvalidInput("recipients", "phải nêu nơi nhận cảnh báo", "names who is warned")
    named = tuple(words("recipients", name, longest=LONGEST_NAME) for name in recipients)
    with acting(context.envelope("case.identify", rule=case.clocks["OWNER_APPEARANCE"].rule)):
        case.trigger_event(
            InspectionWarningSent,
            recipients=named,
            reference=reference,
            stopped=stopped(case.clocks, context.now, "OWNER_APPEARANCE"),
        )


def determine_violator(
    case: CaseBody,
    context: Context,
    *,
    name: str,
    address: str,
    identity_number: str | None,
    is_organisation: bool,
    basis: ViolatorBasis,
    text: str,
    at: datetime | None = None,
) -> None:
    """Say who is the violator, and on what; the clock of the record starts, at the conclusion if later (C28)."""
    refuse(check_determine(case, context))
    words("name", name, longest=LONGEST_NAME)
    words("address", address, longest=LONGEST_NAME)
    words("text", text)
    if basis is ViolatorBasis.OWNER_TREATED_AS_VIOLATOR and Mark.NOTICE_SENT not in case.marks:
        raise InvalidInput(
            "basis",
            "chủ phương tiện chỉ bị xử phạt thay sau khi đã được thông báo",
            "an owner answers for the driver only after having been given notice",
            rule="R-VN-ND168-47.8",
        )
    owner_answers = basis is ViolatorBasis.OWNER_TREATED_AS_VIOLATOR
    found = when(case, context, at, after="notice-sent" if owner_answers else "received")
    at_once = context.rulebook.settings.record_start is RecordStart.VIOLATOR_DETERMINED
    begins = found if at_once else max(found, case.at.get("concluded", found))
    starts = at_once or case.finding == Finding.VIOLATION
    with acting(context.envelope("case.identify", at=found)):
        case.trigger_event(
            ViolatorDetermined,
            name=Personal.said(case.id, name),
            address=Personal.said(case.id, address),
            identity_number=personal(case, some_words("identityNumber", identity_number, longest=20)),
            is_organisation=is_organisation,
            basis=basis.value,
            text=Personal.said(case.id, text),
            clocks=started(context, "DRAW_RECORD", begins, context.actor.unit_id) if starts else (),
            stopped=stopped(case.clocks, found, "OWNER_APPEARANCE"),
        )
