"""What a decision may ask of the world: who acts, when, under which rulebook, and what the actor may do.

The domain names these as protocols; policies fill them.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID, uuid4

from domain.boundary import Extent
from domain.clock import Deadline
from domain.envelope import Envelope
from domain.errors import Forbidden, InvalidInput, Refusal, WrongState
from domain.rules import (
    AccountRules,
    Bracket,
    BreachRules,
    CameraRules,
    CaseStep,
    Ceiling,
    Settings,
    SignInPolicy,
    UnusualAccess,
)


class Permission(Protocol):
    """The answer to «may this actor do that?», with the obligations it stands on."""

    @property
    def allowed(self) -> bool:
        """Whether the act is allowed; unknown is denied."""

    @property
    def rules(self) -> tuple[str, ...]:
        """The obligations that say so."""

    @property
    def basis(self) -> str:
        """The citation in the regulation's own words."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The conditions that were not met."""


class Rulebook(Protocol):
    """One version of a regulation over the national rules."""

    @property
    def code(self) -> str:
        """The prefix of case numbers, such as `DH`."""

    @property
    def version(self) -> str:
        """The version an act is recorded under."""

    @property
    def processing_start(self) -> date | None:
        """Detections before this day are kept, not transferred."""

    @property
    def discard_reasons(self) -> Collection[str]:
        """The closed list of reasons to discard a proposal."""

    def kinds(self, domain: str) -> Collection[str]:
        """What cases of a domain may be about."""

    def purposes_of(self, unit_kind: str) -> Collection[str]:
        """The closed list of what units of a kind may look at footage and files for."""

    @property
    def longest_extraction_s(self) -> int:
        """The longest window of one extraction; an operational limit, set by no regulation."""

    @property
    def extent(self) -> Extent | None:
        """The rectangle around the jurisdiction; None where none was set."""

    @property
    def unusual_access(self) -> UnusualAccess | None:
        """From where on accesses are told as unusual; None where the profile does not say."""

    @property
    def settings(self) -> Settings:
        """The switches of the profile."""

    @property
    def cameras(self) -> CameraRules:
        """What the regulation says of cameras: their classes and kinds, and the consents they need."""

    @property
    def sign_in(self) -> SignInPolicy:
        """What a password must be, and what else whoever signs in has to show."""

    @property
    def steps(self) -> Collection[CaseStep]:
        """The steps of a case under this regulation."""

    def brackets(self, kind: str, day: date) -> tuple[Bracket, ...]:
        """What the decree in force on the *day* of the act sets for acts of this kind, the usual one first."""

    def ceiling(self, title: str, day: date) -> Ceiling | None:
        """How high the holder of a title may fine on *day*; None where there is no such power."""

    def titles(self, unit_kind: str, day: date, *, leader: bool) -> tuple[str, ...]:
        """The titles with power to sanction that a person of such a unit may hold on *day*."""

    def facts_about(self, unit_kind: str) -> frozenset[str]:
        """The conditions of the matrix that hold for every act of such a unit, such as `police-law`."""

    @property
    def account_rules(self) -> AccountRules:
        """How accounts are given, kept and looked through."""

    def deciders(self, unit_kind: str) -> Collection[str]:
        """The kinds of unit that decide on extractions asked for by units of a kind; none where nobody is named."""

    @property
    def breaches(self) -> BreachRules:
        """Who checks that the regulation is kept, and what follows a breach of it."""

    def rule_for(self, matter: str) -> str | None:
        """The rule on what is no cell of the matrix, such as `processing`, `transfer`, `reading`, `units`; or None."""

    @property
    def unit_kinds(self) -> Collection[str]:
        """The kinds of unit that the regulation knows."""

    def parent_kind(self, unit_kind: str) -> str | None:
        """The kind of unit that units of a kind are part of; None where it is not said."""

    def ended(self, unit_kind: str, day: date) -> tuple[date, str | None] | None:
        """The last day of units of a kind, and the kind that follows them; None while there are such units."""

    def citation(self, rule_id: str) -> str:
        """Where a rule is written; a LookupError where the profile has no such rule."""

    def deadline(self, timer: str, start: datetime, variant: str | None = None) -> Deadline | None:
        """When the timer ends that starts at *start*; None where the regulation sets none."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A right given to one person for a time, with the document that gives it, and for what (R-DB-4.4.0).

    It holds everywhere, or within an area, or for some cameras.
    """

    action: str
    document: str
    starts_at: datetime
    ends_at: datetime | None = None
    purpose: str | None = None
    area_path: str | None = None
    camera_ids: tuple[UUID, ...] = ()
    out_of_function: bool = False
    """Beyond the unit's function, with the written consent of the People's Committee (R-DB-8.2.0)."""
    number: int = 0
    """In which version of the account it was given."""

    def in_force(self, now: datetime) -> bool:
        """Whether it has begun and not ended; without a document there is none."""
        return bool(self.document) and self.starts_at <= now and (self.ends_at is None or now < self.ends_at)

    @property
    def everywhere(self) -> bool:
        """Whether it names no place."""
        return self.area_path is None and not self.camera_ids

    def covers(self, area_path: str, camera_id: UUID | None = None) -> bool:
        """Whether it holds for what lies there, or for that camera."""
        return (
            self.everywhere
            or camera_id in self.camera_ids
            or (self.area_path is not None and within(area_path, self.area_path))
        )


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """Another's account used with their written authorisation: both people stand in every event (R-QT-5.3.0)."""

    account_id: UUID
    """Whose rights they are."""
    number: int
    """In which version of their account they gave it."""
    actions: frozenset[str]
    document: str
    ends_at: datetime

    @property
    def delegation_id(self) -> str:
        """How it is named, in a request and in every event: whose it is, and which of theirs."""
        return f"{self.account_id}:{self.number}"


