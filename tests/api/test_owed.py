"""What cameras and incidents owe, among the obligations: due, told of, missed, done, and shown to whom."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from cli.schedule import Scheduler
from cli.wiring import rulebook
from domain.camera import Camera
from domain.case import Case
from tests.support.cameras import CONSENTS, DB, LEVEL_2, LEVEL_3, consent, waiting
from tests.support.cases import clock, detected
from tests.support.people import REFUSED, Person
from tests.support.record import happened
from tests.support.sites import DB_MANAGER, DB_OTHER, DB_POLICE, TIERS, Seat, Settled
from tests.support.sites import Site as Place
from tests.support.spec import actor, context, legal

CODE: Final = "DB-SGD-01"
DUE: Final = legal("2026-06-09 00:00")
"""Installed on Monday 1 June: the fifth day after it is a Saturday, so it ends with the Monday."""
LIST: Final = """
query($filter: ObligationFilter) { obligations(filter: $filter, first: 100) { totalCount nodes { %s } } }
"""
INCIDENTS: Final = {
    "reportIncident": "IncidentReported",
    "receiveIncident": "IncidentReceived",
    "handleIncident": "IncidentHandlingBegan",
    "fixIncident": "IncidentFixed",
}
COUNT: Final = """
query($by: ObligationGroup!, $filter: ObligationFilter) { obligationSummary(by: $by, filter: $filter) {
    unit { code } timer personId open dueSoon missed met late lapsed } }
