"""The penalty decision (*quyết định xử phạt*), or the decision that there is none."""

from dataclasses import dataclass
from datetime import datetime

from domain.case.body import CaseBody
from domain.case.clocks import started, stopped
from domain.case.events import Event, Moved
from domain.case.guards import (
    CaseFacts,
    check_begin,
    check_in_time,
    check_no_mark,
    check_other_than_approver,
)
from domain.case.inputs import LONGEST_NAME, amount, some_words, when, words
from domain.case.proposal import ONE_VIOLATION
from domain.case.record import bracket_of
from domain.case.state import CaseState, Finding, Mark, NoDecisionGround
from domain.clock import legal_date
from domain.context import Context
from domain.envelope import acting
from domain.errors import Forbidden, InvalidInput, Refusal, WrongState, refuse
from domain.personal import Personal
from domain.rules import Bracket, CaseStep, RefusalFrom

HARD = ("LIMITATION", "DECIDE", "DECIDE_AFTER_CRIMINAL")
"""The clocks whose end bars a penalty decision (Luật XLVPHC Đ65.1.c)."""

SHORTEST_EXECUTION = 10
"""Days; a decision may give more (Luật XLVPHC Đ73.1)."""
LONGEST_EXECUTION = 365

# -- events -------------------------------------------------------------------------


@dataclass(frozen=True)
class DecisionIssued(Event):
    """A competent person decided the penalty (Luật XLVPHC Đ66 to Đ68)."""

    TOPIC = "case:decision-issued"
    number: str
    signer_title: str
    ceiling: int
    """How high the signer could fine, in đồng."""
    offence_code: str
    organisation: bool
    fine: int
    """In đồng."""
    points: int
    suspension_months: int
    remedies: tuple[str, ...]
    circumstances: Personal[str] | None
    """Aggravating and mitigating; exceptions of the article that the officer weighed."""
    execute_within_days: int
    refuses_inspection: bool
    """Whether the vehicle is not inspected until the decision is executed (R-QT-13.4.0)."""

    def change(self, case: Moved) -> None:
        """The penalty is due from its delivery on."""
        case.state = CaseState.DECIDED
        if self.refuses_inspection:
            case.marks.add(Mark.INSPECTION_REFUSAL)

    def remember(self, case: CaseBody) -> None:
        """Keep what later decisions ask for."""
        case.decision_number = self.number
        case.fine = self.fine
        case.execute_within_days = self.execute_within_days


@dataclass(frozen=True)
class NoDecision(Event):
    """No penalty is decided, on a ground of Luật XLVPHC Đ65.1; confiscation and remedies may follow all the same."""

    TOPIC = "case:not-decided"
    ground: str
    text: Personal[str]
    remedies: tuple[str, ...]

    def change(self, case: Moved) -> None:
        """Nobody is punished."""
        case.state = CaseState.NOT_DECIDED


# -- guards -------------------------------------------------------------------------


def check_decide(case: CaseFacts, context: Context) -> Refusal | None:
    """A penalty is decided on a record, in time, by whoever holds the file, after whoever may explain was heard."""
    action = "case.decide"
    refusal = (
        check_begin(case, context, action, CaseState.RECORDED, step=CaseStep.DECIDE)
        or check_other_than_approver(case, context, action)
        or check_in_time(
            case,
            context,
            "Không được ra quyết định xử phạt",
            "No penalty may be decided",
            *HARD,
        )
        or check_no_mark(
            case,
            Mark.RECORD_TRANSFER_OWED,
            "Hồ sơ phải được chuyển cho người có thẩm quyền trước",
            "The file goes to the competent person first",
            "R-VN-LXLVPHC-58.5",
        )
        or check_no_mark(
            case,
            Mark.DUPLICATE_SUSPECTED,
            "Có hồ sơ nghi trùng: gộp hoặc giữ riêng trước",
            "Another case seems to be about the same violation: merge it or keep it first",
            ONE_VIOLATION,
        )
    )
    return refusal or _check_heard(case, context)


def _check_heard(case: CaseFacts, context: Context) -> Refusal | None:
    marks = set(case.marks)
    if Mark.EXPLANATION_OPEN not in marks or Mark.EXPLAINED in marks:
        return None
    clocks = [case.clocks[t] for t in ("EXPLAIN_WRITTEN", "EXPLAIN_REQUEST") if t in case.clocks]
    running = max((clock.due for clock in clocks), default=None)
    if Mark.SESSION_REQUESTED in marks or (running is not None and context.now < running):
        until_vi = f" đến {running.isoformat()}" if running else ""
        until_en = f" until {running.isoformat()}" if running else ""
        return WrongState(
            f"Người vi phạm còn quyền giải trình{until_vi}",
            f"The violator may still explain{until_en}",
            rule="R-VN-LXLVPHC-61.1",
        )
    return None


