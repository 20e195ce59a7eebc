"""What must hold before anything is done with an account, by the way that the regulation lays down.

Who takes a step is data of the profile (`AccountRules`); that no two steps in a row are one person's, and that nobody
has a hand in their own account, holds everywhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from domain.account.state import LEADS_TO, ON_THE_WAY, AccountState
from domain.context import Context
from domain.errors import Forbidden, Refusal, SamePerson, WrongState
from domain.rules import AccountStep, Stage

ACTIONS: Final = {
    AccountStep.NOMINATE: "account.nominate",
    AccountStep.APPROVE: "account.approve",
    AccountStep.DIRECT: "account.administer",
    AccountStep.ISSUE: "account.administer",
}
"""The action of the matrix that each step is."""
ENDED: Final = (AccountState.SUSPENDED, AccountState.CLOSED)


class AccountFacts(Protocol):
    """What a guard looks at. The aggregate has it with its unit, and so does the row that shows an account."""

    @property
    def account_id(self) -> UUID:
        """Its id."""

    @property
    def state(self) -> str:
        """How far it is."""

    @property
    def stepped_by(self) -> Sequence[str]:
        """The people of the last step on its way."""

    @property
    def trained_at(self) -> datetime | None:
        """When the person was trained."""

    @property
    def owner_unit(self) -> UUID:
        """The unit it belongs to."""

    @property
    def unit_kind(self) -> str:
        """What kind of unit that is."""

    @property
    def area_path(self) -> str:
        """Of which area that unit is."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an account is, or is to be: enough to ask who takes a step there."""

    owner_unit: UUID
    unit_kind: str
    area_path: str


class InUnit(Protocol):
    """What has a place in a unit."""

    @property
    def owner_unit(self) -> UUID:
        """The unit."""

    @property
    def unit_kind(self) -> str:
        """What kind of unit that is."""

    @property
    def area_path(self) -> str:
        """Of which area it is."""


# -- who takes a step ---------------------------------------------------------------


def check_stage(one: InUnit, context: Context, step: AccountStep) -> Refusal | None:
    """Guard: the regulation has this step in units of this kind, and the actor is of who takes it."""
    stage = context.rulebook.account_rules.stage(one.unit_kind, step)
    if stage is None:
        return WrongState(
            f"Quy định này không nêu bước {step} cho tài khoản của đơn vị loại {one.unit_kind}",
            f"The step {step} to an account of a {one.unit_kind} is not set by this regulation",
        )
    taken = takes(stage, one, context)
    facts = frozenset({"own-unit", "own-system"} if taken else ())
    refusal = context.check_may(ACTIONS[step], facts=facts)
    if refusal is None and not taken:
        return Forbidden(
            "Bước này thuộc đơn vị khác theo quy định",
            "By the regulation another unit takes this step",
            rule=stage.rule,
        )
    if refusal is None and step is AccountStep.APPROVE and not context.actor.leader:
        return Forbidden(
            "Phải do lãnh đạo, chỉ huy của đơn vị cho phép",
            "It is for the leader of the unit to allow it",
            rule=stage.rule,
        )
    return refusal


def takes(stage: Stage, one: InUnit, context: Context) -> bool:
    """Whether the actor's unit is the one that takes a step for an account of that unit."""
    actor = context.actor
    if stage.own_unit and actor.unit_id == one.owner_unit:
        return True
    return actor.unit_kind in stage.unit_kinds and actor.covers(one.area_path)


def path_of(one: InUnit, context: Context) -> tuple[AccountStep, ...]:
    """The steps to an account in such a unit, in order."""
    return tuple(stage.step for stage in context.rulebook.account_rules.paths.get(one.unit_kind, ()))


# -- seeing -------------------------------------------------------------------------


def check_view(one: AccountFacts, context: Context) -> Refusal | None:
    """One's own; those of one's unit for whoever nominates there; those one gives, reviews, or audits in one's area.

    These are the rows that `projections.scope.of_accounts` lists.
    """
    actor = context.actor
    if one.account_id == actor.account_id:
        return None
    if one.owner_unit == actor.unit_id and may_nominate(context):
        return None
    if actor.covers(one.area_path) and (
        any(context.permission(action).allowed for action in ("audit.replay", "account.review"))
        or one.unit_kind in given_by(context)
    ):
        return None
    return Forbidden(
        "Tài khoản ngoài phạm vi của đơn vị",
        "The account is none of the unit's",
        rule=context.rule_of("account.administer"),
    )


def may_nominate(context: Context) -> bool:
    """Whether the actor's function is to nominate people of their unit."""
    return context.permission("account.nominate", facts=frozenset({"own-unit"})).allowed


