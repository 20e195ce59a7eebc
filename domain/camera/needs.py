"""Which consents a camera lacks: before it is connected, before it works, and before it is another's or elsewhere.

R-DH-3.6.0, R-DH-5.4.0, R-DB-6.2.0, R-DB-6.4.0, R-DB-7.6.0, R-DB-16.3.a, R-DB-16.5.0.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.camera import events
from domain.camera.body import Moved
from domain.camera.guards import CameraOnFile
from domain.camera.state import AT_WORK, LINKED, PLACE_BOUND, CameraState, ConsentKind
from domain.context import Context
from domain.errors import Refusal, WrongState
from domain.rules import ConsentNeed

if TYPE_CHECKING:
    from domain.camera.camera import Camera


@dataclass(frozen=True)
class ConsentsLapsed(events.Event):
    """It stands elsewhere: what was agreed to of the place before is no consent to this one."""

    TOPIC = "camera:consents-lapsed"
    kinds: tuple[str, ...]

    def change(self, camera: Moved) -> None:
        """Those are on file no more; until they are again it stands, and is connected to nothing."""
        camera.consents = [one for one in camera.consents if one.kind not in self.kinds]
        camera.published = False
        if camera.state in LINKED:
            camera.state = CameraState.INSTALLED.value
            camera.activated_at = None
            camera.maintenance = False


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


def lapse(camera: "Camera", context: Context) -> None:
    """End what was agreed to of the place in which it stood; inside the act that puts it elsewhere.

    Where the regulation asks for such a consent, moving a camera is installing it: it comes to work as a new one does.
    """
    placed = (camera.placement, camera.camera_class, camera.owner_kind)
    needed = [one.kind for one in context.rulebook.cameras.consents if one.concerns(*placed)]
    kinds = tuple(kind for kind in needed if kind in PLACE_BOUND)
    if kinds:
        camera.trigger_event(ConsentsLapsed, kinds=kinds)