"""


@pytest.fixture
def place(settled: Callable[[Place], Settled]) -> Settled:
    """Điện Biên, with two bodies of level II, one of level III, the police and the committee."""
    return settled(TIERS)


def listed(person: Person, fields: str = "number", **narrow: Any) -> list[dict[str, Any]]:
    """The obligations that somebody is shown."""
    found = person.ask(LIST % fields, filter=narrow)["obligations"]
    assert found["totalCount"] == len(found["nodes"])
    nodes: list[dict[str, Any]] = found["nodes"]
    return nodes


def does(person: Person, act: str, **given: Any) -> None:
    """Do something with the camera of the test."""
    said = {"commandId": str(uuid4()), "cameraId": str(Camera.create_id(CODE)), **given}
    document = f"mutation($input: {act[0].upper()}{act[1:]}Input!) {{ {act}(input: $input) {{ {REFUSED} }} }}"
    assert "code" not in person.ask(document, input=said)[act]


def says(person: Person, act: str, **given: Any) -> Any:
    """Do something with an incident; its id."""
    said = {"commandId": str(uuid4()), **given}
    document = (
        f"mutation($input: {act[0].upper()}{act[1:]}Input!) {{ {act}(input: $input) {{ __typename"
        f" ... on {INCIDENTS[act]} {{ incident {{ id }} }} {REFUSED} }} }}"
    )
    answer = person.ask(document, input=said)[act]
    assert answer["__typename"] == INCIDENTS[act], answer
    return answer["incident"]["id"]


def tells(place: Settled, now: datetime) -> int:
    """Let the scheduler look at an instant; at how much it looked."""
    place.place.now = now
    one = Scheduler(place.place.endpoints.database_url, place.place.operator, rulebook(), clock=lambda: now)
    with one.connect() as conn:
        conn.execute("INSERT INTO positions (name, position) VALUES ('scheduler', 0) ON CONFLICT DO NOTHING")
        seen = one.step(conn)
    place.place.project()
    return seen


def stands(place: Settled) -> None:
    """A camera of a body of level II was put up that morning, with all that is needed on file."""
    who = context(actor(90, LEVEL_2, "ADMINISTRATOR"), place.place.now, "dien-bien")
    camera = Camera.register(who, replace(DB, code=CODE))
    for kind in CONSENTS["dien-bien"]:
        camera.file_consent(who, consent(kind))
    place.place.operator.record(camera)
    place.place.project()
    does(place.place.signed_in("two.admin"), "installCamera", installedOn="2026-06-01")
    place.place.project()


class TestWay:
    """From its installation to its connection."""

    @pytest.mark.rule("R-DB-7.5.a", "R-DB-7.1.0")
    def test_whole(self, place: Settled) -> None:
        """It is the obligation of the body that manages it, from the day of installation, to the end of the fifth."""
        stands(place)
        [shown] = listed(
            place.place.signed_in("two.admin"),
            "noun number timer variant state startedAt due missed hard provisional dueSoonToldAt missedToldAt"
            " stoppedAt reasonOwed reason personId person case { id } camera { code connectDue }"
            " rule { id } unit { code } remaining { missed } holders { unit { code } personId }",
        )
        assert shown == {
            "noun": "CAMERA",
            "number": CODE,
            "timer": "CONNECT_CAMERA",
            "variant": None,
            "state": "OPEN",
            "startedAt": "2026-06-01T00:00:00+07:00",
            "due": "2026-06-09T00:00:00+07:00",
            "missed": "late",
            "hard": False,
            "provisional": False,
            "dueSoonToldAt": None,
            "missedToldAt": None,
            "stoppedAt": None,
            "reasonOwed": False,
            "reason": None,
            "personId": None,
            "person": None,
            "case": None,
            "camera": {"code": CODE, "connectDue": "2026-06-09T00:00:00+07:00"},
            "rule": {"id": "R-DB-7.5.a"},
            "unit": {"code": "DB-SGD"},
            "remaining": {"missed": False},
            "holders": [{"unit": {"code": "DB-SGD"}, "personId": None}],
        }

    @pytest.mark.rule("R-DB-7.5.a")
    def test_told_once(self, place: Settled) -> None:
        """That it is due soon is told once, and once that it was missed; whoever connects it then is late."""
        stands(place)
        admin = place.place.signed_in("two.admin")
        [shown] = listed(admin, "dueSoonAt")
        soon = datetime.fromisoformat(shown["dueSoonAt"])
        assert place.place.now < soon < DUE
        assert tells(place, soon - timedelta(microseconds=1)) == 0
        assert [tells(place, at) for at in (soon, soon, DUE, DUE + timedelta(days=1))] == [1, 0, 1, 0]
        told = (
            "camera { connectDueSoonToldAt connectMissedToldAt } dueSoonToldAt missedToldAt state stoppedAt"
        )
        at = {"dueSoonToldAt": soon.isoformat(), "missedToldAt": DUE.isoformat()}
        assert listed(admin, told, missed=True) == [
            {
                "camera": {
                    "connectDueSoonToldAt": soon.isoformat(),
                    "connectMissedToldAt": DUE.isoformat(),
                },
                **at,
                "state": "OPEN",
                "stoppedAt": None,
            }
        ]
        does(admin, "connectCamera", channel="INTERNET")
        place.place.project()
        assert listed(admin, told, states=["LATE"]) == [
            {
                "camera": {"connectDueSoonToldAt": None, "connectMissedToldAt": None},
                **at,
                "state": "LATE",
                "stoppedAt": (DUE + timedelta(days=1)).isoformat(),
            }
        ]
        topics = place.place.topics(Camera.create_id(CODE))
        assert [topic for topic in topics if "connect" in topic] == [
            "camera:connection-due-soon",
            "camera:connection-missed",
            "camera:connected",
        ]

    @pytest.mark.rule("R-DB-7.5.a")
    def test_changed(self, place: Settled) -> None:
        """What is changed after it was connected in time is another obligation, of whoever manages it by then."""
        stands(place)
        admin = place.place.signed_in("two.admin")
        does(admin, "connectCamera", channel="INTERNET")
        place.place.now = legal("2026-06-10 10:00")
        does(admin, "reconfigureCamera", reason="Xoay về phía cổng", view="Cổng chính")
        does(
            admin,
            "transferCamera",
            operatingUnitId=str(LEVEL_2.id),
            managerUnitId=str(DB_OTHER.id),
            document="18/QĐ",
        )
        place.place.project()
        shown = listed(admin, "state startedAt due unit { code } holders { unit { code } }")
        assert shown == [
            {
                "state": "OPEN",
                "startedAt": "2026-06-10T10:00:00+07:00",
                "due": "2026-06-16T00:00:00+07:00",
                "unit": {"code": "DB-SVH"},
                "holders": [{"unit": {"code": "DB-SGD"}}, {"unit": {"code": "DB-SVH"}}],
            },
            {
                "state": "MET",
                "startedAt": "2026-06-01T00:00:00+07:00",
                "due": "2026-06-09T00:00:00+07:00",
                "unit": {"code": "DB-SGD"},
                "holders": [{"unit": {"code": "DB-SGD"}}],
            },
        ]
        assert listed(admin, "state", myUnit=True) == [{"state": "MET"}]
        assert listed(place.place.signed_in("other.admin"), "state", myUnit=True) == [{"state": "OPEN"}]
        by_unit = place.place.signed_in("manager.admin").ask(COUNT, by="UNIT", filter=None)
        nothing = {"timer": None, "personId": None, "dueSoon": 0, "missed": 0, "late": 0, "lapsed": 0}
        assert by_unit["obligationSummary"] == [
            {**nothing, "unit": {"code": "DB-SVH"}, "open": 1, "met": 0},
            {**nothing, "unit": {"code": "DB-SGD"}, "open": 0, "met": 1},
        ]


class TestIncident:
    """From its report until it is fixed."""

    @pytest.mark.rule("R-DB-11.2.b")
    def test_whole(self, place: Settled) -> None:
        """It is nobody's until it is received; it is told of once when due soon and overdue; who was late says why."""
        begun = place.place.now
        due = begun + timedelta(hours=24)
        reporter, operator = place.place.signed_in("two.handle"), place.place.signed_in("operator.handle")
        report = {"kind": "DEVICE_FAULT", "text": "Camera không lên hình", "detectedAt": begun.isoformat()}
        one = says(reporter, "reportIncident", **report)
        place.place.project()
        [shown] = listed(
            operator,
            "noun timer state startedAt due unit { code } holders { since } rule { id }"
            " case { id } camera { id } incident { id state }",
        )
        assert shown == {
            "noun": "INCIDENT",
            "timer": "FIX_INCIDENT",
            "state": "OPEN",
            "startedAt": begun.isoformat(),
            "due": due.isoformat(),
            "unit": None,
            "holders": [],
            "rule": {"id": "R-DB-11.2.b"},
            "case": None,
            "camera": None,
            "incident": {"id": one, "state": "REPORTED"},
        }
        soon = due - timedelta(hours=8)
        assert [tells(place, at) for at in (soon, soon, due, due + timedelta(days=1))] == [1, 0, 1, 0]
        for act in ("receiveIncident", "handleIncident"):
            says(operator, act, incidentId=one)
        place.place.project()
        by_unit = place.place.signed_in("operator.handle").ask(COUNT, by="UNIT", filter=None)
        assert [(row["unit"], row["missed"]) for row in by_unit["obligationSummary"]] == [
            ({"code": "DB-IOC"}, 1)
        ]
        says(operator, "fixIncident", incidentId=one, text="Đã thay nguồn", lateReason="Chờ thiết bị")
        place.place.project()
        asked = "state reason reasonOwed dueSoonToldAt missedToldAt stoppedAt unit { code } incident { dueSoonToldAt }"
        assert listed(reporter, asked, states=["LATE"]) == [
            {
                "state": "LATE",
                "reason": "Chờ thiết bị",
                "reasonOwed": False,
                "dueSoonToldAt": soon.isoformat(),
                "missedToldAt": due.isoformat(),
                "stoppedAt": (due + timedelta(days=1)).isoformat(),
                "unit": {"code": "DB-IOC"},
                "incident": {"dueSoonToldAt": soon.isoformat()},
            }
        ]
        topics = place.place.topics_of(one)
        assert [topics.count(f"incident:{told}") for told in ("due-soon", "overdue")] == [1, 1]


