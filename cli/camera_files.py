"""Cameras in files: what a row says of a camera, what of that is new, and the register as a table.

An import is whole or nothing. A camera that is on record is renamed, moved or given another custodian by its row; what
it is, where it belongs and whose it is are changed by acts of their own, so a row that says otherwise is refused. An
empty cell says nothing, and a row that says what is on record records nothing, of a camera that is retired as well.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from eventsourcing.domain import Aggregate
from psycopg import Connection

from cli.tabular import UNREAD, Bad, Row
from domain.camera import Camera, Owner, Placement, Registration
from domain.camera.guards import check_administer
from domain.camera.marks import check_change
from domain.case.inputs import LONGEST_NAME, words
from domain.commands.application import CaseSystem
from domain.commands.camera import check_place, registered, standing
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, Refusal, refuse
from domain.unit import Unit
from projections import directory, scope
from projections.camera_registry import LISTING, CameraRow, RegistryFilter

NEEDED: Final = ("code", "name", "class", "domain", "kind", "area", "operating_unit")
UNITS: Final = ("operating_unit", "manager_unit", "custodian_unit", "owner_unit")
PLACE: Final = ("longitude", "latitude")
OWNER: Final = ("owner_kind", "owner_unit", "owner_name", "owner_contact")
COLUMNS: Final = (
    *NEEDED,
    "manager_unit",
    "custodian_unit",
    "placement",
    *PLACE,
    "view",
    "channel",
    *OWNER,
    "document",
)
SHOWN: Final = tuple(name for name in COLUMNS if name not in {"owner_name", "owner_contact", "document"})
"""What is written out: who owns a camera is a person, and stands in no file; by which document it changes is no part
of it.
"""

PAGE: Final = 1_000

COLUMN_OF: Final = {
    "class": "class",
    "position": "longitude",
    "operatingUnitId": "operating_unit",
    "managerUnitId": "manager_unit",
    "custodianUnitId": "custodian_unit",
    "owner": "owner_kind",
    "owner.kind": "owner_kind",
    "owner.unitId": "owner_unit",
    "owner.name": "owner_name",
    "owner.contact": "owner_contact",
}
"""The column in which a field of a refusal stands, where it has another name."""

FIXED: Final = {
    "class": ("camera_class", None),
    "domain": ("domain", None),
    "kind": ("kind", None),
    "area": ("area_path", "moveCameraToArea"),
    "placement": ("placement", "changeCameraPlacement"),
    "operating_unit": ("owner_unit", "transferCamera"),
    "manager_unit": ("manager_unit_id", "transferCamera"),
    "owner_kind": ("owner_kind", "nameCameraOwner"),
    "owner_unit": ("owning_unit_id", "nameCameraOwner"),
}
"""What a row does not change of a camera on record, and the mutation that does."""


@dataclass
class Plan:
    """What an import would record, or what is wrong with it."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    bad: list[Bad] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    aggregates: list[Aggregate] = field(default_factory=list)


class _BadCellError(Exception):
    """A cell that cannot be read: its column, and what was expected."""

    def __init__(self, column: str, expected: str) -> None:
        super().__init__(column, expected)
        self.column = column
        self.expected = expected


def planned(app: CaseSystem, context: Context, rows: Sequence[Row], *, reason: str) -> Plan:
    """What the rows say that is not on record yet, each as the person who imports them may say it."""
    plan = Plan(rows=len(rows))
    seen: dict[str, int] = {}
    ids = {row.cells.get("code", "").strip() for row in rows}
    known = app.commands.existing({Camera.create_id(code) for code in ids if code})
    for row in rows:
        cells = {name: cell.strip() for name, cell in row.cells.items() if cell.strip()}
        try:
            _check_cells(row, cells, seen)
            said = _Said(cells)
            camera = _changed(app, context, said, reason) if said.camera_id in known else None
            if camera is None:
                camera = registered(app, context, said.registration())
                plan.new += 1
            elif camera.pending_events:
                plan.changed += 1
            if camera.pending_events:
                plan.aggregates.append(camera)
        except _BadCellError as bad:
            plan.bad.append(_bad(row, cells, bad.column, bad.expected))
        except Refusal as refusal:
            column = _column(refusal)
            expected = _swapped(app, context, cells) if column == "longitude" else None
            plan.bad.append(_bad(row, cells, column, expected or _words(refusal), refusal.rule))
            plan.refusals.append(refusal)
    return plan


def _check_cells(row: Row, cells: Mapping[str, str], seen: dict[str, int]) -> None:
    if row.ragged:
        raise _BadCellError("code", "as many cells as there are columns are expected")
    for name, cell in cells.items():
        if UNREAD in cell:
            raise _BadCellError(name, "UTF-8 is expected: save the file as «CSV UTF-8»")
    for name in NEEDED:
        if name not in cells:
            raise _BadCellError(name, "must not be empty")
    first = seen.setdefault(cells["code"], row.number)
    if first != row.number:
        raise _BadCellError("code", f"one row a code is expected; row {first} has it already")


def _bad(row: Row, cells: Mapping[str, str], column: str, expected: str, rule: str | None = None) -> Bad:
    # whose a camera is, is nobody's business who reads a list of mistakes
    value = "…" if column in {"owner_name", "owner_contact"} else cells.get(column, "")
    return Bad(row.number, column, value, expected, rule)


def _column(refusal: Refusal) -> str:
    path = refusal.path if isinstance(refusal, InvalidInput) else "code"
    return COLUMN_OF.get(path, path)


