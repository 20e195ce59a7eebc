"""Whoever is at the other end: the person, the session they speak in, and what they owe before anything else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from api.sign_in_refusals import PasswordExpired, SecondFactorMissing
from domain.area import Area
from domain.context import Actor, Context
from domain.credentials import ADMINISTER, Credentials
from domain.errors import Refusal
from store.credentials import OpenSession


@dataclass(frozen=True)
class SignedIn:
    """A person at the other end, and the session they speak in."""

    actor: Actor
    session_id: UUID
    expires_at: datetime
    session: OpenSession | None = None
    """What they showed when it was opened, and what their password is by now; None at the moment it is opened."""
    own: Actor | None = None
    """Who they are themselves, where they act for another."""

    @cached_property
    def _own(self) -> frozenset[UUID]:
        account_id, used = self.actor.account_id, self.actor.delegation
        opens = Credentials.create_id(account_id)
        whose = used.account_id if used else account_id
        seats = [self.actor] if self.own is None else [self.actor, self.own]
        units = {one.unit_id for one in seats} | {Area.create_id(one.area_path) for one in seats}
        return frozenset({self.session_id, account_id, opens, whose} | units)

    def concerned_by(self, subjects: set[UUID]) -> bool:
        """Whether one of these is they: their session, account, what opens it, unit, its area, or whom they act for."""
        return not subjects.isdisjoint(self._own)

    def owes(self, circumstances: Callable[[Actor], Context]) -> Refusal | None:
        """What has to be done before anything else; where an identity provider let them in, it answers for that.

        It is asked of what they may do now: who administers accounts by a grant or for another, administers accounts.
        """
        session = self.session
        if session is None or not session.by_password:
            return None
        acts = [circumstances(one) for one in (self.actor, self.own) if one is not None]
        now, policy = acts[0].now, acts[0].rulebook.sign_in
        set_at = session.password_set_at
        if set_at is not None and session.must_change:
            return PasswordExpired(rule=policy.rule)
        if not any(map(_administers, acts)):
            return None
        if set_at is not None and policy.max_age is not None and set_at + policy.max_age <= now:
            return PasswordExpired(rule=policy.max_age_rule)
        return SecondFactorMissing() if policy.second_factor and not session.second_factor else None


def _administers(context: Context) -> bool:
    """Whether somebody administers accounts: by their function, whatever their unit, or as the authority says."""
    actor = context.actor
    by_function = actor.delegation is None and actor.role in context.rulebook.sign_in.administrators
    return by_function or context.authority.could(actor, ADMINISTER, now=context.now)
