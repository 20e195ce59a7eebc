"""A live view: for a purpose and some minutes, at an address that names nobody, and on record before it is given."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from api.gateways import Gateways
from cli.schedule import ROLE, Scheduler
from cli.wiring import application, rulebook
from tests.support import staff
from tests.support.api import Installation, session
from tests.support.staff import lets_act
from tests.support.uses import CAMERA, asked, did, done, suspended, token_of, use_id, uses, watched


@pytest.mark.rule("R-QT-7.3.0")
def test_way(installation: Installation) -> None:
    """Somebody watches a camera, goes on, and stops; who, what for and how long is on record."""
    person = installation.signed_in("police.handle")
    before = installation.head()
    opened = watched(person)
    assert installation.since(before) == ["reading:recorded", "camera-use:opened"]
    assert str(opened["url"]).startswith("https://media.example/live/DH-NT-01?token=")
    assert (opened["use"]["kind"], opened["use"]["cameraIds"]) == ("LIVE_VIEW", [CAMERA])
    assert opened["expiresAt"] == opened["use"]["until"]
    installation.now += timedelta(seconds=200)
    extended = done(person, "extendLiveView", useId=opened["use"]["id"])
    assert extended["use"]["until"] > opened["use"]["until"]
    ended = done(person, "endLiveView", useId=opened["use"]["id"], expectedVersion=2)
    assert (ended["use"]["endedHow"], ended["use"]["version"]) == ("CLOSED", 3)
    assert [step["event"] for step in ended["use"]["history"]] == [
        "camera-use:opened",
        "camera-use:extended",
        "camera-use:ended",
    ]
    again = did(person, "endLiveView", useId=opened["use"]["id"])
    assert again["__typename"] == "WrongState"
    installation.project()
    assert [use["id"] for use in uses(person)] == [opened["use"]["id"]]


def test_once(installation: Installation) -> None:
    """A command that is sent again opens nothing again, and gives the same address."""
    person = installation.signed_in("police.handle")
    first = watched(person, commandId="one")
    before = installation.head()
    assert watched(person, commandId="one")["url"] == first["url"]
    assert installation.since(before) == []


def test_hidden(installation: Installation) -> None:
    """A camera that one may not view is not there; whoever tried is on record."""
    security = installation.register_camera(
        "S-1", domain="SECURITY", area_path="quang-binh/dong-hoi/hai-dinh"
    )
    before = installation.head()
    refused = did(
        installation.signed_in("commune.lead"),
        "openLiveView",
        cameraId=str(security),
        purpose="PATROL_CONTROL",
    )
    assert refused["__typename"] == "NotFound"
    assert installation.since(before) == ["attempt:refused"]


@pytest.mark.rule("R-QT-7.3.0")
def test_purpose(installation: Installation) -> None:
    """A purpose that the regulation does not list opens nothing."""
    before = installation.head()
    refused = did(
        installation.signed_in("police.handle"), "openLiveView", cameraId=CAMERA, purpose="FOREST_FIRE"
    )
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", "purpose")
    assert installation.since(before) == []


def test_not_configured(apart: Installation) -> None:
    """Without a gateway nothing is opened, and the answer names the setting."""
    vars(apart)["services"] = replace(apart.services, gateways=Gateways())
    before = apart.head()
    refused = did(apart.signed_in("police.handle"), "openLiveView", cameraId=CAMERA, purpose="PATROL_CONTROL")
    assert refused["__typename"] == "WrongState"
    assert "MINHCHUNG_GATEWAY_URL" in refused["en"]
    assert apart.since(before) == []
    kept_out = did(apart.signed_in("auditor"), "openLiveView", cameraId=CAMERA, purpose="PATROL_CONTROL")
    assert (kept_out["__typename"], "GATEWAY" in kept_out["en"]) == ("NotFound", False)


def test_of_others(installation: Installation) -> None:
    """Another's view is neither extended nor ended; the head of the unit and the audit see it, others do not."""
    installation.today()
    opened = watched(installation.signed_in("police.handle"))
    installation.project()
    seen = {
        name: len(uses(installation.signed_in(name)))
        for name in ("police.handle", "police.lead", "auditor", "centre.approve", "commune.lead")
    }
    assert seen == {
        "police.handle": 1,
        "police.lead": 1,
        "auditor": 1,
        "centre.approve": 0,
        "commune.lead": 0,
    }
    head = did(installation.signed_in("police.lead"), "endLiveView", useId=opened["use"]["id"])
    assert head["__typename"] == "Forbidden"
    stranger = did(installation.signed_in("commune.lead"), "endLiveView", useId=opened["use"]["id"])
    assert stranger["__typename"] == "NotFound"
    looked = installation.signed_in("commune.lead").ask(
        f'{{ cameraUse(id: "{opened["use"]["id"]}") {{ id }} }}'
    )
    assert looked["cameraUse"] is None


