"""Which consents a camera lacks: before it is connected, before it works, and before it is another's or elsewhere.

R-DH-3.6.0, R-DH-5.4.0, R-DB-6.2.0, R-DB-6.4.0, R-DB-7.6.0, R-DB-16.3.a, R-DB-16.5.0.
"""

from collections.abc import Collection, Sequence

from domain.camera.guards import CameraOnFile
from domain.camera.state import AT_WORK, LINKED, CameraState, ConsentKind
from domain.context import Context
from domain.errors import Refusal, WrongState
from domain.rules import ConsentNeed


def lacks(camera: CameraOnFile, context: Context, before: Collection[str]) -> Refusal | None:
    """The first consent that is wanted before one of these states and is not on file."""
    placed = (camera.placement, camera.camera_class, camera.owner_kind)
    wanted = [one for one in context.rulebook.cameras.consents if one.concerns(*placed)]
    return _first_missing(camera, [one for one in wanted if one.before in before], camera.owner_kind)


def check_goes_on(
    camera: CameraOnFile, context: Context, *, placement: str | None = None, owner_kind: str | None = None
) -> Refusal | None:
    """Guard: what a linked camera needs in another kind of place, or of another owner, is on file already.

    What it needs either way was asked for when it came to work.
    """
    before = {CameraState.CONNECTED} if camera.state in LINKED else set()
    before |= {CameraState.ACTIVE} if camera.state in AT_WORK else set()
    was = (camera.placement, camera.camera_class, camera.owner_kind)
    will = (placement or camera.placement, camera.camera_class, owner_kind or camera.owner_kind)
    news = [
        one
        for one in context.rulebook.cameras.consents
        if one.before in before and one.concerns(*will) and not one.concerns(*was)
    ]
    return _first_missing(camera, news, owner_kind or camera.owner_kind)


def _first_missing(
    camera: CameraOnFile, needs: Sequence[ConsentNeed], owner_kind: str | None
) -> Refusal | None:
    """What is not on file of these; an owner of whom nobody says who that is has agreed to nothing."""
    filed = {consent.kind for consent in camera.consents}
    for need in needs:
        if need.kind not in filed:
            return WrongState(
                f"Chưa có văn bản {need.kind} trong hồ sơ camera",
                f"The consent {need.kind} is not on file",
                rule=need.rule,
            )
        if need.kind == ConsentKind.HOUSEHOLDER and owner_kind is None:
            return WrongState(
                "Chưa ghi chủ sở hữu camera", "It is not on record whose camera it is", rule=need.rule
            )
    return None
