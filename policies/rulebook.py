"""What a regulation says, as data: typed, validated, dated, immutable.

A rulebook is read whole from the folder of its profile and the national folder it inherits, or not at all.
Each date on which a rule of it changes starts a new version; a version is never edited.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path

from domain.boundary import Extent
from domain.clock import Calendar, Deadline, Timer, legal_date
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
from policies.access import Access, Grant, Line, compiled
from policies.authority import Authority, until
from policies.breach_section import breach_rules
from policies.camera_section import as_rules
from policies.files import RulebookInvalid
from policies.profile import DiscardReason, Instrument, Profile
from policies.reading import INSTALLED, NATIONAL, Folder, Sources, lines, sources
from policies.sign_in import sign_in_policy
from policies.switches import changes_of, settings_on
from policies.tables import CeilingRow, FineRow, Rule, SignerRow, in_force
from policies.values import Text
from policies.working_days import calendar_of

__all__ = ["PROFILES", "Rulebook", "RulebookInvalid", "UnknownProfile", "UnknownVariant", "load", "read"]

PROFILES = (NATIONAL, "dong-hoi", "quang-tri", "dien-bien", "yen-bai")

_NO_RULE = Grant(allowed=False, needs=(), basis="", rules=())
_AN_HOUR_S = 3600
"""The longest extraction of the national rules, under which nobody extracts anything."""


class UnknownProfile(LookupError):  # noqa: N818 — it names what is unknown
    """No such profile is installed."""


class UnknownRule(LookupError):  # noqa: N818 — it names what is unknown
    """The rulebook holds no such rule."""


class UnknownVariant(LookupError):  # noqa: N818 — it names what is unknown
    """The timer exists and has no such variant."""


class NotInForce(LookupError):  # noqa: N818 — it says what is the matter with the day
    """The regulation was not yet in force."""


@dataclass(frozen=True, repr=False)
class Rulebook:
    """The rules of one profile, with the national rules it inherits."""

    says: Profile
    """What the regulation says besides its tables, each value with its rule."""
    common: Profile
    """The same of the national rules."""
    calendar: Calendar
    timers: tuple[Timer, ...]
    inherited: tuple[Timer, ...]
    rules: Mapping[str, Rule]
    fines: tuple[FineRow, ...]
    ceilings: tuple[CeilingRow, ...]
    signers: tuple[SignerRow, ...]
    access: Access
    authority: Authority
    sign_in: SignInPolicy
    """What a password must be, and what else whoever signs in has to show."""
    settings: Settings
    changes: tuple[date, ...]
    digest: str
    version: str

    def __repr__(self) -> str:
        return f"Rulebook({self.version})"

    @property
    def profile(self) -> str:
        """The name of the profile, such as `dong-hoi`."""
        return self.says.profile

    @property
    def code(self) -> str:
        """The prefix of case numbers, such as `DH`."""
        return self.says.code

    @property
    def name(self) -> Text:
        """Whose regulation it is."""
        return self.says.name

    @property
    def effective_from(self) -> date:
        """The day from which the regulation is in force."""
        return self.says.effective_from.date

    @property
    def processing_start(self) -> date:
        """Detections before this day are kept, not transferred."""
        return (self.says.processing_start or self.says.effective_from).date

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """The documents of the regulation itself."""
        return self.says.instruments

    @property
    def unit_kinds(self) -> Mapping[str, Text]:
        """The kinds of unit there are."""
        return self.says.unit_kinds

    def parent_kind(self, unit_kind: str) -> str | None:
        """Return the kind of unit that units of a kind are part of; None where it is not said."""
        kind = self.says.unit_kinds.get(unit_kind)
        return kind.parent if kind else None

    @property
    def camera_classes(self) -> Mapping[str, Text]:
        """The classes of camera there are."""
        return self.says.camera_classes

    @cached_property
    def cameras(self) -> CameraRules:
        """What the regulation says of cameras, as the domain asks for it."""
        return as_rules(self.says.cameras, self.says.camera_classes, self.says.domains)

    @property
    def purposes(self) -> Mapping[str, Text]:
        """The closed list of what footage and files may be looked at for."""
        return self.says.purposes

    def purposes_of(self, unit_kind: str) -> frozenset[str]:
        """What units of a kind may look at footage and files for."""
        listed = self.says.purposes.items()
        return frozenset(name for name, one in listed if not one.unit_kinds or unit_kind in one.unit_kinds)

    def kinds(self, domain: str) -> frozenset[str]:
        """What cases of a domain may be about: violations, and for the security domain abnormal events as well."""
        events = self.says.abnormal_events if domain == "SECURITY" else {}
        return frozenset({*self.says.violation_kinds, *events})

    @cached_property
    def steps(self) -> frozenset[CaseStep]:
        """The steps of a case under this regulation; none where it sets no procedure."""
        return frozenset(step.step for step in self.says.case_steps)

    @property
    def violation_kinds(self) -> Mapping[str, Text]:
        """The violating acts that cameras watch for."""
        return self.says.violation_kinds

    @property
    def reasons(self) -> Mapping[str, DiscardReason]:
        """Why something detected is not a violation."""
        return self.says.discard_reasons

    @property
    def discard_reasons(self) -> frozenset[str]:
        """The closed list of reasons to discard a proposal; *reasons* says what each means."""
        return frozenset(self.reasons)

    @property
    def longest_extraction_s(self) -> int:
        """The longest window of one extraction; an operational limit, set by no regulation."""
        longest = self.says.longest_extraction_s
        return longest.value if longest else _AN_HOUR_S

    @property
    def extent(self) -> Extent | None:
        """The rectangle around the jurisdiction; None where none was set."""
        if self.says.extent is None:
            return None
        drawn = self.says.extent.value
        return Extent(drawn.west, drawn.south, drawn.east, drawn.north)

    @property
    def unusual_access(self) -> UnusualAccess | None:
        """From where on accesses are told as unusual."""
        said = self.says.unusual_access
        return UnusualAccess(**said.value.model_dump()) if said else None

    def on(self, day: date) -> "Rulebook":
        """Return the rulebook as the version in force on *day*; unless asked, it is the newest."""
        return replace(self, version=self.version_on(day), settings=settings_on(self.says, day))

    def version_on(self, day: date) -> str:
        """Return the version in force on *day*: profile, date of its last change, digest of its files."""
        started = [change for change in self.changes if change <= day]
        if not started:
            raise NotInForce(f"{self.profile} is in force from {self.effective_from}, not yet on {day}")
        return _version(self.profile, started[-1], self.digest)

    def deadline(self, timer: str, start: datetime, variant: str | None = None) -> Deadline | None:
        """Return when *timer* ends, by the value in force on the day it starts.

        None if neither this regulation nor a national rule sets it. The profile's own value goes before the
        national one. Without *variant* the first listed counts.
        """
        values = self.values(timer, legal_date(start))
        if not values:
            return None
        for value in values:
            if variant is None or value.variant == variant:
                return value.deadline(start, self.calendar)
        variants = [value.variant for value in values if value.variant]
        expected = f"one of {', '.join(dict.fromkeys(variants))}" if variants else "none"
        raise UnknownVariant(f"{timer} has no variant {variant}: expected {expected}")

    def values(self, timer: str, day: date) -> list[Timer]:
        """Return the values of *timer* in force on *day*, the profile's own before the national."""
        return [
            value for value in (*self.timers, *self.inherited) if value.name == timer and value.in_force(day)
        ]

    def brackets(self, kind: str, day: date) -> tuple[Bracket, ...]:
        """Return what the decree in force on the *day* of the act sets for acts of this kind, the usual one first."""
        return tuple(row.bracket() for row in self.fines if row.kind == kind and in_force(row, day))

    def ceiling(self, title: str, day: date) -> Ceiling | None:
        """Return how high the holder of *title* may fine on *day*; None where that is not set."""
        for row in self.ceilings:
            if row.title == title and in_force(row, day):
                named = self.common.titles[title]
                return Ceiling(
                    title=title,
                    amount=row.amount,
                    rule=row.rule,
                    basis=row.basis,
                    names={"vi": named.vi, "en": named.en},
                )
        return None

    def titles(self, unit_kind: str, day: date, *, leader: bool) -> tuple[str, ...]:
        """Return the titles with power to sanction that a person of such a unit may hold on *day*."""
        asked = unit_kind, "yes" if leader else "no"
        return tuple(
            row.title for row in self.signers if (row.unit_kind, row.leader) == asked and in_force(row, day)
        )

    def facts_about(self, unit_kind: str) -> frozenset[str]:
        """Return the conditions of the matrix that hold for every act of such a unit."""
        return frozenset(self.says.facts.get(unit_kind, ()))

    @cached_property
    def account_rules(self) -> AccountRules:
        """How accounts are given, kept and looked through."""
        return self.says.account_rules

    def deciders(self, unit_kind: str) -> frozenset[str]:
        """Return the kinds of unit that decide on extractions asked for by units of a kind."""
        return self.says.extraction.deciders(unit_kind) if self.says.extraction else frozenset()

    def rule_for(self, matter: str) -> str | None:
        """Return the rule on a matter that is no cell of the matrix; None where the regulation says nothing of it."""
        if matter == "processing":
            return (self.says.processing_start or self.says.effective_from).rule
        if matter == "secrecy":
            return self.says.publication.secrecy_blocks.rule if self.says.publication else None
        ground = getattr(self.says.standing, matter, None)
        return ground.rules[0] if ground else None

    @cached_property
    def breaches(self) -> BreachRules:
        """Who checks that the regulation is kept, and what follows a breach of it."""
        return breach_rules(self.says.breaches)

    def ended(self, unit_kind: str, day: date) -> tuple[date, str | None] | None:
        """Return the last day of units of a kind, and the kind that follows them; None while there are such units."""
        kind = self.says.unit_kinds.get(unit_kind)
        return (kind.to, kind.successor) if kind and kind.to and kind.to < day else None

    def rule(self, rule_id: str) -> Rule:
        """Return the rule of that id."""
        try:
            return self.rules[rule_id]
        except KeyError:
            raise UnknownRule(
                f"{self.profile} holds no rule {rule_id}: expected an id of its rules.csv"
            ) from None

    def citation(self, rule_id: str) -> str:
        """Return where the rule is written."""
        return self.rule(rule_id).citation


