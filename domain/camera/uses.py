"""Who may use a camera for what: watch it live, search its footage, recognise faces in it, move it.

The matrix decides each by itself; what one may not view is used for nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Final

from domain.camera.guards import CameraFacts, check_camera, check_watch, facts_about
from domain.camera.state import CameraState
from domain.context import Context
from domain.errors import Forbidden, Refusal, WrongState


class UseKind(StrEnum):
    """What a camera is used for; CONTROL is a hold of its controls (`domain/control.py`)."""

    LIVE_VIEW = "LIVE_VIEW"
    FACE_RECOGNITION = "FACE_RECOGNITION"
    SEARCH = "SEARCH"
    FOLLOW = "FOLLOW"
    COUNT = "COUNT"
    CONTROL = "CONTROL"


ACTION: Final[dict[UseKind, str]] = {
    UseKind.LIVE_VIEW: "camera.view",
    UseKind.FACE_RECOGNITION: "face.recognise",
    UseKind.SEARCH: "footage.search",
    UseKind.FOLLOW: "footage.search",
    UseKind.COUNT: "footage.search",
}
"""The action of the matrix that each kind is; searching, following and counting are one (R-DH-11.3.a2)."""

NOT_RUNNING: Final = frozenset({CameraState.REGISTERED, CameraState.INSTALLED, CameraState.RETIRED})
"""States in which there is no picture: of a camera that is not connected yet, or not any more."""

SECURITY_CASE: Final = frozenset({"security-case"})
"""The fact of the matrix that holds where a use is for a case of that domain."""


def check_running(camera: CameraFacts, context: Context) -> Refusal | None:
    """A camera that is not connected, or was taken down, gives no picture and obeys nobody."""
    if camera.state in NOT_RUNNING:
        return WrongState(
            f"Camera đang ở trạng thái {camera.state}, không có hình trực tiếp",
            f"The camera is {camera.state} and gives no live picture",
            rule=rule_on(camera, context, "camera.view"),
        )
    return None


def rule_on(camera: CameraFacts, context: Context, action: str) -> str | None:
    """The rule that an action on this camera stands on; the matrix may have one for each domain."""
    rules = context.permission(action, on=camera.domain, facts=facts_about(camera, context, action)).rules
    return rules[0] if rules else None


ANYWHERE: Final = frozenset({"own-area", "own-system", "own-unit", "smart-city-class", "grant"})
"""What may be so of some camera."""


def check_views(context: Context) -> Refusal | None:
    """Guard: there may be cameras that one views; whose function it is not, or no more, has no uses to look at."""
    refusal = context.check_may("camera.view", on="TRAFFIC", facts=ANYWHERE)
    return refusal and context.check_may("camera.view", on="SECURITY", facts=ANYWHERE)


def check_of(
    camera: CameraFacts, context: Context, action: str, *, also: frozenset[str] = frozenset()
) -> Refusal | None:
    """Guard: the matrix allows this with a camera that one may view: what is not there for one is used for nothing."""
    return check_watch(camera, context) or check_camera(camera, context, action, also=also)


def check_live_view(camera: CameraFacts, context: Context) -> Refusal | None:
    """Whoever may view a camera may watch it live, while there is something to watch."""
    return check_watch(camera, context) or check_running(camera, context)


def check_recognise(camera: CameraFacts, context: Context) -> Refusal | None:
    """Face recognition is off unless a grant opens it (R-DH-12.1.0)."""
    return check_of(camera, context, "face.recognise")


def check_search(camera: CameraFacts, context: Context) -> Refusal | None:
    """Searching, following and counting are one permission."""
    return check_of(camera, context, "footage.search")


def check_use_of(
    camera: CameraFacts, context: Context, kind: UseKind, purpose: str, *, also: frozenset[str] = frozenset()
) -> Refusal | None:
    """Guard: this use of this camera for this purpose; a grant that names a purpose opens no other."""
    action = ACTION[kind]
    refusal = check_of(camera, context, action, also=also)
    if refusal is None and kind is UseKind.LIVE_VIEW:
        refusal = check_running(camera, context)
    return refusal or check_purpose_of(camera, context, action, purpose, also=also)


def check_purpose_of(
    camera: CameraFacts, context: Context, action: str, purpose: str, *, also: frozenset[str] = frozenset()
) -> Refusal | None:
    """Guard: where a grant alone opens this, it was given for this purpose, or for none; so was one to view at all."""
    for asked in dict.fromkeys(("camera.view", action)):
        held = [
            grant for grant in context.grants_for(asked) if grant.covers(camera.area_path, camera.camera_id)
        ]
        if not held or any(grant.purpose in {None, purpose} for grant in held):
            continue
        needs_it = check_camera(camera, without_grants(context, asked), asked, also=also)
        if needs_it is not None:
            return Forbidden(
                f"Quyền {asked} được cấp cho mục đích khác, không phải {purpose}",
                f"The grant of {asked} is for another purpose than {purpose}",
                rule=needs_it.rule,
            )
    return None


def without_grants(context: Context, action: str) -> Context:
    """The same circumstances for somebody who holds no grant of an action."""
    kept = tuple(grant for grant in context.actor.grants if grant.action != action)
    return replace(context, actor=replace(context.actor, grants=kept))


GUARDS: Final[dict[str, Callable[[CameraFacts, Context], Refusal | None]]] = {
    "openLiveView": check_live_view,
    "recogniseFaces": check_recognise,
    "searchFootage": check_search,
}
