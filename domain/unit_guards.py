"""What must hold before anything is done to a unit, and the words it is described with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

from domain import area
from domain.clock import legal_date
from domain.context import Context, Rulebook
from domain.errors import InvalidInput, Refusal, WrongState

if TYPE_CHECKING:
    from domain.unit import Unit


class Post(StrEnum):
    """Who answers for a unit (R-DH-16.4.b), and who administers its part of the system (R-QT-10.4.a)."""

    HEAD = "HEAD"
    ADMINISTRATOR = "ADMINISTRATOR"


@dataclass(frozen=True, kw_only=True)
class Left:
    """How much of each is open still when a unit has ended without a successor."""

    accounts: int = 0
    cameras: int = 0
    cases: int = 0
    extractions: int = 0
    units: int = 0
    breaches: int = 0
    incidents: int = 0
    obstacles: int = 0
    recommendations: int = 0
    rosters: int = 0
    shifts: int = 0
    work_orders: int = 0


class UnitFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows a unit."""

    @property
    def unit_id(self) -> UUID:
        """Its id."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def area_path(self) -> str:
        """Where it works."""

    @property
    def parent_unit_id(self) -> UUID | None:
        """The unit it is part of."""

    @property
    def ceased_at(self) -> datetime | None:
        """Since when it is no more."""

    @property
    def successor_unit_id(self) -> UUID | None:
        """The unit that follows it."""


# -- guards -------------------------------------------------------------------------


def check_administer(unit: UnitFacts, context: Context) -> Refusal | None:
    """Whoever administers units does so within their area; where the regulation says own, of theirs and its parts."""
    return area.check_administer(
        unit.area_path, context, own=context.actor.unit_id in {unit.unit_id, unit.parent_unit_id}
    )


def check_change(unit: UnitFacts, context: Context) -> Refusal | None:
    """A unit that stands is changed by whoever administers it."""
    refusal = check_administer(unit, context)
    if refusal is None and unit.ceased_at is not None:
        return already_ceased(unit.code, rule_of(context.rulebook))
    return refusal


def check_name_successor(unit: UnitFacts, context: Context) -> Refusal | None:
    """Only of a unit that ended without a successor one is named afterwards."""
    refusal = check_administer(unit, context)
    if refusal is None and (unit.ceased_at is None or unit.successor_unit_id is not None):
        return WrongState(
            f"Đơn vị {unit.code} còn hoạt động, hoặc đã có đơn vị kế thừa",
            f"The unit {unit.code} stands, or has a successor",
            rule=rule_of(context.rulebook),
        )
    return refusal


GUARDS: Final[dict[str, Callable[[UnitFacts, Context], Refusal | None]]] = {
    "renameUnit": check_change,
    "moveUnit": check_change,
    "endUnit": check_change,
    "nameSuccessor": check_name_successor,
    "assignOfficer": check_change,
    "fileInternalRegulation": check_change,
}


def rule_of(rulebook: Rulebook) -> str | None:
    """The rule that knows the units of a regulation."""
    return rulebook.rule_for("units")


def check_kind(rulebook: Rulebook, kind: str, at: datetime, parent: "Unit | None" = None) -> None:
    """Refuse a kind that the regulation does not have, or not any more, or a parent that units of it have not."""
    rule = rule_of(rulebook)
    if kind not in rulebook.unit_kinds:
        known = ", ".join(rulebook.unit_kinds)
        raise InvalidInput("kind", f"phải là một trong {known}", f"one of {known} is expected", rule=rule)
    if (ended := rulebook.ended(kind, legal_date(at))) is not None:
        last, heir = ended
        raise InvalidInput(
            "kind",
            f"sau {last:%d/%m/%Y} không còn loại {kind}" + (f", nay là {heir}" if heir else ""),
            f"there is no {kind} after {last}" + (f"; it is {heir} now" if heir else ""),
            rule=rule,
        )
    above = rulebook.parent_kind(kind)
    if parent is not None and above is not None and parent.kind != above:
        raise InvalidInput(
            "parent",
            f"đơn vị loại {kind} thuộc loại {above}, không phải {parent.kind}",
            f"a {kind} is part of a {above}, not of a {parent.kind}",
            rule=rule,
        )


def already_ceased(code: str, rule: str | None) -> WrongState:
    """The refusal that a unit which is no more ends in."""
    return WrongState(
        f"Đơn vị {code} đã kết thúc hoạt động", f"The unit {code} has ceased already", rule=rule
    )
