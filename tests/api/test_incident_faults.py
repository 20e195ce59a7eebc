"""What incidents say of a camera's time: each has a window of its own, and what is captured in one is no evidence."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from cli import demo
from domain.account import Account
from domain.camera import Camera
from domain.commands.incident import lost_link, restored_link
from tests.api.test_evidence_flags import BARRED, FAULT, FLAGS, at_fault
from tests.support.api import COMMUNE, Installation
from tests.support.casework import JULY, detected
from tests.support.operation import did, done

CAMERA = Camera.create_id(demo.CAMERA)
HOUR = timedelta(hours=1)


def reported(of: Installation, ago: timedelta, kind: str = "DEVICE_FAULT") -> str:
    """An incident of the demo's camera that a commune saw some time ago, and the Centre received."""
    at = (of.now - ago).isoformat()
    one = done(of.signed_in("commune.lead"), "reportIncident", kind=kind, cameraId=str(CAMERA), detectedAt=at)
    done(of.signed_in("centre.execute"), "receiveIncident", incidentId=one["id"])
    return str(one["id"])


def backdated(of: Installation, incident: str, ago: timedelta) -> None:
    """It was seen earlier."""
    at = (of.now - ago).isoformat()
    done(of.signed_in("centre.execute"), "backdateIncident", incidentId=incident, detectedAt=at)
    of.project()


def fixed(of: Installation, *incidents: str) -> None:
    """They are put right, one after the other."""
    for incident in incidents:
        for act in ("handleIncident", "fixIncident"):
            done(of.signed_in("centre.execute"), act, incidentId=incident)
    of.project()


def shown(of: Installation) -> tuple[str, Sequence[bool], list[tuple[Any, Any]]]:
    """How the camera is by its file, whether each of its faults is over, and when each of its outages was, in order."""
    asked = (
        "query($id: ID!) { camera(id: $id) { state faults { beganAt endedAt } }"
        " outages { nodes { beganAt endedAt } } }"
    )
    said = of.signed_in("centre.execute").ask(asked, id=str(CAMERA))
    faults = said["camera"]["faults"]
    outages = [(one["beganAt"], one["endedAt"]) for one in said["outages"]["nodes"]]
    assert sorted((one["beganAt"], one["endedAt"]) for one in faults) == sorted(outages)
    return said["camera"]["state"], [one["endedAt"] is not None for one in reversed(faults)], outages


class TestSeenEarlier:
    """What turns out to have been wrong earlier was so for what was captured then."""

    @pytest.mark.rule("R-DH-8.1.0")
    def test_by_an_incident(self, installation: Installation) -> None:
        """What was captured between the new beginning and the old one is flagged, and bars the sanction."""
        work = detected(installation, at=JULY)
        installation.now = JULY + 24 * HOUR
        incident = reported(installation, 2 * HOUR)
        installation.project()
        assert work.shows(FLAGS, to="centre.approve") == {"evidenceFlags": []}
        before = installation.head()
        backdated(installation, incident, 30 * HOUR)
        assert installation.since(before) == ["camera:backdated", "incident:backdated"]
        assert work.shows(FLAGS, to="centre.approve") == {"evidenceFlags": [FAULT]}
        assert work.refused("approveCase")["en"] == f"{FAULT['en']}: {BARRED}"
        assert shown(installation)[:2] == ("FAULTY", [False])

    def test_once_it_is_fixed(self, installation: Installation) -> None:
        """A fault that is over began earlier and ended when it did; what followed on the repair stays."""
        installation.now = JULY
        incident = reported(installation, 2 * HOUR)
        fixed(installation, incident)
        installation.now = JULY + HOUR
        done(installation.signed_in("commune.lead"), "reopenIncident", incidentId=incident)
        backdated(installation, incident, 4 * HOUR)
        ends = [JULY.isoformat(), None]
        assert shown(installation) == (
            "FAULTY",
            [True, False],
            [(JULY.isoformat(), ends[1]), ((JULY - 3 * HOUR).isoformat(), ends[0])],
        )

    def test_by_whoever_reports_it(self, installation: Installation) -> None:
        """A fault that is open and reported again as begun earlier began then."""
        installation.now = JULY + 24 * HOUR
        for hours in (2, 30):
            at_fault(installation, installation.now - hours * HOUR)
        work = detected(installation, at=JULY)
        assert work.shows(FLAGS, to="centre.approve") == {"evidenceFlags": [FAULT]}
        assert shown(installation)[2] == [((JULY - 6 * HOUR).isoformat(), None)]

    def test_of_a_link(self, installation: Installation) -> None:
        """A loss that is not over began then; one that followed on a repair did not."""
        installation.now = JULY
        incident = reported(installation, HOUR, "LINK_LOSS")
        backdated(installation, incident, 3 * HOUR)
        camera = installation.operator.find(Camera, CAMERA)
        assert camera.link_lost_at == JULY - 3 * HOUR
        fixed(installation, incident)
        done(installation.signed_in("commune.lead"), "reopenIncident", incidentId=incident)
        backdated(installation, incident, 5 * HOUR)
        assert installation.operator.find(Camera, CAMERA).link_lost_at == JULY


