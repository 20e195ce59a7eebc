"""Commands on cameras: what GraphQL, the import and the tests call."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from domain.camera import Camera, Owner, OwnerKind, Registration
from domain.camera.life import check_connect
from domain.camera.marks import check_change
from domain.camera.registering import check_manager, check_register
from domain.case.inputs import LONGEST_NAME, words
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.area import check_position, known_area
from domain.commands.connecting import carrier
from domain.context import Context
from domain.envelope import acting
from domain.errors import InvalidInput, NotFound, refuse
from domain.unit import Unit

P = ParamSpec("P")


def check_place(app: CaseSystem, context: Context, given: Registration) -> None:
    """Refuse an area that is none, and a position outside of it."""
    rule = context.rulebook.cameras.acts.get("register")
    known_area(app, given.area_path, rule=rule)
    _check_position(app, context, given.area_path, (given.longitude, given.latitude), rule)


def _check_position(
    app: CaseSystem,
    context: Context,
    area_path: str,
    position: tuple[float | None, float | None],
    rule: str | None,
) -> None:
    """Refuse half a position, and one that does not lie in its area."""
    longitude, latitude = position
    if longitude is None and latitude is None:
        return
    if longitude is None or latitude is None:
        raise InvalidInput("position", "cần cả kinh độ và vĩ độ", "both longitude and latitude", rule=rule)
    check_position(app, area_path, longitude, latitude, context.rulebook, rule=rule)


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


# -- acts on a camera that is registered ------------------------------------------------


def _on_camera(act: Callable[Concatenate[Camera, Context, P], None]) -> Callable[..., Answer]:
    """The command of an act that needs nothing but the camera."""

    def run(app: CaseSystem, context: Context, command: Command, *, camera_id: UUID, **facts: Any) -> Answer:
        def decide() -> Camera:
            camera = app.find(Camera, camera_id, expected=command.expected_version)
            act(camera, context, **facts)  # type: ignore[call-arg]
            return camera

        return app.perform(command, decide)

    return run


install_camera = _on_camera(Camera.install)
activate_camera = _on_camera(Camera.activate)
report_fault = _on_camera(Camera.begin_fault)
end_fault = _on_camera(Camera.end_fault)
begin_maintenance = _on_camera(Camera.begin_maintenance)
end_maintenance = _on_camera(Camera.end_maintenance)
retire_camera = _on_camera(Camera.retire)
file_consent = _on_camera(Camera.file_consent)
withdraw_consent = _on_camera(Camera.withdraw_consent)
file_certificate = _on_camera(Camera.file_certificate)
void_certificate = _on_camera(Camera.void_certificate)
record_calibration = _on_camera(Camera.calibrate)
check_clock = _on_camera(Camera.check_clock)
install_firmware = _on_camera(Camera.install_firmware)
change_placement = _on_camera(Camera.change_placement)
mark_secret = _on_camera(Camera.mark_secret)
publish_camera = _on_camera(Camera.set_publication)


def _renamed(camera: Camera, context: Context, *, name: str) -> None:
    refuse(check_change(camera, context))
    words("name", name, longest=LONGEST_NAME)
    with acting(context.envelope("camera.administer")):
        camera.rename(name)


rename_camera = _on_camera(_renamed)


def connect_camera(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    camera_id: UUID,
    client_code: str | None = None,
    **said: Any,
) -> Answer:
    """Say that its images come, and through which gateway or recorder, if through one."""

    def decided(camera: Camera, context: Context) -> None:
        refuse(check_connect(camera, context))
        through = carrier(app, context, client_code) if client_code is not None else None
        camera.connect(context, client_id=through.id if through else None, **said)

    return _on_camera(decided)(app, context, command, camera_id=camera_id)


def name_owner(
    app: CaseSystem, context: Context, command: Command, *, camera_id: UUID, owner: Owner
) -> Answer:
    """Say whose it is."""

    def decided(camera: Camera, context: Context) -> None:
        refuse(check_change(camera, context))
        _check_owner(app, owner, context)
        camera.name_owner(context, owner)

    return _on_camera(decided)(app, context, command, camera_id=camera_id)


def transfer_camera(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    camera_id: UUID,
    operating_unit_id: UUID,
    manager_unit_id: UUID,
    document: str,
) -> Answer:
    """Hand it to another system, whose units stand."""

    def decided(camera: Camera, context: Context) -> None:
        refuse(check_change(camera, context))
        rule = context.rulebook.cameras.acts.get("transfer")
        standing(app, "operatingUnitId", operating_unit_id, rule)
        manager = standing(app, "managerUnitId", manager_unit_id, rule)
        check_manager(camera.camera_class, manager.kind, context)
        camera.transfer(
            context,
            operating_unit_id=operating_unit_id,
            manager_unit_id=manager_unit_id,
            document=document,
        )

    return _on_camera(decided)(app, context, command, camera_id=camera_id)


def name_custodian(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    camera_id: UUID,
    custodian_unit_id: UUID | None,
) -> Answer:
    """Say with which unit the device stands."""

    def decided(camera: Camera, context: Context) -> None:
        refuse(check_change(camera, context))
        if custodian_unit_id is not None:
            rule = context.rulebook.cameras.acts.get("custody")
            standing(app, "custodianUnitId", custodian_unit_id, rule)
        camera.name_custodian(context, custodian_unit_id=custodian_unit_id)

    return _on_camera(decided)(app, context, command, camera_id=camera_id)


def reconfigure_camera(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    camera_id: UUID,
    client_code: str | None = None,
    **said: Any,
) -> Answer:
    """Change where it stands, where it looks, or how it works."""

    def decided(camera: Camera, context: Context) -> None:
        refuse(check_change(camera, context))
        rule = context.rulebook.cameras.acts.get("change")
        position = said.get("longitude"), said.get("latitude")
        _check_position(app, context, camera.area_path, position, rule)
        through = carrier(app, context, client_code) if client_code is not None else None
        camera.reconfigure(context, client_id=through.id if through else None, **said)

    return _on_camera(decided)(app, context, command, camera_id=camera_id)