# -- whose obligations one is shown ----------------------------------------------------


@dataclass(frozen=True)
class Owed:
    """A camera that is to be connected."""

    code: str
    operator: UUID
    manager: UUID
    camera_class: str = "LEVEL_2"
    secret: bool = False

    @property
    def units(self) -> set[UUID]:
        """Whose system it is of."""
        return {self.operator, self.manager}


OWED: Final = (
    Owed("own", LEVEL_2.id, LEVEL_2.id),
    Owed("managed", DB_OTHER.id, LEVEL_2.id),
    Owed("operated", LEVEL_2.id, DB_OTHER.id),
    Owed("other", DB_OTHER.id, DB_OTHER.id),
    Owed("secret", LEVEL_2.id, LEVEL_2.id, secret=True),
    Owed("secret-other", DB_OTHER.id, DB_OTHER.id, secret=True),
    Owed("three", LEVEL_3.id, LEVEL_3.id, "LEVEL_3"),
    Owed("police", DB_POLICE.id, DB_POLICE.id),
    Owed("manager", DB_MANAGER.id, DB_OTHER.id),
)


def sees(seat: Seat, owed: Owed) -> bool:
    """Who is shown what is owed of a camera: its own system, and whoever administers all; a secret its own alone."""
    one, role, _ = seat
    views = role in {"APPROVER", "EXECUTOR", "HANDLER", "LEADER"}
    administers = role == "ADMINISTRATOR" and one.kind.startswith("LEVEL_")
    if one.id in owed.units:
        return views or administers
    return administers and one.kind.startswith("LEVEL_1") and not owed.secret


