"""Face recognition and search of footage: allowed, on record, and done by the installation's own engine, not by us."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from api.gateways import Gateways
from domain.camera import Camera
from domain.unit import Unit
from tests.support.api import Installation
from tests.support.uses import CAMERA, asked, did, done, granted, token_of, use_id, uses


def window(installation: Installation, hours: float = 2) -> dict[str, Any]:
    """A window of footage that has passed, and what every use of it says."""
    to = installation.now - timedelta(minutes=5)
    return {
        "cameraIds": [CAMERA],
        "from": (to - timedelta(hours=hours)).isoformat(),
        "to": to.isoformat(),
        "purpose": "PATROL_CONTROL",
    }


def faces(installation: Installation, **otherwise: Any) -> dict[str, Any]:
    """What recognition asks for."""
    return {**window(installation), "document": "12/YC-CA", **otherwise}


def search(installation: Installation, **otherwise: Any) -> dict[str, Any]:
    """What a search asks for."""
    return {**window(installation), "task": "SEARCH", **otherwise}


class TestFaces:
    """Off unless granted."""

    @pytest.mark.rule("R-DH-12.1.0")
    def test_off(self, installation: Installation) -> None:
        """Without a grant of its own nobody recognises a face, and whoever tried is on record."""
        before = installation.head()
        refused = did(installation.signed_in("police.handle"), "recogniseFaces", **faces(installation))
        assert refused["__typename"] == "Forbidden"
        assert "grant" in refused["en"]
        assert installation.since(before) == ["attempt:refused"]

    @pytest.mark.rule("R-DH-12.1.0", "R-DH-12.2.b1", "R-QT-7.3.0")
    def test_granted(self, installation: Installation) -> None:
        """With one it is allowed, and the use is on record with purpose and document before the engine hears of it."""
        granted(installation, "police.handle", "face.recognise")
        person = installation.signed_in("police.handle")
        before = installation.head()
        opened = done(person, "recogniseFaces", **faces(installation))
        assert installation.since(before) == ["reading:recorded", "camera-use:opened"]
        assert str(opened["url"]).startswith("https://engine.example/face_recognition?token=")
        installation.project()
        [use] = uses(person, kinds=["FACE_RECOGNITION"])
        assert (use["document"], use["purpose"], use["history"][0]["reason"]) == (
            "12/YC-CA",
            "PATROL_CONTROL",
            "PATROL_CONTROL",
        )

    def test_engine(self, installation: Installation) -> None:
        """The engine is told which cameras and which window, until when, and not who asks."""
        granted(installation, "police.handle", "face.recognise")
        given = faces(installation)
        opened = done(installation.signed_in("police.handle"), "recogniseFaces", **given)
        status, said = asked(installation, token_of(opened), "/analytics/authorise")
        assert (status, said["kind"], said["cameras"]) == (200, "FACE_RECOGNITION", ["DH-NT-01"])
        assert datetime.fromisoformat(said["from"]) == datetime.fromisoformat(given["from"])
        assert said.keys() == {"kind", "cameras", "from", "to", "until"}
        assert asked(installation, token_of(opened)) == (403, {"code": "OTHER_USE"})

    def test_grant_ends(self, installation: Installation) -> None:
        """When the grant ends the use ends, whatever was left of its time."""
        ends = installation.now + timedelta(seconds=60)
        granted(installation, "police.handle", "face.recognise", until=ends)
        opened = done(installation.signed_in("police.handle"), "recogniseFaces", **faces(installation))
        assert asked(installation, token_of(opened), "/analytics/authorise")[0] == 200
        installation.now = ends
        assert asked(installation, token_of(opened), "/analytics/authorise") == (403, {"code": "FORBIDDEN"})
        assert installation.topics(use_id(opened)) == ["camera-use:opened", "camera-use:ended"]

    def test_document(self, installation: Installation) -> None:
        """Recognition that nothing orders is refused."""
        granted(installation, "police.handle", "face.recognise")
        refused = did(
            installation.signed_in("police.handle"), "recogniseFaces", **faces(installation, document=" ")
        )
        assert (refused["__typename"], refused["path"]) == ("InvalidInput", "document")

    @pytest.mark.rule("R-DH-12.2.c1")
    def test_other_area(self, installation: Installation) -> None:
        """A grant opens nothing outside of the unit's own area."""
        installation.register_unit("CAP-HD", kind="COMMUNE_POLICE", area="quang-binh/dong-hoi/hai-dinh")
        person = installation.open_account("hd.handle", unit_id=Unit.create_id("CAP-HD"), role="HANDLER")
        granted(installation, "hd.handle", "face.recognise")
        assert did(person, "recogniseFaces", **faces(installation))["__typename"] == "Forbidden"


