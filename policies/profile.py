"""What `rulebook.yaml` says of a regulation besides its tables: each value with the rule it stands on."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PositiveInt, field_validator, model_validator

from domain.camera.state import FaultKind
from domain.rules import (
    AccountRules,
    CaseStep,
    Forwarded,
    RecordStart,
    RefusalFrom,
    Track,
    VerifyStart,
)
from policies.account_rules import Accounts, account_rules
from policies.breach_section import BreachSection
from policies.camera_section import CameraClass, CamerasSection
from policies.extraction_section import ExtractionSection
from policies.files import Strict
from policies.guidance_section import GuidanceSection
from policies.obstacle_section import Chains
from policies.tables import ends_after_it_begins, overlapping
from policies.values import Ambiguity, Cited, Given, Named, Stated, Text, Value


class Start(Strict):
    """The day from which a regulation is in force; where its text does not say, why this day was taken."""

    date: date
    rule: str | None = None
    stated: bool = True
    reading: Text | None = None

    @model_validator(mode="after")
    def _why(self) -> Self:
        if self.stated and not self.rule:
            raise ValueError("expected a citation: the `rule` that states the day, or `stated: false`")
        if not self.stated and not self.reading:
            raise ValueError("expected a `reading`: why this day was taken, where none is stated")
        return self


class Instrument(Strict):
    """A legal document and when it is in force."""

    id: str
    effective_from: date
    effective_to: date | None = None


class Purpose(Cited):
    """What something is looked at for; where it is not for everybody, for these kinds of unit."""

    unit_kinds: tuple[str, ...] = ()


class Reference(Strict):
    """A document that the regulation names; where it was repealed, since when, and what stands for it.

    It is not *checked* where no text was found that says what became of it.
    """

    id: str
    rule: str
    repealed_on: date | None = None
    replaced_by: str | None = None
    checked: bool = True
    settles: Ambiguity | None = None


class UnitKind(Cited):
    """A kind of unit: whose part it is, when there are such units, and who follows them."""

    parent: str | None = None
    from_: date | None = Field(alias="from", default=None)
    to: date | None = None
    successor: str | None = None

    @model_validator(mode="after")
    def _dates(self) -> Self:
        ends_after_it_begins(self)
        return self


class OperatingUnit(Strict):
    """Which kind of unit operates the system, and of what."""

    unit_kind: str
    scope: Text
    from_: date | None = Field(alias="from", default=None)
    to: date | None = None
    rule: str
    settles: Ambiguity | None = None


class DiscardReason(Text):
    """Why something detected is not a violation, and whether the discarding is reviewed."""

    reviewable: bool


class Switches(Strict):
    """The two readings of the working calendar."""

    count_makeup_days: Value[bool]
    swap_days_are_off: Value[bool]


class Step(Strict):
    """A step of the case; who may take it is a cell of the matrix."""

    step: CaseStep
    action: str
    rule: str
    optional: bool = False


class Flag(Strict):
    """A mark on a vehicle for its inspection."""

    kind: Literal["WARNING", "REFUSAL"]
    rule: str


class Rectangle(Strict):
    """A rectangle on the map, in degrees (WGS 84)."""

    west: Annotated[float, Field(ge=-180, le=180)]
    south: Annotated[float, Field(ge=-90, le=90)]
    east: Annotated[float, Field(ge=-180, le=180)]
    north: Annotated[float, Field(ge=-90, le=90)]

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.west >= self.east or self.south >= self.north:
            raise ValueError("expected west before east and south before north")
        return self


class SettingsSection(Strict):
    """The switches that the process asks for, each of one value or of several that follow each other."""

    verify_start: tuple[Value[VerifyStart], ...]
    record_start: tuple[Value[RecordStart], ...]
    verify_after_forwarding: tuple[Value[Forwarded], ...]
    notice_tracks: tuple[Value[tuple[Track, ...]], ...]
    inspection_flags: tuple[Value[tuple[Flag, ...]], ...]
    refusal_from: tuple[Value[RefusalFrom], ...]
    duplicate_window_s: tuple[Value[PositiveInt], ...]
    registered_clients: tuple[Value[bool], ...]

    @field_validator("*", mode="before")
    @classmethod
    def _listed(cls, said: Any) -> Any:
        return said if isinstance(said, list | tuple) else [said]

    @field_validator("*")
    @classmethod
    def _one_at_a_time(cls, values: tuple[Value[Any], ...]) -> tuple[Value[Any], ...]:
        for number, value in enumerate(values):
            if other := overlapping(values[:number], value):
                raise ValueError(f"from: expected after the value in force from {other.from_}")
            before = values[number - 1].to if number else None
            if value.from_ != (before and before + timedelta(days=1)):
                expected = before + timedelta(days=1) if before else "none for the first value"
                raise ValueError(f"from: expected {expected}, so that there is a value on every day")
        if values and values[-1].to:
            raise ValueError(f"to: expected none for the last value, got {values[-1].to}")
        return values


class Approval(Cited):
    """An act that needs somebody else's leave before it."""

    name: str = Field(pattern=r"^[A-Z_]+$")
    unit_kinds: tuple[str, ...] = ()


class Catalogue(Strict):
    """The data that may be shared: domains of cases, kinds of place of cameras."""

    domains: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    rule: str


class PublicationSection(Strict):
    """Where and what may be published."""

    app: str
    rule: str
    verified_only: Value[bool]
    catalogue: Catalogue
    fields: Value[tuple[str, ...]]
    secrecy_blocks: Value[bool]


class Report(Strict):
    """A report, who makes it, and when it is due."""

    kind: Literal["MONTHLY", "QUARTERLY", "SIX_MONTH", "YEARLY", "AD_HOC", "REVIEW"]
    unit_kind: str
    rule: str
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    if_missing: Literal["LAST_DAY"] | None = None
    settles: Ambiguity | None = None


