"""What a rulebook sets besides deadlines and permissions, as the domain asks for it: switches, cameras, fines.

Amounts are in đồng (VND). What a regulation is silent about is None or empty, never a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class VerifyStart(StrEnum):
    """When the clock of verification starts (`law.md` C1)."""

    RECEIPT = "RECEIPT"
    ACCEPTANCE = "ACCEPTANCE"


class RecordStart(StrEnum):
    """When the clock of drawing the record starts (C28)."""

    LATER_OF = "LATER_OF"
    VIOLATOR_DETERMINED = "VIOLATOR_DETERMINED"


class Forwarded(StrEnum):
    """Whether verification goes on or begins anew where a case was forwarded to."""

    CONTINUES = "CONTINUES"
    RESTARTS = "RESTARTS"


class RefusalFrom(StrEnum):
    """From when a vehicle is not inspected: the decision (R-QT-13.4.0), or the end of the time to execute it."""

    DECISION = "DECISION"
    OVERDUE = "OVERDUE"


class CaseStep(StrEnum):
    """The steps of a case that a regulation lists; what it leaves out is not done under it (R-QT-12.2.0)."""

    DETECT = "DETECT"
    DISCARD = "DISCARD"
    APPROVE = "APPROVE"
    RECEIVE = "RECEIVE"
    FORWARD = "FORWARD"
    VERIFY = "VERIFY"
    EXTEND = "EXTEND"
    CONCLUDE = "CONCLUDE"
    REFER = "REFER"
    NOTIFY_RESULT = "NOTIFY_RESULT"
    NOTICE = "NOTICE"
    DETERMINE_VIOLATOR = "DETERMINE_VIOLATOR"
    DRAW_RECORD = "DRAW_RECORD"
    TRANSFER_RECORD = "TRANSFER_RECORD"
    EXPLAIN = "EXPLAIN"
    DECIDE = "DECIDE"
    DELIVER = "DELIVER"
    EXECUTE = "EXECUTE"
    RESOLVE = "RESOLVE"
    PUBLISH = "PUBLISH"


class Track(StrEnum):
    """How a case came to the police: supplied by others, or found by their own device (C29)."""

    SUPPLIED = "SUPPLIED"
    OWN_DEVICE = "OWN_DEVICE"


class VehicleGroup(StrEnum):
    """The groups by which the decrees on fines tell vehicles (NĐ 168/2024 Đ6 to Đ9)."""

    CAR = "CAR"
    MOTORBIKE = "MOTORBIKE"
    SPECIAL = "SPECIAL"
    BICYCLE = "BICYCLE"


@dataclass(frozen=True, kw_only=True)
class Publication:
    """Where cases may be published, and what of them (C4)."""

    app: str
    rule: str
    verified_only: bool = True
    domains: frozenset[str] = frozenset()
    """The domains of the catalogue of data allowed for sharing."""
    catalogue_rule: str
    """The rule of that catalogue."""
    locations: frozenset[str] = frozenset()
    """The kinds of place whose camera views may be shared; empty where the catalogue names none."""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Uses:
    """How long a camera is watched, held and searched at a time, and which units go first at its controls."""

    live_view_s: int = 300
    control_s: int = 60
    """After so long without a command whoever holds the controls holds them no more."""
    search_window_s: int = 604_800
    control_ranks: Mapping[str, int] = field(default_factory=dict)
    """The rank of each kind of unit at the controls; the higher takes over, whoever is not named comes last."""


@dataclass(frozen=True, kw_only=True)
class IncidentKind:
    """What an incident may be about, by the rule that knows it."""

    rule: str
    vi: str
    en: str
    fault: str | None = None
    """What is wrong with a camera while such an incident of it is handled."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a regulation says of running the system: incidents, duty, maintenance."""

    incident_rule: str | None = None
    """None where the regulation says nothing of incidents."""
    handler_kind: str | None = None
    """The kind of unit that is told of them; None where that is whoever operates the camera."""
    incident_kinds: Mapping[str, IncidentKind] = field(default_factory=dict)
    leader_rule: str | None = None
    """That whoever reports one has told their leader, and when; None where nobody is named."""
    process_rule: str | None = None
    """That one is handled by a process that was issued; None where none is."""
    told: frozenset[str] = frozenset()
    """The kinds of unit that see the incidents of their area besides (R-DB-18.4.0)."""
    duty: Mapping[str, str] = field(default_factory=dict)
    """The kinds of unit that have somebody on duty at every hour, each with the rule that wants it so."""
    work_rule: str | None = None
    """Maintenance must not interrupt operation; None where the regulation does not say so."""
    max_share_down: float = 0.5
    """The share of an area's cameras that work may take down at once."""


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """A kind of unit that issues guidance, by the rule that lets it."""

    rule: str
    head: bool = False
    """Whether its head does so."""
    own_kind: bool = False
    """Whether it holds for units of its own kind alone."""