def check_decide_none(case: CaseFacts, context: Context) -> Refusal | None:
    """That there is no penalty is decided by whoever could decide one."""
    return check_begin(
        case, context, "case.decide", CaseState.CONCLUDED, CaseState.RECORDED, CaseState.REFERRED
    ) or check_other_than_approver(case, context, "case.decide")


# -- decisions ----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PenaltyWords:
    """What the signer of a decision decides."""

    number: str
    signer_title: str
    offence_code: str
    fine: int
    currency: str
    points: int = 0
    suspension_months: int = 0
    remedies: tuple[str, ...] = ()
    circumstances: str | None = None
    execute_within_days: int = SHORTEST_EXECUTION


def decide(case: CaseBody, context: Context, said: PenaltyWords, *, at: datetime | None = None) -> None:
    """Decide the penalty: within the bracket of the article for the day of the act, and the power of the signer."""
    refuse(check_decide(case, context))
    words("number", said.number, longest=LONGEST_NAME)
    decided = when(case, context, at)
    for before in ("record-drawn", "record-transferred", "explained"):
        decided = when(case, context, decided, after=before)
    _check_heard_by(case, decided)
    bracket = bracket_of(case, context, said.offence_code)
    if case.offence_code not in {None, bracket.code}:
        raise InvalidInput(
            "offenceCode",
            f"biên bản ghi {case.offence_code}",
            f"the record says {case.offence_code}",
            rule="R-VN-LXLVPHC-68",
        )
    _check_penalty(case, said, bracket)
    ceiling = _ceiling(case, context, said, decided)
    if not SHORTEST_EXECUTION <= said.execute_within_days <= LONGEST_EXECUTION:
        raise InvalidInput(
            "executeWithinDays",
            f"từ {SHORTEST_EXECUTION} đến {LONGEST_EXECUTION} ngày",
            f"is between {SHORTEST_EXECUTION} and {LONGEST_EXECUTION} days",
            rule="R-VN-LXLVPHC-73.1",
        )
    unit_id = context.actor.unit_id
    ended = (*HARD, "EXPLAIN_WRITTEN", "EXPLAIN_REQUEST", "EXPLAIN_SESSION_NOTICE")
    with acting(context.envelope("case.decide", at=decided)):
        case.trigger_event(
            DecisionIssued,
            number=said.number,
            signer_title=said.signer_title,
            ceiling=ceiling,
            offence_code=bracket.code,
            organisation=case.violator_is_organisation,
            fine=said.fine,
            points=said.points,
            suspension_months=said.suspension_months,
            remedies=tuple(words("remedies", remedy) for remedy in said.remedies),
            circumstances=Personal.said(case.id, said.circumstances)
            if some_words("circumstances", said.circumstances)
            else None,
            execute_within_days=said.execute_within_days,
            refuses_inspection=_refuses_from_here(context),
            clocks=(
                *started(context, "SEND_DECISION", decided, unit_id),
                *started(context, "EXECUTION_LIMITATION", decided, unit_id),
            ),
            stopped=stopped(case.clocks, decided, *ended),
        )


def _refuses_from_here(context: Context) -> bool:
    settings = context.rulebook.settings
    return "REFUSAL" in settings.inspection_flags and settings.refusal_from is RefusalFrom.DECISION


def _check_heard_by(case: CaseBody, decided: datetime) -> None:
    """A decision is not dated into a time in which the violator could still explain, and had not."""
    if Mark.EXPLANATION_OPEN not in case.marks or Mark.EXPLAINED in case.marks:
        return
    until = max(
        (case.ran[t].due for t in ("EXPLAIN_WRITTEN", "EXPLAIN_REQUEST") if t in case.ran), default=decided
    )
    if decided < until:
        raise InvalidInput(
            "at",
            f"người vi phạm còn quyền giải trình đến {until.isoformat()}",
            f"the violator could explain until {until.isoformat()}",
            rule="R-VN-LXLVPHC-61.1",
        )