@cache
def load(profile: str) -> Rulebook:
    """Return the rulebook of an installed profile; it is read once."""
    if profile not in PROFILES:
        raise UnknownProfile(f"unknown profile {profile!r}: expected one of {', '.join(PROFILES)}")
    return read(profile)


def read(profile: str, root: Path = INSTALLED) -> Rulebook:
    """Read a rulebook below *root*, or raise `RulebookInvalid` with all that is wrong: file, row, expectation."""
    found = sources(profile, root)
    says, common = _said(found.own), _said(found.national)
    timers = _timers(found.own)
    inherited = _timers(found.national) if found.inherits else ()
    fines = tuple(row for _, row in found.national.fines)
    ceilings = tuple(row for _, row in found.national.ceilings)
    signers = tuple(row for _, row in found.own.signers)
    access, authority = _permissions(says, found)
    changes = changes_of(says, common, (*timers, *inherited), (*fines, *ceilings, *signers))
    digest = _digest(found)
    return Rulebook(
        says=says,
        common=common,
        calendar=_calendar(says, common, found.national),
        timers=timers,
        inherited=inherited,
        rules=found.rules,
        fines=fines,
        ceilings=ceilings,
        signers=signers,
        access=access,
        authority=authority,
        sign_in=sign_in_policy(says.accounts, authority.roles),
        settings=settings_on(says, changes[-1]),
        changes=changes,
        digest=digest,
        version=_version(says.profile, changes[-1], digest),
    )


