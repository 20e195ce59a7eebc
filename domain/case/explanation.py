"""What the violator says to the record, and what makes the time to decide longer (Luật XLVPHC Đ59, Đ61, Đ66)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.case.body import CaseBody
from domain.case.clocks import Clock, started, stopped
from domain.case.events import Event, Moved
from domain.case.guards import (
    CaseFacts,
    check_begin,
    check_in_time,
    check_mark,
    check_no_mark,
)
from domain.case.inputs import LONGEST_NAME, some_words, when, words
from domain.case.record import decide_clock
from domain.case.state import CaseState, Explanation, Mark
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, WrongState, refuse
from domain.personal import Personal
from domain.rules import CaseStep

# -- events -------------------------------------------------------------------------


@dataclass(frozen=True)
class ExplanationRequested(Event):
    """The violator asked to explain, in writing or in a session, within the time for it (Luật XLVPHC Đ61)."""

    TOPIC = "case:explanation-requested"
    form: str
    received_at: datetime

    def change(self, case: Moved) -> None:
        """The decision has the longer time."""
        case.marks.add(Mark.EXPLANATION_REQUESTED)
        if self.form == Explanation.SESSION:
            case.marks.add(Mark.SESSION_REQUESTED)

    def remember(self, case: CaseBody) -> None:
        """Keep what later decisions ask for."""
        case.explanation_form = self.form


@dataclass(frozen=True)
class ExplanationExtended(Event):
    """The time to explain in writing was extended, because the violator asked in writing (Luật XLVPHC Đ61.2)."""

    TOPIC = "case:explanation-extended"
    text: Personal[str]


@dataclass(frozen=True)
class SessionAnnounced(Event):
    """The violator was told when the session takes place (Luật XLVPHC Đ61.3)."""

    TOPIC = "case:session-announced"
    session_at: datetime
    place: Personal[str]

    def remember(self, case: CaseBody) -> None:
        """There is a session to hold."""
        case.session_announced = True


@dataclass(frozen=True)
class Explained(Event):
    """The violator explained; of a session there are signed minutes."""

    TOPIC = "case:explained"
    form: str
    text: Personal[str]
    minutes: str | None

    def change(self, case: Moved) -> None:
        """They have been heard."""
        case.marks.add(Mark.EXPLAINED)


@dataclass(frozen=True)
class FactsVerified(Event):
    """Facts have to be verified before a decision (Luật XLVPHC Đ59)."""

    TOPIC = "case:facts-in-verification"
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """The decision has the longer time."""
        case.marks.add(Mark.FACTS_IN_VERIFICATION)


@dataclass(frozen=True)
class DeclaredComplex(Event):
    """The case is especially serious, with many complex details (Luật XLVPHC Đ66.1.c)."""

    TOPIC = "case:declared-complex"
    text: Personal[str]

    def change(self, case: Moved) -> None:
        """The decision has the longest time."""
        case.marks.add(Mark.ESPECIALLY_COMPLEX)


# -- guards -------------------------------------------------------------------------


def check_explain(case: CaseFacts, context: Context) -> Refusal | None:
    """Who may explain is heard (Luật XLVPHC Đ61.1)."""
    return check_begin(case, context, "case.hear", CaseState.RECORDED, step=CaseStep.EXPLAIN) or check_mark(
        case,
        Mark.EXPLANATION_OPEN,
        "Hành vi này không thuộc trường hợp được giải trình",
        "The law gives no right to explain for this act",
        "R-VN-LXLVPHC-61.1",
    )


def check_request_explanation(case: CaseFacts, context: Context) -> Refusal | None:
    """One request to explain; whether it came in time is told by the day it was received, not by that of its entry."""
    return check_explain(case, context) or check_no_mark(
        case,
        Mark.EXPLANATION_REQUESTED,
        "Đã có yêu cầu giải trình",
        "To explain was asked for already",
        "R-VN-LXLVPHC-61.3",
    )


def check_extend_explanation(case: CaseFacts, context: Context) -> Refusal | None:
    """The written explanation is given more time once, before its first time has ended."""
    refusal = check_explain(case, context)
    clock = case.clocks.get("EXPLAIN_WRITTEN")
    if refusal is None and (clock is None or clock.variant == "EXTENDED" or context.now >= clock.due):
        return WrongState(
            "Không còn thời hạn giải trình để gia hạn",
            "No time to explain is left to extend",
            rule="R-VN-LXLVPHC-61.2",
        )
    return refusal


def check_announce(case: CaseFacts, context: Context) -> Refusal | None:
    """A session that was asked for is announced."""
    refusal = check_explain(case, context)
    if refusal is None and "EXPLAIN_SESSION_NOTICE" not in case.clocks:
        return WrongState(
            "Không có yêu cầu giải trình trực tiếp", "No session was asked for", rule="R-VN-LXLVPHC-61.3"
        )
    return refusal


def check_record_explanation(case: CaseFacts, context: Context) -> Refusal | None:
    """What was explained is put on record after it was asked for."""
    return check_explain(case, context) or check_mark(
        case,
        Mark.EXPLANATION_REQUESTED,
        "Chưa có yêu cầu giải trình",
        "To explain was not asked for",
        "R-VN-LXLVPHC-61.3",
    )


def check_verify_facts(case: CaseFacts, context: Context) -> Refusal | None:
    """Facts are verified while there is time to decide."""
    return (
        check_begin(case, context, "case.hear", CaseState.RECORDED)
        or check_no_mark(
            case,
            Mark.FACTS_IN_VERIFICATION,
            "Đã ghi nhận phải xác minh tình tiết",
            "That facts are verified is on record already",
            "R-VN-LXLVPHC-59",
        )
        or check_in_time(
            case,
            context,
            "Hết thời hạn ra quyết định",
            "The time to decide has ended",
            "DECIDE",
            "DECIDE_AFTER_CRIMINAL",
        )
    )


def check_declare_complex(case: CaseFacts, context: Context) -> Refusal | None:
    """Only what is explained or verified can be especially serious and complex (Luật XLVPHC Đ66.1.c)."""
    refusal = (
        check_begin(case, context, "case.hear", CaseState.RECORDED)
        or check_no_mark(
            case,
            Mark.ESPECIALLY_COMPLEX,
            "Đã ghi nhận vụ việc đặc biệt nghiêm trọng, phức tạp",
            "The case was declared especially serious and complex already",
            "R-VN-LXLVPHC-66.1.c",
        )
        or check_in_time(
            case, context, "Hết thời hạn ra quyết định", "The time to decide has ended", "DECIDE"
        )
    )
    if refusal is None and not {Mark.EXPLANATION_REQUESTED, Mark.FACTS_IN_VERIFICATION} & set(case.marks):
        return WrongState(
            "Chỉ áp dụng khi có giải trình hoặc phải xác minh tình tiết",
            "It applies only where somebody explains or facts are verified",
            rule="R-VN-LXLVPHC-66.1.c",
        )
    return refusal


# -- decisions ----------------------------------------------------------------------


def request_explanation(
    case: CaseBody, context: Context, *, form: Explanation, received_at: datetime | None = None
) -> None:
    """Put on record that the violator asks to explain; too late, the right is lost (NĐ 118/2021 Đ17.1)."""
    refuse(check_request_explanation(case, context))
    received = when(case, context, received_at, after="record-drawn", path="receivedAt")
    timer = "EXPLAIN_WRITTEN" if form is Explanation.WRITTEN else "EXPLAIN_REQUEST"
    clock = case.ran.get(timer)
    if clock is None or received >= clock.due:
        ended = clock.due.isoformat() if clock else "—"
        raise WrongState(
            f"Hết thời hạn {timer} lúc {ended}: không còn quyền giải trình theo hình thức này",
            f"{timer} ended at {ended}: the right to explain in this form is lost",
            rule=clock.rule if clock else "R-VN-LXLVPHC-61.2",
        )
    session = form is Explanation.SESSION
    announce = started(context, "EXPLAIN_SESSION_NOTICE", received, context.actor.unit_id) if session else ()
    with acting(context.envelope("case.hear", rule=clock.rule, at=received)):
        case.trigger_event(
            ExplanationRequested,
            form=form.value,
            received_at=received,
            clocks=(*announce, *decide_clock(case, context, "EXPLANATION")),
            stopped=stopped(
                case.clocks, received, "EXPLAIN_REQUEST", *(("EXPLAIN_WRITTEN",) if session else ())
            ),
        )


def extend_explanation(case: CaseBody, context: Context, *, text: str) -> None:
    """Give the written explanation more time: from the end of the first, because the violator asked in writing."""
    refuse(check_extend_explanation(case, context))
    words("text", text, rule="R-VN-LXLVPHC-61.2")
    clock = case.clocks["EXPLAIN_WRITTEN"]
    # the instant a period ends belongs to the next day, and that day is the first that counts
    from_the_last_day = clock.due - timedelta(microseconds=1)
    with acting(context.envelope("case.hear", rule=clock.rule)):
        case.trigger_event(
            ExplanationExtended,
            text=Personal.said(case.id, text),
            clocks=started(context, "EXPLAIN_WRITTEN", from_the_last_day, clock.unit_id, "EXTENDED"),
        )


def announce_session(
    case: CaseBody, context: Context, *, session_at: datetime, place: str, late_reason: str | None = None
) -> None:
    """Tell the violator when and where they are heard."""
    refuse(check_announce(case, context))
    if session_at <= context.now:
        raise InvalidInput("sessionAt", "phải ở tương lai", "lies in the future")
    words("place", place, longest=LONGEST_NAME)
    with acting(context.envelope("case.hear", rule=case.clocks["EXPLAIN_SESSION_NOTICE"].rule)):
        case.trigger_event(
            SessionAnnounced,
            session_at=session_at,
            place=Personal.said(case.id, place),
            stopped=stopped(case.clocks, context.now, "EXPLAIN_SESSION_NOTICE"),
            late_reason=Personal.said(case.id, late_reason)
            if some_words("lateReason", late_reason)
            else None,
        )


def record_explanation(case: CaseBody, context: Context, *, text: str, minutes: str | None) -> None:
    """Put on record what the violator explained; of a session, under which minutes."""
    refuse(check_record_explanation(case, context))
    words("text", text, rule="R-VN-LXLVPHC-61.3")
    session = case.explanation_form == Explanation.SESSION
    if session and not (minutes and minutes.strip()):
        raise InvalidInput(
            "minutes",
            "phiên giải trình phải có biên bản được ký",
            "a session has signed minutes",
            rule="R-VN-LXLVPHC-61.3",
        )
    if session and not case.session_announced:
        raise WrongState(
            "Chưa thông báo phiên giải trình", "The session was not announced", rule="R-VN-LXLVPHC-61.3"
        )
    with acting(context.envelope("case.hear", rule="R-VN-LXLVPHC-61.3")):
        case.trigger_event(
            Explained,
            form=case.explanation_form,
            text=Personal.said(case.id, text),
            minutes=some_words("minutes", minutes, longest=LONGEST_NAME),
            stopped=stopped(case.clocks, context.now, "EXPLAIN_WRITTEN"),
        )


def verify_facts(case: CaseBody, context: Context, *, text: str) -> None:
    """Put on record that facts must be verified before a decision (R-DH-13.2.3)."""
    refuse(check_verify_facts(case, context))
    words("text", text, rule="R-VN-LXLVPHC-59")
    with acting(context.envelope("case.hear", rule="R-VN-LXLVPHC-59")):
        case.trigger_event(
            FactsVerified,
            text=Personal.said(case.id, text),
            clocks=(*decide_clock(case, context, "EXPLANATION"), *_after_criminal(case, context)),
        )


def _after_criminal(case: CaseBody, context: Context) -> tuple[Clock, ...]:
    """The time to decide after a criminal procedure is longer where facts are verified (Luật XLVPHC Đ63.3)."""
    clock = case.clocks.get("DECIDE_AFTER_CRIMINAL")
    if clock is None:
        return ()
    return started(context, clock.timer, clock.started_at, clock.unit_id, "EXTENDED")


def declare_complex(case: CaseBody, context: Context, *, text: str) -> None:
    """Put on record that the case is especially serious, with many complex details (R-DH-13.2.4)."""
    refuse(check_declare_complex(case, context))
    words("text", text, rule="R-VN-LXLVPHC-66.1.c")
    with acting(context.envelope("case.hear", rule="R-VN-LXLVPHC-66.1.c")):
        case.trigger_event(
            DeclaredComplex, text=Personal.said(case.id, text), clocks=decide_clock(case, context, "COMPLEX")
        )
