"""What a regulation says, as data: typed, validated, dated, immutable.

A rulebook is read whole from the folder of its profile and the national folder it inherits, or not at all.
Each date on which a rule of it changes starts a new version; a version is never edited.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from domain.clock import Calendar, Deadline, Timer, legal_date
from policies.access import Access, Grant, Line, compiled
from policies.authority import Authority
from policies.tables import (
    NEEDS,
    AccessRow,
    ActionRow,
    DayRow,
    DeadlineRow,
    DiscardReason,
    Ground,
    Instrument,
    Profile,
    RoleRow,
    Rule,
    RulebookInvalid,
    Standing,
    Switches,
    Text,
    known,
    refuse,
    rows,
    section,
)
from policies.working_days import calendar_of

__all__ = ["PROFILES", "Rulebook", "RulebookInvalid", "UnknownProfile", "UnknownVariant", "load", "read"]

NATIONAL = "national"
PROFILES = (NATIONAL, "dong-hoi")

_ROOT = Path(__file__).parent
_NO_RULE = Grant(allowed=False, needs=(), basis="", rules=())


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

    profile: str
    code: str
    name: Text
    effective_from: date
    processing_start: date
    instruments: tuple[Instrument, ...]
    calendar: Calendar
    timers: tuple[Timer, ...]
    inherited: tuple[Timer, ...]
    rules: Mapping[str, Rule]
    unit_kinds: Mapping[str, Text]
    camera_classes: Mapping[str, Text]
    purposes: Mapping[str, Text]
    violation_kinds: Mapping[str, Text]
    reasons: Mapping[str, DiscardReason]
    longest_extraction_s: int
    access: Access
    authority: Authority
    changes: tuple[date, ...]
    digest: str
    version: str

    def __repr__(self) -> str:
        return f"Rulebook({self.version})"

    def on(self, day: date) -> "Rulebook":
        """Return the rulebook as the version in force on *day*; unless asked, it is the newest."""
        return replace(self, version=self.version_on(day))

    @property
    def discard_reasons(self) -> frozenset[str]:
        """The closed list of reasons to discard a proposal; *reasons* says what each means."""
        return frozenset(self.reasons)

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


def read(profile: str, root: Path = _ROOT) -> Rulebook:
    """Read a rulebook below *root*, or raise `RulebookInvalid` with file, row and expectation."""
    national = root / NATIONAL
    folder = root / profile.replace("-", "_")
    inherits = folder != national
    says, common = section(folder / "rulebook.yaml"), section(national / "rulebook.yaml")
    known(folder / "rulebook.yaml", None, "profile", [says.profile], [profile])

    rules = _rules(national) | (_rules(folder) if inherits else {})
    timers = _timers(folder, profile, rules)
    inherited = _timers(national, NATIONAL, rules) if inherits else ()
    calendar_file = national / "calendar.csv"
    calendar = calendar_of(
        calendar_file, rows(calendar_file, DayRow), says.calendar or common.calendar or Switches()
    )
    access, authority = _permissions(root, folder, says, rules)
    changes = _changes(says, common, (*timers, *inherited))
    digest = _digest(root, {folder, national}, calendar)
    return Rulebook(
        profile=says.profile,
        code=says.code,
        name=says.name,
        effective_from=says.effective_from,
        processing_start=says.processing_start or says.effective_from,
        instruments=says.instruments,
        calendar=calendar,
        timers=timers,
        inherited=inherited,
        rules=MappingProxyType(rules),
        unit_kinds=MappingProxyType(says.unit_kinds),
        camera_classes=MappingProxyType(says.camera_classes),
        purposes=MappingProxyType(says.purposes),
        violation_kinds=MappingProxyType(says.violation_kinds),
        reasons=MappingProxyType(says.discard_reasons),
        longest_extraction_s=says.longest_extraction_s,
        access=access,
        authority=authority,
        changes=changes,
        digest=digest,
        version=_version(says.profile, changes[-1], digest),
    )


def matrix(profile: str, root: Path = _ROOT) -> list[Line]:
    """Return the policy lines of a profile: what the enforcer decides over, and the table was made from."""
    folder = root / profile.replace("-", "_")
    rules = _rules(root / NATIONAL) | _rules(folder)
    return _lines(folder, section(folder / "rulebook.yaml"), rules, _actions(root / "actions.csv"))


def _rules(folder: Path) -> dict[str, Rule]:
    path = folder / "rules.csv"
    found: dict[str, Rule] = {}
    for number, rule in rows(path, Rule):
        if rule.id in found:
            refuse(path, number, f"id: expected once, {rule.id} is repeated")
        found[rule.id] = rule
    return found


def _timers(folder: Path, profile: str, rules: Mapping[str, Rule]) -> tuple[Timer, ...]:
    path = folder / "deadlines.csv"
    found: list[Timer] = []
    for number, row in rows(path, DeadlineRow):
        known(path, number, "profile", [row.profile], [profile])
        known(path, number, "rule", [row.rule], rules)
        value = row.timer_value()
        for other in found:
            if (other.name, other.variant) == (value.name, value.variant) and _overlap(other, value):
                refuse(path, number, f"from: expected after the value in force from {other.in_force_from}")
        found.append(value)
    return tuple(found)


def _overlap(one: Timer, other: Timer) -> bool:
    def starts_before_end(first: Timer, second: Timer) -> bool:
        return (first.in_force_from or date.min) <= (second.in_force_to or date.max)

    return starts_before_end(one, other) and starts_before_end(other, one)


def _permissions(
    root: Path, folder: Path, says: Profile, rules: Mapping[str, Rule]
) -> tuple[Access, Authority]:
    actions = _actions(root / "actions.csv")
    roles = _roles(root / "roles.csv", actions)
    if says.standing is None:
        nothing = compiled((), _NO_RULE)
        return nothing, Authority(nothing, roles, (), _NO_RULE)
    path = folder / "rulebook.yaml"
    for name, ground in says.standing:
        known(path, None, f"standing.{name}", ground.rules, rules)
    for opened in says.grantable:
        known(path, None, "grantable.action", [opened.action, *opened.opens], actions)
        known(path, None, "grantable.unit_kinds", opened.unit_kinds, says.unit_kinds)
        known(path, None, "grantable.rules", opened.rules, rules)
    access = compiled(_lines(folder, says, rules, actions), _denied(says.standing.deny_by_default))
    return access, Authority(access, roles, says.grantable, _denied(says.standing.by_function))


def _lines(
    folder: Path, says: Profile, rules: Mapping[str, Rule], actions: Mapping[str, ActionRow]
) -> list[Line]:
    reading = _reading(says, says.standing, actions) if says.standing else ()
    return [*_cells(folder / "access.csv", says, rules, actions), *reading]


def _denied(ground: Ground) -> Grant:
    return Grant(allowed=False, needs=(), basis=ground.basis, rules=ground.rules)


def _cells(
    path: Path, says: Profile, rules: Mapping[str, Rule], actions: Mapping[str, ActionRow]
) -> Iterator[Line]:
    """Yield each cell of the matrix, for its action and for those decided as it is."""
    matrix = [row.action for row in actions.values() if not row.decided_as and not row.needs]
    seen: set[tuple[str, str, str, str]] = set()
    for number, row in rows(path, AccessRow):
        known(path, number, "profile", [row.profile], [says.profile])
        known(path, number, "unit_kind", [row.unit_kind], says.unit_kinds)
        known(path, number, "action", [row.action], matrix)
        known(path, number, "needs", row.needs, NEEDS)
        known(path, number, "rules", row.rules, rules)
        if row.key in seen:
            refuse(path, number, f"expected each cell once, {' '.join(filter(None, row.key))} is repeated")
        seen.add(row.key)
        for action in (row.action, *_decided_as(row.action, actions)):
            yield Line(
                unit=row.unit_kind,
                leader=row.leader or "any",
                action=action,
                on=row.on,
                allowed=row.allowed == "yes",
                needs=row.needs,
                basis=row.basis,
                rules=row.rules,
            )


def _reading(says: Profile, standing: Standing, actions: Mapping[str, ActionRow]) -> Iterator[Line]:
    """Yield the reading that every kind of unit may do under a need."""
    for row in actions.values():
        for unit in says.unit_kinds if row.needs else ():
            yield Line(
                unit=unit,
                leader="any",
                action=row.action,
                on="",
                allowed=True,
                needs=tuple((row.needs or "").split()),
                basis=standing.reading.basis,
                rules=standing.reading.rules,
            )


def _actions(path: Path) -> dict[str, ActionRow]:
    found: dict[str, ActionRow] = {}
    for number, row in rows(path, ActionRow):
        if row.action in found:
            refuse(path, number, f"action: expected once, {row.action} is repeated")
        if row.decided_as:
            known(path, number, "decided_as", [row.decided_as], found)
        known(path, number, "needs", (row.needs or "").split(), NEEDS)
        found[row.action] = row
    return found


def _decided_as(action: str, actions: Mapping[str, ActionRow]) -> list[str]:
    return [row.action for row in actions.values() if row.decided_as == action]


def _roles(path: Path, actions: Mapping[str, ActionRow]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for number, row in rows(path, RoleRow):
        known(path, number, "action", [row.action], actions)
        found[row.role] = found.get(row.role, frozenset()) | {row.action, *_decided_as(row.action, actions)}
    return MappingProxyType(found)


def _changes(says: Profile, common: Profile, timers: tuple[Timer, ...]) -> tuple[date, ...]:
    dates = {instrument.effective_from for instrument in (*says.instruments, *common.instruments)}
    dates |= {timer.in_force_from for timer in timers if timer.in_force_from}
    return tuple(sorted({change for change in dates if change > says.effective_from} | {says.effective_from}))


def _version(profile: str, started: date, digest: str) -> str:
    return f"{profile}@{started}+{digest[:8]}"


def _digest(root: Path, folders: set[Path], calendar: Calendar) -> str:
    names = ("rulebook.yaml", "deadlines.csv", "access.csv", "rules.csv", "calendar.csv")
    files = [folder / name for folder in sorted(folders) for name in names]
    digest = sha256()
    for path in (root / "actions.csv", root / "roles.csv", *files):
        if path.exists():
            digest.update(path.read_bytes())
    for days in (calendar.holidays, calendar.swap_days, calendar.makeup_days):
        digest.update(",".join(sorted(day.isoformat() for day in days)).encode())
    return digest.hexdigest()
