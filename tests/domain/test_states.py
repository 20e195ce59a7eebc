"""Every step and every mark of the procedure is reached by the acts that lead to it, and says what is expected next."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import UUID

import pytest

from domain.case import Case, CaseState, Finding, Mark
from domain.case.clocks import next_due
from domain.case.state import ENDED, Channel, Explanation, NoDecisionGround, Voided
from domain.context import Actor, Context
from tests.support.cases import TEXT, detected, discarded, limitation
from tests.support.procedure import (
    CHIEF,
    OWNER,
    RECORD,
    driven,
    on,
    overdue,
    scheduler_says,
)
from tests.support.spec import (
    APPROVER,
    COMMUNE,
    COMMUNE_LEADER,
    HANDLER,
    POLICE,
    TEAM,
    Given,
    given,
    recorded,
    replayed,
)

OTHER = UUID(int=0xD0)


def own_device() -> Given[Case]:
    """A case of the police's own device, of whose owner nothing was heard."""
    case = given(
        Case, detected(holder_unit_id=POLICE.id, track="OWN_DEVICE", clocks=(limitation(POLICE.id),))
    )
    case.after(on(HANDLER, "2026-06-02 09:00"), Case.receive)
    case.after(
        on(HANDLER, "2026-06-10 09:00"),
        lambda case, ctx: case.identify_owner(ctx, **OWNER),
        lambda case, ctx: case.send_notice(ctx, reference="01/TB-CA"),
    )
    return case.after(
        on(HANDLER, "2026-07-01 09:00"),
        lambda case, ctx: case.send_warning(ctx, recipients=("Cục Đăng kiểm",), reference="02/TB-CA"),
    )


def nothing_found(case: Case, context: Context) -> None:
    """Nobody violated anything."""
    case.conclude(context, finding=Finding.NO_VIOLATION, text=TEXT)


def not_competent(case: Case, context: Context) -> None:
    """Whoever draws the record may not decide."""
    case.draw(context, replace(RECORD, competent=False))


def referred() -> Given[Case]:
    """A case with signs of a crime."""
    return driven("startVerification").after(
        on(HANDLER, "2026-06-10 09:00"),
        lambda case, ctx: case.refer(ctx, to="CQĐT", documents=("Ảnh",), text="Dấu hiệu tội phạm"),
    )


def session() -> Given[Case]:
    """A case whose violator asked to be heard."""
    return driven("drawRecord").after(
        on(HANDLER, "2026-07-02 09:00"),
        lambda case, ctx: case.request_explanation(ctx, form=Explanation.SESSION),
    )


def explained() -> Given[Case]:
    """A case whose violator has written."""
    return driven("drawRecord").after(
        on(HANDLER, "2026-07-02 09:00"),
        lambda case, ctx: case.request_explanation(ctx, form=Explanation.WRITTEN),
        lambda case, ctx: case.record_explanation(ctx, text="Không thấy đèn", minutes=None),
    )


def complex_facts() -> Given[Case]:
    """A case of which facts are verified, and which is especially complex."""
    return driven("drawRecord").after(
        on(HANDLER, "2026-07-02 09:00"),
        lambda case, ctx: case.verify_facts(ctx, text="Biển số giả"),
        lambda case, ctx: case.declare_complex(ctx, text="Đặc biệt nghiêm trọng"),
    )


def transferred() -> Given[Case]:
    """A case whose file went to the traffic team."""
    return driven("drawRecord", drawRecord=not_competent).after(
        on(HANDLER, "2026-07-02 09:00"), lambda case, ctx: case.transfer_record(ctx, recipient=TEAM)
    )


def handled() -> Given[Case]:
    """An abnormal event that was dealt with."""
    case = given(Case, detected(domain="SECURITY")).after(
        on(APPROVER, "2026-06-02 08:00"), lambda case, ctx: case.approve(ctx, plate=None, recipient=COMMUNE)
    )
    return case.after(
        on(COMMUNE_LEADER, "2026-06-02 09:00"),
        Case.receive,
        lambda case, ctx: case.handle(ctx, text="Đã giải tán"),
    )


def merged() -> Given[Case]:
    """A case for which another one stands."""
    into = replayed(recorded([detected()], Case, OTHER))
    assert isinstance(into, Case)
    return driven("receiveCase").after(
        on(HANDLER, "2026-06-04 09:00"), lambda case, ctx: case.merge(ctx, into=into, text="Trùng")
    )


