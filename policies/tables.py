"""The files a rulebook is made of, read strictly: one line names the file, the row and what was expected."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal, NoReturn, Self, TypeVar

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    field_validator,
    model_validator,
)

from domain.clock import Missed, Period, Timer, Unit

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

_FEW = 24
"""How many names a line of refusal lists; beyond that it says how many there are."""


class RulebookInvalid(ValueError):  # noqa: N818 — it says what is the matter with the rulebook
    """A file of a rulebook does not say what it must; nothing of it is loaded."""


class Strict(BaseModel):
    """A row or section: every field known, none invented, none changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, str_min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _blank_is_absent(cls, fields: Any) -> Any:
        if isinstance(fields, Mapping):
            return {name: value for name, value in fields.items() if value not in ("", None)}
        return fields


Row = TypeVar("Row", bound=Strict)


class Text(Strict):
    """A name or sentence in both languages."""

    vi: str
    en: str


class DiscardReason(Text):
    """Why something detected is not a violation, and whether the discarding is reviewed."""

    reviewable: bool


class Rule(Strict):
    """An obligation: its id, where it is written, and what it says in one line."""

    id: str = Field(pattern=r"^R-[A-Z]+-[0-9A-Za-zđ.-]+$")
    citation: str
    vi: str
    en: str


class Instrument(Strict):
    """A legal document and when it is in force."""

    id: str
    effective_from: date
    effective_to: date | None = None


class Switches(Strict):
    """The two readings of the working calendar."""

    count_makeup_days: bool = True
    swap_days_are_off: bool = True


class Ground(Strict):
    """The obligations a decision stands on, and their citation."""

    rules: tuple[str, ...] = Field(min_length=1)
    basis: str


class Standing(Strict):
    """What a decision rests on where no cell of the matrix is in point."""

    deny_by_default: Ground
    by_function: Ground
    reading: Ground


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
    effective_from: date
    processing_start: date | None = None
    instruments: tuple[Instrument, ...] = Field(min_length=1)
    calendar: Switches | None = None
    unit_kinds: dict[str, Text] = {}
    camera_classes: dict[str, Text] = {}
    purposes: dict[str, Text] = {}
    violation_kinds: dict[str, Text] = {}
    discard_reasons: dict[str, DiscardReason] = {}
    longest_extraction_s: PositiveInt = 3600
    standing: Standing | None = None
    grantable: tuple[Grantable, ...] = ()


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
        if self.from_ and self.to and self.to < self.from_:
            raise ValueError(f"expected `to` on or after `from` {self.from_}, got {self.to}")
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


def rows(path: Path, model: type[Row]) -> list[tuple[int, Row]]:
    """Return the rows of a CSV file with their numbers; the header is row 1."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            expected = [field.alias or name for name, field in model.model_fields.items()]
            if reader.fieldnames != expected:
                raise RulebookInvalid(f"{where(path)}, row 1: expected the columns {','.join(expected)}")
            found = []
            for row in reader:
                if None in row or None in row.values():
                    refuse(path, reader.line_num, f"expected {len(expected)} cells")
                found.append((reader.line_num, parsed(path, model, row, reader.line_num)))
            return found
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RulebookInvalid(f"{where(path)}: expected a readable CSV file in UTF-8: {error}") from error


def section(path: Path) -> Profile:
    """Return what `rulebook.yaml` says."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise RulebookInvalid(f"{where(path)}: expected a readable YAML file in UTF-8: {reason}") from error
    return parsed(path, Profile, content)


def parsed(path: Path, model: type[Row], content: object, number: int | None = None) -> Row:
    """Return *content* as *model*, or say where it differs."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        message = (
            first["msg"]
            .removeprefix("Value error, ")
            .replace("Input should be", "expected")
            .replace("Field required", "expected a value")
        )
        got = "" if first["type"] in {"missing", "value_error"} else f", got {first['input']!r}"
        refuse(path, number, f"{field}: {message}{got}" if field else f"{message}{got}", error)


def refuse(path: Path, number: int | None, problem: str, cause: Exception | None = None) -> NoReturn:
    """Stop the load with one line."""
    row = "" if number is None else f", row {number}"
    raise RulebookInvalid(f"{where(path)}{row}: {problem}") from cause


def known(path: Path, number: int | None, column: str, values: Iterable[str], among: Iterable[str]) -> None:
    """Stop the load if one of *values* is not *among* what is defined."""
    defined = set(among)
    for value in values:
        if value not in defined:
            few = len(defined) <= _FEW
            expected = ", ".join(sorted(defined)) if few else f"the {len(defined)} defined"
            refuse(path, number, f"{column}: expected one of {expected}, got {value!r}")


def where(path: Path) -> str:
    """Return the file as it is named below the policies folder."""
    return "/".join(path.parts[-2:])
