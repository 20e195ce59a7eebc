"""Whole trees of areas and units from rows of a table: all of them or none; the same rows twice change nothing.

A row that changes something of what is on record renames, moves or redraws it; of that, an empty cell says nothing, and
what has ended is left alone while nothing new is said of it. Rows may stand in any order.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeVar
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain import boundary
from domain.area import Area, above
from domain.area import check_kind as check_area_kind
from domain.clock import start_of
from domain.commands.application import CaseSystem
from domain.commands.area import known_area
from domain.context import Rulebook
from domain.errors import InvalidInput, NotFound, Refusal, refuse
from domain.unit import Unit
from domain.unit_guards import already_ceased, has_ended, rule_of

T = TypeVar("T", bound=Aggregate)

AREA_COLUMNS: Final = ("path", "name", "kind", "valid_from", "document", "boundary")
UNIT_COLUMNS: Final = ("code", "name", "kind", "area", "parent", "valid_from", "document")
LENGTH_OF_A_DATE: Final = 10
NEEDED: Final = 3
"""So many columns, the first, are in every file; the others may be left out, as any cell of theirs may be empty."""


@dataclass(frozen=True)
class Row:
    """A row as it stands in a file, under the number that it has there."""

    number: int
    cells: Mapping[str, str]

    def said(self, column: str) -> str | None:
        """What a cell says, if anything."""
        return (self.cells.get(column) or "").strip() or None


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be taken in, and why."""

    number: int
    column: str
    refusal: Refusal


@dataclass
class Import:
    """What would be recorded, and what stands in its way."""

    changed: list[Aggregate] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)

    def save(self, app: CaseSystem) -> int:
        """Record all of it in one transaction, or nothing where a row is bad; how many things changed."""
        changed = [one for one in self.changed if one.pending_events]
        if not self.bad and changed:
            app.record(*changed)
        return 0 if self.bad else len(changed)


def import_areas(app: CaseSystem, rulebook: Rulebook, rows: Sequence[Row], now: datetime) -> Import:
    """Read a tree of areas; inside an act of whoever may."""
    rule = rule_of(rulebook)

    def take(row: Row, parent: Area | None, _: Mapping[UUID, Area]) -> Area:
        path, drawn = row.said("path") or "", row.said("boundary")
        shape = boundary.read(drawn) if drawn else None
        known = _known(app, Area, Area.create_id(path))
        if known is None:
            return Area.enter(
                path=path,
                parent=parent,
                name=row.said("name") or "",
                kind=row.said("kind") or "",
                valid_from=_instant(row, rule) or now,
                document=row.said("document"),
                boundary=shape,
                rule=rule,
            )
        check_area_kind(row.said("kind") or "", rule=rule)
        if known.kind != row.said("kind"):
            raise _otherwise("kind", known.area_path, known.kind, rule)
        known.rename(row.said("name") or "", document=row.said("document"))
        if shape is not None:
            known.redraw(shape, document=row.said("document"))
        if known.pending_events:
            refuse(known.check_stands("path", now, rule=rule))
        return known

    return _taken(
        rows,
        take,
        key="path",
        column="path",
        parent_of=lambda row: above(row.said("path") or ""),
        find=lambda path: _known(app, Area, Area.create_id(path)),
        rule=rule,
    )


def import_units(app: CaseSystem, rulebook: Rulebook, rows: Sequence[Row], now: datetime) -> Import:
    """Read a tree of units; inside an act of whoever may."""
    rule = rule_of(rulebook)

    def take(row: Row, parent: Unit | None, taken: Mapping[UUID, Unit]) -> Unit:
        code = row.said("code") or ""
        known = _known(app, Unit, Unit.create_id(code))
        area = row.said("area") or (known.area_path if known else "")
        if known is None or area != known.area_path:
            known_area(app, area, _instant(row, rule) or now, rule=rule)
        if known is None:
            return Unit.enter(
                rulebook,
                code=code,
                name=row.said("name") or "",
                kind=row.said("kind") or "",
                area_path=area,
                valid_from=_instant(row, rule) or now,
                now=now,
                parent=parent,
                document=row.said("document"),
            )
        if known.kind != row.said("kind"):
            raise _otherwise("kind", known.code, known.kind, rule)
        known.rename(row.said("name") or "")
        wanted = parent.id if parent else known.parent_unit_id
        if (wanted, area) != (known.parent_unit_id, known.area_path):
            above_it = parent or (app.find(Unit, wanted) if wanted else None)
            known.move(
                rulebook,
                parent=above_it,
                line=_line(app, above_it, taken),
                area_path=area,
                document=row.said("document") or "",
                at=now,
            )
        if known.pending_events and has_ended(known, now):
            raise already_ceased(known.code, rule)
        return known

    return _taken(
        rows,
        take,
        key="code",
        column="parent",
        parent_of=lambda row: row.said("parent"),
        find=lambda code: _known(app, Unit, Unit.create_id(code)),
        rule=rule,
    )


