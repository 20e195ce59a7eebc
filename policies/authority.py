"""May this person do this now: the matrix of the unit, within the person's function, or a dated grant.

Effective permission = (matrix of the unit ∩ function) ∪ dated grant. What a permission needs besides must be
among the facts the caller states; a fact nobody states does not hold.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from domain.camera.guards import PUBLIC_SET
from domain.clock import start_of
from domain.context import Actor
from policies.access import Access, Grant
from policies.profile import Grantable, UnitKind
from policies.tables import NEEDS

GIVEN: Final = frozenset({"grant", "written-request"})
"""The conditions that a dated grant, which is given by a document, meets."""

_log = logging.getLogger(__name__)


class Permission(NamedTuple):
    """The answer, the rules and basis it stands on, and what is missing for a yes."""

    allowed: bool
    rules: tuple[str, ...]
    basis: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Authority:
    """What the persons of one profile may do."""

    access: Access
    roles: Mapping[str, frozenset[str]]
    grantable: tuple[Grantable, ...]
    outside_function: Grant
    domains: frozenset[str] = frozenset({"TRAFFIC", "SECURITY"})
    """The domains of cases that the regulation knows."""
    actions: frozenset[str] = frozenset()
    """Every action there is."""
    beyond: str | None = None
    """The rule by which a written consent opens what the matrix denies; None where the regulation knows no such."""
    until: Mapping[str, datetime] = field(default_factory=dict)
    """From when on there are no units of a kind any more: who is still in one acts under the matrix no longer."""

    def may(
        self,
        actor: Actor,
        action: str,
        *,
        now: datetime,
        on: str | None = None,
        facts: frozenset[str] = frozenset(),
    ) -> Permission:
        """Return whether *actor* may do *action* now; an exception is a no."""
        try:
            if (gone := self.until.get(actor.unit_kind)) is not None and now >= gone:
                cell = self.access.decide(actor.unit_kind, action, on=on, leader=actor.leader)
                return _denied(cell, ("unit-in-force",))
            if actor.delegation is not None and action not in actor.delegation.actions:
                return _denied(self.outside_function, ("delegation",))
            return (
                self._granted(actor, action, now)
                or self._beyond(actor, action, now, on, facts)
                or self._by_matrix(actor, action, now, on, facts)
            )
        except Exception:  # noqa: BLE001 — a question that cannot be answered is answered no
            _log.exception("permission could not be decided")
            return _denied(self.access.denied, ())

    def could(self, actor: Actor, action: str, *, now: datetime) -> bool:
        """Whether there is anything at all that *actor* may do *action* on."""
        return any(
            self.may(actor, action, now=now, on=on, facts=NEEDS).allowed
            for on in (None, *self.domains, PUBLIC_SET)
        )

    def opens(self, actor: Actor, action: str, *, now: datetime) -> bool:
        """Whether the grants that *actor* holds open anything of *action* that their function does not."""
        without = replace(actor, grants=())
        return any(
            self.may(actor, action, now=now, on=on, facts=facts | GIVEN).allowed
            and not self.may(without, action, now=now, on=on, facts=facts).allowed
            for on in (None, *self.domains, PUBLIC_SET)
            for facts in (
                frozenset[str](),
                NEEDS - GIVEN,
            )  # where nothing else holds, and where all else does
        )

    def knows(self, action: str) -> bool:
        """Whether there is such an action."""
        return action in self.actions

    def receives(self, unit_kind: str, domain: str) -> bool:
        """Whether units of this kind receive cases of this domain (TRAFFIC, SECURITY)."""
        cell = self.access.decide(unit_kind, "case.receive")
        named = domain == "SECURITY" or (domain == "TRAFFIC" and "security-case" not in cell.needs)
        return cell.allowed and named and domain in self.domains

    def _granted(self, actor: Actor, action: str, now: datetime) -> Permission | None:
        for opened in self.grantable:
            if action in opened.opens and actor.unit_kind in opened.unit_kinds:
                document = document_for(actor, opened.action, now)
                if document is not None:
                    return Permission(allowed=True, rules=opened.rules, basis=document)
        return None

    def _beyond(
        self, actor: Actor, action: str, now: datetime, on: str | None, facts: frozenset[str]
    ) -> Permission | None:
        """What lies outside of the unit's function, by the written consent that such a grant names (R-DB-8.2.0).

        A grant that names a place opens nothing elsewhere; it says so by what it misses, so that lists are cut to it.
        """
        if self.beyond is None:
            return None
        held = [
            grant
            for grant in actor.grants
            if grant.action == action and grant.out_of_function and grant.in_force(now)
        ]
        if not held:
            return None
        rules = (self.beyond,)
        opened = [grant for grant in held if grant.everywhere or "grant" in facts]
        if opened:
            return Permission(allowed=True, rules=rules, basis=opened[0].document)
        cell = self.access.decide(actor.unit_kind, action, on=on, leader=actor.leader)
        if cell.allowed and action in self.roles.get(actor.role, ()):
            return None  # the matrix says what else opens it
        return Permission(allowed=False, rules=rules, basis=held[0].document, missing=("grant",))

    def _by_matrix(
        self, actor: Actor, action: str, now: datetime, on: str | None, facts: frozenset[str]
    ) -> Permission:
        cell = self.access.decide(actor.unit_kind, action, on=on, leader=actor.leader)
        if not cell.allowed:
            return _denied(cell, cell.needs)
        if action not in self.roles.get(actor.role, ()):
            return _denied(self.outside_function, ("role",))
        if not cell.needs:
            return Permission(allowed=True, rules=cell.rules, basis=cell.basis)
        missing = _missing(cell.needs, facts, granted=_is_granted(actor, action, now, facts))
        return Permission(not missing, cell.rules, cell.basis, missing)


def until(kinds: Mapping[str, UnitKind]) -> Mapping[str, datetime]:
    """Return from when on there are no units of a kind any more, of kinds that have ended."""
    return {name: start_of(kind.to + timedelta(days=1)) for name, kind in kinds.items() if kind.to}


def document_for(actor: Actor, action: str, now: datetime) -> str | None:
    """Return the document of a grant of *action* that is in force, if the actor holds one."""
    for grant in actor.grants:
        if grant.action == action and grant.in_force(now):
            return grant.document
    return None


def _is_granted(actor: Actor, action: str, now: datetime, facts: frozenset[str]) -> bool:
    """Whether a grant is in force: one that names no place, or one that covers what is acted on, as the caller says."""
    held = [grant for grant in actor.grants if grant.action == action and grant.in_force(now)]
    return any(grant.everywhere for grant in held) or bool(held and "grant" in facts)


def _missing(needs: tuple[str, ...], facts: frozenset[str], *, granted: bool) -> tuple[str, ...]:
    if granted and "or-grant" in needs:
        return ()
    asked = [need for need in needs if need != "or-grant"]
    return tuple(need for need in asked if not (granted if need == "grant" else need in facts))


def _denied(why: Grant, missing: tuple[str, ...]) -> Permission:
    return Permission(allowed=False, rules=why.rules, basis=why.basis, missing=missing)
