"""A camera over HTTP: registered, its papers filed, brought to work, changed, given up, as its regulation has it."""

from typing import Any, Final
from uuid import uuid4

import pytest

from domain.camera import Camera
from domain.unit import Unit
from tests.support.api import CENTRE, Installation
from tests.support.people import REFUSED, Person

SHOWN: Final = (
    "id code name class kind state placement area tier view channel secret published withdrawn installedOn"
    " verifiedUntil calibratedOn clockOffsetMs firmware version operatingUnit { code } manager { code }"
    " custodian { code } owner { kind unit { code } name contact } position { longitude latitude }"
    " consents { kind document dated issuedBy } certificates { number validUntil }"
    " faults { kind beganAt endedAt } history { event by reason rule { id } }"
    " availableActions { action enabled }"
)
PAYLOADS: Final = {
    "registerCamera": "CameraRegistered",
    "installCamera": "CameraInstalled",
    "connectCamera": "CameraConnected",
    "activateCamera": "CameraActivated",
    "fileCameraConsent": "CameraConsentFiled",
    "withdrawCameraConsent": "CameraConsentWithdrawn",
    "fileCameraCertificate": "CameraCertificateFiled",
    "voidCameraCertificate": "CameraCertificateVoided",
    "reportCameraFault": "CameraFaultReported",
    "markCameraSecret": "CameraMarkedSecret",
    "retireCamera": "CameraRetired",
    "reconfigureCamera": "CameraReconfigured",
}
NEW: Final[dict[str, Any]] = {
    "code": "DH-NL-09",
    "name": "Ngã ba Nam Lý",
    "class": "SMART_CITY",
    "kind": "SANCTION",
    "domain": "TRAFFIC",
    "area": "quang-binh/dong-hoi/nam-ly",
    "operatingUnitId": str(CENTRE),
    "longitude": 106.6,
    "latitude": 17.48,
    "view": "Hướng Bắc",
    "channel": "PRIVATE_CHANNEL",
}
HOUSEHOLD: Final = {
    "class": "HOUSEHOLD",
    "kind": "SECURITY",
    "domain": "SECURITY",
    "placement": "PRIVATE",
    "channel": "INTERNET",
    "owner": {"kind": "HOUSEHOLDER", "name": "Phan Thị Mẫu", "contact": "02320000000"},
}


