"""Rights that a person holds besides their function: granted to them, or used for somebody who is away."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from domain import context as circumstances
from domain.account import guards
from domain.case.inputs import LONGEST_NAME, words
from domain.context import Context
from domain.envelope import Envelope, acting
from domain.errors import Forbidden, InvalidInput, NotFound, refuse
from domain.rules import AccountStep
from domain.unit import Unit

if TYPE_CHECKING:
    from domain.account.account import Account


@dataclass(frozen=True, kw_only=True)
class Right:
    """A right as somebody asks for it to be given: for what, by which document, where and how long."""

    action: str
    purpose: str
    document: str
    starts_at: datetime
    ends_at: datetime
    area_path: str | None = None
    camera_ids: tuple[UUID, ...] = ()
    out_of_function: bool = False
    document_at: datetime | None = None
    issuer: Unit | None = None
    """The unit of the body that consented in writing."""

    def said(self) -> dict[str, object]:
        """As its events say it."""
        said = {**vars(self), "camera_ids": list(self.camera_ids)}
        issuer = said.pop("issuer")
        return said | {"issuer_unit_id": issuer.id if issuer else None}

    def held(self) -> circumstances.Grant:
        """As somebody would hold it."""
        return circumstances.Grant(
            action=self.action,
            document=self.document,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            purpose=self.purpose,
            area_path=self.area_path,
            camera_ids=self.camera_ids,
            out_of_function=self.out_of_function,
        )


def direct_grant(self: "Account", context: Context, unit: Unit, right: Right) -> None:
    """Direct that the person be given a right."""
    refuse(guards.check_direct_grant(self.placed(unit), context))
    rule = _check_right(self, context, unit, right)
    with acting(context.envelope("account.administer", rule=rule)):
        self.trigger_event(self.GrantDirected, **right.said())


def give_grant(self: "Account", context: Context, unit: Unit, right: Right) -> None:
    """Give the person a right, for a purpose of the regulation, by a document and for a time."""
    refuse(guards.check_give_grant(self.placed(unit), context))
    rule = _check_right(self, context, unit, right)
    with acting(context.envelope("account.administer", rule=rule)):
        self.trigger_event(self.Granted, **right.said(), direction=None)


def execute_grant(self: "Account", context: Context, unit: Unit, *, direction: int) -> None:
    """Give what was directed, as it was directed; the event names the direction (R-DB-17.3.0)."""
    refuse(guards.check_execute_grant(self.placed(unit), context))
    directed = self.directions.get(direction)
    if directed is None:
        raise NotFound("chỉ đạo phân quyền", "direction of a grant", direction)
    refuse(guards.another_person(directed.envelope.people, context))
    if directed.ends_at <= context.now:
        raise InvalidInput("direction", "đã hết hạn", "has ended already")
    rule = guards.rule_of(self.placed(unit), context, AccountStep.ISSUE)
    with acting(context.envelope("account.administer", rule=rule)):
        self.trigger_event(
            self.Granted,
            action=directed.action,
            document=directed.document,
            starts_at=directed.starts_at,
            ends_at=directed.ends_at,
            purpose=directed.purpose,
            area_path=directed.area_path,
            camera_ids=directed.camera_ids,
            out_of_function=directed.out_of_function,
            document_at=directed.document_at,
            issuer_unit_id=directed.issuer_unit_id,
            direction=direction,
        )


def revoke_grant(self: "Account", context: Context, unit: Unit, *, number: int) -> None:
    """Take a right back before its time."""
    refuse(guards.check_revoke_grant(self.placed(unit), context))
    if number not in {one.number for one in self.grants}:
        raise NotFound("quyền được cấp", "grant", number)
    with acting(context.envelope("account.administer")):
        self.trigger_event(self.GrantRevoked, number=number)


def _check_right(account: "Account", context: Context, unit: Unit, right: Right) -> str | None:
    """Check a right that is to be given; the rule it stands on."""
    words("document", right.document, longest=LONGEST_NAME)
    if not context.authority.knows(right.action):
        raise InvalidInput("action", "không có thao tác này", "there is no such action")
    listed = context.rulebook.purposes_of(unit.kind)
    if right.purpose not in listed:
        known = ", ".join(sorted(listed))
        rule = context.rulebook.rule_for("reading")
        raise InvalidInput("purpose", f"phải là một trong {known}", f"must be one of {known}", rule=rule)
    _check_period(context, right.starts_at, right.ends_at)
    if right.area_path is not None and right.camera_ids:
        raise InvalidInput(
            "areaPath", "nêu địa bàn hoặc camera, không cả hai", "either an area or cameras are named"
        )
    if right.out_of_function:
        return _check_consent(context, right)
    holder = account.actor(unit, grants=(right.held(),))
    at = max(context.now, right.starts_at)
    if not context.authority.opens(holder, right.action, now=at):
        permission = context.authority.may(holder, right.action, now=at)
        beyond = context.rulebook.account_rules.consent_rule
        way = (f"; ngoài chức năng: outOfFunction ({beyond})", f"; beyond: outOfFunction ({beyond})")
        vi, en = way if beyond else ("", "")
        raise Forbidden(
            f"Cấp quyền thường không mở thêm {right.action} cho đơn vị hoặc chức năng này [{permission.basis}]{vi}",
            f"To this unit or function an ordinary grant opens no more of {right.action}"
            f" [{permission.basis}]{en}",
            rule=permission.rules[0] if permission.rules else None,
        )
    return guards.rule_of(account.placed(unit), context, AccountStep.ISSUE)


def delegate(
    self: "Account",
    context: Context,
    unit: Unit,
    *,
    to: "Account",
    to_unit: Unit,
    actions: tuple[str, ...],
    document: str,
    starts_at: datetime,
    ends_at: datetime,
) -> None:
    """Let another act for oneself, in writing: in these actions, for a time (R-QT-5.3.0).

    It gives nobody what their unit could not be granted without a consent in writing (R-DB-8.2.0).
    """
    refuse(guards.check_delegate(self.placed(unit), context))
    rule = context.rulebook.account_rules.delegation_rule
    words("document", document, longest=LONGEST_NAME, rule=rule)
    if to.id == self.id:
        raise InvalidInput(
            "toAccountId", "không tự ủy quyền cho mình", "nobody delegates to themselves", rule=rule
        )
    if to.check_sign_in() is not None:
        raise InvalidInput("toAccountId", "không phải tài khoản đang dùng", "is no account in use", rule=rule)
    _check_period(context, starts_at, ends_at)
    days = context.rulebook.account_rules.delegation_days
    if ends_at - starts_at > timedelta(days=days):
        raise InvalidInput(
            "endsAt", f"không quá {days} ngày từ startsAt", f"at most {days} days after startsAt", rule=rule
        )
    if not actions:
        raise InvalidInput("actions", "phải nêu thao tác", "at least one action is named", rule=rule)
    for action in actions:
        if not context.authority.could(context.actor, action, now=context.now):
            raise InvalidInput(
                "actions",
                f"{action}: chính người ủy quyền không có quyền này",
                f"{action}: whoever delegates may not do it themselves",
                rule=rule,
            )
        _check_within_function(context, to, to_unit, action)
    with acting(_in_writing(context)):
        self.trigger_event(
            self.Delegated,
            to_account_id=to.id,
            to_unit_id=to_unit.id,
            actions=sorted(set(actions)),
            document=document,
            starts_at=starts_at,
            ends_at=ends_at,
        )


def _check_within_function(context: Context, to: "Account", unit: Unit, action: str) -> None:
    """Refuse what nobody with the function of whoever delegates could do in the unit of the other.

    What a consent in writing opens is for the person that it names alone.
    """
    own = replace(
        context.actor,
        account_id=to.id,
        unit_id=unit.id,
        unit_kind=unit.kind,
        area_path=unit.area_path,
        grants=tuple(one for one in context.actor.grants if not one.out_of_function),
    )
    if not context.authority.could(own, action, now=context.now):
        permission = context.authority.may(own, action, now=context.now)
        rules = (context.rulebook.account_rules.consent_rule, *permission.rules)
        raise Forbidden(
            f"Đơn vị {unit.code} không có chức năng {action}, và ủy quyền không mở ra [{permission.basis}]",
            f"The unit {unit.code} has no function to {action}, and a delegation does not open it"
            f" [{permission.basis}]",
            rule=next((one for one in rules if one is not None), None),
        )


def revoke_delegation(self: "Account", context: Context, unit: Unit, *, number: int) -> None:
    """Take a delegation back before its time."""
    refuse(guards.check_revoke_delegation(self.placed(unit), context))
    if number not in self.delegations:
        raise NotFound("ủy quyền", "delegation", number)
    with acting(_in_writing(context)):
        self.trigger_event(self.DelegationRevoked, number=number)


def _in_writing(context: Context) -> Envelope:
    """The circumstances of a delegation: its rule is that of the regulation, or none."""
    rule = context.rulebook.account_rules.delegation_rule
    return replace(context.envelope("account.nominate"), rule=rule)


def _check_period(context: Context, starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise InvalidInput("endsAt", "phải sau startsAt", "must be after startsAt")
    if ends_at <= context.now:
        raise InvalidInput("endsAt", "đã qua", "has passed already")


def _check_consent(context: Context, right: Right) -> str | None:
    """What lies outside of a unit's function needs the dated document of the People's Committee (R-DB-8.2.0)."""
    rules = context.rulebook.account_rules
    if not rules.consent_kinds:
        raise InvalidInput(
            "outOfFunction",
            "quy định này không cho cấp quyền ngoài chức năng",
            "this regulation knows no rights outside of a unit's function",
        )
    if right.issuer is None or right.issuer.kind not in rules.consent_kinds:
        listed = ", ".join(sorted(rules.consent_kinds))
        raise InvalidInput(
            "issuerUnitId",
            f"phải là cơ quan đã đồng ý bằng văn bản: {listed}",
            f"names the body that consented in writing: {listed}",
            rule=rules.consent_rule,
        )
    if right.document_at is None or right.document_at > context.now:
        raise InvalidInput(
            "documentAt",
            "phải ghi ngày của văn bản, không ở tương lai",
            "is the day of the document, and not in the future",
            rule=rules.consent_rule,
        )
    return rules.consent_rule
