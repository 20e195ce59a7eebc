"""What must hold before somebody has another function, leads, or goes to another unit.

As somebody comes to an account, so they come to these: one person decides it, by the step before the last on the way to
an account, and another, who gives accounts, carries out exactly that (R-DB-7.3.0, R-DB-17.3.0, R-QT-5.6.0). What
narrows needs no decision before: it is quick.
"""

from uuid import UUID

from domain.account.guards import (
    AccountFacts,
    InUnit,
    another_person,
    check_administer,
    check_stage,
    check_view,
    not_oneself,
    path_of,
    rule_of,
    wrong_state,
)
from domain.account.state import AccountState, Decision
from domain.context import Context
from domain.errors import Refusal, WrongState
from domain.rules import AccountStep


def deciding(one: InUnit, context: Context) -> AccountStep:
    """The step by which it is decided what people of such a unit have: the one before the account is given."""
    path = path_of(one, context)
    return path[-2] if path else AccountStep.DIRECT


def check_direct_change(one: AccountFacts, context: Context, place: InUnit | None = None) -> Refusal | None:
    """Whoever takes that step in the unit where the person stays, or in the *place* they go to, decides.

    Also of somebody suspended, who is given back only with a function that fits their unit.
    """
    where = place or one
    return (
        check_view(one, context)
        or check_stage(where, context, deciding(where, context))
        or not_oneself(one, context)
        or _check_in_use(one)
    )


def check_change_role(one: AccountFacts, context: Context, role: str | None = None) -> Refusal | None:
    """Another function is given as it was decided, also to somebody suspended."""
    found = _waiting(one)
    refusal = check_stage(one, context, AccountStep.ISSUE) or not_oneself(one, context) or _check_in_use(one)
    decided = found.role if found and found.unit_id is None else None
    return refusal or _check_carry_out(one, context, decided, role)


def check_change_leader(one: AccountFacts, context: Context) -> Refusal | None:
    """The lead is given as it was decided, and taken away by whoever gives accounts."""
    if one.leader:
        return check_administer(one, context)
    found = _waiting(one)
    decided = (found.leader or None) if found and found.unit_id is None else None
    return check_administer(one, context) or _check_carry_out(one, context, decided)


def check_move(
    one: AccountFacts, context: Context, to: tuple[UUID, str, bool] | None = None
) -> Refusal | None:
    """Somebody goes to the unit, with the function there, that was decided."""
    found = _waiting(one)
    decided = (found.unit_id, found.role, found.leader) if found and found.unit_id else None
    return check_administer(one, context) or _check_carry_out(one, context, decided, to)


def _waiting(one: AccountFacts) -> Decision | None:
    """What was decided of them in the unit in which they are."""
    found = one.decision
    return found if found is not None and found.in_unit_id == one.owner_unit else None


def _check_in_use(one: AccountFacts) -> Refusal | None:
    in_use = one.state in {AccountState.ACTIVE, AccountState.SUSPENDED}
    return None if in_use else wrong_state(one, AccountState.ACTIVE, None)


def _check_carry_out(
    one: AccountFacts, context: Context, decided: object | None, wanted: object | None = None
) -> Refusal | None:
    """Guard: what was *decided* is what is *wanted*, and somebody else decided it."""
    step = deciding(one, context)
    rule = rule_of(one, context, step)
    if one.decision is None or decided is None or wanted not in {None, decided}:
        return WrongState(
            f"Chưa có quyết định như vậy: người thực hiện bước {step} quyết định trước (directAccountChange),"
            " rồi người khác thực hiện",
            f"This was not decided: whoever takes the step {step} decides it first (directAccountChange),"
            " and another person carries it out",
            rule=rule,
        )
    return another_person(one.decision.people, context, rule=rule)
