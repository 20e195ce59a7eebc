"""What whoever keeps the installation does at the machine, where its regulation names nobody who does it (R-YB-13.5.0).

It stands on a document, and is on record as the operator's of this machine. As soon as the regulation names somebody,
the act is theirs alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from uuid import UUID

from cli import wiring
from cli.console import Stop
from domain.case.inputs import LONGEST_NAME, words
from domain.clock import legal_date
from domain.context import Actor, Authority, Context
from domain.envelope import Envelope
from domain.errors import Refusal
from policies.authority import Permission
from policies.rulebook import Rulebook

NOBODY = UUID(int=0)


@dataclass(frozen=True)
class _Keeper:
    """Allows the one act that the regulation leaves to nobody; of all else it knows what the regulation says."""

    authority: Authority
    action: str
    document: str
    rule: str | None

    def may(
        self,
        actor: Actor,
        action: str,
        *,
        now: datetime,
        on: str | None = None,
        facts: frozenset[str] = frozenset(),
    ) -> Permission:
        """Whether it is that act."""
        said = self.authority.may(actor, action, now=now, on=on, facts=facts)
        if action != self.action:
            return Permission(allowed=False, rules=said.rules, basis=said.basis, missing=said.missing)
        return Permission(allowed=True, rules=(self.rule,) if self.rule else (), basis=self.document)

    def could(self, actor: Actor, action: str, *, now: datetime) -> bool:  # noqa: ARG002 — as the protocol has it
        """Whether it is that act."""
        return action == self.action

    def opens(self, actor: Actor, action: str, *, now: datetime) -> bool:
        """Whether the grants that somebody holds open anything that their function does not."""
        return self.authority.opens(actor, action, now=now)

    def knows(self, action: str) -> bool:
        """Whether there is such an action."""
        return self.authority.knows(action)

    def receives(self, unit_kind: str, domain: str) -> bool:
        """Whether units of a kind receive cases of a domain."""
        return self.authority.receives(unit_kind, domain)


@dataclass(frozen=True, kw_only=True)
class Keeping(Context):
    """An act at the machine, by a document."""

    document: str

    def envelope(
        self,
        action: str,
        *,
        reason: str | None = None,
        rule: str | None = None,
        at: datetime | None = None,
    ) -> Envelope:
        """The circumstances: of the operator, by the document, and what was said besides."""
        said = super().envelope(action, reason=reason, rule=rule, at=at)
        why = ": ".join(filter(None, (self.document, reason)))
        return replace(said, by=wiring.operator(), unit_id=None, reason=why)


def keeping(action: str, document: str) -> Keeping:
    """The circumstances of an act here and now that the regulation of this installation leaves to nobody.

    Raises:
        Stop: the regulation names who does it; or the document is not named.
    """
    now = datetime.now(UTC)
    whole = wiring.rulebook()
    if named := _named(whole, action, now):
        raise Stop(
            f"--document: {action} is for {', '.join(named)} by this regulation; sign in and give MINHCHUNG_TOKEN"
        )
    try:
        words("document", document, longest=LONGEST_NAME)
    except Refusal as refusal:
        raise Stop(str(refusal)) from None
    rulebook = whole.on(legal_date(now))
    nobody = Actor(account_id=NOBODY, unit_id=NOBODY, unit_kind="", area_path="", role="")
    silent = rulebook.rule_for("deny_by_default")
    keeper = _Keeper(rulebook.authority, action, document, silent)
    return Keeping(actor=nobody, now=now, rulebook=rulebook, authority=keeper, document=document)


def _named(rulebook: Rulebook, action: str, now: datetime) -> list[str]:
    """The kinds of unit that have people who may do it."""
    found = set()
    for kind, roles in rulebook.account_rules.roles.items():
        for role, leader in product(roles, (False, True)):
            one = Actor(
                account_id=NOBODY, unit_id=NOBODY, unit_kind=kind, area_path="", role=role, leader=leader
            )
            if rulebook.authority.could(one, action, now=now):
                found.add(kind)
    return sorted(found)


@contextmanager
def kept(noun: str) -> Iterator[None]:
    """Turn a refusal into the line for the person at the machine."""
    try:
        yield
    except Refusal as refusal:
        raise Stop(f"{noun}: {refusal}") from None
