"""What the tests of live view, control and search ask of the API, and what a gateway asks."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from cli import demo
from domain.account import Account
from domain.camera import Camera
from tests.support.api import GATEWAYS, Installation
from tests.support.oracle import CameraFacts, Somebody, watches
from tests.support.oracle_facts import UseFacts
from tests.support.people import REFUSED, Person

CAMERA: Final = str(Camera.create_id(demo.CAMERA))
USE: Final = (
    "id kind cameraIds purpose document caseId from to openedAt until endedAt endedHow refused connections"
    " servedSeconds rank commands lastMovement lastOutcome lastDetail area version unit { code }"
    " usedBy { name } history { event reason } availableActions { action enabled }"
)
PAYLOADS: Final = {
    "openLiveView": ("LiveViewOpened", "url expiresAt"),
    "extendLiveView": ("LiveViewExtended", ""),
    "endLiveView": ("LiveViewEnded", ""),
    "recogniseFaces": ("FaceRecognitionOpened", "url expiresAt"),
    "searchFootage": ("FootageSearchOpened", "url expiresAt"),
    "reserveCamera": ("CameraReserved", ""),
    "moveCamera": ("CameraMoved", ""),
    "stopCamera": ("CameraStopped", ""),
    "releaseCamera": ("CameraReleased", ""),
    "forceReleaseCamera": ("CameraForceReleased", ""),
}
WATCHING: Final = ("police.handle", "commune.lead", "centre.approve", "ca-qt.handler", "ca-la.handler")
"""Who has live views open in the world of the matrix."""
SECRET: Final = GATEWAYS.shared.hex()
KNOWN: Final = {"authorization": f"Bearer {SECRET}"}


def did(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; what it answered, done or refused."""
    payload, more = PAYLOADS[act]
    document = (
        f"mutation($input: {act[0].upper()}{act[1:]}Input!) {{ {act}(input: $input) {{ __typename"
        f" ... on {payload} {{ position use {{ {USE} }} {more} }} {REFUSED} }} }}"
    )
    answer: dict[str, Any] = person.ask(document, input={"commandId": str(uuid4()), **given})[act]
    return answer


def done(person: Person, act: str, **given: Any) -> dict[str, Any]:
    """Do one of these acts; its whole payload."""
    answer = did(person, act, **given)
    assert answer["__typename"] == PAYLOADS[act][0], answer
    return answer


def watched(person: Person, camera: str = CAMERA, **given: Any) -> dict[str, Any]:
    """Open a live view."""
    return done(person, "openLiveView", **{"cameraId": camera, "purpose": "PATROL_CONTROL", **given})


def watching(
    people: Mapping[str, Somebody], cameras: Sequence[CameraFacts], person: Callable[[Somebody], Person]
) -> list[UseFacts]:
    """Open live views of what some people may watch."""
    return [
        UseFacts(
            id=watched(person(people[name]), camera.id)["use"]["id"],
            area=camera.area,
            camera=camera.id,
            used_by=name,
            owner=people[name].unit,
        )
        for name in WATCHING
        for camera in [one for one in cameras if watches(one, people[name])][:2]
    ]


def token_of(opened: dict[str, Any]) -> str:
    """The token in the address that was given out."""
    return str(opened["url"]).partition("?token=")[2]


def asked(installation: Installation, token: str, path: str = "/gateway/authorise") -> tuple[int, Any]:
    """Whether a use stands, as a gateway asks."""
    response = installation.client.get(path, params={"token": token}, headers=KNOWN)
    return response.status_code, response.json()


def granted(installation: Installation, name: str, action: str, *, until: datetime | None = None) -> None:
    """Give somebody a grant, from yesterday on."""
    account = installation.operator.find(Account, Account.create_id(name))
    with installation.founding():
        account.grant(
            action,
            document="Quyết định mẫu 09/QĐ-UBND",
            starts_at=installation.now - timedelta(days=1),
            ends_at=until,
        )
        installation.operator.record(account)


def suspended(installation: Installation, name: str) -> None:
    """Close somebody's account."""
    account = installation.operator.find(Account, Account.create_id(name))
    with installation.founding():
        account.disable()
        installation.operator.record(account)


def uses(person: Person, **narrow: Any) -> list[dict[str, Any]]:
    """The uses somebody is shown."""
    found = person.ask(
        f"query($filter: CameraUseFilter) {{ cameraUses(filter: $filter) {{ totalCount nodes {{ {USE} }} }} }}",
        filter=narrow,
    )["cameraUses"]
    nodes: list[dict[str, Any]] = found["nodes"]
    assert found["totalCount"] == len(nodes)
    return nodes


def use_id(payload: dict[str, Any]) -> UUID:
    """The use of a payload."""
    return UUID(payload["use"]["id"])


def said_of(act: str, subject_id: str, now: datetime) -> dict[str, Any]:
    """What each is told with nothing that anybody would find fault with."""
    if act in {"extendLiveView", "endLiveView"}:
        return {"useId": subject_id}
    purpose = {"purpose": "SECURITY"}
    window = purpose | {
        "from": (now - timedelta(hours=1)).isoformat(),
        "to": (now - timedelta(minutes=1)).isoformat(),
    }
    of_footage: dict[str, dict[str, Any]] = {
        "searchFootage": {"task": "SEARCH"},
        "recogniseFaces": {"document": "12/YC-CA"},
    }
    if act in of_footage:
        return {"cameraIds": [subject_id], **window, **of_footage[act]}
    others: dict[str, dict[str, Any]] = {
        "openLiveView": purpose,
        "reserveCamera": purpose,
        "moveCamera": {"velocity": {"pan": 0.5}},
        "forceReleaseCamera": {"reason": "Bảo trì"},
    }
    return {"cameraId": subject_id, **others.get(act, {})}