def _check_penalty(case: CaseBody, said: PenaltyWords, bracket: Bracket) -> None:
    """The fine lies within the bracket, twice as high for an organisation; points and suspension are what it sets."""
    times = 2 if case.violator_is_organisation else 1
    lowest, highest = times * bracket.minimum, times * bracket.maximum
    amount("fine", said.fine, said.currency, rule=bracket.rule)
    if not lowest <= said.fine <= highest:
        raise InvalidInput(
            "fine",
            f"{said.fine} đồng ngoài khung {lowest}–{highest} đồng của {bracket.basis}",
            f"{said.fine} đồng is outside of the bracket {lowest}–{highest} đồng of {bracket.basis}",
            rule=bracket.rule,
        )
    points = 0 if case.violator_is_organisation else bracket.points
    if said.points != points:
        raise InvalidInput(
            "points",
            f"{bracket.basis} trừ {points} điểm giấy phép lái xe",
            f"{bracket.basis} takes {points} points",
            rule=bracket.rule,
        )
    least, most = bracket.suspension_months or (0, 0)
    if case.violator_is_organisation:
        least = most = 0
    if not least <= said.suspension_months <= most:
        raise InvalidInput(
            "suspensionMonths",
            f"{bracket.basis} tước giấy phép từ {least} đến {most} tháng",
            f"{bracket.basis} suspends the licence for {least} to {most} months",
            rule=bracket.rule,
        )


def _ceiling(case: CaseBody, context: Context, said: PenaltyWords, decided: datetime) -> int:
    """How high the signer may fine; refused above it, and where the signer holds no such title."""
    day = legal_date(decided)
    titles = context.rulebook.titles(context.actor.unit_kind, day, leader=context.actor.leader)
    if said.signer_title not in titles:
        known = ", ".join(titles) or "—"
        raise Forbidden(
            f"Chức danh {said.signer_title} không có thẩm quyền ở đơn vị này; có: {known}",
            f"The title {said.signer_title} has no power in this unit; there are: {known}",
            rule=context.rule_of("case.decide"),
        )
    found = context.rulebook.ceiling(said.signer_title, day)
    if found is None:
        raise Forbidden(
            f"Chưa có quy định mức phạt tối đa của {said.signer_title} vào ngày {day}",
            f"A ceiling of {said.signer_title} is not set for {day}",
            rule=context.rule_of("case.decide"),
        )
    times = 2 if case.violator_is_organisation else 1
    if said.fine > times * found.amount:
        raise Forbidden(
            f"{said.fine} đồng vượt thẩm quyền {times * found.amount} đồng của {said.signer_title} ({found.basis})",
            f"{said.fine} đồng is above the ceiling {times * found.amount} đồng of {said.signer_title} ({found.basis})",
            rule=found.rule,
        )
    return times * found.amount


def decide_none(
    case: CaseBody,
    context: Context,
    *,
    ground: NoDecisionGround,
    text: str,
    remedies: tuple[str, ...] = (),
) -> None:
    """Decide that there is no penalty, on one ground of the law that holds of this case."""
    refuse(check_decide_none(case, context))
    rule = "R-VN-LXLVPHC-65.1"
    words("text", text, rule=rule)
    problem = _ground_fails(case, context, ground)
    if problem is not None:
        raise InvalidInput("ground", *problem, rule=rule)
    with acting(context.envelope("case.decide", reason=ground.value, rule=rule)):
        case.trigger_event(
            NoDecision,
            ground=ground.value,
            text=Personal.said(case.id, text),
            remedies=tuple(words("remedies", remedy) for remedy in remedies),
            stopped=stopped(case.clocks, context.now, *(t for t in case.clocks if t != "NOTIFY_RESULT")),
        )


def _ground_fails(case: CaseBody, context: Context, ground: NoDecisionGround) -> tuple[str, str] | None:
    """Why a ground does not hold, as far as the record can tell."""
    marks = set(case.marks)
    if ground is NoDecisionGround.VIOLATOR_NOT_DETERMINED and Mark.VIOLATOR_DETERMINED in marks:
        return "đã xác định đối tượng vi phạm", "the violator was determined"
    if ground is NoDecisionGround.CRIMINAL_REFERRAL and case.state != CaseState.REFERRED:
        return "hồ sơ chưa chuyển cơ quan điều tra", "the case was not referred to the criminal procedure"
    if ground is NoDecisionGround.TIME_EXPIRED:
        ended = any(t in case.clocks and context.now >= case.clocks[t].due for t in HARD)
        if not ended and not {Mark.LIMITATION_EXPIRED, Mark.DECISION_TIME_EXPIRED} & marks:
            return (
                "thời hiệu, thời hạn ra quyết định vẫn còn",
                "neither the limitation nor the time to decide has ended",
            )
    if case.state == CaseState.CONCLUDED and case.finding != Finding.VIOLATION:
        return "chưa kết luận có vi phạm", "no violation was concluded"
    return None
