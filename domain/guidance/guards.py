"""What must hold before anything is done with guidance, and the words it is described with."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from domain.context import Context, within
from domain.errors import Forbidden, Refusal, WrongState


class GuidanceKind(StrEnum):
    """What kind of document it is."""

    REGULATION = "REGULATION"
    GUIDANCE = "GUIDANCE"
    PROCEDURE = "PROCEDURE"
    TRAINING_MATERIAL = "TRAINING_MATERIAL"
    NOTICE = "NOTICE"


KINDS: Final[dict[GuidanceKind, tuple[str, str]]] = {
    GuidanceKind.REGULATION: ("Quy chế, nội quy", "Regulation"),
    GuidanceKind.GUIDANCE: ("Hướng dẫn", "Guidance"),
    GuidanceKind.PROCEDURE: ("Quy trình", "Procedure"),
    GuidanceKind.TRAINING_MATERIAL: ("Tài liệu tập huấn", "Training material"),
    GuidanceKind.NOTICE: ("Thông báo", "Notice"),
}
"""What each is called in Vietnamese and English."""


class GuidanceState(StrEnum):
    """What has become of an edition; whether it is in force is a question of the day."""

    ISSUED = "ISSUED"
    REPLACED = "REPLACED"
    WITHDRAWN = "WITHDRAWN"


class GuidanceFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows an edition."""

    @property
    def state(self) -> str:
        """What has become of it."""

    @property
    def area_path(self) -> str:
        """For which area it is."""

    @property
    def unit_kinds(self) -> Sequence[str]:
        """For which kinds of unit; all where none is named."""

    @property
    def owner_unit(self) -> UUID | None:
        """The unit that issued it, or follows that."""

    @property
    def ends_at(self) -> datetime | None:
        """From when on it is not in force any more."""

    @property
    def must_acknowledge(self) -> bool:
        """Whether whoever it is for has to confirm that they have read it."""


# -- guards -------------------------------------------------------------------------


def check_issue(context: Context) -> Refusal | None:
    """Guidance is issued by the units that the regulation names, where it says so by their heads."""
    actor = context.actor
    issuers = context.rulebook.settings.guidance.issuers
    named = issuers.get(actor.unit_kind)
    refusal = context.check_may("guidance.issue", facts=frozenset({"own-unit"} if named else ()))
    if refusal is None and named is not None and named.head and not actor.leader:
        return Forbidden(
            "Phải do thủ trưởng đơn vị ban hành",
            "It is for the head of the unit to issue it",
            rule=named.rule,
        )
    return refusal


def check_view(one: GuidanceFacts, context: Context) -> Refusal | None:
    """Whoever it is for reads it, in force or not, and so do its issuer and the audit of its area.

    These are the rows that `projections.scope.of_guidance` lists.
    """
    actor = context.actor
    if context.permission("audit.replay").allowed and actor.covers(one.area_path):
        return None
    ours = one.owner_unit == actor.unit_id or is_for(one, actor.unit_kind, actor.area_path)
    return context.check_may("guidance.view", facts=frozenset({"receiver"} if ours else ()))


def is_for(one: GuidanceFacts, unit_kind: str, area_path: str) -> bool:
    """Whether it is for the people of such a unit."""
    return within(area_path, one.area_path) and (not one.unit_kinds or unit_kind in one.unit_kinds)


def _check_own(one: GuidanceFacts, context: Context) -> Refusal | None:
    refusal = check_issue(context)
    if refusal is None and one.owner_unit != context.actor.unit_id:
        return Forbidden("Văn bản của đơn vị khác", "The guidance is of another unit", rule=rule_of(context))
    if refusal is None and one.state != GuidanceState.ISSUED:
        return WrongState(
            "Văn bản đã được thay thế hoặc thu hồi",
            "The edition was replaced or withdrawn already",
            rule=rule_of(context),
        )
    return refusal


def check_replace(one: GuidanceFacts, context: Context) -> Refusal | None:
    """Its issuer replaces it by another edition, once."""
    return _check_own(one, context)


def check_withdraw(one: GuidanceFacts, context: Context) -> Refusal | None:
    """Its issuer takes it back."""
    return _check_own(one, context)


def check_acknowledge(one: GuidanceFacts, context: Context) -> Refusal | None:
    """Whoever it is for confirms it themselves, as long as it holds, where it asks for that."""
    actor, rules = context.actor, context.rulebook.settings.guidance
    refusal = context.check_may("guidance.view", facts=frozenset({"receiver"}))
    if refusal is not None:
        return refusal
    if actor.delegation is not None:
        return Forbidden(
            "Mỗi người tự xác nhận cho mình, không theo ủy quyền",
            "Everybody confirms for themselves; leave the delegation out",
            rule=rules.before_use_rule,
        )
    if not is_for(one, actor.unit_kind, actor.area_path):
        return Forbidden(
            "Văn bản không dành cho đơn vị của bạn",
            "The guidance is not for your unit",
            rule=rules.before_use_rule,
        )
    if not one.must_acknowledge:
        return WrongState(
            "Văn bản này không yêu cầu xác nhận",
            "This guidance asks for no confirmation",
            rule=rules.before_use_rule,
        )
    if one.ends_at is not None and one.ends_at <= context.now:
        return WrongState(
            "Văn bản không còn hiệu lực; hãy xác nhận bản thay thế nếu có",
            "The edition is in force no more; confirm the one that replaces it, if there is one",
            rule=rules.before_use_rule,
        )
    return None


def check_brief(one: GuidanceFacts, context: Context) -> Refusal | None:
    """The head of a unit that it is for says that its people were told of it (R-DH-16.4.a)."""
    actor = context.actor
    rule = context.rulebook.settings.guidance.briefing_rule
    refusal = context.check_may("guidance.brief", facts=frozenset({"leader-of-unit"} if actor.leader else ()))
    if refusal is None and not is_for(one, actor.unit_kind, actor.area_path):
        return Forbidden(
            "Văn bản không dành cho đơn vị của bạn", "The guidance is not for your unit", rule=rule
        )
    return refusal


def rule_of(context: Context) -> str | None:
    """The rule by which the actor's unit issues guidance."""
    named = context.rulebook.settings.guidance.issuers.get(context.actor.unit_kind)
    return named.rule if named else context.rule_of("guidance.issue")


GUARDS: Final[dict[str, Callable[[GuidanceFacts, Context], Refusal | None]]] = {
    "replaceGuidance": check_replace,
    "withdrawGuidance": check_withdraw,
    "acknowledgeGuidance": check_acknowledge,
    "recordBriefing": check_brief,
}