def given_by(context: Context) -> tuple[str, ...]:
    """The kinds of unit for which the actor's unit takes a step to an account, where the actor administers accounts."""
    if not context.permission("account.administer", facts=frozenset({"own-unit", "own-system"})).allowed:
        return ()
    paths = context.rulebook.account_rules.paths
    kind = context.actor.unit_kind
    return tuple(of for of, path in sorted(paths.items()) if any(kind in stage.unit_kinds for stage in path))


# -- the way to an account ----------------------------------------------------------


def _next(one: AccountFacts, context: Context, step: AccountStep) -> Refusal | None:
    """Guard: this is the next step on the way, and whoever takes it took not the one before."""
    refusal = check_stage(one, context, step) or not_oneself(one, context)
    if refusal is not None:
        return refusal
    rule = rule_of(one, context, step)
    path = path_of(one, context)
    expected = LEADS_TO[path[path.index(step) - 1]]
    if one.state != expected:
        return _wrong(one, expected, rule)
    return another_person(one.stepped_by, context, rule=rule)


def another_person(people: Sequence[str], context: Context, *, rule: str | None = None) -> Refusal | None:
    """Guard: none of those who stand behind this act stood behind the one before."""
    if context.actor.people & set(people):
        return SamePerson(
            "Hai bước liền nhau phải do hai người thực hiện",
            "Whoever took the step before may not take this one",
            rule=rule,
        )
    return None


def rule_of(one: InUnit, context: Context, step: AccountStep) -> str | None:
    """The rule by which a step is taken."""
    stage = context.rulebook.account_rules.stage(one.unit_kind, step)
    return (stage.rule if stage else None) or context.rule_of(ACTIONS[step])


def check_approve(one: AccountFacts, context: Context) -> Refusal | None:
    """The leader of the unit allows the person into the system, whom somebody else named (R-QT-5.6.0)."""
    return _next(one, context, AccountStep.APPROVE)


def check_direct(one: AccountFacts, context: Context) -> Refusal | None:
    """The managing body directs that the account be given (R-DB-7.3.0)."""
    return _next(one, context, AccountStep.DIRECT)


def check_issue(one: AccountFacts, context: Context) -> Refusal | None:
    """Whoever operates the system gives it, once all before them have taken their step."""
    refusal = _next(one, context, AccountStep.ISSUE)
    rules = context.rulebook.account_rules
    if refusal is None and rules.training_required and one.trained_at is None:
        return WrongState(
            "Người dùng chưa được tập huấn; hãy ghi ngày tập huấn trước",
            "The person was not trained yet; record the training first",
            rule=rules.training_rule,
        )
    return refusal


def check_train(one: AccountFacts, context: Context) -> Refusal | None:
    """The unit of a person, or whoever gives their account, puts on record that they were trained."""
    refusal = check_stage(one, context, AccountStep.NOMINATE)
    if refusal is not None and check_stage(one, context, AccountStep.ISSUE) is not None:
        return refusal
    return not_oneself(one, context) or _not_closed(one)


def _not_closed(one: AccountFacts) -> Refusal | None:
    return _wrong(one, AccountState.ACTIVE, None) if one.state == AccountState.CLOSED else None


# -- what changes afterwards ----------------------------------------------------------


def check_administer(one: AccountFacts, context: Context) -> Refusal | None:
    """Guard: whoever gives the account changes what it opens, and never their own."""
    return (
        check_stage(one, context, AccountStep.ISSUE)
        or not_oneself(one, context)
        or (None if one.state == AccountState.ACTIVE else _wrong(one, AccountState.ACTIVE, None))
    )


def check_change_role(one: AccountFacts, context: Context) -> Refusal | None:
    """Guard: as any change; also of a suspended account, which is given back only with a function that fits."""
    if one.state != AccountState.SUSPENDED:
        return check_administer(one, context)
    return check_stage(one, context, AccountStep.ISSUE) or not_oneself(one, context)


def not_oneself(one: AccountFacts, context: Context) -> Refusal | None:
    """Guard: nobody decides on their own account, nor on that of whom they act for."""
    if str(one.account_id) in context.actor.people:
        return SamePerson(
            "Không ai được tự quyết định về tài khoản của mình",
            "Nobody decides on their own account",
            rule=context.rule_of("account.administer"),
        )
    return None


def _check_end(one: AccountFacts, context: Context) -> Refusal | None:
    """Guard: ended by whoever gives it or directed it, or by its unit's leader: access ends sooner than it begins."""
    refusal = check_stage(one, context, AccountStep.ISSUE)
    for step in (AccountStep.DIRECT, AccountStep.APPROVE):
        if refusal is not None and check_stage(one, context, step) is None:
            refusal = None
    return refusal or not_oneself(one, context)