class TestSearch:
    """Search, follow, count."""

    @pytest.mark.rule("R-DH-11.3.a2", "R-DH-11.3.b6", "R-DH-12.2.b1", "R-QT-7.3.0")
    @pytest.mark.parametrize("name", ["centre.approve", "police.handle", "commune.lead"])
    @pytest.mark.parametrize("task", ["SEARCH", "FOLLOW", "COUNT"])
    def test_tasks(self, installation: Installation, name: str, task: str) -> None:
        """The Centre and the police search, follow and count road users on traffic cameras, each use on record."""
        person = installation.signed_in(name)
        opened = done(person, "searchFootage", **search(installation, task=task))
        assert str(opened["url"]).startswith(f"https://engine.example/{task.lower()}?token=")
        installation.project()
        assert [use["kind"] for use in uses(person)] == [task]

    def test_security_of_the_centre(self, installation: Installation) -> None:
        """The Centre searches traffic cameras, not those of security that it may watch."""
        smart = str(installation.register_camera("S-1", domain="SECURITY"))
        refused = did(
            installation.signed_in("centre.approve"),
            "searchFootage",
            **search(installation, cameraIds=[CAMERA, smart]),
        )
        assert refused["__typename"] == "Forbidden"

    def test_committee(self, installation: Installation) -> None:
        """A commune's committee searches for a security case of its own, and for nothing else."""
        installation.register_unit("UBP", kind="COMMUNE_COMMITTEE", area="quang-binh/dong-hoi/nam-ly")
        committee = Unit.create_id("UBP")
        person = installation.open_account("ubp.handle", unit_id=committee, role="HANDLER")
        installation.register_camera(
            "S-NL", unit_id=committee, domain="SECURITY", area_path="quang-binh/dong-hoi/nam-ly"
        )
        case = installation.detected(camera="S-NL", rule="PUBLIC_ORDER")
        cameras = [str(Camera.create_id("S-NL"))]
        without = did(person, "searchFootage", **search(installation, cameraIds=cameras))
        assert without["__typename"] == "Forbidden"
        done(person, "searchFootage", **search(installation, cameraIds=cameras, caseId=str(case.id)))

    def test_hidden_case(self, installation: Installation) -> None:
        """A case that one may not look at is not there to search for."""
        case = installation.case_in("APPROVED")
        refused = did(
            installation.signed_in("commune.lead"),
            "searchFootage",
            **search(installation, caseId=str(case.id)),
        )
        assert refused["__typename"] == "NotFound"

    @pytest.mark.parametrize(
        "path, change",
        [
            ("to", {"from": "2026-06-01T07:00:00+07:00", "to": "2026-06-01T07:00:00+07:00"}),
            ("to", {"to": "2026-06-01T09:30:00+07:00"}),
            ("to", {"from": "2026-05-01T00:00:00+07:00"}),
            ("cameraIds", {"cameraIds": []}),
            ("cameraIds", {"cameraIds": [CAMERA] * 101}),
            ("cameraIds", {"cameraIds": ["x"]}),
            ("purpose", {"purpose": "RESCUE"}),
        ],
    )
    def test_nonsense(self, installation: Installation, path: str, change: dict[str, Any]) -> None:
        """A window that is none, lies ahead or is too long, no camera, too many: refused, and nothing is on record."""
        before = installation.head()
        refused = did(
            installation.signed_in("police.handle"), "searchFootage", **search(installation, **change)
        )
        assert (refused["__typename"], refused["path"]) == ("InvalidInput", path)
        assert installation.since(before) == []

    def test_not_configured(self, apart: Installation) -> None:
        """Without an engine nothing is opened, and the answer names the setting."""
        vars(apart)["services"] = replace(apart.services, gateways=Gateways())
        refused = did(apart.signed_in("police.handle"), "searchFootage", **search(apart))
        assert "MINHCHUNG_ANALYTICS_URL" in refused["en"]

    def test_not_extended(self, installation: Installation) -> None:
        """A search is not a view: it is neither extended nor ended by whoever asked; its time is short."""
        person = installation.signed_in("police.handle")
        opened = done(person, "searchFootage", **search(installation))
        for act in ("extendLiveView", "endLiveView"):
            assert did(person, act, useId=opened["use"]["id"])["__typename"] == "WrongState"