@dataclass(frozen=True, kw_only=True)
class GuidanceRules:
    """What a regulation says of the documents that users of the system share, and have to know."""

    issuers: Mapping[str, Issuer] = field(default_factory=dict)
    briefing_rule: str | None = None
    """That heads brief their people; None where the regulation does not say so."""
    before_use: bool = False
    """Whether people have to know them before they use the system; nobody is locked out for it."""
    before_use_rule: str | None = None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The switches of a profile, with the defaults that `law.md` 4.1 recommends."""

    verify_start: VerifyStart = VerifyStart.ACCEPTANCE
    record_start: RecordStart = RecordStart.LATER_OF
    verify_after_forwarding: Forwarded = Forwarded.CONTINUES
    notice_tracks: frozenset[Track] = frozenset({Track.OWN_DEVICE})
    """The tracks on which the owner is given notice within a time, and warned of."""
    inspection_flags: Mapping[str, str] = field(default_factory=dict)
    """WARNING (unresolved notice), REFUSAL (unexecuted decision), each with its rule."""
    refusal_from: RefusalFrom = RefusalFrom.OVERDUE
    duplicate_window_s: int = 600
    """How far apart two captures of one plate, place and kind may lie and still be one act."""
    registered_clients: bool = False
    """Whether software and devices are let in only while they are on the register of clients."""
    publication: Publication | None = None
    uses: Uses = field(default_factory=Uses)
    operation: Operation = field(default_factory=Operation)
    guidance: GuidanceRules = field(default_factory=GuidanceRules)


@dataclass(frozen=True, kw_only=True)
class CameraClass:
    """A class of camera in a regulation: the level of its system, who manages such a system, how its images come."""

    rule: str
    tier: int = 0
    """1 to 3 where the regulation has levels, else 0."""
    unit_kinds: tuple[str, ...] = ()
    """Whose system it is of; empty where the regulation does not say."""
    channel: str | None = None
    channel_rule: str | None = None


@dataclass(frozen=True, kw_only=True)
class CameraKind:
    """What a camera is for."""

    rule: str
    measures: str | None = None
    """What it measures: its readings count only while it is verified for that."""


@dataclass(frozen=True, kw_only=True)
class ConsentNeed:
    """A consent that has to be on file before a camera is connected or activated; empty lists narrow nothing."""

    kind: str
    rule: str
    before: str = "ACTIVE"
    placements: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()

    def concerns(self, placement: str, camera_class: str, owner_kind: str | None) -> bool:
        """Whether a camera of that class, in that kind of place, of such an owner needs it."""
        return (
            (not self.placements or placement in self.placements)
            and (not self.classes or camera_class in self.classes)
            and (not self.owners or owner_kind in self.owners)
        )


@dataclass(frozen=True, kw_only=True)
class CameraRules:
    """What a regulation says of cameras; what it is silent about is not in here."""

    classes: Mapping[str, CameraClass] = field(default_factory=dict)
    kinds: Mapping[str, CameraKind] = field(default_factory=dict)
    domains: Mapping[str, str] = field(default_factory=dict)
    """The domains of use, each with its rule."""
    consents: tuple[ConsentNeed, ...] = ()
    excluded: Mapping[str, str] = field(default_factory=dict)
    """The placements that are out of scope, each with the rule that says so."""
    acts: Mapping[str, str] = field(default_factory=dict)
    """The rule that an act on a camera stands on, such as `connect`."""


@dataclass(frozen=True, kw_only=True)
class SignInPolicy:
    """How people sign in; the rule of Quảng Trị is the base where a regulation sets none (C20)."""

    shortest: int = 8
    kinds: frozenset[str] = frozenset({"upper", "lower", "digit", "special"})
    rule: str = "R-QT-10.4.b"
    remembered: int = 5
    """So many passwords of an account, the present one among them, are not taken again."""
    administrators: frozenset[str] = frozenset()
    """The functions that administer accounts."""
    max_age: timedelta | None = None
    """How old a password of an administrator gets."""
    max_age_rule: str | None = None
    second_factor: bool = False
    """Whether an administrator has a second factor; whoever enrolled one is asked for it everywhere."""


@dataclass(frozen=True, kw_only=True)
class UnusualAccess:
    """From where on accesses are told as unusual, so that a person looks at them again (R-DH-5.8.0)."""

    day_begins: int
    day_ends: int
    """The hours of the working day."""
    habit_days: int
    """The days before, whose looks are a person's habit."""
    times_habit: int
    busy_day: int
    """So many looks of a person on one day, and so many times their habit."""
    out_of_hours: int
    """So many looks of a person outside of the working day."""
    elsewhere: int
    """So many refused attempts of a person outside of the unit's area."""
    refusals: int
    """So many refused attempts of a person."""
    people_of_a_plate: int
    """So many people who searched for one plate."""


