"""A merger of wards, from the document to what the people of the new one see: nothing stays behind, nothing is lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from cli import demo
from domain.account import Account
from domain.area import Area
from domain.unit import Unit
from tests.support.api import Installation
from tests.support.people import REFUSED, Person
from tests.support.scheduling import scheduler

OLD, NEW = f"{demo.CITY}/nam-ly", f"{demo.CITY}/dong-hoi-moi"
DOCUMENT = "1660/NQ-UBTVQH15"
DONE = {
    "registerArea": ("AreaRegistered", "area { id }"),
    "endArea": ("AreaEnded", "area { id successor endedAt }"),
    "registerUnit": ("UnitRegistered", "unit { id }"),
    "endUnit": ("UnitEnded", "unit { id }"),
    "reconfigureCamera": ("CameraReconfigured", "camera { area position { longitude } }"),
    "moveCameraToArea": ("CameraMovedToArea", "camera { area position { longitude } history { event } }"),
}
CAMERAS = "{ cameras(first: 50) { totalCount nodes { code area } } }"
CASES = "{ cases(first: 50) { totalCount nodes { number } } }"


def did(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; what it answered."""
    payload, fields = DONE[act]
    document = (
        f"mutation($input: {act[0].upper()}{act[1:]}Input!) {{ {act}(input: $input)"
        f" {{ __typename ... on {payload} {{ {fields} }} {REFUSED} }} }}"
    )
    answer: dict[str, Any] = person.ask(document, input={"commandId": str(uuid4()), **given})[act]
    return answer


def seen(person: Person) -> dict[str, str]:
    """The cameras that somebody is shown, each with its area."""
    return {one["code"]: one["area"] for one in person.ask(CAMERAS)["cameras"]["nodes"]}


@pytest.fixture
def passed(installation: Installation) -> Callable[[datetime], list[str]]:
    """Let the scheduler look until it has nothing left to do; what it put on record."""

    def look(now: datetime) -> list[str]:
        before = installation.head()
        server = installation.endpoints
        with scheduler(server.database_url, server.keys, now) as one, one.connect() as conn:
            conn.execute(
                "INSERT INTO positions (name, position) VALUES ('scheduler', 0) ON CONFLICT DO NOTHING"
            )
            while one.step(conn):
                installation.project()
        return installation.since(before)

    return look


@pytest.fixture
def admin(installation: Installation) -> Person:
    """The Centre's administrator, in a city with a new ward."""
    installation.today()
    found = installation.signed_in("centre.admin")
    did(found, "registerArea", path=NEW, name="Phường Đồng Hới", kind="COMMUNE", document=DOCUMENT)
    installation.project()
    return found


def test_merged(installation: Installation, admin: Person, passed: Callable[[datetime], list[str]]) -> None:
    """The ward ends, and then its police: the same officer sees the same cameras, and may be granted as before."""
    camera = installation.register_camera("DH-NL-09", area_path=OLD)
    police = installation.register_unit("CAP-OLD", kind="COMMUNE_POLICE", area=OLD)
    stays = installation.register_unit("TO-NL", kind="OTHER_BODY", area=OLD)
    officer = installation.open_account("old.commune", unit_id=police, role="HANDLER")
    person = installation.operator.find(Account, Account.create_id("old.commune"))
    with installation.founding():
        person.trigger_event(
            Account.Granted,
            action="camera.view",
            document="12/QĐ",
            starts_at=installation.now,
            ends_at=datetime.now(UTC) + timedelta(days=30),
            purpose="SECURITY",
            area_path=OLD,
            camera_ids=[],
            out_of_function=False,
            document_at=None,
            issuer_unit_id=None,
            direction=None,
        )
    installation.operator.record(person)
    installation.project()
    assert seen(officer)["DH-NL-09"] == OLD

    ended = did(admin, "endArea", areaId=str(Area.create_id(OLD)), document=DOCUMENT)
    assert (ended["__typename"], ended["path"]) == ("InvalidInput", "successor")
    assert "2 cameras, 3 units" in ended["en"]
    ended = did(admin, "endArea", areaId=str(Area.create_id(OLD)), document=DOCUMENT, successor=NEW)
    assert ended["area"]["successor"] == NEW
    heir = did(admin, "registerUnit", code="CAP-NEW", name="Công an phường", kind="COMMUNE_POLICE", area=NEW)
    did(admin, "endUnit", unitId=str(police), document=DOCUMENT, successorId=heir["unit"]["id"])
    installation.project()

    recorded = passed(datetime.now(UTC) + timedelta(seconds=1))
    assert sorted(one for one in recorded if one != "account:succeeded") == [
        "account:grants-moved",
        "area:took-over",
        "camera:moved-to-area",
        "camera:moved-to-area",
        "unit:moved",
        "unit:moved",
    ]
    assert passed(datetime.now(UTC) + timedelta(seconds=2)) == []
    assert seen(officer)["DH-NL-09"] == NEW
    assert installation.operator.find(Unit, stays).area_path == NEW
    [grant] = installation.operator.find(Account, person.id).grants
    assert grant.area_path == NEW
    said = {"cameraId": str(camera), "reason": "Dời cột", "document": "19/CV"}
    moved = did(admin, "reconfigureCamera", **said, longitude=106.61, latitude=17.47)
    assert moved["camera"] == {"area": NEW, "position": {"longitude": 106.61}}