def did(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of the acts; what it answered, done or refused."""
    document = (
        f"mutation($input: {act[0].upper()}{act[1:]}Input!) {{ {act}(input: $input) {{ __typename"
        f" ... on {PAYLOADS[act]} {{ position camera {{ {SHOWN} }} }} {REFUSED} }} }}"
    )
    answer: dict[str, Any] = person.ask(document, input={"commandId": str(uuid4()), **given})[act]
    return answer


def done(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of the acts; the camera afterwards."""
    answer = did(person, act, **given)
    assert answer["__typename"] == PAYLOADS[act], answer
    camera: dict[str, Any] = answer["camera"]
    return camera


def on_file(person: Person, camera_id: str, *kinds: str) -> None:
    """File consents of the first of March."""
    for n, kind in enumerate(kinds):
        done(
            person,
            "fileCameraConsent",
            cameraId=camera_id,
            kind=kind,
            document=f"{n + 1}/CV",
            dated="2022-03-01",
            issuedBy="Văn phòng",
        )


@pytest.fixture
def admin(installation: Installation) -> Person:
    """The administrator of the Centre."""
    return installation.signed_in("centre.admin")


@pytest.mark.rule("R-DH-1.1.0", "R-DH-5.4.0", "R-DH-7.1.0", "R-DH-6.1.a")
def test_way(installation: Installation, admin: Person) -> None:
    """From nothing to work: each step is on record with its rule, and what comes next is said."""
    camera = done(admin, "registerCamera", **NEW)
    assert (camera["state"], camera["version"], camera["manager"]) == ("REGISTERED", 1, {"code": "TTGSDH"})
    assert camera["position"] == {"longitude": 106.6, "latitude": 17.48}
    of = {"cameraId": camera["id"]}
    day = installation.now.date().isoformat()
    assert done(admin, "installCamera", **of, installedOn=day)["installedOn"] == day
    refused = did(admin, "connectCamera", **of, channel="PRIVATE_CHANNEL")
    assert (refused["__typename"], refused["rule"]["id"]) == ("WrongState", "R-DH-5.4.0")
    on_file(admin, camera["id"], "ATTACHMENT_MANAGER", "ATTACHMENT_OPERATOR")
    done(admin, "connectCamera", **of, channel="PRIVATE_CHANNEL", documents=["Sơ đồ đấu nối"])
    camera = done(admin, "activateCamera", **of)
    assert camera["state"] == "ACTIVE"
    assert [(step["event"], step["rule"]["id"]) for step in camera["history"]] == [
        ("camera:registered", "R-DH-1.1.0"),
        ("camera:installed", "R-DH-6.1.a"),
        ("camera:consent-filed", "R-DH-5.4.0"),
        ("camera:consent-filed", "R-DH-5.4.0"),
        ("camera:connected", "R-DH-7.1.0"),
        ("camera:activated", "R-DH-6.1.a"),
    ]
    open_ = {one["action"] for one in camera["availableActions"] if one["enabled"]}
    assert {"retireCamera", "reconfigureCamera", "reportCameraFault"} <= open_
    assert not open_ & {"installCamera", "connectCamera", "activateCamera", "publishCamera"}
    installation.project()
    for name in ("police.handle", "centre.admin"):
        asked = '{ camera(code: "DH-NL-09") { id state } cameras(filter: {code: "DH-NL-09"}) { totalCount } }'
        assert installation.signed_in(name).ask(asked) == {
            "camera": {"id": camera["id"], "state": "ACTIVE"},
            "cameras": {"totalCount": 1},
        }
    before = installation.head()
    hidden = installation.signed_in("auditor").ask(f'{{ camera(id: "{camera["id"]}") {{ id }} }}')
    assert hidden == {"camera": None}
    assert installation.since(before) == ["attempt:refused"]


@pytest.mark.parametrize(
    "otherwise,path",
    [
        ({"code": "DH-NT-01"}, "code"),
        ({"code": "ngã tư"}, "code"),
        ({"area": ""}, "area"),
        ({"kind": "TOASTER"}, "kind"),
        ({"class": "LEVEL_1"}, "class"),
        ({"longitude": None}, "position"),
        ({"longitude": 2.35, "latitude": 48.85}, "position"),
        ({"operatingUnitId": str(uuid4())}, "operatingUnitId"),
        ({"managerUnitId": str(uuid4())}, "managerUnitId"),
        ({"custodianUnitId": str(uuid4())}, "custodianUnitId"),
        ({"owner": {"kind": "UNIT", "unitId": str(uuid4())}}, "owner.unitId"),
    ],
)
def test_refused(installation: Installation, admin: Person, otherwise: dict[str, Any], path: str) -> None:
    """Two of one code, an unknown area, kind or unit, a place abroad: refused with the rule, and unwritten."""
    before = installation.head()
    answer = did(admin, "registerCamera", **NEW | otherwise)
    assert (answer["__typename"], answer["path"]) == ("InvalidInput", path)
    assert answer["rule"]["id"] == ("R-DH-3.6.0" if path.startswith("owner") else "R-DH-1.1.0")
    assert installation.since(before) == []


def test_a_unit_that_ceased(installation: Installation, admin: Person) -> None:
    """A unit that has ceased operates no new camera."""
    with installation.founding():
        gone = Unit(code="CU", name="Đội cũ", kind="OTHER_BODY", area_path="quang-binh/dong-hoi")
        gone.cease(at=installation.now, successor=None, document="9/QĐ")
        installation.operator.record(gone)
    answer = did(admin, "registerCamera", **NEW | {"operatingUnitId": str(gone.id)})
    assert (answer["__typename"], answer["path"]) == ("InvalidInput", "operatingUnitId")


def test_twice(installation: Installation, admin: Person) -> None:
    """The same command sent again is answered by the same camera, and registers it once."""
    given = {**NEW, "commandId": "once"}
    assert done(admin, "registerCamera", **given)["id"] == done(admin, "registerCamera", **given)["id"]


@pytest.mark.rule("R-DH-3.6.0", "R-DH-6.2.a")
def test_householder(installation: Installation, admin: Person) -> None:
    """Whose camera it is only who administers it is told; when they withdraw, nobody is shown its footage any more."""
    camera = done(admin, "registerCamera", **NEW | HOUSEHOLD)
    assert camera["owner"] == {**HOUSEHOLD["owner"], "unit": None}  # type: ignore[dict-item]
    of = {"cameraId": camera["id"]}
    done(admin, "installCamera", **of, installedOn=installation.now.date().isoformat())
    on_file(admin, camera["id"], "HOUSEHOLDER", "ATTACHMENT_MANAGER", "ATTACHMENT_OPERATOR")
    done(admin, "connectCamera", **of, channel="INTERNET")
    done(admin, "activateCamera", **of)
    installation.project()
    why_not = "availableActions { action reasons { rule { id } } }"
    asked = f'{{ camera(id: "{camera["id"]}") {{ state withdrawn owner {{ name }} {why_not} }} }}'
    police = installation.signed_in("commune.lead")
    seen = police.ask(asked)["camera"]
    assert (seen["state"], seen["owner"]) == ("ACTIVE", None)
    done(admin, "withdrawCameraConsent", **of, reason="Không muốn nữa")
    installation.project()
    seen = police.ask(asked)["camera"]
    assert (seen["state"], seen["withdrawn"]) == ("INSTALLED", True)
    why = {one["action"]: one["reasons"] for one in seen["availableActions"]}
    assert why["requestExtraction"] == [{"rule": {"id": "R-DH-3.6.0"}}]
    with installation.as_owner() as conn:
        stored = conn.execute("SELECT string_agg(convert_from(state, 'UTF8'), '') FROM events").fetchone()
    assert stored is not None
    assert "Phan Thị Mẫu" not in stored[0]


@pytest.mark.rule("R-QT-3.9.0")
def test_expiring(installation: Installation, admin: Person) -> None:
    """What has to be verified soon is found by its last day."""
    camera = done(admin, "registerCamera", **NEW)
    filed = {"number": "KD-01", "body": "Viện Đo lường", "measures": "SPEED", "issuedOn": "2022-03-01"}
    done(admin, "fileCameraCertificate", cameraId=camera["id"], **filed, validUntil="2099-06-30")
    installation.project()
    asked = "query($filter: CameraFilter) { cameras(filter: $filter) { nodes { code verifiedUntil } } }"
    one = [{"code": "DH-NL-09", "verifiedUntil": "2099-06-30"}]
    for narrow, expected in (
        ({"expiresBefore": "2099-07-01"}, one),
        ({"expiresBefore": "2099-06-30"}, []),
        ({"text": "ba nam lý"}, one),
        ({"states": ["REGISTERED"], "kind": "SANCTION", "tier": 0}, one),
        ({"managerUnitId": str(CENTRE), "states": ["RETIRED"]}, []),
        ({"connectDueBefore": "2099-01-01T00:00:00+07:00"}, []),
    ):
        assert admin.ask(asked, filter=narrow)["cameras"]["nodes"] == expected, narrow
    voided = done(admin, "voidCameraCertificate", cameraId=camera["id"], number="KD-01", reason="Ghi sai năm")
    assert (voided["certificates"], voided["verifiedUntil"]) == ([], None)
    assert voided["history"][-1]["reason"] == "Ghi sai năm"
    installation.project()
    assert admin.ask(asked, filter={"expiresBefore": "2099-07-01"})["cameras"]["nodes"] == []


@pytest.mark.rule("R-DH-1.2.0")
def test_secret(installation: Installation, admin: Person) -> None:
    """From the mark on the camera is in nobody's list outside of its own system."""
    camera = done(admin, "registerCamera", **NEW)
    installation.project()
    police = installation.signed_in("police.handle")
    asked = '{ cameras(filter: {code: "DH-NL-09"}) { totalCount } }'
    assert police.ask(asked) == {"cameras": {"totalCount": 1}}
    done(admin, "markCameraSecret", cameraId=camera["id"], secret=True, reason="Trụ sở quân sự")
    installation.project()
    assert police.ask(asked) == {"cameras": {"totalCount": 0}}
    assert installation.signed_in("centre.approve").ask(asked) == {"cameras": {"totalCount": 1}}


def test_not_theirs(installation: Installation) -> None:
    """Who is no administrator registers none and retires none; that they tried is on record."""
    for act, given in (
        ("registerCamera", NEW),
        ("retireCamera", {"cameraId": str(Camera.create_id("DH-NT-01")), "reason": "x"}),
    ):
        before = installation.head()
        answer = did(installation.signed_in("police.handle"), act, **given)
        assert answer["__typename"] == "Forbidden"
        assert installation.since(before) == ["attempt:refused"]


def test_as_of(installation: Installation, admin: Person) -> None:
    """As of an instant a camera is shown as it was."""
    camera = done(admin, "registerCamera", **NEW)
    done(admin, "retireCamera", cameraId=camera["id"], reason="Thay mới")
    installation.project()
    asked = "query($id: ID, $at: DateTime) { camera(id: $id, asOf: $at) { state history { event } } }"
    now = admin.ask(asked, id=camera["id"], at="2100-01-01T00:00:00+07:00")["camera"]
    assert now["state"] == "RETIRED"
    assert [step["event"] for step in now["history"]] == ["camera:registered", "camera:retired"]
    assert admin.ask(asked, id=camera["id"], at="2020-01-01T00:00:00+07:00")["camera"] is None
