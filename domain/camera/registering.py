"""Taking a camera into the register: what is said of it, and what of that cannot be (R-QT-5.2.b, R-DB-5.4.0)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.camera.guards import check_camera
from domain.camera.state import CameraState, ConsentKind, OwnerKind, Placement, Transmission
from domain.case.inputs import LONGEST_NAME, some_words, words
from domain.context import Context
from domain.errors import InvalidInput, Refusal

CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")
"""What a camera's detections are sent under; `detection.contracts` asks for the same."""


def camera_id_of(code: str) -> UUID:
    """One code, one camera."""
    return uuid5(NAMESPACE_URL, f"/cameras/{code}")


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose a camera is: a unit of the system, or somebody by their name."""

    kind: str
    unit_id: UUID | None = None
    name: str | None = None
    contact: str | None = None


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A camera as it is to be registered; guards look at it as they look at one that is."""

    code: str
    name: str
    camera_class: str
    kind: str
    domain: str
    area_path: str
    operating_unit_id: UUID
    manager_unit_id: UUID
    custodian_unit_id: UUID | None = None
    placement: str = Placement.PUBLIC.value
    longitude: float | None = None
    latitude: float | None = None
    view: str | None = None
    channel: str | None = None
    owner: Owner | None = None
    state: str = CameraState.REGISTERED.value
    secret: bool = False
    published: bool = False
    withdrawn: bool = False

    @property
    def camera_id(self) -> UUID:
        """The id that it will have."""
        return camera_id_of(self.code)

    @property
    def owner_unit(self) -> UUID:
        """The unit that will operate it."""
        return self.operating_unit_id


def check_register(given: Registration, context: Context) -> Refusal | None:
    """Cameras are registered by whom the regulation has administer them; where it says so, each its own system's."""
    return check_camera(given, context, "camera.administer")


def checked(given: Registration, context: Context) -> None:
    """Refuse what cannot be registered: a malformed code, a class or kind that the regulation does not know."""
    known = context.rulebook.cameras
    rule = known.acts.get("register")
    if CODE.fullmatch(given.code) is None:
        raise InvalidInput(
            "code",
            "phải gồm chữ in hoa, số và dấu gạch, ví dụ DH-NT-01",
            "capital letters, digits and hyphens are expected, such as DH-NT-01",
            rule=rule,
        )
    words("name", given.name, longest=LONGEST_NAME)
    some_words("view", given.view, longest=LONGEST_NAME)
    _one_of("class", given.camera_class, known.classes, rule)
    _one_of("kind", given.kind, known.kinds, rule)
    _one_of("domain", given.domain, known.domains, rule)
    _one_of("placement", given.placement, list(Placement), known.excluded.get(Placement.INTERNAL))
    check_channel("channel", given.camera_class, given.channel, context)
    if given.owner is not None:
        check_owner(given.owner, context)
    elif rule := _wants_owner(given, context):
        raise InvalidInput("owner", "phải ghi chủ sở hữu", "names whose camera it is", rule=rule)


def check_manager(camera_class: str, unit_kind: str, context: Context) -> None:
    """Refuse a managing body that has no such system (R-DB-3.3.a to R-DB-3.3.d, R-DB-14.2.0)."""
    known = context.rulebook.cameras.classes.get(camera_class)
    if known is not None and known.unit_kinds and unit_kind not in known.unit_kinds:
        expected = ", ".join(known.unit_kinds)
        raise InvalidInput(
            "managerUnitId",
            f"camera {camera_class} thuộc hệ thống của {expected}, không phải {unit_kind}",
            f"a {camera_class} camera is of a system of {expected}, not of {unit_kind}",
            rule=known.rule,
        )


def check_channel(path: str, camera_class: str, channel: str | None, context: Context) -> None:
    """Refuse a way that images of the class do not come (R-DH-3.7.0, R-DH-7.1.0)."""
    if channel is None:
        return
    known = context.rulebook.cameras.classes.get(camera_class)
    wanted = known.channel if known else None
    _one_of(path, channel, [wanted] if wanted else list(Transmission), known.channel_rule if known else None)


def check_owner(owner: Owner, context: Context) -> None:
    """Refuse an owner of whom it is not said who that is."""
    rule = context.rulebook.cameras.acts.get("own")
    _one_of("owner.kind", owner.kind, list(OwnerKind), rule)
    some_words("owner.contact", owner.contact, longest=LONGEST_NAME)
    if owner.kind == OwnerKind.UNIT:
        if owner.unit_id is None or owner.name:
            raise InvalidInput(
                "owner.unitId", "ghi đơn vị, không ghi tên", "a unit is expected, and no name", rule=rule
            )
    elif owner.unit_id is not None or not owner.name:
        raise InvalidInput(
            "owner.name", "ghi tên, không ghi đơn vị", "a name is expected, and no unit", rule=rule
        )
    else:
        words("owner.name", owner.name, longest=LONGEST_NAME, rule=rule)


def _wants_owner(given: Registration, context: Context) -> str | None:
    """The rule by which the owner of such a camera has to agree, so that it is said who that is."""
    for need in context.rulebook.cameras.consents:
        owned = need.concerns(given.placement, given.camera_class, owner_kind=None)
        if need.kind == ConsentKind.HOUSEHOLDER and owned:
            return need.rule
    return None


def _one_of(path: str, said: str, known: Iterable[str], rule: str | None) -> None:
    names = [str(one) for one in known]
    if said not in names:
        expected = ", ".join(names) or "không có giá trị nào · none"
        raise InvalidInput(path, f"phải là một trong {expected}", f"must be one of {expected}", rule=rule)
