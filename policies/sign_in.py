"""What a profile says of signing in, as the domain asks for it."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from domain.rules import SignInPolicy
from policies.account_rules import Accounts

_ADMINISTER = "account.administer"


def sign_in_policy(said: Accounts | None, roles: Mapping[str, Collection[str]]) -> SignInPolicy:
    """What a password must be, and what else whoever signs in has to show; the base where a profile says nothing."""
    administrators = frozenset(role for role, actions in roles.items() if _ADMINISTER in actions)
    if said is None:
        return SignInPolicy(administrators=administrators)
    age = said.admin_password_max_age_days
    return SignInPolicy(
        shortest=said.password.value.min_length,
        kinds=frozenset(said.password.value.kinds),
        rule=said.password.rule or SignInPolicy.rule,
        remembered=said.password_history.value,
        administrators=administrators,
        max_age=timedelta(days=age.value),
        max_age_rule=age.rule,
        second_factor=said.second_factor.value,
    )
