"""Cameras are registered by whom the regulation has administer them, with a class, a kind and an owner it knows."""

from dataclasses import replace
from typing import Any

import pytest

from domain.camera import Camera, Owner, Registration
from domain.camera.registering import check_manager
from domain.envelope import Event
from domain.errors import Forbidden, InvalidInput, Refusal
from domain.personal import Personal
from policies.rulebook import PROFILES, load
from projections.camera_registry import TIERS
from tests.support.cameras import (
    CODE,
    DB,
    DB_POLICE,
    DH,
    HOUSEHOLD,
    HOUSEHOLDER,
    ID,
    LEVEL_1,
    LEVEL_2,
    LEVEL_3,
    QT,
    QT_CENTRE,
    administrator,
    registered,
)
from tests.support.spec import ACTORS, ADMINISTRATOR, CENTRE, CITY, Outcome, actor, context, fact, unit

REGISTERED = fact(
    Camera.Registered,
    code=CODE,
    name="Ngã ba Nam Lý",
    camera_class="SMART_CITY",
    domain="TRAFFIC",
    area_path=f"{CITY}/nam-ly",
    operating_unit_id=CENTRE.id,
    kind="SANCTION",
    placement="PUBLIC",
    manager_unit_id=CENTRE.id,
    custodian_unit_id=None,
    longitude=106.6,
    latitude=17.48,
    view="Hướng Bắc",
    channel="PRIVATE_CHANNEL",
    in_use=False,
)


def outcome(given: Registration, profile: str = "dong-hoi", **otherwise: Any) -> Outcome:
    """What came of registering it."""
    try:
        made = Camera.register(administrator(profile), replace(given, **otherwise))
    except Refusal as refusal:
        return Outcome([], refusal)
    return Outcome([event for event in made.collect_events() if isinstance(event, Event)], None)


@pytest.mark.rule("R-DH-1.1.0", "R-DH-3.8.0")
def test_registered() -> None:
    """The Centre's administrator registers a camera, which is not at work by that."""
    outcome(DH).then(REGISTERED.under(by=str(ADMINISTRATOR.account_id), rule="R-DH-1.1.0"))
    assert registered(administrator()).state == "REGISTERED"


@pytest.mark.rule("R-DH-3.6.0", "R-DH-6.2.a")
def test_owner() -> None:
    """Whose camera it is stands under the seal of the camera, and a camera that its owner connects says whose it is."""
    made = outcome(HOUSEHOLD)
    assert [type(event) for event in made.events] == [Camera.Registered, Camera.OwnerNamed]
    named = made.events[1]
    assert isinstance(named, Camera.OwnerNamed)
    assert (named.name, named.contact) == (
        Personal.said(ID, "Phan Thị Mẫu"),
        Personal.said(ID, "02320000000"),
    )
    assert "Mẫu" not in repr(made.events)
    refused = outcome(HOUSEHOLD, owner=None).then_refused(InvalidInput, rule="R-DH-3.6.0")
    assert refused.path == "owner"


@pytest.mark.parametrize("who", [who for who in ACTORS if who != ADMINISTRATOR])
def test_nobody_else(who: Any) -> None:
    """Whoever is no administrator of the Centre registers none."""
    with pytest.raises(Forbidden):
        Camera.register(context(who), DH)


@pytest.mark.rule("R-DB-7.4.0", "R-DB-3.4.0", "R-DB-3.5.0")
class TestOwnSystem:
    """In Điện Biên a body of level II or III registers cameras of its own system, and level I all."""

    def test_own(self) -> None:
        """A body of level II registers what it operates, and what it manages and another operates."""
        assert outcome(DB, "dien-bien").refusal is None
        assert outcome(DB, "dien-bien", operating_unit_id=LEVEL_3.id).refusal is None

    def test_of_others(self) -> None:
        """What is of another body's system it does not."""
        other = outcome(DB, "dien-bien", operating_unit_id=LEVEL_3.id, manager_unit_id=LEVEL_3.id)
        other.then_refused(Forbidden, rule="R-DB-7.4.0")

    def test_level_1(self) -> None:
        """The manager of level I registers for everybody."""
        who = context(actor(30, LEVEL_1, "ADMINISTRATOR"), profile="dien-bien")
        assert Camera.register(who, DB).manager_unit_id == LEVEL_2.id


@pytest.mark.rule("R-DB-3.3.a", "R-DB-3.3.b", "R-DB-3.3.c", "R-DB-3.3.d", "R-DB-14.2.0")
@pytest.mark.parametrize(
    "camera_class,manager,rule",
    [
        ("LEVEL_1", LEVEL_1, None),
        ("LEVEL_2", LEVEL_2, None),
        ("LEVEL_2", DB_POLICE, None),
        ("LEVEL_3", LEVEL_3, None),
        ("OTHER", LEVEL_3, None),
        ("LEVEL_1", LEVEL_2, "R-DB-3.3.a"),
        ("LEVEL_2", LEVEL_3, "R-DB-3.3.b"),
        ("LEVEL_3", LEVEL_2, "R-DB-3.3.c"),
        ("OTHER", DB_POLICE, "R-DB-3.3.d"),
    ],
)
def test_levels(camera_class: str, manager: Any, rule: str | None) -> None:
    """Each level is of its own bodies; the police's own system is level II."""
    who = administrator("dien-bien")
    if rule is None:
        check_manager(camera_class, manager.kind, who)
        return
    with pytest.raises(InvalidInput) as refused:
        check_manager(camera_class, manager.kind, who)
    assert (refused.value.path, refused.value.rule) == ("managerUnitId", rule)


