"""Clients of the register for tests: what is said of one, and those of the world of the matrix."""

from datetime import date
from typing import Any, Final

from cli import demo
from domain.client import Client, Model, Registration
from domain.commands.client import entered
from domain.unit import Unit
from tests.support.api import Installation
from tests.support.jurisdiction import AWAY, AWAY_COMMUNE, LOOK_ALIKE, NAM_LY, TOWN
from tests.support.office import mutated
from tests.support.oracle_facts import ClientFacts
from tests.support.people import Person

MODEL: Final = "a" * 64
"""The model that detections of tests name."""
CLIENT: Final = (
    "id code kind kindName(language: EN) name release maker area document permittedOn models state since"
    " stateDocument stateReason registeredAt registeredBy { name } version unit { code }"
    " cameras { totalCount nodes { code } } history { event reason rule { id } }"
    " availableActions { action enabled }"
)
PAYLOADS: Final = {
    "registerClient": "ClientRegistered",
    "suspendClient": "ClientSuspended",
    "resumeClient": "ClientResumed",
    "withdrawClient": "ClientWithdrawn",
}
"""What each act answers when it was done."""
FACTS: Final[dict[str, dict[str, Any]]] = {
    "registerClient": {
        "code": "PM-PH-09",
        "kind": "DETECTION_WORKER",
        "name": "Phần mềm phát hiện vi phạm",
        "release": "2.4.1",
        "maker": "Công ty Mẫu",
        "area": "quang-binh/dong-hoi",
        "operatingUnitId": str(Unit.create_id("TTGSDH")),
        "document": "12/QĐ-TTGSĐH",
        "permittedOn": "2026-05-04",
        "models": [MODEL],
    },
    "suspendClient": {"document": "13/QĐ-TTGSĐH", "reason": "Gửi ảnh sai giờ"},
    "resumeClient": {"document": "14/QĐ-TTGSĐH", "reason": "Đã sửa đồng hồ"},
    "withdrawClient": {"document": "15/QĐ-TTGSĐH", "reason": "Hết hợp đồng"},
}
"""What each is told with nothing that anybody would find fault with."""
OTHERS: Final = (
    ("CONG-DH", "MEDIA_GATEWAY", "SUSPENDED", TOWN, "TTGSDH"),
    ("DAU-NL", "RECORDER", "REGISTERED", NAM_LY, "TTGS-2"),
    ("PT-CA", "ANALYTICS_ENGINE", "WITHDRAWN", TOWN, "CATP"),
    ("CONG-LA", "MEDIA_GATEWAY", "REGISTERED", LOOK_ALIKE, "CA-LA"),
    ("DAU-QT", "RECORDER", "SUSPENDED", AWAY_COMMUNE, "CA-QT"),
    ("CONG-QT", "MEDIA_GATEWAY", "REGISTERED", AWAY, "TTGS-QT"),
)
"""Code, kind, state, area and operating unit of those beside the demo's own."""
WAY: Final = {
    "REGISTERED": (),
    "SUSPENDED": (Client.Suspended,),
    "WITHDRAWN": (Client.Suspended, Client.Withdrawn),
}


def said(code: str = "PM-PH-09", **otherwise: Any) -> Registration:
    """What is said of one."""
    given = {
        "kind": "DETECTION_WORKER",
        "name": "Phần mềm phát hiện vi phạm",
        "release": "2.4.1",
        "maker": "Công ty Mẫu",
        "area_path": TOWN,
        "operating_unit_id": Unit.create_id("TTGSDH"),
        "document": "12/QĐ-TTGSĐH",
        "permitted_on": date(2024, 8, 1),
        "models": (MODEL,),
    }
    return Registration(code=code, **{**given, **otherwise})


def let_in(place: Installation, code: str = "PM-PH-09", **otherwise: Any) -> Client:
    """Put a client on record, as whoever sets the installation up; the model of the detections of tests is its."""
    with place.founding():
        *models, made = entered(said(code, **otherwise))
        assert isinstance(made, Client)
        place.operator.record(*(one for one in models if isinstance(one, Model)), made)
    return made


def registered(place: Installation) -> list[ClientFacts]:
    """The clients of the world: the demo's, and others of each state."""
    found = [
        ClientFacts(
            id=str(Client.create_id(demo.WORKER)),
            code=demo.WORKER,
            state="REGISTERED",
            kind="DETECTION_WORKER",
            area=TOWN,
            owner="TTGSDH",
        )
    ]
    for code, kind, state, area, owner in OTHERS:
        unit_id = Unit.create_id(owner)
        made = let_in(place, code, kind=kind, area_path=area, operating_unit_id=unit_id, models=())
        for happened in WAY[state]:
            with place.founding():
                made.trigger_event(happened, document="16/QĐ-UBND")
                place.operator.record(made)
        found.append(ClientFacts(id=str(made.id), code=code, state=state, kind=kind, area=area, owner=owner))
    return found


def did(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; what it answered, done or refused."""
    return mutated(person, act, "client", PAYLOADS[act], CLIENT, FACTS[act] | given)


def done(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; the client, afterwards."""
    answer = did(person, act, **given)
    assert answer["__typename"] == PAYLOADS[act], answer
    about: dict[str, Any] = answer["client"]
    return about