def test_as_of(installation: Installation) -> None:
    """A use is shown as it was at an earlier instant."""
    person = installation.signed_in("police.handle")
    opened = watched(person)
    position = done(person, "endLiveView", useId=opened["use"]["id"])["position"]
    installation.project()
    steps = person.ask(
        f'{{ cameraUse(id: "{opened["use"]["id"]}", minPosition: "{position}")'
        " { endedHow history { recordedAt } } }"
    )["cameraUse"]
    assert steps["endedHow"] == "CLOSED"
    then = steps["history"][0]["recordedAt"]
    past = person.ask(
        f'{{ cameraUse(id: "{opened["use"]["id"]}", asOf: "{then}") {{ endedHow availableActions {{ action }} }} }}'
    )["cameraUse"]
    assert past == {"endedHow": None, "availableActions": []}


class TestGateway:
    """What the gateway is told while a view runs."""

    def test_stands(self, installation: Installation) -> None:
        """While a view stands the gateway is told the camera, and nothing of who watches."""
        opened = watched(installation.signed_in("police.handle"))
        status, said = asked(installation, token_of(opened))
        assert (status, said["cameras"], said["kind"]) == (200, ["DH-NT-01"], "LIVE_VIEW")
        assert said.keys() == {"kind", "cameras", "until"}

    def test_over(self, installation: Installation) -> None:
        """When its time is over it is over, and extended it goes on at the same address."""
        person = installation.signed_in("police.handle")
        opened = watched(person)
        installation.now += timedelta(seconds=299)
        done(person, "extendLiveView", useId=opened["use"]["id"])
        installation.now += timedelta(seconds=299)
        assert asked(installation, token_of(opened))[0] == 200
        installation.now += timedelta(seconds=1)
        assert asked(installation, token_of(opened)) == (403, {"code": "WRONG_STATE"})
        assert installation.topics(use_id(opened)) == ["camera-use:opened", "camera-use:extended"]

    def test_ended(self, installation: Installation) -> None:
        """A view that somebody ended is shown no longer."""
        person = installation.signed_in("police.handle")
        opened = watched(person)
        done(person, "endLiveView", useId=opened["use"]["id"])
        assert asked(installation, token_of(opened))[0] == 403

    def test_suspended(self, installation: Installation) -> None:
        """When the account is suspended the view ends for good, and the record says why."""
        installation.today()
        opened = watched(installation.signed_in("police.handle"))
        suspended(installation, "police.handle")
        assert asked(installation, token_of(opened)) == (403, {"code": "FORBIDDEN"})
        assert asked(installation, token_of(opened)) == (403, {"code": "WRONG_STATE"})
        assert installation.topics(use_id(opened)) == ["camera-use:opened", "camera-use:ended"]
        installation.project()
        [use] = uses(installation.signed_in("police.lead"))
        assert (use["endedHow"], use["refused"]) == ("REVOKED", "FORBIDDEN")

    @pytest.mark.parametrize(
        "acts, code",
        [
            ([("markCameraSecret", {"secret": True, "reason": "Trụ sở quân sự"})], "FORBIDDEN"),
            ([("retireCamera", {"reason": "Thay mới"})], "WRONG_STATE"),
            (
                [
                    (
                        "fileCameraConsent",
                        {
                            "kind": "HOUSEHOLDER",
                            "document": "01/ĐY",
                            "dated": "2022-03-01",
                            "issuedBy": "Chủ hộ",
                        },
                    ),
                    ("withdrawCameraConsent", {"document": "02/ĐY", "reason": "Rút đồng ý"}),
                ],
                "FORBIDDEN",
            ),
        ],
        ids=["secret", "retired", "withdrawn"],
    )
    def test_of_the_camera(
        self, installation: Installation, acts: list[tuple[str, dict[str, Any]]], code: str
    ) -> None:
        """A camera that turns out to be secret, is taken down, or whose owner agrees no longer is watched no more."""
        opened = watched(installation.signed_in("police.handle"))
        admin = installation.signed_in("centre.admin")
        for act, given in acts:
            told = admin.ask(
                f"mutation($i: {act[0].upper()}{act[1:]}Input!) {{ {act}(input: $i)"
                " { __typename ... on Refusal { en: message(language: EN) } } }",
                i={"cameraId": CAMERA, "commandId": str(uuid4()), **given},
            )[act]
            assert "en" not in told, told
        assert asked(installation, token_of(opened)) == (403, {"code": code})
        assert installation.topics(use_id(opened)) == ["camera-use:opened", "camera-use:ended"]
        again = did(
            installation.signed_in("police.handle"), "openLiveView", cameraId=CAMERA, purpose="SECURITY"
        )
        assert again["__typename"] in {"NotFound", "Forbidden", "WrongState"}