def _words(refusal: Refusal) -> str:
    """What it says, without the field, which the column names."""
    field_ = f"{refusal.path}: " if isinstance(refusal, InvalidInput) else ""
    return f"{refusal.vi.removeprefix(field_)} · {refusal.en.removeprefix(field_)}"


class _Said:
    """What the cells of a row mean."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self.cells = cells
        self.code = cells["code"]
        self.camera_id = Camera.create_id(self.code)
        self.units = {name: Unit.create_id(cells[name]) for name in UNITS if name in cells}
        self.longitude, self.latitude = (_number(name, cells.get(name)) for name in PLACE)
        if (self.longitude is None) != (self.latitude is None):
            raise _BadCellError("longitude", "both longitude and latitude are expected, or neither")

    def registration(self) -> Registration:
        """The camera as it is to be registered."""
        cells, units = self.cells, self.units
        return Registration(
            code=self.code,
            name=cells["name"],
            camera_class=cells["class"],
            kind=cells["kind"],
            domain=cells["domain"],
            area_path=cells["area"],
            operating_unit_id=units["operating_unit"],
            manager_unit_id=units.get("manager_unit", units["operating_unit"]),
            custodian_unit_id=units.get("custodian_unit"),
            placement=cells.get("placement", Placement.PUBLIC.value),
            longitude=self.longitude,
            latitude=self.latitude,
            view=cells.get("view"),
            channel=cells.get("channel"),
            owner=self._owner(),
        )

    def _owner(self) -> Owner | None:
        if not any(name in self.cells for name in OWNER):
            return None
        return Owner(
            kind=self.cells.get("owner_kind", ""),
            unit_id=self.units.get("owner_unit"),
            name=self.cells.get("owner_name"),
            contact=self.cells.get("owner_contact"),
        )


def _number(column: str, cell: str | None) -> float | None:
    if cell is None:
        return None
    with suppress(ValueError):
        number = float(cell.replace(",", "."))  # as spreadsheets in Vietnamese write it
        if math.isfinite(number):
            return number
    raise _BadCellError(column, "a number of degrees is expected, such as 106.6222")


def _swapped(app: CaseSystem, context: Context, cells: Mapping[str, str]) -> str | None:
    """That longitude and latitude stand in each other's place, where that is what is wrong."""
    turned = dict(cells, longitude=cells.get("latitude", ""), latitude=cells.get("longitude", ""))
    try:
        check_place(app, context, _Said(turned).registration())
    except (Refusal, _BadCellError):
        return None
    return "longitude and latitude seem to have been swapped: longitude is expected here, and latitude there"


def _changed(app: CaseSystem, context: Context, said: _Said, reason: str) -> Camera:
    """The camera on record, with what its row says otherwise decided on."""
    camera = app.find(Camera, said.camera_id)
    refuse(check_administer(camera, context))
    for column, (attribute, mutation) in FIXED.items():
        if column not in said.cells:
            continue
        wanted: Any = said.units.get(column, said.cells[column])
        if wanted != getattr(camera, attribute):
            way = f"change it by {mutation}" if mutation else "it never changes"
            raise _BadCellError(column, f"is another on record: {way}")
    name = words("name", said.cells["name"], longest=LONGEST_NAME)
    if name != camera.name:
        refuse(check_change(camera, context))
        with acting(context.envelope("camera.administer", reason=reason)):
            camera.rename(name)
    told: dict[str, Any] = {
        "longitude": said.longitude,
        "latitude": said.latitude,
        "view": said.cells.get("view"),
        "channel": said.cells.get("channel"),
    }
    new = {name for name, value in told.items() if value not in {None, getattr(camera, name)}}
    if new & {*PLACE}:
        check_place(app, context, said.registration())
    if new:
        camera.reconfigure(context, reason=reason, document=said.cells.get("document"), **told)
    custodian = said.units.get("custodian_unit", camera.custodian_unit_id)
    if custodian is not None and custodian != camera.custodian_unit_id:
        standing(app, "custodianUnitId", custodian, context.now, context.rulebook.cameras.acts.get("custody"))
        camera.name_custodian(context, custodian_unit_id=custodian)
    return camera


# -- the register as a table ----------------------------------------------------------


def shown(conn: Connection[Any], context: Context) -> Iterator[dict[str, object]]:
    """The cameras that somebody may see in the register, by area and code, as rows of a file."""
    within, everything = scope.of_register(context), RegistryFilter()
    codes: dict[UUID, str] = {}
    after: Sequence[object] | None = None
    while page := LISTING.page(conn, within, everything, first=PAGE, after=after):
        unknown = {unit_id for row in page for unit_id in _units(row) if unit_id} - codes.keys()
        codes |= {unit_id: unit.code for unit_id, unit in directory.current(conn, unknown).items()}
        for row in page:
            yield _as_row(row, [codes.get(unit_id) if unit_id else None for unit_id in _units(row)])
        after = LISTING.place_of(page[-1])


def _units(row: CameraRow) -> tuple[UUID | None, ...]:
    return row.owner_unit, row.manager_unit_id, row.custodian_unit_id, row.owning_unit_id


def _as_row(row: CameraRow, units: Sequence[str | None]) -> dict[str, object]:
    return {
        "code": row.code,
        "name": row.name,
        "class": row.camera_class,
        "domain": row.domain,
        "kind": row.kind,
        "area": row.area_path,
        "placement": row.placement,
        "longitude": row.longitude,
        "latitude": row.latitude,
        "view": row.view,
        "channel": row.channel,
        "owner_kind": row.owner_kind,
        **dict(zip(UNITS, units, strict=True)),
    }
