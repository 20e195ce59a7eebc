"""What a rulebook sets besides deadlines and permissions, as the domain asks for it: switches, cameras, fines.

Amounts are in đồng (VND). What a regulation is silent about is None or empty, never a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    duty: Mapping[str, str] = field(default_factory=dict)
    """The kinds of unit that have somebody on duty at every hour, each with the rule that wants it so."""
    work_rule: str | None = None
    """Maintenance must not interrupt operation; None where the regulation does not say so."""
    max_share_down: float = 0.5
    """The share of an area's cameras that work may take down at once."""


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
    publication: Publication | None = None
    operation: Operation = field(default_factory=Operation)


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

    def concerns(self, placement: str, camera_class: str) -> bool:
        """Whether a camera of that class in that kind of place needs it."""
        return (not self.placements or placement in self.placements) and (
            not self.classes or camera_class in self.classes
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
