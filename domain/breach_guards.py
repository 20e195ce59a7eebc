"""Who may do what about a breach of the regulation, and who is shown it.

What is said of a person is shown to whoever examines it, to the leaders of the unit, and to the person, who is heard;
everybody else learns how many there are. Who reported it is not shown to those it is about.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from domain.context import Context
from domain.errors import Forbidden, Refusal, SamePerson, WrongState


class BreachState(StrEnum):
    """Where a breach stands."""

    REPORTED = "REPORTED"
    CONFIRMED = "CONFIRMED"
    UNFOUNDED = "UNFOUNDED"
    DEALT_WITH = "DEALT_WITH"
    CLOSED = "CLOSED"


class BreachFinding(StrEnum):
    """What an examination found."""

    CONFIRMED = "CONFIRMED"
    UNFOUNDED = "UNFOUNDED"


class Measure(StrEnum):
    """What follows a breach, by its nature and degree; which of them a regulation knows is data of its profile."""

    REMINDER = "REMINDER"
    DISCIPLINE = "DISCIPLINE"
    ADMINISTRATIVE = "ADMINISTRATIVE"
    COMPENSATION = "COMPENSATION"
    CRIMINAL_REFERRAL = "CRIMINAL_REFERRAL"
    ADVICE = "ADVICE"


class Place(Protocol):
    """A unit, as whoever reports a breach in it is asked about it."""

    @property
    def unit_id(self) -> UUID:
        """Its id."""

    @property
    def area_path(self) -> str:
        """Where it works."""


class BreachFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows a breach."""

    @property
    def state(self) -> str:
        """Where it stands."""

    @property
    def area_path(self) -> str:
        """The area of the unit it happened in."""

    @property
    def owner_unit(self) -> UUID:
        """The unit it happened in."""

    @property
    def account_id(self) -> UUID | None:
        """Whom it is said of; None where that is the unit as such."""

    @property
    def leads(self) -> bool:
        """Whether that person leads the unit, or did at the time."""

    @property
    def reported_by(self) -> str:
        """Who reported it."""

    @property
    def examining_unit_id(self) -> UUID | None:
        """The unit whose finding stands."""


def is_about(one: BreachFacts, context: Context) -> bool:
    """Whether it is said of somebody who stands behind this act."""
    return one.account_id is not None and str(one.account_id) in context.actor.people


def is_above(one: BreachFacts) -> bool:
    """Whether it is decided above the unit: its head answers for the unit, and nobody is judge of their own head."""
    return one.account_id is None or one.leads


def needs_document(one: BreachFacts, context: Context) -> bool:
    """Whether people of the unit itself record what the body above it decided, which a document says."""
    return is_above(one) and one.owner_unit == context.actor.unit_id


def rule_of(context: Context) -> str | None:
    """The rule by which breaches are answered for and dealt with."""
    return context.rulebook.breaches.rule


def _checks(area_path: str, context: Context) -> bool:
    checking = context.rulebook.breaches.checked_by
    return context.actor.unit_kind in checking and context.actor.covers(area_path)


def _audits(area_path: str, context: Context) -> bool:
    return context.permission("audit.replay").allowed and context.actor.covers(area_path)


# -- guards -------------------------------------------------------------------------


def check_report(place: Place, context: Context) -> Refusal | None:
    """Anybody reports a breach in their own unit; whoever checks or audits, in the units of their area."""
    theirs = (
        place.unit_id == context.actor.unit_id
        or _checks(place.area_path, context)
        or _audits(place.area_path, context)
    )
    return context.check_may("breach.report", facts=frozenset({"own-unit"} if theirs else ()))


def check_examines(one: BreachFacts, context: Context) -> Refusal | None:
    """It is for the leaders of the unit, and for whoever checks the units of its area."""
    leads = context.actor.leader and context.actor.unit_id == one.owner_unit
    theirs = leads or _checks(one.area_path, context)
    return context.check_may("breach.examine", facts=frozenset({"receiver"} if theirs else ()))


