"""May this person do this now: the matrix of the unit, within the person's function, or a dated grant.

Effective permission = (matrix of the unit ∩ function) ∪ dated grant. What a permission needs besides must be
among the facts the caller states; a fact nobody states does not hold.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from domain.context import Actor
from policies.access import Access, Grant
from policies.profile import Grantable

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
            return self._granted(actor, action, now) or self._by_matrix(actor, action, now, on, facts)
        except Exception:  # noqa: BLE001 — a question that cannot be answered is answered no
            _log.exception("permission could not be decided")
            return _denied(self.access.denied, ())

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
