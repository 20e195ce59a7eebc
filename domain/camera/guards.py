"""What must hold before anything is done with a camera; the one way to ask whether somebody may.

What holds of somebody and a camera, `projections.scope.of_cameras` compiles to conditions on rows.
"""

from typing import Final, Protocol
from uuid import UUID

from domain.context import Context
from domain.errors import Forbidden, Refusal

PUBLIC_SET: Final = "PUBLIC_SET"
"""What the matrix calls the cameras that are open to the public."""


class CameraFacts(Protocol):
    """What a guard looks at. The aggregate has it, and so does the row that shows a camera."""

    @property
    def camera_id(self) -> UUID:
        """Its id."""

    @property
    def domain(self) -> str:
        """TRAFFIC or SECURITY."""

    @property
    def camera_class(self) -> str:
        """Its class in the regulation."""

    @property
    def area_path(self) -> str:
        """Where it is."""

    @property
    def owner_unit(self) -> UUID:
        """The unit that operates it."""

    @property
    def manager_unit_id(self) -> UUID:
        """The body that manages the system it belongs to."""

    @property
    def state(self) -> str:
        """How far it is."""

    @property
    def secret(self) -> bool:
        """Whether what it shows may be a state secret (R-DH-1.2.0, R-DB-1.2.0)."""

    @property
    def published(self) -> bool:
        """Whether it is one of those that everybody may see."""


def own_system(camera: CameraFacts, context: Context) -> bool:
    """Whether the camera is of the system that the actor's unit manages or operates (R-DB-7.4.0, R-DB-8.3.0)."""
    return context.actor.unit_id in {camera.owner_unit, camera.manager_unit_id}


def facts_about(camera: CameraFacts, context: Context, action: str) -> frozenset[str]:
    """The conditions of the permission matrix that hold for this actor and this camera."""
    facts = set(context.rulebook.facts_about(context.actor.unit_kind))
    if context.actor.covers(camera.area_path):
        facts.add("own-area")
    if own_system(camera, context):
        facts |= {"own-system", "own-unit"}
    if camera.camera_class == "SMART_CITY":
        facts.add("smart-city-class")
    if camera.domain == "TRAFFIC":
        facts.add("traffic-cameras")
    if any(grant.covers(camera.area_path, camera.camera_id) for grant in context.grants_for(action)):
        facts.add("grant")
    return frozenset(facts)


def check_camera(
    camera: CameraFacts, context: Context, action: str, *, also: frozenset[str] = frozenset()
) -> Refusal | None:
    """Guard: the matrix allows this action to this actor on this camera; *also* are facts of the occasion.

    What a state secret may be on is shared with nobody: only its own system sees it (R-DH-1.2.0, R-DB-1.2.0).
    """
    facts = facts_about(camera, context, action) | also
    refusal = context.check_may(action, on=camera.domain, facts=facts)
    if refusal is not None and camera.published and not camera.secret:
        refusal = context.check_may(action, on=PUBLIC_SET, facts=facts) and refusal
    if refusal is None and camera.secret and not own_system(camera, context):
        return Forbidden(
            "Camera có dấu hiệu bí mật nhà nước, không chia sẻ ra ngoài hệ thống của đơn vị quản lý",
            "What the camera shows may be a state secret; nobody outside of its own system is shown it",
            rule=context.rulebook.rule_for("secrecy"),
        )
    return refusal


def check_watch(camera: CameraFacts, context: Context) -> Refusal | None:
    """A camera that one may not view is not there for one; `projections.scope.of_cameras` lists the others."""
    return check_camera(camera, context, "camera.view")
