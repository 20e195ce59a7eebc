"""Cameras and the people who administer them under the regulations, for tests of their life."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from domain.camera import Camera, Certificate, Consent, Owner, Registration
from domain.case.clocks import Clock
from domain.context import Context
from tests.support.spec import ADMINISTRATOR, CENTRE, CITY, Fact, actor, context, fact, legal, unit

LEVEL_1: Final = unit("DB-TTTT", "LEVEL_1_MANAGER", "dien-bien")
LEVEL_2: Final = unit("DB-SGD", "LEVEL_2_BODY", "dien-bien")
LEVEL_3: Final = unit("DB-X1", "LEVEL_3_BODY", "dien-bien/xa-1")
DB_POLICE: Final = unit("DB-CAT", "PROVINCIAL_POLICE", "dien-bien")
QT_CENTRE: Final = unit("QT-TT", "CENTRE", "quang-tri")

CODE: Final = "DH-NL-09"
ID: Final = Camera.create_id(CODE)

DH: Final = Registration(
    code=CODE,
    name="Ngã ba Nam Lý",
    camera_class="SMART_CITY",
    kind="SANCTION",
    domain="TRAFFIC",
    area_path=f"{CITY}/nam-ly",
    operating_unit_id=CENTRE.id,
    manager_unit_id=CENTRE.id,
    longitude=106.6,
    latitude=17.48,
    view="Hướng Bắc",
    channel="PRIVATE_CHANNEL",
)
"""A traffic camera of the Centre."""
HOUSEHOLDER: Final = Owner(kind="HOUSEHOLDER", name="Phan Thị Mẫu", contact="02320000000")
HOUSEHOLD: Final = replace(
    DH,
    camera_class="HOUSEHOLD",
    kind="SECURITY",
    domain="SECURITY",
    placement="PRIVATE",
    channel="INTERNET",
    owner=HOUSEHOLDER,
)
"""A householder's camera that looks at the street."""
DB: Final = replace(
    DH,
    camera_class="LEVEL_2",
    kind="SECURITY",
    domain="SECURITY",
    area_path="dien-bien/thanh-pho",
    operating_unit_id=LEVEL_2.id,
    manager_unit_id=LEVEL_2.id,
    channel=None,
)
"""A camera of a provincial body in Điện Biên."""
QT: Final = replace(
    DH,
    camera_class="SPEED",
    kind="SPEED",
    area_path="quang-tri/dong-ha",
    operating_unit_id=QT_CENTRE.id,
    manager_unit_id=QT_CENTRE.id,
    channel=None,
)
"""A speed meter in Quảng Trị."""


def administrator(profile: str = "dong-hoi", **when: Any) -> Context:
    """An act of whoever administers the usual cameras of a regulation."""
    people = {
        "dong-hoi": ADMINISTRATOR,
        "dien-bien": actor(31, LEVEL_2, "ADMINISTRATOR"),
        "quang-tri": actor(32, QT_CENTRE, "ADMINISTRATOR"),
    }
    return context(people[profile], profile=profile, **when)


def registered(context: Context, given: Registration = DH, **otherwise: Any) -> Camera:
    """A camera that was just taken in."""
    made = Camera.register(context, replace(given, **otherwise))
    made.collect_events()
    return made


def consent(kind: str, dated: date = date(2026, 5, 4), **otherwise: Any) -> Consent:
    """A consent of that kind, of before."""
    said = {"document": f"{kind[:3]}-01", "issued_by": "Nơi có thẩm quyền", **otherwise}
    return Consent(kind=kind, dated=dated, **said)


def certificate(
    issued_on: date = date(2026, 5, 4), valid_until: date = date(2027, 5, 3), **otherwise: Any
) -> Certificate:
    """A verification of a speed meter."""
    said = {"number": "KD-2026-0117", "body": "Viện Đo lường", "measures": "SPEED", **otherwise}
    return Certificate(issued_on=issued_on, valid_until=valid_until, **said)


CONSENTS: Final = {
    "dong-hoi": ("ATTACHMENT_MANAGER", "ATTACHMENT_OPERATOR"),
    "dien-bien": (
        "PLACE_AND_TECHNICAL_PLAN",
        "RELATED_AGENCY",
        "SECURITY_REVIEW",
        "INVESTMENT_CONSULTATION",
    ),
    "quang-tri": (),
}
"""What the usual camera of each needs before it works."""


def at_work(context: Context, given: Registration = DH, *consents: str) -> Camera:
    """A camera that came all its way to work."""
    made = registered(context, given)
    made.install(context, installed_on=date(2026, 6, 1))
    for kind in consents or CONSENTS[context.rulebook.profile]:  # type: ignore[attr-defined] # the real ones have it
        made.file_consent(context, consent(kind))
    if given.kind == "SPEED":
        made.file_certificate(context, certificate())
    made.connect(context, channel=given.channel or "PRIVATE_CHANNEL")
    made.activate(context)
    made.collect_events()
    return made


def installed(who: Context, given: Any = DH, on: date = date(2026, 6, 1)) -> Camera:
    """A camera that stands, with all its consents on file."""
    camera = registered(who, given)
    camera.install(who, installed_on=on)
    for kind in CONSENTS[who.rulebook.profile]:  # type: ignore[attr-defined] # the real ones have it
        camera.file_consent(who, consent(kind))
    camera.collect_events()
    return camera


def waiting(
    code: str, *, operator: UUID, manager: UUID, due: datetime, secret: bool = False, **otherwise: Any
) -> list[Fact]:
    """What happened to a camera that was put up on the first of June and waits for its connection."""
    registered: dict[str, Any] = {
        "code": code,
        "name": f"Camera {code}",
        "camera_class": "LEVEL_2",
        "domain": "SECURITY",
        "area_path": "dien-bien/thanh-pho",
        "operating_unit_id": operator,
        "kind": "SECURITY",
        "placement": "PUBLIC",
        "manager_unit_id": manager,
        "custodian_unit_id": None,
        "longitude": None,
        "latitude": None,
        "view": None,
        "channel": None,
        "in_use": False,
    }
    runs = Clock(
        timer="CONNECT_CAMERA",
        variant=None,
        started_at=legal("2026-06-01 00:00"),
        due=due,
        rule="R-DB-7.5.a",
        missed="late",
        unit_id=manager,
    )
    return [
        fact(Camera.Registered, **registered | otherwise),
        fact(Camera.Installed, installed_on=date(2026, 6, 1), clocks=(runs,)),
        *([fact(Camera.MarkedSecret, secret=True)] if secret else []),
    ]
