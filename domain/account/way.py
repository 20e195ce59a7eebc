"""The way to an account: nominated, allowed by the leader, directed where that is asked for, and given."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.account import guards
from domain.case.inputs import LONGEST_NAME, some_words, words
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, refuse
from domain.personal import Personal
from domain.rules import AccountRules, AccountStep
from domain.unit import Unit

if TYPE_CHECKING:
    from domain.account.account import Account

NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,38}[a-z0-9]", re.ASCII)
"""What an account may be called: it is typed at every sign-in, and stands on forms."""


def nominate(
    cls: "type[Account]",
    context: Context,
    *,
    unit: Unit,
    name: str,
    full_name: str,
    role: str,
    leader: bool = False,
    document: str | None = None,
    taken: Callable[[UUID], bool],
) -> "Account":
    """Name somebody of a unit who is to have an account; *taken* says whether one of that id is on record."""
    place = guards.Place(owner_unit=unit.id, unit_kind=unit.kind, area_path=unit.area_path)
    refuse(guards.check_stage(place, context, AccountStep.NOMINATE))
    rule = guards.rule_of(place, context, AccountStep.NOMINATE)
    if NAME.fullmatch(name) is None:
        raise InvalidInput(
            "name",
            "3 đến 40 ký tự a-z, 0-9, dấu chấm, gạch nối",
            "3 to 40 of a-z, 0-9, dot and hyphen are expected",
        )
    words("fullName", full_name, longest=LONGEST_NAME)
    check_unit(unit)
    check_role(context, unit.kind, role)
    account_id = cls.create_id(name)
    if taken(account_id):
        raise InvalidInput("name", "đã có tài khoản mang tên này", "there is an account of that name already")
    with acting(context.envelope("account.nominate", rule=rule)):
        return cls._create(
            cls.Nominated,
            id=account_id,
            name=name,
            full_name=Personal.said(account_id, full_name),
            unit_id=unit.id,
            role=role,
            leader=leader,
            document=some_words("document", document, longest=LONGEST_NAME),
        )


def approve(self: "Account", context: Context, unit: Unit, *, document: str | None = None) -> None:
    """Allow the person into the system, as the leader of their unit."""
    refuse(guards.check_approve(self.placed(unit), context))
    document = some_words("document", document, longest=LONGEST_NAME)
    with self.step(context, unit, AccountStep.APPROVE):
        self.trigger_event(self.Approved, document=document)


def direct(self: "Account", context: Context, unit: Unit, *, document: str) -> None:
    """Direct that the account be given."""
    refuse(guards.check_direct(self.placed(unit), context))
    words("document", document, longest=LONGEST_NAME)
    with self.step(context, unit, AccountStep.DIRECT):
        self.trigger_event(self.Directed, document=document)


def issue(self: "Account", context: Context, unit: Unit) -> None:
    """Give the account; it names what directed so, where that is asked for."""
    refuse(guards.check_issue(self.placed(unit), context))
    check_role(context, unit.kind, self.role)
    with self.step(context, unit, AccountStep.ISSUE):
        self.trigger_event(self.Issued, direction=self.directed)


def train(self: "Account", context: Context, unit: Unit, *, trained_at: datetime, document: str) -> None:
    """Put on record that the person was trained."""
    refuse(guards.check_train(self.placed(unit), context))
    words("document", document, longest=LONGEST_NAME)
    if trained_at > context.now:
        raise InvalidInput("trainedAt", "ở tương lai", "lies in the future")
    rule = context.rulebook.account_rules.training_rule
    with acting(context.envelope("account.nominate", rule=rule)):
        self.trigger_event(self.Trained, trained_at=trained_at, document=document)


def check_unit(unit: Unit, path: str = "unitId") -> None:
    """Refuse a unit that is no more."""
    if unit.ceased_at is not None:
        raise InvalidInput(
            path, f"đơn vị {unit.code} đã kết thúc hoạt động", f"the unit {unit.code} has ceased"
        )


def fits(rules: AccountRules, unit_kind: str, role: str) -> bool:
    """Whether people of such a unit may have a function (R-QT-10.4.c, R-DB-17.4.b, R-DH-10.1.0)."""
    return role in rules.roles.get(unit_kind, frozenset())


def check_role(context: Context, unit_kind: str, role: str) -> None:
    """Refuse a function that people of such a unit may not have."""
    rules = context.rulebook.account_rules
    if not fits(rules, unit_kind, role):
        listed = ", ".join(sorted(rules.roles.get(unit_kind, ()))) or "–"
        raise InvalidInput(
            "role",
            f"đơn vị loại {unit_kind} chỉ có chức năng {listed}",
            f"people of a {unit_kind} have one of {listed}",
            rule=rules.roles_rule,
        )
