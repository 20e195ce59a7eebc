"""Commands on cameras: what GraphQL, the import and the tests call."""

from typing import Final
from uuid import UUID

from domain.camera import Camera, Owner, OwnerKind, Registration
from domain.camera.registering import check_manager, check_register
from domain.commands.application import Answer, CaseSystem, Command
from domain.context import Context
from domain.errors import InvalidInput, NotFound, refuse
from domain.unit import Unit

LONGITUDES: Final = (102.0, 118.0)
LATITUDES: Final = (6.0, 24.0)
"""Viet Nam with its islands, roundly: nothing of it lies beyond."""


def check_place(app: CaseSystem, context: Context, given: Registration) -> None:
    """Refuse an area that is none, and a position outside of it."""
    del app  # the tree of areas is asked here as soon as there is one
    rule = context.rulebook.cameras.acts.get("register")
    if not given.area_path.strip("/") or given.area_path != given.area_path.strip("/"):
        raise InvalidInput("area", "không phải địa bàn", "is no area", rule=rule)
    check_position(given.longitude, given.latitude, rule)


def check_position(longitude: float | None, latitude: float | None, rule: str | None) -> None:
    """Refuse half a position, and one that does not lie in Viet Nam."""
    if (longitude is None) != (latitude is None):
        raise InvalidInput("position", "cần cả kinh độ và vĩ độ", "both longitude and latitude", rule=rule)
    if longitude is None or latitude is None:
        return
    within = LONGITUDES[0] <= longitude <= LONGITUDES[1] and LATITUDES[0] <= latitude <= LATITUDES[1]
    if not within:
        raise InvalidInput("position", "ngoài lãnh thổ", "lies outside of the jurisdiction", rule=rule)


def register_camera(
    app: CaseSystem, context: Context, command: Command, *, registration: Registration
) -> Answer:
    """Take a camera into the register."""
    return app.perform(command, lambda: registered(app, context, registration))


def registered(app: CaseSystem, context: Context, given: Registration) -> Camera:
    """A camera that was taken into the register and is not saved yet; an import makes many and saves them at once.

    Raises:
        InvalidInput: its code is taken, its area unknown, or a unit it names does not stand.
    """
    refuse(check_register(given, context))
    rule = context.rulebook.cameras.acts.get("register")
    check_place(app, context, given)
    standing(app, "operatingUnitId", given.operating_unit_id, rule)
    manager = standing(app, "managerUnitId", given.manager_unit_id, rule)
    check_manager(given.camera_class, manager.kind, context)
    if given.custodian_unit_id is not None:
        standing(app, "custodianUnitId", given.custodian_unit_id, rule)
    _check_owner(app, given.owner, context)
    made = Camera.register(context, given)
    if given.camera_id in app.repository:
        raise InvalidInput(
            "code",
            f"mã {given.code} đã có camera khác",
            f"{given.code} is the code of another camera",
            rule=rule,
        )
    return made


def standing(app: CaseSystem, path: str, unit_id: UUID, rule: str | None) -> Unit:
    """A unit that is there and has not ceased."""
    try:
        unit = app.find(Unit, unit_id)
    except NotFound:
        raise InvalidInput(path, "không có đơn vị này", "there is no such unit", rule=rule) from None
    if unit.ceased_at is not None:
        raise InvalidInput(
            path,
            f"đơn vị {unit.code} đã kết thúc hoạt động",
            f"the unit {unit.code} has ceased",
            rule=rule,
        )
    return unit


def _check_owner(app: CaseSystem, owner: Owner | None, context: Context) -> None:
    if owner is not None and owner.kind == OwnerKind.UNIT and owner.unit_id is not None:
        standing(app, "owner.unitId", owner.unit_id, context.rulebook.cameras.acts.get("own"))