def _taken(
    rows: Iterable[Row],
    take: Callable[[Row, T | None, Mapping[UUID, T]], T],
    *,
    key: str,
    column: str,
    parent_of: Callable[[Row], str | None],
    find: Callable[[str], T | None],
    rule: str | None,
) -> Import:
    """Take rows in, each after the one it lies below, which the *column* names; the bad ones are put by."""
    found = Import()
    waiting = _named(rows, key, found, rule)
    taken: dict[str, T] = {}
    refused: set[str] = set()
    while ready := [name for name, row in waiting.items() if parent_of(row) not in waiting]:
        for name in ready:
            row = waiting.pop(name)
            up = parent_of(row)
            if up in refused:  # that one is said to be bad; of this nothing is known
                refused.add(name)
                continue
            try:
                parent = taken.get(up) or find(up) if up else None
                if up and parent is None:
                    raise InvalidInput(column, f"không có {up}", f"there is no {up}", rule=rule)
                taken[name] = take(row, parent, {one.id: one for one in taken.values()})
            except Refusal as refusal:
                at = refusal.path if isinstance(refusal, InvalidInput) else key
                found.bad.append(BadRow(row.number, at, refusal))
                refused.add(name)
    for row in waiting.values():
        circle = InvalidInput(
            column, f"{parent_of(row)} lại thuộc chính nó", f"{parent_of(row)} leads back to it", rule=rule
        )
        found.bad.append(BadRow(row.number, column, circle))
    found.bad.sort(key=lambda bad: bad.number)
    found.changed = list(taken.values())
    return found


def _named(rows: Iterable[Row], key: str, found: Import, rule: str | None) -> dict[str, Row]:
    """The rows by what they are about; what has no name, or that of another, is bad."""
    named: dict[str, Row] = {}
    for row in rows:
        name = row.said(key) or ""
        if name and name not in named:
            named[name] = row
            continue
        twice = InvalidInput(
            key, f"{name or '—'}: trống hoặc lặp lại", f"{name or '—'}: empty, or there twice", rule=rule
        )
        found.bad.append(BadRow(row.number, key, twice))
    return named


def _known(app: CaseSystem, cls: type[T], aggregate_id: UUID) -> T | None:
    try:
        return app.find(cls, aggregate_id)
    except NotFound:
        return None


def _line(app: CaseSystem, one: Unit | None, taken: Mapping[UUID, Unit]) -> tuple[UUID, ...]:
    """A unit and those it is part of, as they will be."""
    line: list[UUID] = []
    while one is not None and one.id not in line:
        line.append(one.id)
        up = one.parent_unit_id
        one = (taken.get(up) or app.find(Unit, up)) if up else None
    return tuple(line)


def _instant(row: Row, rule: str | None) -> datetime | None:
    """Since when: an instant with an offset, or a date, which begins in Việt Nam."""
    text = row.said("valid_from")
    if text is None:
        return None
    try:
        at = (
            start_of(date.fromisoformat(text))
            if len(text) == LENGTH_OF_A_DATE
            else datetime.fromisoformat(text)
        )
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise InvalidInput(
            "valid_from",
            f"{text} không phải ngày, ví dụ 2026-01-31",
            f"{text} is no date, such as 2026-01-31",
            rule=rule,
        )
    return at


def _otherwise(column: str, name: str, known: str, rule: str | None) -> InvalidInput:
    return InvalidInput(
        column,
        f"{name} đã đăng ký là {known}; loại không đổi được",
        f"{name} is registered as {known}, and stays that",
        rule=rule,
    )