def put(place: Settled) -> None:
    """Cameras of several systems that stand since the first of June, incidents of two units, a case's limitation."""
    for n, owed in enumerate(OWED):
        way = waiting(
            owed.code,
            operator=owed.operator,
            manager=owed.manager,
            due=DUE + timedelta(hours=n),
            secret=owed.secret,
            camera_class=owed.camera_class,
        )
        happened(place.place.operator, Camera, Camera.create_id(owed.code), *way)
    for name in ("two.handle", "police.handle"):
        report = {"kind": "POWER", "text": "Mất điện", "detectedAt": place.place.now.isoformat()}
        says(place.place.signed_in(name), "reportIncident", **report)
    case = detected(
        number="DB-2026-000001",
        camera_id=Camera.create_id(TIERS.camera),
        area_path=TIERS.area,
        holder_unit_id=DB_MANAGER.id,
        clocks=(clock("LIMITATION", unit_id=DB_MANAGER.id),),
    )
    happened(place.place.operator, Case, UUID(int=0xCA5E00), case)
    place.place.project()


@pytest.mark.rule("R-DB-7.4.0", "R-DB-8.3.0", "R-DB-1.2.0")
def test_everybody(place: Settled) -> None:
    """Each is shown what the systems of their unit owe, or all of it; counts, filters and cases keep to that."""
    put(place)
    ever = set()
    for name, seat in TIERS.people.items():
        person = place.place.signed_in(name)
        owed = [one.code for one in OWED if sees(seat, one)]
        cases = person.ask("{ cases(first: 100) { nodes { number } } }")["cases"]["nodes"]
        of_cameras = listed(person, "number camera { code } case { number }", nouns=["CAMERA"])
        assert of_cameras == [{"number": o, "camera": {"code": o}, "case": None} for o in owed], name
        of_cases = listed(person, "number camera { code } case { number }", nouns=["CASE"])
        assert of_cases == [{"number": c["number"], "camera": None, "case": c} for c in cases], name
        found = person.ask("{ incidents(first: 100) { nodes { id number } } }")["incidents"]["nodes"]
        of_incidents = listed(person, "number incident { id number } case { id }", nouns=["INCIDENT"])
        assert sorted(node["number"] for node in of_incidents) == sorted(one["number"] for one in found), name
        assert all(node["incident"]["number"] == node["number"] for node in of_incidents)
        everything = [node["number"] for node in (*of_incidents, *of_cameras, *of_cases)]
        assert [node["number"] for node in listed(person)] == everything, name
        counted = person.ask(COUNT, by="TIMER", filter={"timers": ["CONNECT_CAMERA"]})["obligationSummary"]
        assert [row["open"] for row in counted] == ([len(owed)] if owed else []), name
        pages = _pages(person)
        assert pages == everything, name
        ever.add(tuple(everything))
    assert len(ever) >= 8


def _pages(person: Person) -> list[str]:
    """All of it, two at a time."""
    document = (
        "query($after: String) { obligations(first: 2, after: $after)"
        " { nodes { number } pageInfo { hasNextPage endCursor } } }"
    )
    seen: list[str] = []
    after = None
    while True:
        found = person.ask(document, after=after)["obligations"]
        seen += [node["number"] for node in found["nodes"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            return seen