@dataclass(frozen=True, kw_only=True)
class Bracket:
    """What a decree sets for one act of one group of vehicles, in force for the date of the act."""

    kind: str
    """The violating act, such as RED_LIGHT."""
    group: VehicleGroup
    code: str
    """Article, clause and point of the decree, such as 6.9.b."""
    minimum: int
    maximum: int
    points: int = 0
    suspension_months: tuple[int, int] | None = None
    note: str | None = None
    """Which of several acts of the kind, such as a band of speed."""
    rule: str
    basis: str

    @property
    def explainable(self) -> bool:
        """Whether a person may explain before the decision (Luật XLVPHC Đ61.1)."""
        return self.suspension_months is not None or self.maximum >= EXPLAINABLE


EXPLAINABLE = 15_000_000
"""From this maximum on a person may explain; an organisation, whose fine is twice that of a person, from twice that."""


@dataclass(frozen=True, kw_only=True)
class Ceiling:
    """How high a fine the holder of a title may impose on a person; twice that on an organisation."""

    title: str
    amount: int
    rule: str
    basis: str
    names: dict[str, str] = field(default_factory=dict)
    """The title in `vi` and `en`."""


class AccountStep(StrEnum):
    """The steps by which somebody comes to have an account, or a right of their own."""

    NOMINATE = "NOMINATE"
    APPROVE = "APPROVE"
    DIRECT = "DIRECT"
    ISSUE = "ISSUE"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step of the way to an account: who takes it, and the rule that says so; None where it was chosen."""

    step: AccountStep
    own_unit: bool
    """Whether the unit of the account takes it."""
    unit_kinds: frozenset[str]
    """Kinds of unit that take it besides, for the units of their area."""
    rule: str | None


@dataclass(frozen=True, kw_only=True)
class Duty:
    """A task that a unit gives to named people."""

    unit_kinds: frozenset[str]
    rule: str
    vi: str
    en: str


class Unreviewed(StrEnum):
    """What becomes of an account that a review did not come to."""

    LIST = "LIST"
    SUSPEND = "SUSPEND"


@dataclass(frozen=True, kw_only=True)
class AccountRules:
    """How a regulation has accounts given, kept and looked through."""

    paths: Mapping[str, tuple[Stage, ...]] = field(default_factory=dict)
    """The way to an account in units of each kind; none where the regulation names nobody who gives accounts."""
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The functions that people of each kind of unit may have."""
    roles_rule: str | None = None
    administered: frozenset[str] = frozenset()
    """Kinds of unit of which each has somebody in charge of system administration."""
    administered_rule: str | None = None
    duties: Mapping[str, Duty] = field(default_factory=dict)
    training_required: bool = False
    training_rule: str | None = None
    review_interval_days: int = 180
    review_rule: str | None = None
    unreviewed: Unreviewed = Unreviewed.LIST
    delegation_rule: str | None = None
    consent_kinds: frozenset[str] = frozenset()
    """Whose written consent opens what lies outside of a unit's function; nobody's where that is not known."""
    consent_rule: str | None = None

    def stage(self, unit_kind: str, step: AccountStep) -> Stage | None:
        """The step of the way to an account in units of a kind; None where there is none."""
        return next((one for one in self.paths.get(unit_kind, ()) if one.step is step), None)


@dataclass(frozen=True, kw_only=True)
class BreachRules:
    """What a regulation says of breaches of itself."""

    rule: str | None = None
    """By which they are answered for and dealt with."""
    checked_by: Mapping[str, str] = field(default_factory=dict)
    """The kinds of unit that check the others, each with the rule that has it do so."""
    measures: Mapping[str, str] = field(default_factory=dict)
    """What may follow a breach, each with its rule."""