class TestEachItsOwn:
    """Two incidents of one camera."""

    @pytest.mark.rule("R-DH-8.1.0")
    def test_faults(self, installation: Installation) -> None:
        """The one that is fixed ends its own time; the camera works again when the other is fixed too."""
        installation.now = JULY
        first, second = reported(installation, 2 * HOUR), reported(installation, 4 * HOUR)
        installation.now = JULY + HOUR
        fixed(installation, first)
        assert shown(installation)[:2] == ("FAULTY", [True, False])
        work = detected(installation, at=JULY - 3 * HOUR)
        assert work.shows(FLAGS, to="centre.approve") == {"evidenceFlags": [FAULT]}
        asked = (
            "mutation($input: EndCameraFaultInput!) { endCameraFault(input: $input)"
            " { __typename ... on Refusal { message(language: EN) } } }"
        )
        given = {"commandId": "k", "cameraId": str(CAMERA), "kind": "NO_PICTURE"}
        refused = installation.signed_in("centre.execute").ask(asked, input=given)["endCameraFault"]
        assert (refused["__typename"], "that of an incident" in refused["message"]) == ("WrongState", True)
        installation.now = JULY + HOUR
        fixed(installation, second)
        assert shown(installation)[:2] == ("ACTIVE", [True, True])

    @pytest.mark.rule("R-DH-5.1.0")
    def test_links(self, installation: Installation) -> None:
        """A link that answers again is down as long as somebody who said so has not taken it back."""
        app, rules, now = installation.cases, installation.services.rulebook, installation.now
        assert lost_link(app, rules, camera_id=CAMERA, at=now - 2 * HOUR, now=now)
        other = reported(installation, HOUR, "LINK_LOSS")
        assert restored_link(app, rules, camera_id=CAMERA, at=now, now=now)
        assert not restored_link(app, rules, camera_id=CAMERA, at=now, now=now)
        assert not lost_link(app, rules, camera_id=CAMERA, at=now, now=now)
        assert installation.operator.find(Camera, CAMERA).link_lost_at == now - HOUR
        fixed(installation, other)
        assert installation.operator.find(Camera, CAMERA).link_lost_at is None
        centre = installation.signed_in("centre.execute")
        found = centre.ask("{ outages { nodes { endedAt } } }")["outages"]["nodes"]
        assert [one["endedAt"] is not None for one in found] == [True, True]

    def test_a_clock_that_was_set_back(self, installation: Installation) -> None:
        """A link that answers before it was lost, by the clock, was lost for no time, and is up."""
        app, rules, now = installation.cases, installation.services.rulebook, installation.now
        assert lost_link(app, rules, camera_id=CAMERA, at=now - HOUR, now=now)
        assert restored_link(app, rules, camera_id=CAMERA, at=now - 2 * HOUR, now=now)
        assert installation.operator.find(Camera, CAMERA).link_lost_at is None


def test_of_a_retired_camera(installation: Installation) -> None:
    """What went wrong before a camera was retired counts for that time; of later nothing is on record."""
    installation.now = JULY
    work = detected(installation, at=JULY - HOUR)
    installation.now = JULY
    with installation.founding():
        camera = installation.operator.find(Camera, CAMERA)
        camera.trigger_event(Camera.Retired, document=None)
        installation.operator.record(camera)
    at = camera.retired_at
    assert at is not None
    installation.now = at + HOUR
    before = installation.head()
    reported(installation, HOUR / 2)
    assert [topic for topic in installation.since(before) if topic.startswith("camera:")] == []
    reported(installation, installation.now - JULY + 2 * HOUR)
    installation.project()
    assert work.shows(FLAGS, to="centre.approve") == {"evidenceFlags": [FAULT]}


@pytest.mark.rule("R-QT-6.2.đ")
def test_leader_with_an_account(installation: Installation) -> None:
    """Who was told is somebody who is there: a leader whose account was closed is as absent as nobody."""
    commune = installation.signed_in("commune.lead")
    installation.open_account("commune.deputy", unit_id=COMMUNE, role="LEADER", leader=True)
    deputy = Account.create_id("commune.deputy")
    assert done(commune, "reportIncident", leaderAccountId=str(deputy))["leader"] is not None
    with installation.founding():
        account = installation.operator.find(Account, deputy)
        account.disable()
        installation.operator.record(account)
    before = installation.head()
    assert did(commune, "reportIncident", leaderAccountId=str(deputy))["__typename"] == "NotFound"
    own = str(Account.create_id("commune.lead"))
    refused = did(commune, "reportIncident", leaderAccountId=own, leaderToldAt="2026-06-01T07:59:59+07:00")
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", "leaderToldAt")
    assert set(installation.since(before)) <= {"attempt:refused"}