@pytest.mark.rule("R-QT-5.3.0")
class TestForAnother:
    """A live view that somebody opens for another is theirs by that delegation, and by nothing else."""

    @pytest.mark.parametrize("name", ["centre.admin", "centre.approve"])
    def test_stands(self, installation: Installation, name: str) -> None:
        """It stands while the delegation does, whatever they may watch themselves, and ends with it for good."""
        installation.today()
        delegation = lets_act(installation, "police.handle", name, "camera.view")
        opened = watched(replace(installation.signed_in(name), delegation=delegation))
        assert [asked(installation, token_of(opened))[0] for _ in range(2)] == [200, 200]
        giver, _, number = delegation.partition(":")
        staff.done(
            installation.signed_in("police.handle"), "revokeDelegation", accountId=giver, number=int(number)
        )
        assert asked(installation, token_of(opened)) == (403, {"code": "FORBIDDEN"})
        assert asked(installation, token_of(opened)) == (403, {"code": "WRONG_STATE"})
        assert installation.topics(use_id(opened)) == ["camera-use:opened", "camera-use:ended"]

    def test_giver_suspended(self, installation: Installation) -> None:
        """It ends as well when whoever lets them act may not themselves any more."""
        installation.today()
        delegation = lets_act(installation, "police.handle", "centre.approve", "camera.view")
        opened = watched(replace(installation.signed_in("centre.approve"), delegation=delegation))
        suspended(installation, "police.handle")
        assert asked(installation, token_of(opened)) == (403, {"code": "FORBIDDEN"})

    def test_time_over(self, installation: Installation) -> None:
        """It ends with the time of the delegation, though its own is not over."""
        installation.today()
        delegation = lets_act(installation, "police.handle", "centre.approve", "camera.view")
        installation.now += timedelta(days=7, seconds=-60)
        token = session(installation.operator, "centre.approve")
        person = replace(installation.signed_in("centre.approve"), token=token, delegation=delegation)
        opened = watched(person)
        assert asked(installation, token_of(opened))[0] == 200
        installation.now += timedelta(seconds=60)
        assert asked(installation, token_of(opened)) == (403, {"code": "FORBIDDEN"})


def test_closed_by_the_clock(installation: Installation) -> None:
    """A view that nobody ended is put on record as over, once, at the instant its time was."""
    person = installation.signed_in("police.handle")
    opened = watched(person)
    installation.project()
    with application(installation.endpoints, role=ROLE, pool=1) as app:
        clock = Scheduler(
            installation.endpoints.database_url, app, rulebook(), clock=lambda: installation.now
        )
        with clock.connect() as conn:
            conn.execute(
                "INSERT INTO positions (name, position) VALUES ('scheduler', 0) ON CONFLICT DO NOTHING"
            )
            assert clock.step(conn) == 0
            installation.now += timedelta(seconds=420)
            assert [clock.step(conn) for _ in range(3)] == [1, 0, 0]
            installation.project()
            assert clock.step(conn) == 0
    assert installation.topics(use_id(opened)) == ["camera-use:opened", "camera-use:ended"]
    [use] = uses(person)
    assert (use["endedHow"], use["endedAt"]) == ("EXPIRED", opened["expiresAt"])
