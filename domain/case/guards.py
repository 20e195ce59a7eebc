"""What guards look at, and what they share; each act's own guard stands beside its event.

The command raises what a guard returns, `availableActions` shows it, the state-machine tests enumerate it.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.camera.guards import CameraFacts, check_secret
from domain.case.clocks import Clock
from domain.case.state import CaseState
from domain.context import Context
from domain.errors import Forbidden, Refusal, SamePerson, SameUnit, WrongState
from domain.rules import CaseStep


class CaseFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows a case."""

    @property
    def state(self) -> str:
        """The step it has come to."""

    @property
    def marks(self) -> Collection[str]:
        """What has happened beside the steps."""

    @property
    def clocks(self) -> Mapping[str, Clock]:
        """The clocks that run, by the name of their timer."""

    @property
    def domain(self) -> str:
        """TRAFFIC or SECURITY."""

    @property
    def kind(self) -> str:
        """The act it is about, such as RED_LIGHT."""

    @property
    def track(self) -> str:
        """SUPPLIED or OWN_DEVICE (C29)."""

    @property
    def finding(self) -> str | None:
        """What the police concluded."""

    @property
    def late_without_reason(self) -> Mapping[str, UUID]:
        """The timers that were stopped late without a reason, each with the unit that owes it."""

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
        """The accounts that approved it: more than one where it was returned and somebody else approved it again."""

    @property
    def approving_unit_id(self) -> UUID | None:
        """The unit that approved it."""

    @property
    def occurred_at(self) -> datetime:
        """When the act took place."""

    @property
    def detected_at(self) -> datetime:
        """When the camera's detection took place."""


Guard = Callable[[CaseFacts, Context], Refusal | None]


def facts_of(case: CaseFacts, context: Context) -> frozenset[str]:
    """The conditions of the permission matrix that hold for this actor and this case."""
    facts = set(context.rulebook.facts_about(context.actor.unit_kind))
    if context.actor.covers(case.area_path):
        facts.add("own-area")
    if context.actor.leader:
        facts |= {"leader", "leader-of-unit"}
    if case.domain == "SECURITY":
        facts.add("security-case")
    if context.actor.unit_id in {case.holder_unit_id, case.detecting_unit_id}:
        facts |= {"holds-case-or-camera", "own-unit"}
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


def check_open(case: CaseFacts, camera: CameraFacts, context: Context) -> Refusal | None:
    """Evidence is opened by whose unit holds the case or its camera, within their function; not by the audit.

    What may be a state secret is opened by the camera's own system alone, until the mark is lifted.
    """
    return context.check_may("evidence.view", facts=facts_of(case, context)) or check_secret(camera, context)


def check_begin(
    case: CaseFacts,
    context: Context,
    action: str,
    *wanted: CaseState,
    step: CaseStep | None = None,
    by_holder: bool = True,
) -> Refusal | None:
    """The matrix allows the act, the regulation has its step, the case is where it begins, and the unit holds it."""
    refusal = context.check_may(action, facts=facts_of(case, context))
    if refusal is None and step is not None:
        refusal = context.check_step(step)
    if refusal is not None:
        return refusal
    rule = context.rule_of(action)
    if case.state not in wanted:
        expected = ", ".join(wanted)
        return WrongState(
            f"Hồ sơ ở trạng thái {case.state}, cần {expected}",
            f"The case is {case.state}, it must be {expected}",
            rule=rule,
        )
    if by_holder and case.holder_unit_id != context.actor.unit_id:
        return Forbidden("Hồ sơ đang do đơn vị khác thụ lý", "Another unit holds the case", rule=rule)
    return None


def check_traffic(case: CaseFacts, context: Context, action: str) -> Refusal | None:
    """Sanctioning is for violations: an abnormal event of the security domain ends when it is handled."""
    if case.domain == "TRAFFIC":
        return None
    return WrongState(
        "Hồ sơ an ninh không theo trình tự xử phạt; dùng handleCase để kết thúc",
        "A security case does not follow the procedure of sanctioning; end it by handleCase",
        rule=context.rule_of(action),
    )


def check_leader(context: Context, action: str) -> Refusal | None:
    """The head of the unit does this, not a member of it."""
    if context.actor.leader:
        return None
    return Forbidden(
        "Việc này do Lãnh đạo đơn vị thực hiện",
        "The head of the unit does this",
        rule=context.rule_of(action),
    )


def check_other_than_approver(case: CaseFacts, context: Context, action: str) -> Refusal | None:
    """Whoever approved a case never finds on it, nor does their unit (R-QT-4.4.0, R-DH-11.3.b4)."""
    if context.actor.people & set((case.approved_by or "").split()):
        return SamePerson(
            "Người phê duyệt không được kết luận cùng hồ sơ",
            "Whoever approved the case may not conclude it",
            rule=context.rule_of(action),
        )
    if case.approving_unit_id == context.actor.unit_id:
        return SameUnit(
            "Đơn vị phê duyệt không được kết luận cùng hồ sơ",
            "The unit that approved the case may not conclude it",
            rule=context.rule_of(action),
        )
    return None


def check_mark(case: CaseFacts, mark: str, vi: str, en: str, rule: str | None) -> Refusal | None:
    """The mark is there; otherwise say what is missing."""
    return None if mark in case.marks else WrongState(vi, en, rule=rule)


def check_no_mark(case: CaseFacts, mark: str, vi: str, en: str, rule: str | None) -> Refusal | None:
    """The mark is not there; otherwise say that it already is."""
    return WrongState(vi, en, rule=rule) if mark in case.marks else None


def check_in_time(case: CaseFacts, context: Context, vi: str, en: str, *timers: str) -> Refusal | None:
    """None of these hard clocks has ended: the instant of recording counts, whatever date is on the paper."""
    for timer in timers:
        clock = case.clocks.get(timer)
        if clock is not None and context.now >= clock.due:
            return WrongState(
                f"{vi}: {timer} đã hết lúc {clock.due.isoformat()}",
                f"{en}: {timer} ended at {clock.due.isoformat()}",
                rule=clock.rule,
            )
    return None