def test_captured_before(
    installation: Installation, admin: Person, passed: Callable[[datetime], list[str]]
) -> None:
    """A case keeps the ward it was captured in, and whoever audits the new ward finds it there."""
    unit_id = installation.register_unit("TT-NL", kind="OTHER_BODY", area=OLD)
    auditor = installation.open_account("old.auditor", unit_id=unit_id, role="AUDITOR")
    person = installation.operator.find(Account, Account.create_id("old.auditor"))
    with installation.founding():
        person.grant("audit.replay", document="3/QĐ", starts_at=installation.now, ends_at=None)
    installation.operator.record(person)
    found = installation.detected()
    before = auditor.ask(CASES)["cases"]
    assert found.number in {one["number"] for one in before["nodes"]}

    did(admin, "endArea", areaId=str(Area.create_id(OLD)), document=DOCUMENT, successor=NEW)
    installation.project()
    passed(datetime.now(UTC) + timedelta(seconds=1))
    assert installation.operator.find(Unit, unit_id).area_path == NEW
    assert auditor.ask(CASES)["cases"] == before
    shown = auditor.ask(
        "query($id: ID) { case(id: $id, purpose: AUDIT) { number camera { area } } }", id=str(found.id)
    )
    assert shown["case"] == {"number": found.number, "camera": {"area": NEW}}
    [area] = auditor.ask(
        "query($filter: AreaFilter) { areas(filter: $filter) { nodes { predecessors } } }",
        filter={"within": NEW},
    )["areas"]["nodes"]
    assert area["predecessors"] == [OLD]


def test_day_to_come(
    installation: Installation, admin: Person, passed: Callable[[datetime], list[str]]
) -> None:
    """Until the day of the merger everything stands where it stood; on it, it passes."""
    day = datetime.now(UTC) + timedelta(days=30)
    given = {"areaId": str(Area.create_id(OLD)), "document": DOCUMENT, "successor": NEW}
    assert did(admin, "endArea", **given, at=day.isoformat())["__typename"] == "AreaEnded"
    installation.project()
    assert passed(day - timedelta(seconds=1)) == []
    assert sorted(passed(day)) == ["area:took-over", "camera:moved-to-area", "unit:moved"]


def test_moved_by_hand(installation: Installation, admin: Person) -> None:
    """A camera is carried to another area and its place with it; what does not lie there is refused."""
    camera = installation.register_camera("DH-NL-10", area_path=OLD)
    installation.project()
    said = {"cameraId": str(camera), "document": "20/QĐ"}
    nowhere = did(admin, "moveCameraToArea", **said, area=f"{demo.CITY}/nowhere")
    assert (nowhere["__typename"], nowhere["path"]) == ("InvalidInput", "area")
    outside = did(admin, "moveCameraToArea", **said, area=NEW, longitude=105.85, latitude=21.03)
    assert (outside["__typename"], outside["path"]) == ("InvalidInput", "position")
    half = did(admin, "moveCameraToArea", **said, area=NEW, longitude=106.61)
    assert (half["__typename"], half["path"]) == ("InvalidInput", "position")
    moved = did(admin, "moveCameraToArea", **said, area=NEW, longitude=106.61, latitude=17.47)
    assert moved["camera"] == {
        "area": NEW,
        "position": {"longitude": 106.61},
        "history": [
            {"event": "camera:registered"},
            {"event": "camera:moved-to-area"},
            {"event": "camera:reconfigured"},
        ],
    }


def test_moved_with_consent(installation: Installation, admin: Person) -> None:
    """Who does not operate it changes its place with the document of whoever does; its area needs none."""
    unit_id = installation.register_unit("DOI-X", kind="CITY_POLICE")
    camera = installation.register_camera("DH-NL-11", unit_id=unit_id, area_path=OLD)
    installation.project()
    said = {"cameraId": str(camera), "document": "20/QĐ", "area": NEW}
    place = {"longitude": 106.61, "latitude": 17.47}
    refused = did(admin, "moveCameraToArea", **said, **place)
    assert (refused["__typename"], refused["path"], refused["rule"]["id"]) == (
        "InvalidInput",
        "consent",
        "R-DH-5.9.0",
    )
    assert did(admin, "moveCameraToArea", **said)["camera"]["area"] == NEW
    moved = did(admin, "moveCameraToArea", **said, **place, consent="7/CV")
    assert moved["camera"]["position"] == {"longitude": 106.61}
    assert installation.topics(UUID(str(camera)))[-2:] == ["camera:moved-to-area", "camera:reconfigured"]