def check_suspend(one: AccountFacts, context: Context) -> Refusal | None:
    """An account in use is suspended."""
    refusal = _check_end(one, context)
    if refusal is None and one.state != AccountState.ACTIVE:
        return _wrong(one, AccountState.ACTIVE, None)
    return refusal


def check_resume(one: AccountFacts, context: Context) -> Refusal | None:
    """What was suspended is given back by whoever gives accounts."""
    refusal = check_stage(one, context, AccountStep.ISSUE) or not_oneself(one, context)
    if refusal is None and one.state != AccountState.SUSPENDED:
        return _wrong(one, AccountState.SUSPENDED, None)
    return refusal


def check_close(one: AccountFacts, context: Context) -> Refusal | None:
    """An account, or a nomination, is ended; on its way also by whoever may nominate there."""
    refusal = _check_end(one, context)
    if refusal is not None and one.state in ON_THE_WAY:
        refusal = check_stage(one, context, AccountStep.NOMINATE) or not_oneself(one, context)
    if refusal is None and one.state == AccountState.CLOSED:
        return WrongState("Tài khoản đã đóng", "The account is closed already")
    return refusal


# -- rights of one's own ------------------------------------------------------------


def check_direct_grant(one: AccountFacts, context: Context) -> Refusal | None:
    """The managing body directs that a right be given (R-DB-7.3.0)."""
    return (
        check_stage(one, context, AccountStep.DIRECT)
        or not_oneself(one, context)
        or (None if one.state == AccountState.ACTIVE else _wrong(one, AccountState.ACTIVE, None))
    )


def check_give_grant(one: AccountFacts, context: Context) -> Refusal | None:
    """Whoever gives accounts gives a right; where the managing body has to direct it, not of their own accord."""
    refusal = check_administer(one, context)
    stage = context.rulebook.account_rules.stage(one.unit_kind, AccountStep.DIRECT)
    if refusal is None and stage is not None:
        return WrongState(
            "Cơ quan quản lý phải chỉ đạo trước (directGrant), rồi đơn vị vận hành thực hiện (executeGrant)",
            "The managing body directs it first (directGrant), then the operator gives it (executeGrant)",
            rule=stage.rule,
        )
    return refusal


def check_execute_grant(one: AccountFacts, context: Context) -> Refusal | None:
    """The operator gives what the managing body directed (R-DB-17.3.0)."""
    refusal = check_administer(one, context)
    if refusal is None and AccountStep.DIRECT not in path_of(one, context):
        return WrongState(
            "Quy định này không cần chỉ đạo trước; hãy dùng giveGrant",
            "No direction is asked for by this regulation; use giveGrant",
        )
    return refusal


def check_revoke_grant(one: AccountFacts, context: Context) -> Refusal | None:
    """A right is taken back by whoever may end the account that holds it."""
    return _check_end(one, context) or _not_closed(one)


def check_delegate(one: AccountFacts, context: Context) -> Refusal | None:
    """People let others act for them themselves, and by no other delegation: there are no chains (R-QT-5.3.0)."""
    if context.actor.delegation is not None or one.account_id != context.actor.account_id:
        return Forbidden(
            "Chỉ chính chủ tài khoản được ủy quyền, và không ủy quyền lại",
            "Only the person whose account it is delegates, and nobody delegates what was delegated to them",
            rule=context.rulebook.account_rules.delegation_rule,
        )
    return None if one.state == AccountState.ACTIVE else _wrong(one, AccountState.ACTIVE, None)


def check_revoke_delegation(one: AccountFacts, context: Context) -> Refusal | None:
    """Whoever gave it takes it back, and so does whoever gives accounts."""
    if one.account_id == context.actor.account_id and context.actor.delegation is None:
        return None
    return _check_end(one, context)


def _wrong(one: AccountFacts, expected: AccountState, rule: str | None) -> WrongState:
    return WrongState(
        f"Tài khoản ở trạng thái {one.state}, cần {expected}",
        f"The account is {one.state}, it must be {expected}",
        rule=rule,
    )


GUARDS: Final[dict[str, Callable[[AccountFacts, Context], Refusal | None]]] = {
    "approveAccount": check_approve,
    "directAccount": check_direct,
    "issueAccount": check_issue,
    "recordTraining": check_train,
    "renameAccount": check_administer,
    "changeRole": check_change_role,
    "changeLeader": check_administer,
    "moveAccount": check_administer,
    "assignDuty": check_administer,
    "endDuty": check_administer,
    "suspendAccount": check_suspend,
    "resumeAccount": check_resume,
    "closeAccount": check_close,
    "directGrant": check_direct_grant,
    "giveGrant": check_give_grant,
    "executeGrant": check_execute_grant,
    "revokeGrant": check_revoke_grant,
    "delegate": check_delegate,
    "revokeDelegation": check_revoke_delegation,
}
"""Every act on an account, in the order of its life, with its guard."""