def check_view(one: BreachFacts, context: Context) -> Refusal | None:
    """Whoever examines it sees it, the person it is said of, and the audit of its area."""
    if _audits(one.area_path, context):
        return None
    refusal = check_examines(one, context)
    if refusal is not None and is_about(one, context):
        return _check_heard(context)
    return refusal


def shows_reporter(one: BreachFacts, context: Context) -> bool:
    """Whether one is shown who reported it: whoever decides on it is, and the audit, and whoever did so."""
    if one.reported_by in context.actor.people:
        return True
    if is_about(one, context):
        return False
    decides = check_examines(one, context) is None and not needs_document(one, context)
    return decides or _audits(one.area_path, context)


def _check_heard(context: Context) -> Refusal | None:
    return context.check_may("breach.answer", facts=frozenset({"receiver"}))


def check_answer(one: BreachFacts, context: Context) -> Refusal | None:
    """Whoever it is said of is heard, while it is not closed."""
    about = frozenset({"receiver"} if is_about(one, context) else ())
    refusal = context.check_may("breach.answer", facts=about)
    if refusal is None and one.state == BreachState.CLOSED:
        return _wrong(one, context, "chưa đóng", "not be closed yet")
    return refusal


def _check_decides(one: BreachFacts, context: Context) -> Refusal | None:
    refusal = check_examines(one, context)
    if refusal is None and is_about(one, context):
        return SamePerson(
            "Không ai được tự quyết định về vi phạm của chính mình",
            "Nobody decides on a breach of their own",
            rule=rule_of(context),
        )
    return refusal


def check_examine(one: BreachFacts, context: Context) -> Refusal | None:
    """What was reported is found to be so, or not, by whoever examines it; never by the person it is said of."""
    refusal = _check_decides(one, context)
    if refusal is None and one.state != BreachState.REPORTED:
        return _wrong(one, context, "vừa được báo cáo", "have been reported only")
    return refusal


def check_deal(one: BreachFacts, context: Context) -> Refusal | None:
    """What is confirmed is dealt with, by one measure or by several."""
    refusal = _check_decides(one, context)
    if refusal is None and one.state not in {BreachState.CONFIRMED, BreachState.DEALT_WITH}:
        return _wrong(one, context, "được kết luận là có", "be confirmed")
    return refusal


def check_close(one: BreachFacts, context: Context) -> Refusal | None:
    """What was unfounded, or was dealt with, is closed."""
    refusal = _check_decides(one, context)
    if refusal is None and one.state not in {BreachState.UNFOUNDED, BreachState.DEALT_WITH}:
        return _wrong(one, context, "được xử lý, hoặc kết luận là không có", "be dealt with, or unfounded")
    return refusal


def check_reopen(one: BreachFacts, context: Context) -> Refusal | None:
    """A finding that was wrong is set aside by the unit that made it, or by whoever checks."""
    refusal = _check_decides(one, context)
    if refusal is None and one.state == BreachState.REPORTED:
        return _wrong(one, context, "đã được kết luận", "have been examined")
    theirs = one.examining_unit_id == context.actor.unit_id or _checks(one.area_path, context)
    if refusal is None and not theirs:
        return Forbidden(
            "Kết luận là của cơ quan kiểm tra, đơn vị không được tự xem lại",
            "The finding is of whoever checks the unit, and not the unit's to set aside",
            rule=rule_of(context),
        )
    return refusal


def _wrong(one: BreachFacts, context: Context, vi: str, en: str) -> WrongState:
    return WrongState(
        f"Vi phạm đang ở trạng thái {one.state}, phải {vi}",
        f"The breach is {one.state}, it must {en}",
        rule=rule_of(context),
    )


GUARDS: Final[dict[str, Callable[[BreachFacts, Context], Refusal | None]]] = {
    "answerBreach": check_answer,
    "examineBreach": check_examine,
    "dealWithBreach": check_deal,
    "closeBreach": check_close,
    "reopenBreach": check_reopen,
}
