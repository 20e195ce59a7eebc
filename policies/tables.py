"""The rows of the tables of a rulebook."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal, Protocol, Self

from pydantic import Field, NonNegativeInt, PositiveInt, field_validator, model_validator

from domain.clock import Missed, Period, Timer, Unit
from domain.rules import Bracket, VehicleGroup
from policies.files import Strict

NEEDS = frozenset(
    {
        "directs",
        "grant",
        "holds-case-or-camera",
        "inspectors",
        "inspectors-law",
        "leader",
        "leader-of-unit",
        "nominates",
        "or-grant",
        "own-area",
        "own-field",
        "own-system",
        "own-unit",
        "party-to-extraction",
        "police-law",
        "receiver",
        "request-of-commune-police",
        "request-of-other-body",
        "security-case",
        "smart-city-class",
        "traffic-cameras",
        "written-request",
    }
)
"""What a permission may depend on; who asks for the permission says which of these hold."""

Mark = Literal["CONFIRMED", "CONFIRMED-2", "RECALLED"]
"""How a figure is known: read in a text, read in a secondary source only, or from memory."""

RULE = r"^R-[A-Z]+-[0-9A-Za-zđ.-]+$"


class Dated(Protocol):
    """What is in force from a day to a day, both included; None is open."""

    @property
    def from_(self) -> date | None:
        """The first day."""

    @property
    def to(self) -> date | None:
        """The last day."""


def in_force(value: Dated, day: date) -> bool:
    """Whether *value* is in force on *day*."""
    return (value.from_ is None or value.from_ <= day) and (value.to is None or day <= value.to)


def overlap(one: Dated, other: Dated) -> bool:
    """Whether there is a day on which both are in force."""
    return (one.from_ or date.min) <= (other.to or date.max) and (other.from_ or date.min) <= (
        one.to or date.max
    )


def overlapping(values: Iterable[Dated], value: Dated) -> Dated | None:
    """Return the one of *values* that is in force on a day on which *value* is."""
    return next((other for other in values if overlap(other, value)), None)


def ends_after_it_begins(value: Dated) -> None:
    """Refuse a time that ends before it begins."""
    if value.from_ and value.to and value.to < value.from_:
        raise ValueError(f"expected `to` on or after `from` {value.from_}, got {value.to}")


class Rule(Strict):
    """An obligation: its id, where it is written, and what it says in one line."""

    id: str = Field(pattern=RULE)
    citation: str
    vi: str
    en: str


class DayRow(Strict):
    """A day off, a day swapped for one, or the Saturday worked in return."""

    date: date
    kind: Literal["OFF", "SWAP", "MAKEUP"]
    name: str
    source: str


class DeadlineRow(Strict):
    """One dated value of a time limit."""

    profile: str
    timer: str
    variant: str | None = None
    start: str
    amount: PositiveInt
    unit: Unit
    rolls: Literal["yes", "no", "-"]
    from_: date | None = Field(alias="from", default=None)
    to: date | None = None
    missed: Missed
    rule: str
    citation: str

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ends_after_it_begins(self)
        if (self.unit is Unit.WORKING_DAY) != (self.rolls == "-"):
            raise ValueError(
                "expected `rolls` to be - for working days, which end on one, and yes or no otherwise"
            )
        if self.rolls == "yes" and self.unit not in {Unit.DAY, Unit.MONTH}:
            raise ValueError(f"expected `rolls` no for {self.unit}: only days and months are moved")
        return self

    def timer_value(self) -> Timer:
        """Return the row as the clock counts it."""
        period = Period(self.amount, self.unit, rolls=self.rolls == "yes")
        return Timer(
            self.timer,
            self.variant,
            self.start,
            period,
            self.from_,
            self.to,
            self.missed,
            self.rule,
            self.citation,
        )


class FineRow(Strict):
    """What a decree sets for one act of one group of vehicles."""

    kind: str = Field(pattern=r"^[A-Z_]+$")
    group: VehicleGroup
    code: str
    note: str | None = None
    minimum: PositiveInt
    maximum: PositiveInt
    currency: Literal["VND"]
    points: NonNegativeInt = 0
    suspension_from: PositiveInt | None = None
    suspension_to: PositiveInt | None = None
    from_: date = Field(alias="from")
    to: date | None = None
    rule: str
    basis: str
    mark: Mark

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ends_after_it_begins(self)
        if self.minimum > self.maximum:
            raise ValueError(f"minimum: expected at most the maximum {self.maximum}, got {self.minimum}")
        if (self.suspension_from or 0) > (self.suspension_to or 0):
            raise ValueError(f"suspension_from: expected at most suspension_to, got {self.suspension_from}")
        return self

    @property
    def key(self) -> tuple[str, ...]:
        """What two rows in force at once may not share."""
        return self.kind, self.group, self.note or ""

    def bracket(self) -> Bracket:
        """Return the row as the domain asks for it."""
        months = (
            (self.suspension_from, self.suspension_to)
            if self.suspension_from and self.suspension_to
            else None
        )
        return Bracket(
            kind=self.kind,
            group=self.group,
            code=self.code,
            minimum=self.minimum,
            maximum=self.maximum,
            points=self.points,
            suspension_months=months,
            note=self.note,
            rule=self.rule,
            basis=self.basis,
        )


class CeilingRow(Strict):
    """How high a fine the holder of a title may impose on a person."""

    title: str
    amount: PositiveInt
    currency: Literal["VND"]
    from_: date = Field(alias="from")
    to: date | None = None
    rule: str
    basis: str
    mark: Mark

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ends_after_it_begins(self)
        return self

    @property
    def key(self) -> tuple[str, ...]:
        """What two rows in force at once may not share."""
        return (self.title,)


class SignerRow(Strict):
    """A title that a person of a kind of unit may hold."""

    unit_kind: str
    leader: Literal["yes", "no"]
    title: str
    from_: date | None = Field(alias="from", default=None)
    to: date | None = None
    rule: str

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ends_after_it_begins(self)
        return self

    @property
    def key(self) -> tuple[str, ...]:
        """What two rows in force at once may not share."""
        return self.unit_kind, self.leader, self.title


class AccessRow(Strict):
    """One cell of the permission matrix."""

    profile: str
    unit_kind: str
    action: str
    on: str = ""
    leader: Literal["", "yes", "no"] = ""
    allowed: Literal["yes", "no"]
    needs: tuple[str, ...] = ()
    basis: str
    rules: tuple[str, ...] = Field(min_length=1)

    @field_validator("needs", "rules", mode="before")
    @classmethod
    def _words(cls, value: Any) -> Any:
        return tuple(value.split()) if isinstance(value, str) else value

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What no other cell may repeat."""
        return self.unit_kind, self.action, self.on, self.leader


class ActionRow(Strict):
    """An action: one of the matrix, one decided as another is, or one every kind of unit has under a need."""

    action: str = Field(pattern=r"^[a-z]+\.[a-z_]+$")
    decided_as: str | None = None
    needs: str | None = None


class RoleRow(Strict):
    """An action a function may use within the matrix of its unit."""

    role: str = Field(pattern=r"^[A-Z_]+$")
    action: str
