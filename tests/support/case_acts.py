"""Every act on a case in words that are drawn: some that nobody would refuse, and some that somebody should."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from domain.case import Case, Finding
from domain.case.documents import Made
from domain.case.review import Correctable
from domain.case.state import (
    Channel,
    Delivery,
    DocumentKind,
    Explanation,
    NoDecisionGround,
    ViolatorBasis,
    Voided,
)
from domain.context import Context
from domain.errors import Forbidden, InvalidInput, Refusal, SameUnit, WrongState
from domain.rules import VehicleGroup
from tests.support.cases import PLATE, TEXT, detected
from tests.support.procedure import OWNER, PENALTY, RECORD, VIOLATOR
from tests.support.spec import CENTRE, COMMUNE, HANDLER, OTHER_CENTRE, POLICE, TEAM, recorded, replayed

T = TypeVar("T")
Pick = Callable[[Sequence[Any]], Any]
"""Draws one of several."""
Drawn = Callable[[Case, Context, Pick], None]

UNITS: Final = (POLICE, TEAM, COMMUNE, CENTRE, OTHER_CENTRE)
OTHERS: Final = (UUID(int=0xD0), UUID(int=0xD1))
WORDS: Final = (TEXT, TEXT, TEXT, " ")
NAMES: Final = ("03/VB", "03/VB", "03/VB", "", "x" * 201)
AGO: Final = (
    None,
    None,
    None,
    timedelta(hours=2),
    timedelta(days=9),
    timedelta(days=400),
    -timedelta(days=1),
)


def _at(context: Context, pick: Pick) -> Any:
    """Now, or an earlier instant, or tomorrow."""
    ago = pick(AGO)
    return None if ago is None else context.now - ago


def _instant(context: Context, pick: Pick) -> Any:
    return _at(context, pick) or context.now


def _another(pick: Pick) -> Case:
    """Another case, of this kind or of another."""
    case = replayed(recorded([detected(rule=pick(["RED_LIGHT", "LANE"]))], Case, OTHERS[0]))
    assert isinstance(case, Case)
    return case


def _identify(case: Case, context: Context, pick: Pick) -> None:
    said = {"vehicle_group": pick(list(VehicleGroup)[:2]), "plate": pick([PLATE, PLATE, "73-?"])}
    case.identify_owner(context, **{**OWNER, **said})


def _determine(case: Case, context: Context, pick: Pick) -> None:
    said = {"is_organisation": pick([False, False, True]), "basis": pick(list(ViolatorBasis))}
    case.determine_violator(context, at=_at(context, pick), **{**VIOLATOR, **said})


def _code(case: Case) -> str:
    """The article for the vehicle and the day of the act, as the records of the tests have them."""
    return "7.7.c" if case.vehicle_group == VehicleGroup.MOTORBIKE else "6.9.b"


def _draw(case: Case, context: Context, pick: Pick) -> None:
    said = replace(
        RECORD,
        offence_code=pick([_code(case), _code(case), "6.9.b", "5.5.a"]),
        copies=pick([2, 2, 2, 1]),
        signed_by_violator=pick([True, True, False]),
        competent=pick([True, False]),
    )
    case.draw(context, said, at=_at(context, pick), late_reason=pick([None, "Chờ giám định"]))


def _decide(case: Case, context: Context, pick: Pick) -> None:
    times = 2 if case.violator_is_organisation else 1
    least = 4_000_000 if case.vehicle_group == VehicleGroup.MOTORBIKE else 18_000_000
    said = replace(
        PENALTY,
        signer_title=pick(["TEAM_LEADER", "TEAM_LEADER", "TEAM_LEADER", "OFFICER", "KING"]),
        offence_code=pick([_code(case), _code(case), _code(case), "6.9.b"]),
        fine=pick([times * least, times * least, times * least, 0, 100_000_000]),
        points=0 if case.violator_is_organisation else 4,
        execute_within_days=pick([10, 10, 30, 5]),
    )
    case.decide(context, said, at=_at(context, pick))


def _forward(case: Case, context: Context, pick: Pick) -> None:
    to = pick([*UNITS, None])
    by_hand = {"channel": Channel.DOCUMENT, "reference": pick(["45/CV", None]), "receiver": "Trần Văn Mẫu"}
    way = by_hand if to is None else {}
    case.forward(context, recipient=to, outside=None if to else "Công an tỉnh khác", text=pick(WORDS), **way)


def _made() -> Made:
    return Made(
        document_id=UUID(int=0xD1),
        number="03/BB",
        edition=1,
        template="x",
        sha256="9" * 64,
        size=1,
        name="documents/99",
    )


def _pay(case: Case, context: Context, pick: Pick) -> None:
    left = max(1000, case.fine - sum(paid for _, paid in case.payments))
    case.pay(
        context,
        paid=pick([left, left, left + 5_000_000, 1_000_000, 500]),
        currency=pick(["VND", "VND", "VND", "USD"]),
        receipt="BL",
        at=_at(context, pick),
    )


ACTS: Final[dict[str, Drawn]] = {
    "approveCase": lambda case, ctx, pick: case.approve(
        ctx,
        plate=pick([PLATE, PLATE, None, "?"]),
        recipient=pick([POLICE, POLICE, *UNITS]),
        duplicates=pick([(), (), OTHERS[:1]]),
    ),
    "discardCase": lambda case, ctx, pick: case.discard(
        ctx, reason_code=pick(["FALSE_ALARM", "BECAUSE"]), note=pick([None, TEXT])
    ),
    "receiveCase": lambda case, ctx, _: case.receive(ctx),
    "assignCase": lambda case, ctx, pick: case.assign(
        ctx, account_id=pick([ctx.actor.account_id, HANDLER.account_id]), unit_id=ctx.actor.unit_id
    ),
    "returnCase": lambda case, ctx, pick: case.return_(ctx, text=pick(WORDS)),
    "forwardCase": _forward,
    "handleCase": lambda case, ctx, pick: case.handle(ctx, text=pick(WORDS)),
    "keepCase": lambda case, ctx, pick: case.keep(
        ctx, other_case_id=pick([*sorted(case.duplicates), *OTHERS]), text=pick(WORDS)
    ),
    "mergeCase": lambda case, ctx, pick: case.merge(ctx, into=_another(pick), text=pick(WORDS)),
    "startVerification": lambda case, ctx, _: case.start_verification(ctx),
    "extendVerification": lambda case, ctx, pick: case.extend(ctx, text=pick(WORDS)),
    "concludeCase": lambda case, ctx, pick: case.conclude(
        ctx, finding=pick([Finding.VIOLATION, Finding.VIOLATION, *Finding]), text=pick(WORDS)
    ),
    "referCase": lambda case, ctx, pick: case.refer(
        ctx, to=pick(NAMES), documents=pick([("Ảnh",), ()]), text=pick(WORDS)
    ),
    "resumeCase": lambda case, ctx, pick: case.resume(
        ctx, document=pick(NAMES), received_at=_instant(ctx, pick)
    ),
    "notifyResult": lambda case, ctx, _: case.notify_result(ctx),
    "identifyOwner": _identify,
    "sendNotice": lambda case, ctx, pick: case.send_notice(ctx, reference=pick(NAMES), at=_at(ctx, pick)),
    "sendInspectionWarning": lambda case, ctx, pick: case.send_warning(
        ctx, recipients=pick([("Cục Đăng kiểm",), ()]), reference=pick(NAMES)
    ),
    "determineViolator": _determine,
    "drawRecord": _draw,
    "transferRecord": lambda case, ctx, pick: case.transfer_record(
        ctx, recipient=pick([TEAM, *UNITS]), at=_at(ctx, pick)
    ),
    "requestExplanation": lambda case, ctx, pick: case.request_explanation(
        ctx, form=pick(list(Explanation)), received_at=_at(ctx, pick)
    ),
    "extendExplanation": lambda case, ctx, pick: case.extend_explanation(ctx, text=pick(WORDS)),
    "announceSession": lambda case, ctx, pick: case.announce_session(
        ctx, session_at=ctx.now + pick([timedelta(days=3), timedelta()]), place=pick(NAMES)
    ),
    "recordExplanation": lambda case, ctx, pick: case.record_explanation(
        ctx, text=pick(WORDS), minutes=pick(["04/BB-GT", None])
    ),
    "verifyFacts": lambda case, ctx, pick: case.verify_facts(ctx, text=pick(WORDS)),
    "declareComplex": lambda case, ctx, pick: case.declare_complex(ctx, text=pick(WORDS)),
    "decidePenalty": _decide,
    "decideNoPenalty": lambda case, ctx, pick: case.decide_none(
        ctx, ground=pick(list(NoDecisionGround)), text=pick(WORDS)
    ),
    "sendDecision": lambda case, ctx, pick: case.send_decision(
        ctx, how=pick(list(Delivery)), reference=pick(NAMES), at=_at(ctx, pick)
    ),
    "confirmDelivery": lambda case, ctx, pick: case.confirm_delivery(
        ctx, how=pick(list(Delivery)), proof=pick(NAMES), received_at=_instant(ctx, pick)
    ),
    "recordPayment": _pay,
    "enforceDecision": lambda case, ctx, pick: case.enforce(ctx, number=pick(NAMES), measure="Khấu trừ"),
    "executeDecision": lambda case, ctx, pick: case.execute(ctx, receipt=pick(NAMES), at=_at(ctx, pick)),
    "resolveCase": lambda case, ctx, pick: case.resolve(ctx, told=pick([("Cục Đăng kiểm",), ()])),
    "endEvasion": lambda case, ctx, pick: case.end_evasion(
        ctx, ended_at=_instant(ctx, pick), text=pick(WORDS)
    ),
    "publishCase": lambda case, ctx, _: case.publish(ctx),
    "withdrawPublication": lambda case, ctx, pick: case.withdraw(ctx, text=pick(WORDS)),
    "fileComplaint": lambda case, ctx, pick: case.complain(
        ctx, reference=pick(NAMES), against="05/QĐ", text=pick(WORDS)
    ),
    "answerComplaint": lambda case, ctx, pick: case.answer(ctx, reference=pick(NAMES), text=pick(WORDS)),
    "correctCase": lambda case, ctx, pick: case.correct(
        ctx, field=pick(list(Correctable)), value=pick([PLATE, "?", " "]), text=pick(WORDS)
    ),
    "reopenCase": lambda case, ctx, pick: case.reopen(ctx, text=pick(WORDS)),
    "voidAct": lambda case, ctx, pick: case.void(
        ctx,
        what=pick([Voided.RECORD, Voided.DECISION, *Voided]),
        document=pick(NAMES),
        text=pick(WORDS),
    ),
    "explainDelay": lambda case, ctx, pick: case.explain_delay(
        ctx, timer=pick([*case.late_without_reason, "VERIFY"]), text=pick(WORDS)
    ),
    "issueDocument": lambda case, ctx, pick: case.issue(ctx, kind=pick(list(DocumentKind)), document=_made()),
}
"""The acts, by the names under which their guards are listed."""

MORE: Final[dict[str, set[type[Refusal]]]] = {
    "assignCase": {Forbidden},  # to another: the head of the unit
    "requestExplanation": {WrongState},  # in a form whose time has ended
    "recordExplanation": {WrongState},  # of a session that was not announced
    "decidePenalty": {Forbidden},  # above the ceiling, or under a title of another
    "executeDecision": {WrongState},  # while something is owed
    "voidAct": {WrongState},  # of what there is not
    "issueDocument": {WrongState},  # of what the case has not come to
}
"""What an act that is open is refused for beside its words, since it depends on what is asked."""

INPUTS: Final[set[type[Refusal]]] = {InvalidInput, SameUnit}
"""What any act that is open may be refused for."""