class Retention(Strict):
    """How long footage is kept."""

    min_days: Value[PositiveInt]
    hold_for_case: Value[bool]


class Duty(Stated):
    """A kind of unit on which something falls."""

    unit_kind: str


class IncidentKind(Cited):
    """What an incident may be about, and what is wrong with a camera while one is open."""

    fault: FaultKind | None = None


class Incidents(Strict):
    """What incidents there are, to whom they are told, and how fast they are handled."""

    unit_kind: str | None = None
    rule: str
    leader: Stated | None = None
    """Whoever reports one has told their leader."""
    told: tuple[Duty, ...] = ()
    """The kinds of unit that are told besides of those of their area; they see, and do not handle them."""
    process: Stated | None = None
    """One is handled by a process that the parent body issued."""
    fix_hours: Value[PositiveInt] | None = None
    kinds: Named[IncidentKind]


class OperationSection(Strict):
    """How the system is kept running."""

    duty: tuple[Duty, ...] = ()
    """Who has somebody on duty at every hour."""
    max_share_of_area_down: Value[Annotated[float, Field(gt=0, le=1)]]
    """How many of an area's cameras work may take down at once; a *rule* is that it must not interrupt operation."""


class UsesSection(Strict):
    """How long a camera is watched, held and searched at a time, and which units go first at its controls."""

    live_view_s: Value[PositiveInt]
    control_s: Value[PositiveInt]
    search_window_s: Value[PositiveInt]
    control_ranks: Value[Mapping[str, PositiveInt]]


class UnusualAccessSection(Strict):
    """From where on accesses are told as unusual."""

    day_begins: Annotated[int, Field(ge=0, le=23)]
    day_ends: Annotated[int, Field(ge=1, le=24)]
    habit_days: PositiveInt
    times_habit: PositiveInt
    busy_day: PositiveInt
    out_of_hours: PositiveInt
    elsewhere: PositiveInt
    refusals: PositiveInt
    people_of_a_plate: PositiveInt


class Settled(Text):
    """What settles a point on which the texts differ or are silent: a setting, or a part of the design."""

    setting: str | None = None


class Ground(Strict):
    """The obligations a decision stands on, and their citation."""

    rules: tuple[str, ...] = Field(min_length=1)
    basis: str


class Standing(Strict):
    """What a decision rests on where no cell of the matrix is in point."""

    deny_by_default: Ground
    by_function: Ground
    reading: Ground
    transfer: Ground | None = None
    """How data go from one unit to another."""
    correction: Ground | None = None
    """Why what was recorded is not changed in its place."""
    acts: Annotated[Mapping[str, Ground], AfterValidator(MappingProxyType), Given] = Field(
        default_factory=dict
    )
    """What single acts on what is one's own rest on, where that is not *reading*."""
    units: Ground | None = None
    """Of which units the system is; accounts, cameras and cases belong to them."""


class Grantable(Strict):
    """An action the regulation is silent on, which a dated grant opens for these kinds of unit."""

    action: str
    unit_kinds: tuple[str, ...]
    opens: tuple[str, ...]
    rules: tuple[str, ...] = Field(min_length=1)


class Profile(Strict):
    """What `rulebook.yaml` holds."""

    profile: str
    code: str = Field(pattern=r"^[A-Z]{2,4}$")
    name: Text
    effective_from: Start
    processing_start: Start | None = None
    instruments: tuple[Instrument, ...] = Field(min_length=1)
    references: tuple[Reference, ...] = ()
    calendar: Switches | None = None
    unit_kinds: Named[UnitKind]
    facts: Named[tuple[str, ...]]
    operating_units: tuple[OperatingUnit, ...] = ()
    camera_classes: Named[CameraClass]
    cameras: CamerasSection | None = None
    domains: Named[Cited]
    purposes: Named[Purpose]
    violation_kinds: Named[Cited]
    abnormal_events: Named[Cited] = Field(default_factory=dict)
    """What cases of the security domain are about besides; nobody is sanctioned for it by this procedure."""
    discard_reasons: Named[DiscardReason]
    case_steps: tuple[Step, ...] = ()
    settings: SettingsSection
    longest_extraction_s: Value[PositiveInt] | None = None
    extent: Value[Rectangle] | None = None
    """What lies in the jurisdiction, for whoever enters a position."""
    extraction: ExtractionSection | None = None
    approvals: tuple[Approval, ...] = ()
    publication: PublicationSection | None = None
    accounts: Accounts | None = None
    reports: tuple[Report, ...] = ()
    retention: Retention | None = None
    unusual_access: Value[UnusualAccessSection] | None = None
    incidents: Incidents | None = None
    uses: UsesSection | None = None
    operation: OperationSection | None = None
    breaches: BreachSection | None = None
    guidance: GuidanceSection | None = None
    obstacles: Chains = ()
    titles: Named[Text]
    ambiguities: Annotated[Mapping[Ambiguity, Settled], AfterValidator(MappingProxyType), Given]
    standing: Standing | None = None
    grantable: tuple[Grantable, ...] = ()
    silent: Named[Text]

    @property
    def consent(self) -> Approval | None:
        """The consent in writing that opens what lies outside of a unit's function, where there is such a thing."""
        return next((one for one in self.approvals if one.name == "OUT_OF_FUNCTION"), None)

    @property
    def account_rules(self) -> AccountRules:
        """How accounts are given, kept and looked through, as the domain asks for it."""
        consent = self.consent
        return account_rules(
            self.accounts,
            consent_kinds=consent.unit_kinds if consent else (),
            consent_rule=consent.rule if consent else None,
        )