def forwarded() -> Given[Case]:
    """A case that went to a body outside."""
    return driven("receiveCase").after(
        on(HANDLER, "2026-06-04 09:00"),
        lambda case, ctx: case.forward(
            ctx,
            recipient=None,
            outside="Công an tỉnh khác",
            text="Chủ xe ở nơi khác",
            channel=Channel.DOCUMENT,
            reference="45/CV-CA",
            receiver="Trần Văn Mẫu",
        ),
    )


def enforced() -> Given[Case]:
    """A decision that is enforced."""
    return overdue().after(
        on(CHIEF, "2026-08-10 09:00"),
        lambda case, ctx: case.enforce(ctx, number="06/QĐ-CC", measure="Khấu trừ lương"),
    )


def after(until: str, who: Actor, at: str, act: Callable[[Case, Context], object]) -> Given[Case]:
    """The usual case, and one act more."""
    return driven(until).after(on(who, at), act)


PROCEDURE: Final[dict[str, tuple[CaseState, set[Mark], Callable[[], Given[Case]]]]] = {
    "0 detected": (CaseState.DETECTED, set(), lambda: given(Case, detected())),
    "1 discarded": (CaseState.DISCARDED, set(), lambda: given(Case, detected(), discarded())),
    "2 approved and transferred": (CaseState.APPROVED, set(), lambda: driven("approveCase")),
    "3 received": (CaseState.RECEIVED, {Mark.RECEIVED}, lambda: driven("receiveCase")),
    "3a returned": (
        CaseState.RETURNED,
        set(),
        lambda: after(
            "receiveCase", HANDLER, "2026-06-04 09:00", lambda case, ctx: case.return_(ctx, text="Ảnh mờ")
        ),
    ),
    "3a forwarded": (CaseState.FORWARDED, set(), forwarded),
    "4 verifying": (CaseState.VERIFYING, {Mark.RECEIVED}, lambda: driven("startVerification")),
    "4a verifying, complex": (
        CaseState.VERIFYING,
        {Mark.COMPLEX},
        lambda: after(
            "startVerification",
            CHIEF,
            "2026-06-10 09:00",
            lambda case, ctx: case.extend(ctx, text="Phức tạp"),
        ),
    ),
    "5a concluded, a violation": (CaseState.CONCLUDED, set(), lambda: driven("concludeCase")),
    "5b concluded, none": (
        CaseState.CONCLUDED,
        set(),
        lambda: driven("concludeCase", concludeCase=nothing_found),
    ),
    "5c referred": (CaseState.REFERRED, set(), referred),
    "6 owner identified": (CaseState.VERIFYING, {Mark.OWNER_IDENTIFIED}, lambda: driven("identifyOwner")),
    "7 notice sent": (CaseState.VERIFYING, {Mark.NOTICE_SENT}, lambda: driven("sendNotice")),
    "8 warning sent": (CaseState.RECEIVED, {Mark.INSPECTION_WARNING}, own_device),
    "9 violator determined": (
        CaseState.CONCLUDED,
        {Mark.VIOLATOR_DETERMINED},
        lambda: driven("determineViolator"),
    ),
    "10 record drawn": (CaseState.RECORDED, {Mark.EXPLANATION_OPEN}, lambda: driven("drawRecord")),
    "10 record drawn, to be transferred": (
        CaseState.RECORDED,
        {Mark.RECORD_TRANSFER_OWED},
        lambda: driven("drawRecord", drawRecord=not_competent),
    ),
    "10a record transferred": (CaseState.RECORDED, {Mark.RECORD_TRANSFERRED}, transferred),
    "11 to be heard": (
        CaseState.RECORDED,
        {Mark.EXPLANATION_REQUESTED, Mark.SESSION_REQUESTED},
        session,
    ),
    "11 heard": (CaseState.RECORDED, {Mark.EXPLAINED}, explained),
    "11b facts in verification": (CaseState.RECORDED, {Mark.FACTS_IN_VERIFICATION}, complex_facts),
    "11c especially complex": (CaseState.RECORDED, {Mark.ESPECIALLY_COMPLEX}, complex_facts),
    "12a decided": (CaseState.DECIDED, set(), lambda: driven("decidePenalty")),
    "12a sent": (CaseState.DECIDED, {Mark.DECISION_SENT}, lambda: driven("sendDecision")),
    "12b not decided": (
        CaseState.NOT_DECIDED,
        set(),
        lambda: after(
            "notifyResult",
            CHIEF,
            "2026-06-25 09:00",
            lambda case, ctx: case.decide_none(ctx, ground=NoDecisionGround.EXEMPT, text="Xe ưu tiên"),
        ),
    ),
    "13 delivered": (CaseState.DELIVERED, set(), lambda: driven("confirmDelivery")),
    "14 overdue": (CaseState.OVERDUE, {Mark.INSPECTION_WARNING, Mark.INSPECTION_REFUSAL}, overdue),
    "15 enforced": (CaseState.ENFORCED, set(), enforced),
    "16 executed": (CaseState.EXECUTED, set(), lambda: driven("executeDecision")),
    "17 resolved": (CaseState.RESOLVED, set(), lambda: driven("resolveCase")),
    "18 result notified": (CaseState.CONCLUDED, {Mark.RESULT_NOTIFIED}, lambda: driven("notifyResult")),
    "19 published": (
        CaseState.CONCLUDED,
        {Mark.PUBLISHED},
        lambda: after("notifyResult", APPROVER, "2026-06-25 09:00", Case.publish),
    ),
    "X1 limitation expired": (
        CaseState.CONCLUDED,
        {Mark.LIMITATION_EXPIRED},
        lambda: scheduler_says(driven("determineViolator"), "LIMITATION", "2027-06-01 00:00"),
    ),
    "X1b time to decide expired": (
        CaseState.RECORDED,
        {Mark.DECISION_TIME_EXPIRED},
        lambda: scheduler_says(driven("drawRecord"), "DECIDE", "2026-07-11 00:00"),
    ),
    "X2 execution expired": (
        CaseState.OVERDUE,
        {Mark.EXECUTION_EXPIRED},
        lambda: scheduler_says(overdue(), "EXECUTION_LIMITATION", "2027-07-09 00:00"),
    ),
    "X3 complained": (
        CaseState.DELIVERED,
        {Mark.COMPLAINED},
        lambda: after(
            "confirmDelivery",
            HANDLER,
            "2026-07-16 09:00",
            lambda case, ctx: case.complain(ctx, reference="07/KN", against="05/QĐ", text="Không đồng ý"),
        ),
    ),
    "security, handled": (CaseState.HANDLED, set(), handled),
    "merged": (CaseState.MERGED, set(), merged),
    "another one suspected": (
        CaseState.RECEIVED,
        {Mark.DUPLICATE_SUSPECTED},
        lambda: after(
            "receiveCase", HANDLER, "2026-06-04 09:00", lambda case, ctx: case.suspect(ctx, [OTHER])
        ),
    ),
    "declared void": (
        CaseState.VOIDED,
        set(),
        lambda: after(
            "receiveCase",
            CHIEF,
            "2026-06-04 09:00",
            lambda case, ctx: case.void(ctx, what=Voided.CASE, document="09/QĐ", text="Nhầm xe"),
        ),
    ),
}
"""The steps by the numbers of the procedure: the state, the marks that make it, and how a case comes there."""


@pytest.mark.parametrize("step", list(PROCEDURE))
def test_reached(step: str) -> None:
    """A case comes to it by lawful acts; a case that has ended has no clock, any other one has its next."""
    state, marks, come = PROCEDURE[step]
    case = come().aggregate
    assert case.state == state
    assert case.marks >= marks
    if state in ENDED:
        assert set(case.clocks) <= {"NOTIFY_RESULT"}
    elif (
        case.domain == "TRAFFIC" and state is not CaseState.EXECUTED and case.finding != Finding.NO_VIOLATION
    ):
        clock = next_due(case.clocks)
        assert clock is not None
        assert clock.unit_id == case.holder_unit_id


def test_all_of_them(counted: Callable[[str], None]) -> None:
    """No state and no mark is left out."""
    states = {state for state, _, _ in PROCEDURE.values()}
    marks = {mark for _, marks, _ in PROCEDURE.values() for mark in marks}
    assert states == set(CaseState)
    assert marks == set(Mark)
    counted(f"procedure: {len(PROCEDURE)} steps reached, all {len(states)} states and {len(marks)} marks")