@pytest.mark.rule("R-DB-3.3.a", "R-DB-3.3.b", "R-DB-3.3.c", "R-DB-3.3.d")
def test_tiers() -> None:
    """The level of a row is that of its class in the rulebooks."""
    said = {
        name: one.tier
        for profile in PROFILES
        for name, one in load(profile).cameras.classes.items()
        if profile == "dien-bien"
    }
    assert said == TIERS


@pytest.mark.rule("R-QT-3.6.0")
@pytest.mark.parametrize("kind", ["SPEED", "SECURITY", "PLATE", "COUNTING", "OTHER"])
def test_kinds_of_quang_tri(kind: str) -> None:
    """Each kind of device of the regulation is registered as what it is."""
    made = outcome(QT, "quang-tri", kind=kind).events[0]
    assert isinstance(made, Camera.Registered)
    assert made.kind == kind


@pytest.mark.rule("R-DB-3.1.0")
@pytest.mark.parametrize(
    "kind", ["SECURITY", "FACE_RECOGNITION", "SANCTION", "COUNTING", "CROWD", "PLATE", "SPEED", "OTHER"]
)
def test_kinds_of_dien_bien(kind: str) -> None:
    """Each kind of camera of the regulation is registered as what it is."""
    assert outcome(DB, "dien-bien", kind=kind).refusal is None


@pytest.mark.parametrize(
    "otherwise,path,rule",
    [
        ({"code": "ngã tư"}, "code", "R-DH-1.1.0"),
        ({"code": ""}, "code", "R-DH-1.1.0"),
        ({"code": "A" * 33}, "code", "R-DH-1.1.0"),
        ({"name": " "}, "name", None),
        ({"camera_class": "LEVEL_1"}, "class", "R-DH-1.1.0"),
        ({"kind": "CROWD"}, "kind", "R-DH-1.1.0"),
        ({"domain": "FOREST"}, "domain", "R-DH-1.1.0"),
        ({"placement": "ROOF"}, "placement", None),
        ({"owner": Owner(kind="UNIT")}, "owner.unitId", "R-DH-3.6.0"),
        ({"owner": Owner(kind="HOUSEHOLDER")}, "owner.name", "R-DH-3.6.0"),
        ({"owner": replace(HOUSEHOLDER, unit_id=CENTRE.id)}, "owner.name", "R-DH-3.6.0"),
        ({"owner": replace(HOUSEHOLDER, kind="KING")}, "owner.kind", "R-DH-3.6.0"),
    ],
)
def test_refused(otherwise: dict[str, Any], path: str, rule: str | None) -> None:
    """What the regulation does not know is refused with the rule, by its field."""
    assert outcome(DH, **otherwise).then_refused(InvalidInput, rule=rule).path == path


@pytest.mark.rule("R-DH-3.7.0", "R-DH-7.1.0")
@pytest.mark.parametrize(
    "camera_class,channel,rule",
    [
        ("SMART_CITY", "PRIVATE_CHANNEL", None),
        ("SMART_CITY", "INTERNET", "R-DH-3.7.0"),
        ("PUBLIC", "INTERNET", None),
        ("PUBLIC", "PRIVATE_CHANNEL", "R-DH-7.1.0"),
    ],
)
def test_channel(camera_class: str, channel: str, rule: str | None) -> None:
    """Smart-city cameras come by the private channel, public ones by the Internet."""
    said = outcome(DH, camera_class=camera_class, channel=channel, owner=HOUSEHOLDER)
    if rule is None:
        assert said.refusal is None
    else:
        assert said.then_refused(InvalidInput, rule=rule).path == "channel"


def test_silent() -> None:
    """Where the regulation says nothing of who administers, nobody registers any."""
    office = unit("YB-VP", "COMMITTEE_OFFICE", "yen-bai")
    who = context(actor(33, office, "ADMINISTRATOR"), profile="yen-bai")
    with pytest.raises(Forbidden) as refused:
        Camera.register(
            who, replace(DH, area_path="yen-bai", operating_unit_id=office.id, manager_unit_id=office.id)
        )
    assert refused.value.rule == "R-YB-13.5.0"


@pytest.mark.rule("R-QT-5.2.b")
def test_quang_tri() -> None:
    """Each managing unit of Quảng Trị registers its own devices, none of others."""
    assert outcome(QT, "quang-tri").refusal is None
    other = unit("QT-SGT", "TRANSPORT_DEPARTMENT", "quang-tri")
    assert other.id != QT_CENTRE.id
    foreign = outcome(QT, "quang-tri", operating_unit_id=other.id, manager_unit_id=other.id)
    foreign.then_refused(Forbidden, rule="R-QT-10.4.a")
