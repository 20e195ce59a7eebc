"""`setCameraAddress`: what opens a camera goes in, and nothing of it comes out anywhere (R-DH-5.3.0, R-DB-5.3.0)."""

import json
import logging
from typing import Any
from uuid import uuid4

import pytest

from cli import demo
from domain.camera import Camera
from domain.camera.address import Address
from tests.api.test_secrets import dumped, forms
from tests.support.api import Installation
from tests.support.mutations import nothing_recorded
from tests.support.outbox import broker_at, post
from tests.support.people import REFUSED, Person

ID = Camera.create_id(demo.CAMERA)
SET = f"""
mutation($input: SetCameraAddressInput!) {{ setCameraAddress(input: $input) {{
  __typename ... on CameraAddressSet {{ camera {{ id version history {{ event }} }} position }} {REFUSED}
}} }}
"""
CANARIES = ("canary-host.example", "canary-path", "canary-user", "Canary-Pass-7!x")
GIVEN = {
    "streamUrl": f"rtsp://{CANARIES[0]}:8554/{CANARIES[1]}",
    "controlUrl": f"http://{CANARIES[0]}/onvif",
    "username": CANARIES[2],
    "password": CANARIES[3],
}
KEPT = Address(*GIVEN.values())


def said(**otherwise: Any) -> dict[str, Any]:
    """The input of the mutation."""
    return {"cameraId": str(ID), "commandId": str(uuid4()), **GIVEN, **otherwise}


def sets(who: Person, **otherwise: Any) -> dict[str, Any]:
    """Set it, or the refusal."""
    found: dict[str, Any] = who.ask(SET, input=said(**otherwise))["setCameraAddress"]
    return found


def kept(of: Installation) -> Address | None:
    """What is on file."""
    return of.services.camera_access.get(ID)


@pytest.mark.rule("R-DH-5.3.0", "R-DB-5.3.0")
class TestSet:
    """Setting it."""

    def test_set(self, installation: Installation) -> None:
        """The answer is the camera, which has no address; what was given is on file."""
        done = sets(installation.signed_in("centre.admin"))
        assert done["__typename"] == "CameraAddressSet"
        assert done["camera"]["history"][-1] == {"event": "camera:address-set"}
        assert kept(installation) == KEPT

    def test_sent_again(self, installation: Installation) -> None:
        """A command that is sent again is one command; an earlier one that is repeated late changes nothing."""
        admin = installation.signed_in("centre.admin")
        first = {"commandId": "first"}
        sets(admin, **first)
        before = installation.head()
        assert sets(admin, **first)["__typename"] == "CameraAddressSet"
        assert installation.head() == before
        sets(admin, streamUrl="rtsp://newer.example/")
        assert sets(admin, **first)["__typename"] == "CameraAddressSet"
        assert kept(installation) == Address("rtsp://newer.example/", *list(GIVEN.values())[1:])
        assert sets(admin, commandId="first", password="another")["code"] == "COMMAND_ID_REUSED"

    def test_cut_short(self, installation: Installation) -> None:
        """One that was recorded and not kept, as by a kill in between, is kept when it is sent again."""
        admin = installation.signed_in("centre.admin")
        sets(admin, commandId="cut")
        installation.services.camera_access.delete(ID)
        sets(admin, commandId="cut")
        assert kept(installation) == KEPT
        assert installation.topics(ID)[1:] == ["camera:address-set"]

    @pytest.mark.parametrize(
        "otherwise, path",
        [
            ({"streamUrl": "rtsp://admin:canary@host/"}, "streamUrl"),
            ({"controlUrl": "rtsp://canary/"}, "controlUrl"),
            ({"username": "canary:"}, "username"),
            ({"password": "canary\n"}, "password"),
        ],
    )
    def test_not_this(self, installation: Installation, otherwise: dict[str, Any], path: str) -> None:
        """What is none is refused by its name, and not repeated."""
        with nothing_recorded(installation):
            refusal = sets(installation.signed_in("centre.admin"), **otherwise)
        assert (refusal["code"], refusal["path"], "canary" in str(refusal)) == ("INVALID_INPUT", path, False)
        assert kept(installation) is None

    @pytest.mark.parametrize(
        "who, code", [("centre.execute", "FORBIDDEN"), ("police.lead", "FORBIDDEN"), ("auditor", "NOT_FOUND")]
    )
    def test_not_by(self, installation: Installation, who: str, code: str) -> None:
        """Nobody else sets it; to whom the camera is not there, it is not there."""
        with nothing_recorded(installation):
            assert sets(installation.signed_in(who))["code"] == code
        assert kept(installation) is None

    def test_retired(self, installation: Installation) -> None:
        """A camera that is retired has no address any more, and is given none."""
        admin = installation.signed_in("centre.admin")
        sets(admin)
        given = {"cameraId": str(ID), "commandId": "retire", "reason": "Thay mới"}
        admin.ask("mutation($i: RetireCameraInput!) { retireCamera(input: $i) { __typename } }", i=given)
        assert installation.topics(ID)[-1] == "camera:retired"
        assert kept(installation) is None
        assert sets(admin)["code"] == "WRONG_STATE"
        assert kept(installation) is None


@pytest.mark.rule("R-DH-5.3.0", "R-DB-5.3.0")
def test_nowhere(apart: Installation, nats_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """No table, no event, no log line, no message, and no answer to what was wrong holds any of it."""
    caplog.set_level(logging.DEBUG)
    admin = apart.signed_in("centre.admin")
    answers: list[Any] = [
        sets(admin),
        sets(apart.signed_in("police.handle")),
        admin.answer(SET, input={**said(), "more": 1}),
        admin.answer(SET, input={**said(), "password": [CANARIES[3]]}),
        admin.answer(SET, input={**said(), "cameraId": CANARIES[1]}),
        admin.answer(SET, input=said(streamUrl=f"rtsp://{CANARIES[2]}:{CANARIES[3]}@host/")),
        admin.answer(SET.replace("$input)", '{cameraId: 1 password: "' + CANARIES[3] + '"})')),
        apart.client.post("/graphql", content=json.dumps(GIVEN).encode()).json(),
    ]
    assert apart.services.camera_access.get(ID) == KEPT
    apart.project()
    everything = admin.ask(
        "query($id: ID) { camera(id: $id) { id code name class domain area version history { event by reason }"
        " availableActions { action } } }",
        id=str(ID),
    )
    with broker_at(nats_url) as broker:
        with post(apart.endpoints.database_url, broker, apart.operator) as outbox:
            outbox.publish()
        heard = broker.heard()
    places = {
        "a dump": b"".join(dumped(apart.endpoints.database_url, binary=False)),
        "a binary dump": b"".join(dumped(apart.endpoints.database_url, binary=True)),
        "the log": caplog.text.encode(),
        "EVENTS": b"".join(one.raw for one in heard),
        "subjects and headers": json.dumps([[one.subject, one.headers] for one in heard]).encode(),
        "answers": json.dumps([answers, everything], ensure_ascii=False).encode(),
    }
    # a camera is given by its id, which is repeated where there is none of it
    wrong = places["answers"].replace(f"camera {CANARIES[1]}".encode(), b"")
    found = [
        (place, canary)
        for canary in CANARIES
        for place, text in {**places, "answers": wrong}.items()
        if any(form in text for form in forms(canary.encode()))
    ]
    assert found == []
    assert b"camera:address-set" in places["a dump"]
    assert b"camera:address-set" in places["EVENTS"]
