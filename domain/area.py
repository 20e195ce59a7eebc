"""An area (*địa bàn*): a node of the tree of paths by which cameras, cases and units are seen (`quang-binh/dong-hoi`).

The path says which area it lies in, and never changes; the name may, and an area may end with another to follow it.
What stands in it passes to that one (`domain.area_succession`), which covers from then on what was captured before.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event

from domain import envelope
from domain.boundary import Boundary
from domain.case.inputs import LONGEST_NAME, words
from domain.context import Context
from domain.envelope import acting
from domain.errors import Forbidden, InvalidInput, Refusal, WrongState, refuse

PATH: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*){0,5}")
LONGEST_PATH: Final = 120


class AreaKind(StrEnum):
    """What an area is."""

    PROVINCE = "PROVINCE"
    DISTRICT = "DISTRICT"
    COMMUNE = "COMMUNE"
    PLACE = "PLACE"


class AreaFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows an area."""

    @property
    def area_path(self) -> str:
        """Its path."""

    @property
    def ended_at(self) -> datetime | None:
        """Since when it is no more."""


def above(path: str) -> str | None:
    """The path of the area that an area lies in; None of a whole jurisdiction."""
    return path.rpartition("/")[0] or None


def check_administer(area_path: str, context: Context, *, own: bool = True) -> Refusal | None:
    """Whoever administers units does so within the area of their unit; *own*: what is theirs by the regulation."""
    covered = context.actor.covers(area_path)
    facts = {"own-area", "own-unit", "own-system"} if own else {"own-area"}
    refusal = context.check_may("unit.administer", facts=frozenset(facts if covered else ()))
    if refusal is None and not covered:
        return Forbidden(
            f"Địa bàn {area_path} nằm ngoài địa bàn {context.actor.area_path} của đơn vị",
            f"The area {area_path} lies outside of the unit's area {context.actor.area_path}",
            rule=context.rule_of("unit.administer"),
        )
    return refusal


def check_rename(area: AreaFacts, context: Context) -> Refusal | None:
    """An area that stands is renamed by whoever administers units there."""
    refusal = check_administer(area.area_path, context)
    if refusal is None and not stands(area, context.now):
        return WrongState(
            f"Địa bàn {area.area_path} đã kết thúc",
            f"The area {area.area_path} has ended",
            rule=context.rule_of("unit.administer"),
        )
    return refusal


def check_end(area: AreaFacts, context: Context) -> Refusal | None:
    """An area that stands is ended by whoever administers units there; a day that has not come is changed."""
    return check_rename(area, context)


def stands(area: AreaFacts, at: datetime) -> bool:
    """Whether it has not ended by an instant."""
    return area.ended_at is None or at < area.ended_at


GUARDS: Final[dict[str, Callable[[AreaFacts, Context], Refusal | None]]] = {
    "renameArea": check_rename,
    "endArea": check_end,
}


