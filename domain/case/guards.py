"""What must hold before each act on a case; each rule is written here once.

The command raises what a guard returns, `availableActions` shows it, the state-machine tests enumerate it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from domain.case.state import CaseState
from domain.clock import legal_date
from domain.context import Context
from domain.errors import Forbidden, Refusal, SamePerson, SameUnit, WrongState


class CaseFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows a case."""

    @property
    def state(self) -> str:
        """Where the case stands."""

    @property
    def domain(self) -> str:
        """TRAFFIC or SECURITY."""

    @property
    def area_path(self) -> str:
        """Where it took place."""

    @property
    def holder_unit_id(self) -> UUID:
        """The unit that must act next."""

    @property
    def detecting_unit_id(self) -> UUID:
        """The unit whose camera proposed it."""

    @property
    def approved_by(self) -> str | None:
        """The account that approved it."""

    @property
    def approving_unit_id(self) -> UUID | None:
        """The unit that approved it."""

    @property
    def received(self) -> bool:
        """Whether the recipient took it over."""

    @property
    def notified(self) -> bool:
        """Whether the result went back."""

    @property
    def detected_at(self) -> datetime:
        """When the camera's detection took place."""


Guard = Callable[[CaseFacts, Context], Refusal | None]


def facts_of(case: CaseFacts, context: Context) -> frozenset[str]:
    """The conditions of the permission matrix that hold for this actor and this case."""
    facts = set()
    if context.actor.covers(case.area_path):
        facts.add("own-area")
    if case.domain == "SECURITY":
        facts.add("security-case")
    if context.actor.unit_id in {case.holder_unit_id, case.detecting_unit_id}:
        facts.add("holds-case-or-camera")
    return frozenset(facts)


def check_view(case: CaseFacts, context: Context) -> Refusal | None:
    """Only a unit that holds the case or its camera reads it, or whoever may replay the audit of its area.

    These are the rows that `projections.scope.of_cases` lists: what is not listed is not found by its id either.
    """
    if not context.permission("audit.replay").allowed:
        return context.check_may("case.view", facts=facts_of(case, context))
    if context.actor.covers(case.area_path):
        return None
    return Forbidden(
        "Hồ sơ ngoài địa bàn của đơn vị",
        "The case lies outside of the unit's area",
        rule=context.rule_of("case.view"),
    )


def check_open(case: CaseFacts, context: Context) -> Refusal | None:
    """Evidence is opened by whose unit holds the case or its camera, within their function; not by the audit."""
    return context.check_may("evidence.view", facts=facts_of(case, context))


def _open(case: CaseFacts, context: Context, action: str, wanted: CaseState) -> Refusal | None:
    """The matrix allows the act, the case is where the act begins, and the actor's unit holds it."""
    refusal = context.check_may(action, facts=facts_of(case, context))
    if refusal is not None:
        return refusal
    rule = context.rule_of(action)
    if case.state != wanted:
        return WrongState(
            f"Hồ sơ ở trạng thái {case.state}, cần {wanted}",
            f"The case is {case.state}, it must be {wanted}",
            rule=rule,
        )
    if case.holder_unit_id != context.actor.unit_id:
        return Forbidden("Hồ sơ đang do đơn vị khác thụ lý", "Another unit holds the case", rule=rule)
    return None


def check_approve(case: CaseFacts, context: Context) -> Refusal | None:
    """An undecided proposal of its own cameras, detected since processing began, is the Centre's to approve."""
    refusal = _open(case, context, "case.approve", CaseState.DETECTED)
    start = context.rulebook.processing_start
    if refusal is None and start and legal_date(case.detected_at) < start:
        return WrongState(
            "Phát hiện trước ngày bắt đầu xử lý qua hệ thống: được lưu, không chuyển",
            "Detected before processing through the system began: kept, not transferred",
            rule="R-DHV-0.0.0",
        )
    return refusal


def check_discard(case: CaseFacts, context: Context) -> Refusal | None:
    """An undecided proposal is the Centre's to discard, with a reason."""
    return _open(case, context, "case.discard", CaseState.DETECTED)


def check_receive(case: CaseFacts, context: Context) -> Refusal | None:
    """The recipient takes an approved case over, once."""
    refusal = _open(case, context, "case.receive", CaseState.APPROVED)
    if refusal is None and case.received:
        return WrongState(
            "Hồ sơ đã được tiếp nhận", "The case is already received", rule=context.rule_of("case.receive")
        )
    return refusal


def check_verify(case: CaseFacts, context: Context) -> Refusal | None:
    """A received case may be verified."""
    refusal = _open(case, context, "case.verify", CaseState.APPROVED)
    if refusal is None and not case.received:
        return WrongState(
            "Phải tiếp nhận hồ sơ trước khi xác minh",
            "The case must be received before it is verified",
            rule=context.rule_of("case.receive"),
        )
    return refusal


def check_conclude(case: CaseFacts, context: Context) -> Refusal | None:
    """Whoever approved a case never concludes it, nor does their unit (R-QT-4.4.0, R-DH-11.3.b4)."""
    refusal = _open(case, context, "case.conclude", CaseState.VERIFYING)
    if refusal is not None:
        return refusal
    if case.approved_by == str(context.actor.account_id):
        return SamePerson(
            "Người phê duyệt không được kết luận cùng hồ sơ",
            "Whoever approved the case may not conclude it",
            rule=context.rule_of("case.conclude"),
        )
    if case.approving_unit_id == context.actor.unit_id:
        return SameUnit(
            "Đơn vị phê duyệt không được kết luận cùng hồ sơ",
            "The unit that approved the case may not conclude it",
            rule=context.rule_of("case.conclude"),
        )
    return None


def check_notify(case: CaseFacts, context: Context) -> Refusal | None:
    """The result of a concluded case goes back to the Centre, once."""
    refusal = _open(case, context, "case.notify", CaseState.CONCLUDED)
    if refusal is None and case.notified:
        return WrongState(
            "Kết quả đã được thông báo",
            "The result was already notified",
            rule=context.rule_of("case.notify"),
        )
    return refusal


GUARDS: Final[dict[str, Guard]] = {
    "approveCase": check_approve,
    "discardCase": check_discard,
    "receiveCase": check_receive,
    "startVerification": check_verify,
    "concludeCase": check_conclude,
    "notifyResult": check_notify,
}
"""Every act on a case, in the order of the procedure, with its guard."""
