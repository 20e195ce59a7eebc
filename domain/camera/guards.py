"""What must hold before anything is done with a camera; the one way to ask whether somebody may.

What holds of somebody and a camera, `projections.scope.of_cameras` compiles to conditions on rows.
"""

from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from domain.camera.state import Certificate, Consent, Spell, Window
from domain.clock import legal_date
from domain.context import Context, within
from domain.errors import Forbidden, Refusal, WrongState

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

    @property
    def withdrawn(self) -> bool:
        """Whether its owner agrees no longer."""


class CameraOnFile(CameraFacts, Protocol):
    """What the guards of its life look at besides."""

    @property
    def kind(self) -> str:
        """What it is for."""

    @property
    def placement(self) -> str:
        """Whose place it looks at."""

    @property
    def owner_kind(self) -> str | None:
        """Whose it is; None where nobody said."""

    @property
    def connect_due(self) -> datetime | None:
        """Until when it is to be connected to level I; None where nothing runs."""

    @property
    def consents(self) -> list[Consent]:
        """Who agreed to it."""

    @property
    def certificates(self) -> list[Certificate]:
        """Its metrological verifications."""

    @property
    def faults(self) -> list[Window]:
        """When it was known to be at fault."""


def own_system(camera: CameraFacts, context: Context) -> bool:
    """Whether the camera is of the system that the actor's unit manages or operates (R-DB-7.4.0, R-DB-8.3.0)."""
    return context.actor.unit_id in {camera.owner_unit, camera.manager_unit_id}


def facts_about(camera: CameraFacts, context: Context, action: str) -> frozenset[str]:
    """The conditions of the permission matrix that hold for this actor and this camera."""
    facts = set(context.rulebook.facts_about(context.actor.unit_kind))
    if within(camera.area_path, context.actor.area_path):  # it moves along when areas merge
        facts.add("own-area")
    if own_system(camera, context):
        facts |= {"own-system", "own-unit"}
    if camera.camera_class == "SMART_CITY":
        facts.add("smart-city-class")
    if camera.domain == "TRAFFIC":
        facts.add("traffic-cameras")
    if any(grant.covers(camera.area_path, camera.camera_id) for grant in context.grants_for(action)):
        facts |= {"grant", "written-request"}  # none is given but by a document (R-DH-12.2.d)
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
    return refusal or check_secret(camera, context)


def check_secret(camera: CameraFacts, context: Context, *for_units: UUID | None) -> Refusal | None:
    """Guard: what the camera shows is no state secret, or the actor and *for_units* are of its own system."""
    inside = {camera.owner_unit, camera.manager_unit_id}
    if camera.secret and not {context.actor.unit_id, *for_units} <= inside:
        return Forbidden(
            "Camera có dấu hiệu bí mật nhà nước, không chia sẻ ra ngoài hệ thống của đơn vị quản lý",
            "What the camera shows may be a state secret; nobody outside of its own system is shown it",
            rule=context.rulebook.rule_for("secrecy"),
        )
    return None


def check_shared(camera: CameraFacts, context: Context) -> Refusal | None:
    """Guard: what the camera shows may go to others: it is no state secret, whoever acts (R-DH-1.2.0, R-DB-1.2.0)."""
    if camera.secret:
        return WrongState(
            "Camera có dấu hiệu bí mật nhà nước: hồ sơ không chuyển đi, không công bố",
            "What the camera shows may be a state secret: the case is neither sent on nor published",
            rule=context.rulebook.rule_for("secrecy"),
        )
    return None


def check_watch(
    camera: CameraFacts, context: Context, *, also: frozenset[str] = frozenset()
) -> Refusal | None:
    """What one may not view is not there for one; what an owner withdrew is watched by nobody from then on."""
    refusal = check_camera(camera, context, "camera.view", also=also)
    if refusal is None and camera.withdrawn:
        return Forbidden(
            "Chủ sở hữu đã rút đồng ý: không ai được xem camera này",
            "The owner withdrew the consent: nobody watches this camera",
            rule=act_rule(context, "own"),
        )
    return refusal


def check_agrees(camera: CameraFacts, context: Context) -> Refusal | None:
    """Guard: its owner has not withdrawn, or agreed anew since (R-DH-3.6.0, R-DB-7.6.0)."""
    if camera.withdrawn:
        return WrongState(
            "Chủ sở hữu đã rút đồng ý: không kết nối camera này khi chưa có văn bản đồng ý mới",
            "The owner withdrew the consent: nobody connects to this camera until a new one is on file",
            rule=act_rule(context, "own"),
        )
    return None


def check_administer(camera: CameraFacts, context: Context) -> Refusal | None:
    """Whoever administers cameras by the regulation; where it says so, those of their own system."""
    return check_camera(camera, context, "camera.administer")


def check_operate(camera: CameraFacts, context: Context) -> Refusal | None:
    """Whoever works with the camera says how it works: people of its own system, of what they are shown."""
    return check_see(camera, context) or check_camera(camera, context, "camera.operate")


def check_see(camera: CameraFacts, context: Context) -> Refusal | None:
    """It is in the register for whoever may view what it shows, and for whoever administers it.

    These are the rows that `projections.scope.of_register` lists.
    """
    refusal = check_camera(camera, context, "camera.view")
    return refusal if refusal is not None and check_administer(camera, context) is not None else None


def check_file(camera: CameraFacts, context: Context) -> Refusal | None:
    """Guard: what is on file of a camera that one is shown is read by its own system, and whose work it is.

    Whoever sees it as one of those open to everybody sees the place and its picture, no more (R-DB-5.3.0, R-DB-9.2.0).
    """
    audits = context.permission("audit.replay").allowed and within(camera.area_path, context.actor.area_path)
    if audits or own_system(camera, context) or check_administer(camera, context) is None:
        return None
    facts = facts_about(camera, context, "camera.view")
    return context.check_may("camera.view", on=camera.domain, facts=facts)


def act_rule(context: Context, act: str) -> str | None:
    """The rule that an act on a camera stands on, or the one that says who administers cameras."""
    return context.rulebook.cameras.acts.get(act) or context.rule_of("camera.administer")


class Measuring(Protocol):
    """What is asked whether a reading of it counts."""

    @property
    def certificates(self) -> list[Certificate]:
        """Its metrological verifications."""

    @property
    def faults(self) -> list[Window]:
        """When it was known to be at fault."""


def measures_validly(camera: Measuring, at: datetime, measures: str = "SPEED") -> bool:
    """Whether what it measured at an instant counts: it was verified on that day (R-QT-3.9.0)."""
    day = legal_date(at)
    return any(one.measures == measures and one.covers(day) for one in camera.certificates)


class Working(Protocol):
    """What is asked whether it works."""

    @property
    def withdrawn(self) -> bool:
        """Whether its owner agrees no longer."""

    @property
    def work(self) -> list[Spell]:
        """When it was at work."""


def yields(camera: Working, at: datetime) -> bool:
    """Whether what it captured then may become a case: it was at work, and its owner has not withdrawn."""
    return not camera.withdrawn and any(spell.covers(at) for spell in camera.work)


def in_known_fault(camera: Measuring, at: datetime) -> bool:
    """Whether an instant lies in a time in which it was known to be at fault."""
    return any(window.covers(at) for window in camera.faults)
