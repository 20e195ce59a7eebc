"""Work does not interrupt operation: whoever plans at once, whenever it begins, whatever else is down by then."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from cli import demo
from domain.camera import Camera
from tests.support.api import Installation
from tests.support.operation import BY_NOW, did, done

CAMERA = str(Camera.create_id(demo.CAMERA))
DAY = timedelta(days=1)


def window(begin: datetime, days: int = 1) -> dict[str, str]:
    """A time to work in."""
    return {"startsAt": begin.isoformat(), "endsAt": (begin + days * DAY).isoformat()}


def beside(installation: Installation) -> UUID:
    """The other camera of the area."""
    return installation.register_camera("DH-KHAC", area_path=f"{demo.CITY}/nam-ly")


@pytest.mark.rule("R-DH-9.3.0")
def test_at_once(installation: Installation) -> None:
    """Of several who plan work on one camera for one time at once, one does, and the others are told of it."""
    centre = installation.signed_in("centre.execute")

    def plan(n: int) -> dict[str, Any]:
        return did(centre, "planWork", cameraIds=[CAMERA], text=f"Lần {n}")

    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(plan, range(3)))
    kept = sorted(one["__typename"] for one in answers)
    assert kept == ["InvalidInput", "InvalidInput", "WorkPlanned"], answers
    assert {one["path"] for one in answers if "path" in one} == {"cameraIds"}


@pytest.mark.rule("R-DH-9.3.0")
def test_area_at_once(installation: Installation) -> None:
    """Of two who would take half of an area down each, for one time, the second says why; a week later neither does."""
    centre, other = installation.signed_in("centre.execute"), str(beside(installation))
    installation.project()

    def plan(camera: str, n: int) -> str:
        begin = installation.now + n * DAY
        answer = did(centre, "planWork", cameraIds=[camera], interruption=None, **window(begin))
        return str(answer.get("path") or answer["__typename"])

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda camera: plan(camera, 1), (CAMERA, other)))
    assert sorted(answers) == ["WorkPlanned", "interruption"]
    assert [plan(CAMERA, 8), plan(other, 9)] == ["WorkPlanned", "WorkPlanned"]


@pytest.mark.rule("R-DH-9.3.0")
def test_when(installation: Installation) -> None:
    """It begins when it was planned to, neither before nor after, and then keeps its cameras until it is finished."""
    centre = installation.signed_in("centre.execute")
    one = done(centre, "planWork", cameraIds=[CAMERA], **window(installation.now + DAY))
    assert did(centre, "startWork", orderId=one["id"])["__typename"] == "WrongState"
    installation.now += DAY
    centre = installation.signed_in("centre.execute")
    done(centre, "startWork", orderId=one["id"])
    installation.project()
    installation.now += 5 * DAY
    centre = installation.signed_in("centre.execute")
    another = did(centre, "planWork", cameraIds=[CAMERA], **window(installation.now))
    assert (another["__typename"], another["path"]) == ("InvalidInput", "cameraIds")
    assert one["number"] in another["en"]
    done(centre, "finishWork", orderId=one["id"])
    installation.project()
    late = done(centre, "planWork", cameraIds=[CAMERA], **window(installation.now))
    installation.now += 2 * DAY
    centre = installation.signed_in("centre.execute")
    assert did(centre, "startWork", orderId=late["id"])["__typename"] == "WrongState"


@pytest.mark.rule("R-DH-9.3.0")
@pytest.mark.parametrize("why", [None, "Chỉ còn camera này"])
def test_down_already(installation: Installation, why: str | None) -> None:
    """A camera that is at fault is down: the second half of an area is not taken down beside it without saying why.

    To repair the one that is down takes nothing down.
    """
    centre, other = installation.signed_in("centre.execute"), beside(installation)
    installation.project()
    one = done(centre, "planWork", cameraIds=[CAMERA], interruption=why, **BY_NOW)
    with installation.founding():
        camera = installation.operator.find(Camera, other)
        camera.trigger_event(Camera.FaultBegan, at=installation.now, kind="NO_PICTURE", incident_id=None)
        installation.operator.record(camera)
    installation.project()
    refused = did(centre, "startWork", orderId=one["id"])
    if why:
        assert refused["__typename"] == "WorkStarted"
        return
    assert (refused["__typename"], refused["rule"]["id"]) == ("WrongState", "R-DH-9.3.0")
    done(centre, "cancelWork", orderId=one["id"])
    installation.project()
    again = did(centre, "planWork", cameraIds=[CAMERA], interruption=None, **BY_NOW)
    assert (again["__typename"], again["path"]) == ("InvalidInput", "interruption")
    repair = {"kind": "REPAIR", "interruption": None}
    mended = done(centre, "planWork", cameraIds=[str(other)], **repair, **BY_NOW)
    done(centre, "startWork", orderId=mended["id"])
