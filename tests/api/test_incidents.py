"""Incidents over HTTP: reported by anybody, handled by the operating unit, and a fault of their camera meanwhile."""

from datetime import timedelta
from uuid import UUID

import pytest

from cli import demo
from domain.account import Account
from domain.camera import Camera
from domain.commands.incident import lost_link, restored_link
from domain.incident import Incident
from tests.support.api import Installation
from tests.support.operation import did, done

CAMERA = str(Camera.create_id(demo.CAMERA))


@pytest.mark.rule("R-DH-8.1.0", "R-DH-8.2.0", "R-DH-16.3.0", "R-DB-16.4.0")
def test_way(installation: Installation) -> None:
    """A commune reports it, the Centre receives, handles and fixes it; the camera was down from detection to repair."""
    detected = installation.now - timedelta(hours=3)
    commune, centre = installation.signed_in("commune.lead"), installation.signed_in("centre.execute")
    one = done(
        commune,
        "reportIncident",
        kind="DEVICE_FAULT",
        cameraId=CAMERA,
        detectedAt=detected.isoformat(),
    )
    assert (one["number"], one["state"], one["due"]) == ("DH-SC-2026-000001", "REPORTED", None)
    assert (one["unit"], one["camera"]) == ({"code": "CAP-NL"}, {"code": demo.CAMERA})
    before = installation.head()
    done(centre, "receiveIncident", incidentId=one["id"])
    assert installation.since(before) == ["camera:fault-began", "incident:received"]
    refused = did(centre, "handleIncident", incidentId=one["id"], process=None)
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", "process")
    done(centre, "handleIncident", incidentId=one["id"])
    before = installation.head()
    fixed = done(
        centre,
        "fixIncident",
        incidentId=one["id"],
        fixedAt=(detected + timedelta(hours=1)).isoformat(),
    )
    assert installation.since(before) == ["camera:fault-ended", "incident:fixed"]
    assert (fixed["remedy"], fixed["late"], fixed["handledBy"]) == (
        "Đã thay nguồn",
        False,
        {"code": "TTGSDH"},
    )
    closed = done(commune, "closeIncident", incidentId=one["id"], expectedVersion=4)
    assert [step["event"].partition(":")[2] for step in closed["history"]] == [
        "reported",
        "received",
        "handling-began",
        "fixed",
        "closed",
    ]
    installation.project()
    found = centre.ask(
        "{ outages { totalCount nodes { cause kind down beganAt endedAt incidentId camera { code } } } }"
    )["outages"]
    [outage] = found["nodes"]
    assert (outage["cause"], outage["kind"], outage["down"]) == ("FAULT", "NO_PICTURE", True)
    assert (outage["incidentId"], outage["camera"]) == (one["id"], {"code": demo.CAMERA})
    asked = "query($c: ID!) { diary(cameraId: $c) { nodes { event subjectId by { name } rule { id } } } }"
    diary = centre.ask(asked, c=CAMERA)["diary"]["nodes"]
    assert [entry["event"] for entry in diary if entry["event"] != "camera:registered"] == [
        "incident:reported",
        "camera:fault-began",
        "incident:received",
        "incident:handling-began",
        "camera:fault-ended",
        "incident:fixed",
        "incident:closed",
    ]
    assert installation.signed_in("centre.admin").ask(asked, c=CAMERA)["diary"]["nodes"] == []


def test_reopened(installation: Installation) -> None:
    """Fixed and found as it was, the camera is at fault again since it was said to be fixed."""
    commune, centre = installation.signed_in("commune.lead"), installation.signed_in("centre.execute")
    one = done(commune, "reportIncident", kind="POWER", cameraId=CAMERA)
    for act in ("receiveIncident", "handleIncident", "fixIncident"):
        done(centre, act, incidentId=one["id"])
    before = installation.head()
    again = done(commune, "reopenIncident", incidentId=one["id"])
    assert (again["state"], again["fixedAt"]) == ("HANDLING", None)
    assert installation.since(before) == ["camera:fault-began", "incident:reopened"]


@pytest.mark.rule("R-QT-6.2.đ")
def test_leader(installation: Installation) -> None:
    """The leader who was told is one of one's own unit; anybody else is as absent as nobody."""
    commune = installation.signed_in("commune.lead")
    own, other = (str(Account.create_id(name)) for name in ("commune.lead", "police.lead"))
    one = done(commune, "reportIncident", leaderAccountId=own)
    assert one["leader"]["name"].endswith("(commune.lead)")
    assert one["leaderToldAt"] is not None
    assert did(commune, "reportIncident", leaderAccountId=other)["__typename"] == "NotFound"
    staff = str(Account.create_id("centre.execute"))
    refused = did(installation.signed_in("centre.execute"), "reportIncident", leaderAccountId=staff)
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", "leaderAccountId")


def test_kinds(installation: Installation) -> None:
    """What an incident may be about is said to whoever asks, with its rule, in both languages."""
    asked = "{ incidentKinds { code name en: name(language: EN) fault rule { id } } }"
    kinds = {one["code"]: one for one in installation.signed_in("commune.lead").ask(asked)["incidentKinds"]}
    assert kinds["THEFT_DAMAGE"] == {
        "code": "THEFT_DAMAGE",
        "name": "Trộm cắp, phá hoại thiết bị",
        "en": "Theft of or damage to equipment",
        "fault": "DAMAGE",
        "rule": {"id": "R-DH-5.2.0"},
    }