def within(area_path: str, area: str) -> bool:
    """Whether a path is an area's own, or lies within it."""
    return area_path == area or area_path.startswith(area + "/")


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The person who acts, as the log knew them when they signed in.

    By a delegation, the unit, function and rights are those of whoever gave it; the account is that of who acts.
    """

    account_id: UUID
    unit_id: UUID
    unit_kind: str
    area_path: str
    role: str
    leader: bool = False
    grants: tuple[Grant, ...] = ()
    areas_before: tuple[str, ...] = ()
    """Areas that were merged into the unit's own, or into one within it: what was captured there keeps their paths."""
    delegation: Delegation | None = None
    unit_ends_at: datetime | None = None
    """When the unit is no more: nobody acts in it from then on."""

    def covers(self, area_path: str) -> bool:
        """Whether an area lies within the area of the actor's unit, or was merged into it."""
        return within(area_path, self.area_path) or area_path in self.areas_before

    @property
    def people(self) -> frozenset[str]:
        """Who stands behind an act: whoever acts, and whoever lets them."""
        behind = {self.account_id} | ({self.delegation.account_id} if self.delegation else set())
        return frozenset(map(str, behind))


class Authority(Protocol):
    """Decides permission; one per rulebook."""

    def may(
        self,
        actor: Actor,
        action: str,
        *,
        now: datetime,
        on: str | None = None,
        facts: frozenset[str] = frozenset(),
    ) -> Permission:
        """Say whether *actor* may do *action* now, given the *facts* that hold."""

    def could(self, actor: Actor, action: str, *, now: datetime) -> bool:
        """Whether there is anything at all that *actor* may do *action* on."""

    def opens(self, actor: Actor, action: str, *, now: datetime) -> bool:
        """Whether the grants that *actor* holds open anything of *action* that their function does not."""

    def knows(self, action: str) -> bool:
        """Whether there is such an action."""

    def receives(self, unit_kind: str, domain: str) -> bool:
        """Whether units of this kind receive cases of this domain (TRAFFIC, SECURITY)."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """One act: the actor, the instant, the rulebook, the authority."""

    actor: Actor
    now: datetime
    rulebook: Rulebook
    authority: Authority
    correlation_id: UUID = field(default_factory=uuid4)

    def permission(
        self, action: str, *, on: str | None = None, facts: frozenset[str] = frozenset()
    ) -> Permission:
        """Ask the authority."""
        return self.authority.may(self.actor, action, now=self.now, on=on, facts=facts)

    def check_may(
        self, action: str, *, on: str | None = None, facts: frozenset[str] = frozenset()
    ) -> Refusal | None:
        """Guard: the matrix of the regulation allows this action to this actor."""
        permission = self.permission(action, on=on, facts=facts)
        if permission.allowed:
            return None
        missing = f" ({', '.join(permission.missing)})" if permission.missing else ""
        basis = f" [{permission.basis}]" if permission.basis else ""
        return Forbidden(
            f"Đơn vị hoặc chức năng của tài khoản không được thực hiện {action}{missing}{basis}",
            f"The account's unit or function may not do {action}{missing}{basis}",
            rule=permission.rules[0] if permission.rules else None,
        )

    def check_step(self, step: CaseStep) -> Refusal | None:
        """Guard: the regulation has this step; it is data, and may be left out (R-QT-12.2.0, R-YB-13.5.0)."""
        if step in self.rulebook.steps:
            return None
        return WrongState(
            f"Quy định này không đặt bước {step}", f"The step {step} is not set by this regulation"
        )

    def check_purpose(self, purpose: str) -> Refusal | None:
        """Guard: the regulation lists this purpose for such a unit (R-QT-7.3.0, R-DB-4.2.0, R-DB-18.2.0)."""
        listed = self.rulebook.purposes_of(self.actor.unit_kind)
        if purpose in listed:
            return None
        known = ", ".join(sorted(listed))
        return InvalidInput(
            "purpose",
            f"phải là một trong {known}",
            f"must be one of {known}",
            rule=self.rulebook.rule_for("reading"),
        )

    def grants_for(self, action: str) -> tuple[Grant, ...]:
        """The grants of an action that the actor holds now."""
        return tuple(one for one in self.actor.grants if one.action == action and one.in_force(self.now))

    def receives(self, unit_kind: str, domain: str) -> bool:
        """Whether units of this kind receive cases of this domain."""
        return self.authority.receives(unit_kind, domain)

    def rule_of(self, action: str) -> str | None:
        """The obligation that an action stands on, for the envelope and for refusals."""
        rules = self.permission(action).rules
        return rules[0] if rules else None

    def envelope(
        self,
        action: str,
        *,
        reason: str | None = None,
        rule: str | None = None,
        at: datetime | None = None,
    ) -> Envelope:
        """The circumstances under which this actor does *action*, on its own rule or a nearer one.

        It takes place now, or took place *at* an earlier instant, on paper.
        """
        return Envelope(
            by=str(self.actor.account_id),
            unit_id=self.actor.unit_id,
            took_place_at=at or self.now,
            rulebook=self.rulebook.version,
            correlation_id=self.correlation_id,
            delegation=self.actor.delegation.delegation_id if self.actor.delegation else None,
            reason=reason,
            rule=rule or self.rule_of(action),
        )