class Area(Aggregate):
    """An area with a name, a kind and perhaps a boundary. State keeps what is asked of it."""

    TOPIC = "area"

    # -- events -------------------------------------------------------------

    class Event(envelope.Event):
        """What happened to an area."""

    @dataclass(frozen=True)
    class Created(envelope.Created):
        """The first event of one, whichever it is."""

        TOPIC = "area:created"

    @dataclass(frozen=True)
    class Registered(Created):
        """The area is part of the tree, by a document where there is one."""

        TOPIC = "area:registered"
        area_path: str
        name: str
        kind: str
        valid_from: datetime
        document: str | None
        boundary: Boundary | None

    @dataclass(frozen=True)
    class Renamed(Event):
        """The area has another name from now on; older acts keep the old one."""

        TOPIC = "area:renamed"
        name: str
        document: str | None

    @dataclass(frozen=True)
    class Redrawn(Event):
        """The area has another boundary from now on, or none of its own any more."""

        TOPIC = "area:redrawn"
        boundary: Boundary | None
        document: str | None

    @dataclass(frozen=True)
    class Ended(Event):
        """The area is no more from an instant on; said again before that, it is otherwise."""

        TOPIC = "area:ended"
        ended_at: datetime
        successor_path: str | None
        document: str

    @dataclass(frozen=True)
    class TookOver(Event):
        """Whoever covers the area covers from now on what was captured in one that ended, and keeps its path."""

        TOPIC = "area:took-over"
        from_path: str

    @staticmethod
    def create_id(area_path: str) -> UUID:
        """One path, one area: so a path is found without a list of areas."""
        return uuid5(NAMESPACE_URL, f"/areas/{area_path}")

    # -- decisions ----------------------------------------------------------

    @classmethod
    def enter(
        cls,
        *,
        path: str,
        parent: "Area | None",
        name: str,
        kind: str,
        valid_from: datetime,
        document: str | None = None,
        boundary: Boundary | None = None,
        rule: str | None = None,
    ) -> "Area":
        """Take an area into the tree, below its *parent*; inside an act of whoever may."""
        if len(path) > LONGEST_PATH or not PATH.fullmatch(path):
            raise InvalidInput(
                "path",
                "phải gồm các phần a-z, 0-9, gạch nối, cách nhau bằng /, ví dụ quang-binh/dong-hoi",
                "parts of a-z, 0-9 and hyphens between slashes are expected, such as quang-binh/dong-hoi",
                rule=rule,
            )
        check_kind(kind, rule=rule)
        words("name", name, longest=LONGEST_NAME, rule=rule)
        if parent is not None:
            refuse(parent.check_stands("path", valid_from, rule=rule))
        return cls._create(
            cls.Registered,
            id=cls.create_id(path),
            area_path=path,
            name=name.strip(),
            kind=kind,
            valid_from=valid_from,
            document=document,
            boundary=boundary,
        )

    def rename(self, name: str, *, document: str | None = None) -> None:
        """Give the area another name; the same name records nothing."""
        words("name", name, longest=LONGEST_NAME)
        if name.strip() != self.name:
            self.trigger_event(self.Renamed, name=name.strip(), document=document)

    def redraw(self, boundary: Boundary | None, *, document: str | None = None) -> None:
        """Give the area another boundary; the same records nothing."""
        if boundary != self.boundary:
            self.trigger_event(self.Redrawn, boundary=boundary, document=document)

    def end(
        self,
        *,
        at: datetime,
        successor: "Area | None",
        document: str,
        standing: Mapping[str, int],
        now: datetime,
        rule: str | None = None,
    ) -> None:
        """End the area by a document; a merger is several that end with one successor, which must stand.

        *standing*: how much of each noun is in it. It passes to the successor; areas within it cannot, for their paths
        say where they lie, so each of them ends first.
        """
        if not stands(self, now):
            raise WrongState(
                f"Địa bàn {self.area_path} đã kết thúc",
                f"The area {self.area_path} has ended already",
                rule=rule,
            )
        words("document", document, longest=LONGEST_NAME, rule=rule)
        # one that is to end itself follows nobody: so there is no circle
        if successor is not None and (successor.id == self.id or successor.ended_at is not None):
            raise InvalidInput(
                "successor",
                f"{successor.area_path} không phải địa bàn khác còn hiệu lực",
                f"{successor.area_path} is no other area that stands",
                rule=rule,
            )
        if count := standing.get("areas"):
            raise InvalidInput(
                "areaId",
                f"còn {count} địa bàn bên trong; hãy kết thúc từng địa bàn đó trước",
                f"{count} areas within it stand still: end each of them first",
                rule=rule,
            )
        if successor is None and any(standing.values()):
            told = ", ".join(f"{count} {noun}" for noun, count in sorted(standing.items()) if count)
            raise InvalidInput(
                "successor",
                f"địa bàn còn {told}; hãy nêu địa bàn kế thừa",
                f"{told} stand in it still: name the area that follows",
                rule=rule,
            )
        self.trigger_event(
            self.Ended,
            ended_at=at,
            successor_path=successor.area_path if successor else None,
            document=document,
        )

    def take_over(self, from_path: str) -> None:
        """Cover what was captured in an area that ended; known already records nothing."""
        if from_path not in self.before:
            self.trigger_event(self.TookOver, from_path=from_path)

    def check_stands(self, field: str, at: datetime, *, rule: str | None = None) -> Refusal | None:
        """Guard: nothing new is registered in an area that has ended."""
        if stands(self, at):
            return None
        then = self.successor_path
        return InvalidInput(
            field,
            f"địa bàn {self.area_path} đã kết thúc" + (f", nay là {then}" if then else ""),
            f"the area {self.area_path} has ended" + (f"; it is {then} now" if then else ""),
            rule=rule,
        )

    # -- state --------------------------------------------------------------

    @event(Registered)
    def __init__(self, area_path: str, name: str, kind: str, boundary: Boundary | None) -> None:
        self.area_path = area_path
        self.name = name
        self.kind = kind
        self.boundary = boundary
        self.ended_at: datetime | None = None
        self.ended_by: str | None = None
        self.successor_path: str | None = None
        self.before: list[str] = []
        """The areas that were merged into it, or into one within it."""

    @event(Renamed)
    def _renamed(self, name: str) -> None:
        self.name = name

    @event(Redrawn)
    def _redrawn(self, boundary: Boundary | None) -> None:
        self.boundary = boundary

    @event(Ended)
    def _ended(self, ended_at: datetime, successor_path: str | None, document: str) -> None:
        self.ended_at = ended_at
        self.ended_by = document
        self.successor_path = successor_path

    @event(TookOver)
    def _took_over(self, from_path: str) -> None:
        self.before.append(from_path)


def check_kind(kind: str, *, rule: str | None = None) -> None:
    """Refuse a kind of area that there is not."""
    if kind not in set(AreaKind):
        known = ", ".join(AreaKind)
        raise InvalidInput("kind", f"phải là một trong {known}", f"one of {known} is expected", rule=rule)


def register(
    context: Context,
    *,
    path: str,
    parent: Area | None,
    name: str,
    kind: str,
    valid_from: datetime | None = None,
    document: str | None = None,
    boundary: Boundary | None = None,
) -> Area:
    """Take an area into the tree, as somebody who administers units there."""
    refuse(check_administer(path, context))
    with acting(context.envelope("unit.administer")) as act:
        return Area.enter(
            path=path,
            parent=parent,
            name=name,
            kind=kind,
            valid_from=valid_from or context.now,
            document=document,
            boundary=boundary,
            rule=act.rule,
        )
