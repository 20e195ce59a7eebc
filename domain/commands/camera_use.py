"""Commands on uses of cameras: what GraphQL, the gateway, the analytics engine and the clock call."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from domain.camera import Camera
from domain.camera.guards import check_see
from domain.camera.uses import SECURITY_CASE, UseKind
from domain.camera_use import LONGEST_CONNECTION, CameraUse, check_open
from domain.case import Case
from domain.case.guards import check_view as check_view_case
from domain.commands.account import acting_for, actor_of
from domain.commands.application import Answer, CaseSystem, Command
from domain.commands.reading import Look, reading_of
from domain.context import Actor, Context
from domain.envelope import Envelope, acting
from domain.errors import Forbidden, InvalidInput, NotFound, Refusal, refuse
from domain.reading import Reading

GATEWAY: Final = "system:gateway"
SCHEDULE: Final = "system:schedule"

At = Callable[[str], Envelope]
"""The circumstances of an act of a process, by its name."""


def by_process(now: datetime, rulebook: str) -> At:
    """What a process does now, under a version of the rules."""

    def circumstances(by: str) -> Envelope:
        return Envelope(by=by, unit_id=None, took_place_at=now, rulebook=rulebook, correlation_id=uuid4())

    return circumstances


def open_use(
    app: CaseSystem,
    context: Context,
    command: Command,
    *,
    kind: UseKind,
    way: str,
    address: str,
    camera_ids: Sequence[UUID],
    purpose: str,
    document: str | None = None,
    case_id: UUID | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    reachable: Callable[[], None] = lambda: None,
) -> Answer:
    """Allow a use and put the looking on record with it; a camera or case that one may not see is not there.

    Whether what shows it is *reachable* is asked last: whoever may not is told that, and nothing of the installation.
    """
    use_id = CameraUse.create_id(context.actor.account_id, command.command_id)

    def decide() -> tuple[Reading, CameraUse]:
        also = _also(app, context, case_id)
        cameras = [_visible(app, context, one) for one in dict.fromkeys(camera_ids)]
        use = CameraUse.open(
            context,
            use_id=use_id,
            kind=kind,
            cameras=cameras,
            purpose=purpose,
            document=document,
            case_id=case_id,
            starts_at=starts_at,
            ends_at=ends_at,
            also=also,
        )
        reachable()
        look = Look(
            way=way,
            noun="camera",
            ids=[*use.camera_ids, use_id],
            area_path=use.area_path,
            address=address,
            rule=use.rule,
            camera_id=use.camera_ids[0] if len(use.camera_ids) == 1 else None,
        )
        reading_id = Reading.of_command(context.actor.account_id, command.command_id)
        return reading_of(context, look, purpose, reading_id), use

    return app.perform(command, decide)


def extend_use(app: CaseSystem, context: Context, command: Command, *, use_id: UUID) -> Answer:
    """Go on watching."""

    def decide() -> CameraUse:
        use = app.find(CameraUse, use_id, expected=command.expected_version)
        use.extend(context, _cameras(app, use))
        return use

    return app.perform(command, decide)


def end_use(app: CaseSystem, context: Context, command: Command, *, use_id: UUID) -> Answer:
    """Stop."""

    def decide() -> CameraUse:
        use = app.find(CameraUse, use_id, expected=command.expected_version)
        use.end(context)
        return use

    return app.perform(command, decide)


def stands(
    app: CaseSystem, circumstances: Callable[[Actor], Context], at: At, *, use_id: UUID, now: datetime
) -> tuple[CameraUse, list[Camera]]:
    """The use that a gateway asks about, and its cameras, while whoever opened it, for whomever, is still allowed to.

    What is no longer allowed ends for good: somebody who was suspended and let in again opens another.

    Raises:
        Refusal: it has ended, or its person, its grant or its camera no longer allows it.
    """
    use = app.find(CameraUse, use_id)
    refuse(check_open(use, now))
    cameras = _cameras(app, use)
    try:
        context = circumstances(_user(app, use, now))
        refusal = use.check_allowed(context, cameras, also=_occasion(app, use.case_id))
    except Refusal as gone:  # the account, its unit, or the delegation
        refusal = gone
    if refusal is None:
        return use, cameras
    with acting(at(GATEWAY)):
        use.revoke(refusal)
    app.record(use)
    raise refusal


def serve(app: CaseSystem, at: At, *, use_id: UUID, connection: str, seconds: int) -> None:
    """Take down how long a connection really was, as the gateway says."""
    if not 1 <= len(connection) <= LONGEST_CONNECTION or not connection.isprintable():
        raise InvalidInput(
            "id", f"từ 1 đến {LONGEST_CONNECTION} ký tự", f"1 to {LONGEST_CONNECTION} characters"
        )
    use = app.find(CameraUse, use_id)
    with acting(at(GATEWAY)):
        use.serve(connection, seconds)
    app.record(use)


def close_expired(app: CaseSystem, at: At, *, use_id: UUID, now: datetime) -> None:
    """Put on record that the time of a use is over, once, whoever looks how often."""
    use = app.find(CameraUse, use_id)
    with acting(at(SCHEDULE)):
        use.expire(now)
    app.record(use)


def _user(app: CaseSystem, use: CameraUse, now: datetime) -> Actor:
    """Whoever opened a use, with the rights they opened it by: their own, or those of whoever let them act."""
    actor = actor_of(app, UUID(use.used_by), now=now)
    if use.delegation is None:
        return actor
    try:
        return acting_for(app, actor, use.delegation, now=now)
    except InvalidInput as gone:
        raise Forbidden("Ủy quyền đã bị thu hồi", "The delegation was revoked") from gone


def _cameras(app: CaseSystem, use: CameraUse) -> list[Camera]:
    return [app.find(Camera, camera_id) for camera_id in use.camera_ids]


def _visible(app: CaseSystem, context: Context, camera_id: UUID) -> Camera:
    """A camera of the register that one is shown; any other is not there."""
    camera = app.find(Camera, camera_id)
    if hidden := check_see(camera, context):
        raise NotFound("camera", "camera", camera_id) from hidden
    return camera


def _also(app: CaseSystem, context: Context, case_id: UUID | None) -> frozenset[str]:
    """What a case says of the occasion; one that may not be looked at is not there."""
    if case_id is not None and (hidden := check_view_case(app.find(Case, case_id), context)):
        raise NotFound("hồ sơ", "case", case_id) from hidden
    return _occasion(app, case_id)


def _occasion(app: CaseSystem, case_id: UUID | None) -> frozenset[str]:
    security = case_id is not None and app.find(Case, case_id).domain == "SECURITY"
    return SECURITY_CASE if security else frozenset()
