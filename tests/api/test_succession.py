"""Succession over HTTP: what a unit had in hand when it ended is done by the people of its successor."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from cli import demo
from domain.account import Account
from domain.camera import Camera
from tests.support import office, staff
from tests.support.api import CENTRE, POLICE, Installation
from tests.support.operation import BY_NOW, did, done
from tests.support.people import REFUSED
from tests.support.scheduling import scheduler

CAMERA = str(Camera.create_id(demo.CAMERA))
END = f"""
mutation($input: EndUnitInput!) {{ endUnit(input: $input) {{ __typename ... on UnitEnded {{ position }} {REFUSED} }} }}
"""


def ended(installation: Installation, gone: UUID, heir: UUID) -> None:
    """End a unit, and let the scheduler pass on what it had."""
    said = {
        "unitId": str(gone),
        "successorId": str(heir),
        "document": "16/NQ-HĐND",
        "commandId": str(uuid4()),
    }
    answer = installation.signed_in("centre.admin").ask(END, input=said)["endUnit"]
    assert answer["__typename"] == "UnitEnded", answer
    installation.project()
    now = datetime.now(UTC) + timedelta(seconds=1)
    with (
        scheduler(installation.endpoints.database_url, installation.endpoints.keys, now) as one,
        one.connect() as conn,
    ):
        while one.step(conn):
            installation.project()
        assert one._succession.problem is None


@pytest.mark.rule("R-DH-3.10.0")
def test_work_in_hand(installation: Installation) -> None:
    """The successor's people fix the incident, finish the work, close the shift, and take the next one over."""
    installation.today()
    centre = installation.signed_in("centre.execute")
    detected = (installation.now - timedelta(hours=3)).isoformat()
    incident = done(centre, "reportIncident", kind="DEVICE_FAULT", cameraId=CAMERA, detectedAt=detected)["id"]
    done(centre, "receiveIncident", incidentId=incident)
    done(centre, "handleIncident", incidentId=incident)
    order = done(centre, "planWork", cameraIds=[CAMERA], **BY_NOW)["id"]
    done(centre, "startWork", orderId=order)
    shift = done(centre, "openShift")["id"]
    installation.project()
    heir = installation.register_unit("TTGS-2", kind="OPERATIONS_CENTRE")
    installation.project()
    ended(installation, CENTRE, heir)
    assert did(centre, "fixIncident", incidentId=incident)["__typename"] == "IncidentFixed"
    assert done(centre, "closeIncident", incidentId=incident)["handledBy"] == {"code": "TTGS-2"}
    assert done(centre, "finishWork", orderId=order)["unit"] == {"code": "TTGS-2"}
    done(centre, "confirmDevices", shiftId=shift)
    assert done(centre, "closeShift", shiftId=shift)["unit"] == {"code": "TTGS-2"}
    installation.project()
    assert done(centre, "openShift")["after"] == shift
    camera = centre.ask("query($id: ID) { camera(id: $id) { state } }", id=CAMERA)["camera"]
    assert camera == {"state": "ACTIVE"}


@pytest.mark.rule("R-DH-10.1.0")
def test_who_people_are(installation: Installation) -> None:
    """A leader leads no more; who may not do there what they did is out until they are given another function."""
    installation.today()
    gone = installation.register_unit("TTRA", kind="OTHER_BODY")
    lead = installation.open_account("body.lead", unit_id=gone, role="LEADER", leader=True)
    auditor = installation.open_account("body.audit", unit_id=gone, role="AUDITOR")
    installation.project()
    ended(installation, gone, POLICE)
    me = lead.ask("{ me { role leader unit { code } } }")["me"]
    assert me == {"role": "LEADER", "leader": False, "unit": {"code": "CATP"}}
    assert auditor.error("{ me { role } }")["code"] == "UNAUTHENTICATED"
    admin = installation.signed_in("centre.admin")
    out = admin.ask("{ accounts(filter: {states: [SUSPENDED]}, first: 50) { nodes { name unit { code } } } }")
    assert out["accounts"]["nodes"] == [{"name": "body.audit", "unit": {"code": "CATP"}}]
    said = {"accountId": str(Account.create_id("body.audit")), "document": "1/QĐ"}
    assert staff.did(admin, "resumeAccount", **said)["__typename"] == "InvalidInput"
    police = installation.signed_in("police.lead")
    staff.done(police, "directAccountChange", **said, role="HANDLER")
    assert staff.done(admin, "changeRole", **said, role="HANDLER")["state"] == "SUSPENDED"
    assert staff.done(admin, "resumeAccount", **said)["state"] == "ACTIVE"
    assert auditor.error("{ me { role } }")["code"] == "UNAUTHENTICATED"  # what they held ended with it
    led = {"accountId": str(Account.create_id("body.lead")), "document": "2/QĐ"}
    staff.done(police, "directAccountChange", **led, leader=True)
    assert staff.done(admin, "changeLeader", **led, leader=True)["leader"] is True


def test_nothing_for_who_has_ended(installation: Installation) -> None:
    """A recommendation is not sent to a unit that is no more; the refusal names its successor."""
    installation.today()
    gone = installation.register_unit("TTRA", kind="OTHER_BODY")
    installation.project()
    made = office.done(
        installation.signed_in("centre.approve"),
        "makeRecommendation",
        shortcoming="SECURITY",
        text="Đèn hỏng",
        cameraIds=[CAMERA],
    )
    ended(installation, gone, POLICE)
    sent = office.did(
        installation.signed_in("centre.approve"),
        "sendRecommendation",
        recommendationId=made["id"],
        document="01/KN-VP",
        recipientUnitId=str(gone),
    )
    assert (sent["__typename"], sent["path"]) == ("InvalidInput", "recipientUnitId")
    assert "CATP" in sent["en"]