def matrix(profile: str, root: Path = INSTALLED) -> list[Line]:
    """Return the policy lines of a profile: what the enforcer decides over, and the table was made from."""
    return lines(sources(profile, root))


def _said(folder: Folder) -> Profile:
    if folder.says is None:
        raise RulebookInvalid([f"{folder.document.place()}: expected a rulebook"])
    return folder.says


def _timers(folder: Folder) -> tuple[Timer, ...]:
    return tuple(row.timer_value() for _, row in folder.deadlines)


def _calendar(says: Profile, common: Profile, national: Folder) -> Calendar:
    switches = says.calendar or common.calendar
    return calendar_of(
        national.published,
        national.computed,
        count_makeup_days=switches.count_makeup_days.value if switches else True,
        swap_days_are_off=switches.swap_days_are_off.value if switches else True,
    )


def _permissions(says: Profile, found: Sources) -> tuple[Access, Authority]:
    if says.standing is None:
        nothing = compiled((), _NO_RULE)
        return nothing, Authority(nothing, found.roles, (), _NO_RULE, actions=frozenset(found.actions))

    def denied(ground: str) -> Grant:
        stands = getattr(says.standing, ground)
        return Grant(allowed=False, needs=(), basis=stands.basis, rules=stands.rules)

    access = compiled(lines(found), denied("deny_by_default"))
    domains = frozenset(says.domains)
    return access, Authority(
        access,
        found.roles,
        says.grantable,
        denied("by_function"),
        domains,
        actions=frozenset(found.actions),
        until=until(says.unit_kinds),
        beyond=says.consent.rule if says.consent else None,
    )


def _version(profile: str, started: date, digest: str) -> str:
    return f"{profile}@{started}+{digest[:8]}"


def _digest(found: Sources) -> str:
    """Return the digest of every file the rulebook was made of, with its name."""
    digest = sha256()
    for path in sorted(found.files, key=lambda path: (path.parent.name, path.name)):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()
