"""What can be done with an account, and what must hold before."""

from collections.abc import Callable
from typing import Final

from domain.account import decisions, guards
from domain.account.guards import AccountFacts
from domain.context import Context
from domain.errors import Refusal

GUARDS: Final[dict[str, Callable[[AccountFacts, Context], Refusal | None]]] = {
    "approveAccount": guards.check_approve,
    "directAccount": guards.check_direct,
    "issueAccount": guards.check_issue,
    "recordTraining": guards.check_train,
    "renameAccount": guards.check_administer,
    "directAccountChange": decisions.check_direct_change,
    "changeRole": decisions.check_change_role,
    "changeLeader": decisions.check_change_leader,
    "moveAccount": decisions.check_move,
    "assignDuty": guards.check_administer,
    "endDuty": guards.check_administer,
    "suspendAccount": guards.check_suspend,
    "resumeAccount": guards.check_resume,
    "closeAccount": guards.check_close,
    "directGrant": guards.check_direct_grant,
    "giveGrant": guards.check_give_grant,
    "executeGrant": guards.check_execute_grant,
    "revokeGrant": guards.check_revoke_grant,
    "delegate": guards.check_delegate,
    "revokeDelegation": guards.check_revoke_delegation,
}
"""Every act on an account, in the order of its life, with its guard."""
