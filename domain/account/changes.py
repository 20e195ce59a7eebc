"""What changes in an account that was given, and how it ends: each change holds at once."""

from typing import TYPE_CHECKING

from domain.account import guards
from domain.account.way import check_role, check_unit
from domain.case.inputs import LONGEST_NAME, words
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, NotFound, refuse
from domain.personal import Personal
from domain.rules import AccountStep
from domain.unit import Unit

if TYPE_CHECKING:
    from domain.account.account import Account


def rename(self: "Account", context: Context, unit: Unit, *, full_name: str, document: str) -> None:
    """Give the person the name that they have now, or that was misspelt; what was done keeps the name of its time."""
    refuse(guards.check_administer(self.placed(unit), context))
    words("document", document, longest=LONGEST_NAME)
    words("fullName", full_name, longest=LONGEST_NAME)
    with self.step(context, unit, AccountStep.ISSUE):
        self.trigger_event(self.Renamed, full_name=Personal.said(self.id, full_name), document=document)


def change_role(self: "Account", context: Context, unit: Unit, *, role: str, document: str) -> None:
    """Give the person another function, one that people of their unit may have."""
    refuse(guards.check_change_role(self.placed(unit), context))
    words("document", document, longest=LONGEST_NAME)
    check_role(context, unit.kind, role)
    if role != self.role:
        with self.step(context, unit, AccountStep.ISSUE):
            self.trigger_event(self.RoleChanged, role=role, document=document)


def change_leader(self: "Account", context: Context, unit: Unit, *, leader: bool, document: str) -> None:
    """Say that the person leads the unit, or no more."""
    refuse(guards.check_administer(self.placed(unit), context))
    words("document", document, longest=LONGEST_NAME)
    if leader != self.leader:
        with self.step(context, unit, AccountStep.ISSUE):
            self.trigger_event(self.LeaderChanged, leader=leader, document=document)


def move(
    self: "Account",
    context: Context,
    unit: Unit,
    *,
    to: Unit,
    role: str,
    leader: bool = False,
    document: str,
) -> None:
    """Put the person into another unit, with a function that people there may have."""
    refuse(guards.check_administer(self.placed(unit), context))
    place = guards.Place(owner_unit=to.id, unit_kind=to.kind, area_path=to.area_path)
    refuse(guards.check_stage(place, context, AccountStep.ISSUE))
    words("document", document, longest=LONGEST_NAME)
    check_unit(to)
    check_role(context, to.kind, role)
    if to.id == self.unit_id:
        raise InvalidInput("unitId", "là đơn vị hiện tại", "is the unit the account is in")
    with self.step(context, unit, AccountStep.ISSUE):
        self.trigger_event(self.Moved, unit_id=to.id, role=role, leader=leader, document=document)


def assign(self: "Account", context: Context, unit: Unit, *, duty: str, document: str) -> None:
    """Give the person a task of the unit that the regulation knows."""
    refuse(guards.check_administer(self.placed(unit), context))
    words("document", document, longest=LONGEST_NAME)
    known = context.rulebook.account_rules.duties
    open_to = sorted(name for name, one in known.items() if unit.kind in one.unit_kinds)
    if duty not in open_to:
        listed = ", ".join(open_to) or "–"
        raise InvalidInput("duty", f"phải là một trong {listed}", f"must be one of {listed}")
    if duty not in self.duties:
        with acting(context.envelope("account.administer", rule=known[duty].rule)):
            self.trigger_event(self.DutyAssigned, duty=duty, document=document)


def end_duty(self: "Account", context: Context, unit: Unit, *, duty: str, document: str) -> None:
    """Take a task back."""
    refuse(guards.check_administer(self.placed(unit), context))
    words("document", document, longest=LONGEST_NAME)
    if duty not in self.duties:
        raise NotFound("nhiệm vụ", "duty", duty)
    known = context.rulebook.account_rules.duties.get(duty)
    with acting(context.envelope("account.administer", rule=known.rule if known else None)):
        self.trigger_event(self.DutyEnded, duty=duty, document=document)


def reviewed(self: "Account", review: str, *, outcome: str, role: str | None) -> None:
    """Put on record what a review decided of it, inside of that act."""
    self.trigger_event(self.Reviewed, review=review, outcome=outcome, role=role)


def suspend(self: "Account", context: Context, unit: Unit, *, text: str) -> None:
    """Let nobody in with this account for a while."""
    refuse(guards.check_suspend(self.placed(unit), context))
    self.take_back(context, text=text)


def take_back(self: "Account", context: Context, *, text: str, rule: str | None = None) -> None:
    """Let nobody in for a while, where another guard was asked already."""
    words("text", text)
    with acting(context.envelope("account.administer", rule=rule)):
        self.trigger_event(self.Suspended, text=Personal.said(self.id, text))


def resume(self: "Account", context: Context, unit: Unit, *, document: str) -> None:
    """Give the account back, with a function that people of its unit may have."""
    refuse(guards.check_resume(self.placed(unit), context))
    check_role(context, unit.kind, self.role)
    self.give_back(context, document=document)


def give_back(self: "Account", context: Context, *, document: str) -> None:
    """Let somebody in again, where another guard was asked already."""
    words("document", document, longest=LONGEST_NAME)
    with acting(context.envelope("account.administer")):
        self.trigger_event(self.Resumed, document=document)


def close(self: "Account", context: Context, unit: Unit, *, text: str) -> None:
    """End the account for good."""
    refuse(guards.check_close(self.placed(unit), context))
    self.end(context, text=text)


def end(self: "Account", context: Context, *, text: str, rule: str | None = None) -> None:
    """End it, where another guard was asked already."""
    words("text", text)
    with acting(context.envelope("account.administer", rule=rule)):
        self.trigger_event(self.Closed, text=Personal.said(self.id, text))