@pytest.mark.rule("R-DH-5.1.0", "R-DB-5.1.0", "R-DB-17.2.0")
def test_link(installation: Installation) -> None:
    """A link that is lost opens one incident by itself, and is down until it comes again, whoever handles that."""
    app, rules, now = installation.cases, installation.services.rulebook, installation.now
    lost, back = now - timedelta(hours=2), now - timedelta(hours=1)
    before = installation.head()
    told = [lost_link(app, rules, camera_id=UUID(CAMERA), at=at, now=now) for at in (lost, lost, back)]
    assert told == [True, False, False]
    assert installation.since(before) == ["camera:link-lost", "incident:reported"]
    installation.project()
    centre = installation.signed_in("centre.execute")
    [one] = centre.ask("{ incidents { nodes { id kind reportedBy { name } unit { code } } } }")["incidents"][
        "nodes"
    ]
    assert (one["kind"], one["reportedBy"], one["unit"]) == ("LINK_LOSS", None, {"code": "TTGSDH"})
    before = installation.head()
    for act in ("receiveIncident", "handleIncident"):
        done(centre, act, incidentId=one["id"])
    assert restored_link(app, rules, camera_id=UUID(CAMERA), at=back, now=now)
    assert not restored_link(app, rules, camera_id=UUID(CAMERA), at=now, now=now)
    done(centre, "fixIncident", incidentId=one["id"])
    topics = [topic for topic in installation.since(before) if topic.startswith("camera:")]
    assert topics == ["camera:link-restored"]


@pytest.mark.rule("R-DH-5.1.0")
def test_link_by_hand(installation: Installation) -> None:
    """A loss that somebody reports puts the link down when it is received, and up when it is fixed."""
    commune, centre = installation.signed_in("commune.lead"), installation.signed_in("centre.execute")
    one = done(commune, "reportIncident", kind="LINK_LOSS", cameraId=CAMERA)
    before = installation.head()
    for act in ("receiveIncident", "handleIncident", "fixIncident"):
        done(centre, act, incidentId=one["id"])
    assert [topic for topic in installation.since(before) if topic.startswith("camera:")] == [
        "camera:link-lost",
        "camera:link-restored",
    ]


def test_a_link_that_flaps(installation: Installation) -> None:
    """What is fixed of one loss ends no other; what is taken on after the link came back is not lost again by that."""
    app, rules, now = installation.cases, installation.services.rulebook, installation.now
    centre = installation.signed_in("centre.execute")
    first, back, second = (now - timedelta(minutes=n) for n in (120, 110, 60))
    assert lost_link(app, rules, camera_id=UUID(CAMERA), at=first, now=now)
    assert restored_link(app, rules, camera_id=UUID(CAMERA), at=back, now=now)
    one = str(Incident.id_of_loss(UUID(CAMERA), first))
    before = installation.head()
    earlier = (first - timedelta(minutes=30)).isoformat()
    done(centre, "backdateIncident", incidentId=one, detectedAt=earlier, text="Thấy từ trước")
    done(centre, "receiveIncident", incidentId=one)
    assert installation.since(before) == ["incident:backdated", "incident:received"]
    assert lost_link(app, rules, camera_id=UUID(CAMERA), at=second, now=now)
    before = installation.head()
    done(centre, "handleIncident", incidentId=one)
    done(centre, "fixIncident", incidentId=one, fixedAt=back.isoformat())
    assert [topic for topic in installation.since(before) if topic.startswith("camera:")] == []
    assert installation.operator.find(Camera, UUID(CAMERA)).link_lost_at == second
    other = str(Incident.id_of_loss(UUID(CAMERA), second))
    for act in ("receiveIncident", "handleIncident"):
        done(centre, act, incidentId=other)
    done(centre, "fixIncident", incidentId=other, fixedAt=(now - timedelta(minutes=20)).isoformat())
    assert installation.operator.find(Camera, UUID(CAMERA)).link_lost_at is None
    before = installation.head()
    done(centre, "reopenIncident", incidentId=other, text="Vẫn không có hình")
    assert installation.since(before) == ["camera:link-lost", "incident:reopened"]
    assert not restored_link(app, rules, camera_id=UUID(CAMERA), at=now, now=now)
    done(centre, "fixIncident", incidentId=other)
    assert installation.operator.find(Camera, UUID(CAMERA)).link_lost_at is None
    installation.project()
    listed = "{ outages { nodes { cause beganAt endedAt } } }"
    outages = centre.ask(listed)["outages"]["nodes"]
    assert [(one["cause"], one["endedAt"] > one["beganAt"]) for one in outages] == [("LINK", True)] * 3


@pytest.mark.rule("R-DH-1.2.0")
def test_secret(installation: Installation) -> None:
    """A loss of what may show a state secret is its own system's, and a camera marked later is shown to no other."""
    app, rules, now = installation.cases, installation.services.rulebook, installation.now
    commune, lost = installation.signed_in("commune.lead"), now - timedelta(minutes=5)
    known = done(commune, "reportIncident", kind="DEVICE_FAULT", cameraId=CAMERA)
    assert known["camera"] == {"code": demo.CAMERA}
    with installation.founding():
        camera = installation.operator.find(Camera, UUID(CAMERA))
        camera.trigger_event(Camera.MarkedSecret, secret=True)
        installation.operator.record(camera)
    assert lost_link(app, rules, camera_id=UUID(CAMERA), at=lost, now=now)
    assert app.find(Incident, Incident.id_of_loss(UUID(CAMERA), lost)).handler_kind is None
    installation.project()
    for shown in ("kind camera { code }", "kind camera { code availableActions { action } }"):
        asked = f"{{ incidents {{ nodes {{ {shown} }} }} }}"
        assert commune.ask(asked)["incidents"]["nodes"] == [{"kind": "DEVICE_FAULT", "camera": None}]
    own = installation.signed_in("centre.execute").ask("{ incidents { nodes { camera { code } } } }")
    assert own["incidents"]["nodes"] == [{"camera": {"code": demo.CAMERA}}] * 2
